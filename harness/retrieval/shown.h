// What the retrievers share about how passages are shown.
#pragma once

#include "base/result.h"
#include "domain/spec.h"

namespace plumb {

// An error when the settings name no way to show tables, or passages_max is below 1.
Status check_settings(const Retrieval&);

}  // namespace plumb
