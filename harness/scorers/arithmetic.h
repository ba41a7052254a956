// Is a figure the result of working with others? How an answer that explains itself comes to values no source has.
#pragma once

#include <vector>

#include "language/quantity.h"

namespace plumb {

struct Operands {
  const std::vector<Quantity>& known;   // what the sources and the question say, ranges as their two ends
  const std::vector<Quantity>& beside;  // what the claim itself names, the result among it
  const std::vector<Quantity>& asked;   // what the question names
};

// One step (+ - * /, a share, times or by twelve for money) from any two of `known`, or up to three steps through
// `beside` and `asked`, of which a few are tried only. A figure that rounds one beside it counts. `about` widens
// what is equal to one part in twenty. A range is never worked out.
bool worked_out(const Quantity& result, const Operands&);

}  // namespace plumb
