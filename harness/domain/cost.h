// What a reply costs.
#pragma once

#include <optional>

#include "domain/answer.h"
#include "domain/spec.h"

namespace plumb {

// In US dollars: the input at its price, what the vendor had in its cache at that price where there is one, the output
// (reasoning included, as vendors count it) at its own. None where the price or one of the two numbers of tokens is
// not known.
std::optional<double> cost_of(const std::optional<Price>&, const Usage&);

}  // namespace plumb
