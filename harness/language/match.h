// Whether a text states a value: an alias, a quantity, a date. Shared by the scorers and by the checks
// that keep wrong keys out of a dataset.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "language/korean.h"
#include "language/quantity.h"

namespace plumb {

// A text read once, for many questions about it.
struct ReadText {
  std::string_view text;  // must outlive this
  Folded squeezed;        // spaces and punctuation dropped
  Values values;
};
ReadText read_text(std::string_view text, std::optional<Day> as_of = {});

// Where the text states one of the aliases: spaces, width, case and Unicode form aside. An alias that
// begins or ends in a Latin letter or a digit must not continue in one there (T1 is not in T10);
// a number never matches inside a longer number (5 is not in 15, 2024 is not in 120240).
std::optional<Span> find_alias(const ReadText&, const std::vector<std::string>& aliases);

// Where the text states this quantity; unit-free figures match only where the wanted one has no unit.
std::optional<Span> find_quantity(const ReadText&, const Quantity& wanted, double tolerance);

std::optional<Span> find_date(const ReadText&, const Date& wanted);

// All places instead of the first, in order; the three above are these and no more.
std::vector<Span> find_aliases(const ReadText&, const std::vector<std::string>& aliases);
std::vector<Span> find_quantities(const ReadText&, const Quantity& wanted, double tolerance);
std::vector<Span> find_dates(const ReadText&, const Date& wanted);

}  // namespace plumb
