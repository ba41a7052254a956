// The arithmetic of `compute`: what a gold answer's figure was computed by.
#pragma once

#include <string_view>

#include "base/result.h"

namespace plumb {

// Evaluates
//   sum     = product {("+" | "-") product}
//   product = factor {("*" | "/") factor}
//   factor  = ["-"] (figure | "(" sum ")" | name "(" sum {"," sum} ")")
// with figures as 5200 or 0.9 (no thousands separators: a comma separates arguments) and the names min and
// max (of one or more), floor and round (of one; round(2.5) is 3 and round(-2.5) is -3, as people round, and
// floor(0.29*100) is 29: binary fractions do not show).
// Spaces are free. Errors: what is not of this form (with the character's position), the empty text, more
// than 1,000 bytes, more than 50 levels of brackets, a division by zero, a result that is not finite.
Result<double> evaluate_arithmetic(std::string_view);

}  // namespace plumb
