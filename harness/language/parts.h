// The pieces a quantity is read from: a figure with its unit, what may join it to one value (2년 4개월, 오후 3시 30분),
// and the words around it that bound it.
#pragma once

#include <string>

#include "language/quantity.h"
#include "language/units.h"

namespace plumb {

// A figure with what was read after it, before it is known whether a range or a list shares the unit.
struct Part {
  Numeral numeral;
  double value = 0.0;
  const Unit* unit = nullptr;
  std::size_t end = 0;
  bool about = false;
};

Part part_from(const Runes&, const Numeral&);

// 3 million won, 1.2 billion: takes the scale and the unit after it into the part.
bool english_scale(const Runes&, Part&);

// 2년 4개월, 1시간 30분, 1년 반: adds what follows at `end` to the part; returns where it ends then.
std::size_t composite(const Runes&, Part&, std::size_t end);

// The hour on a clock of 24 for hours written at `at`: 오후 3시 is 15. Likewise the minutes after 시, as a
// fraction of `hours`; returns where they end.
double clock_hours(const Runes&, std::size_t at, double hours);
std::size_t clock_minutes(const Runes&, std::size_t end, double& hours);

std::string unit_text(const Unit&);
Quantity value_of(const Part&);

// 이상, 미만, 약, at least, …: how the text around [from, to) bounds the value.
Bound bound_of(const Runes&, std::size_t from, std::size_t to, bool about);

}  // namespace plumb
