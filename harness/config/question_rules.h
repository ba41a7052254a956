// What must hold of one question and the passages it shows.
#pragma once

#include "config/diagnostic.h"
#include "domain/dataset.h"

namespace plumb {

// `place` is that of the question; all its passages are in the dataset.
void check_question(const Question&, const Dataset&, Place, FileReport&);

}  // namespace plumb
