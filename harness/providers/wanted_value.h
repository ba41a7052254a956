// What kind of value a question asks for, and whether a line holds one.
#pragma once

#include <optional>
#include <string_view>

#include "language/quantity.h"
#include "providers/evidence_units.h"

namespace plumb {

struct WantedValue {
  enum class Kind { anything, amount, quantity, date, place };
  Kind kind = Kind::anything;
  std::optional<Quantity> like;  // for `quantity`: one of what is asked for, 1개월 of 몇 개월
};

// Read off 얼마, 몇 (with its unit), 며칠, 언제, 어디. 얼마나 자주 and the like ask for anything.
WantedValue wanted_value(std::string_view question);

// How well the line serves, 0 (holds no such value) to 1. Values that the question itself states do not count:
// they are what is known.
double fit(const EvidenceUnit&, const WantedValue&, const Values& stated_by_question);

}  // namespace plumb
