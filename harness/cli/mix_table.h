// How many questions of each type the datasets hold, and how many of them cannot be answered: the table of
// datasets/README.md.
#pragma once

#include <string>
#include <vector>

#include "domain/dataset.h"

namespace plumb {

// A Markdown table: a row a type and a total, "questions (not answerable)" a dataset.
std::string mix_table(const std::vector<Dataset>&);

}  // namespace plumb
