// Counters and units, and which numerals they may follow.
#pragma once

#include <optional>
#include <string_view>

#include "language/numeral.h"
#include "language/quantity.h"

namespace plumb {

struct Unit {
  std::u32string_view word;
  Dimension dimension = Dimension::count;
  double factor = 1.0;
  // Whose numerals it takes: digits always; s: 삼 년, n: 세 명; d: digits only, and directly (배 in "배부르다").
  std::string_view scripts;
};

struct UnitMatch {
  const Unit* unit = nullptr;
  std::size_t end = 0;
};

// The unit that follows a numeral that ends at `at`, a space allowed between; none if the word there goes
// on in a way that shows it is another word (3점포, 이 회사).
std::optional<UnitMatch> read_unit(const Runes&, std::size_t at, const Numeral&);

// 주 in 3주간, but not in 3주택: what may come after a counter.
bool counter_ends(const Runes&, std::size_t at);

// Units that count alike, for comparison: 위 and 등, 차 and 번째; "" for counters that go with anything (개, 가지).
std::string_view unit_class(std::string_view unit);

}  // namespace plumb
