// Calendar dates in running text.
#pragma once

#include <optional>

#include "language/quantity.h"
#include "language/runes.h"

namespace plumb {

struct FoundDate {
  Date date;            // without its span
  std::size_t end = 0;  // one past it, in runes
};

// The date that begins at `at`: a digit, an apostrophe before one, the name of a month, 올해 and its like
// (only with `as_of`). `previous` is the date just read if nothing but a ~ stands between: then its year and
// month are understood (7월 1일~15일, 2025-06-28~10-15).
std::optional<FoundDate> read_date(const Runes&, std::size_t at, const std::optional<Day>& as_of, const Date* previous);

}  // namespace plumb
