// Numerals, without their units: 1,234.5, 3억 5천만, 백이십만, 열두.
#pragma once

#include <optional>

#include "language/runes.h"

namespace plumb {

struct Numeral {
  enum class Script { digits, sino, native };
  double value = 0.0;
  std::size_t end = 0;  // one past it, in runes
  Script script = Script::digits;
  double scale = 1.0;   // the 만, 억, 조 it ended in: 4천500만 -> 10,000; 1 if it ended in none
  bool worded = false;  // has 십, 백, 천 or a scale in it
  int digit_count = 0;  // of a bare run of digits, else 0
};

// Digits, with grouping commas, decimals and Korean scales; `at` is on a digit.
std::optional<Numeral> read_digits(const Runes&, std::size_t at);

// 백이십만, 삼, 천오백; `at` is on a Sino-Korean digit or power of ten. Half of these are words of their
// own (이, 일, 사, 만), so the caller wants a counter after them.
std::optional<Numeral> read_sino(const Runes&, std::size_t at);

// 한, 두, 열두, 스물세, 석; likewise.
std::optional<Numeral> read_native(const Runes&, std::size_t at);

}  // namespace plumb
