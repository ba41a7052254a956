// What a run spent, from its requests and answers.
#pragma once

#include <cstdint>

#include "store/database.h"
#include "store/store.h"

namespace plumb {

Result<Spending> read_spending(Database&, std::int64_t run_id);

}  // namespace plumb
