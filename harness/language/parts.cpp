#include "language/parts.h"

namespace plumb {

bool english_scale(const Runes& runes, Part& part) {
  struct Row {
    std::u32string_view word;
    double factor;
  };
  static constexpr Row k_rows[] = {{U"thousand", 1e3}, {U"million", 1e6}, {U"billion", 1e9}, {U"trillion", 1e12}};
  const std::size_t at = runes.skip_spaces(part.numeral.end);
  for (const Row& row : k_rows) {
    if (!runes.has(at, row.word) || is_latin(runes[at + row.word.size()])) continue;
    part.value *= row.factor;
    part.end = at + row.word.size();
    if (const auto match = read_unit(runes, part.end, part.numeral)) {
      part.unit = match->unit;
      part.end = match->end;
      part.value *= match->unit->factor;
    }
    return true;
  }
  return false;
}

Part part_from(const Runes& runes, const Numeral& numeral) {
  Part part{numeral, numeral.value, nullptr, numeral.end, false};
  std::size_t at = numeral.end;
  if (runes[at] == U'여' && (runes[at + 1] == U' ' || read_unit(runes, at + 1, numeral))) {
    if (read_unit(runes, at + 1, numeral)) {
      part.about = true;
      ++at;
    }
  }
  if (const auto match = read_unit(runes, at, numeral)) {
    part.unit = match->unit;
    part.end = match->end;
    part.value *= match->unit->factor;
  } else if (!english_scale(runes, part)) {
    part.about = false;
  }
  return part;
}

std::size_t composite(const Runes& runes, Part& part, std::size_t end) {
  if (part.unit == nullptr) return end;
  const std::u32string_view word = part.unit->word;
  const bool years = word == U"년";
  const bool hours = word == U"시간";
  if (!years && !hours && word != U"개월" && word != U"달") return end;
  const std::size_t at = runes.skip_spaces(end);
  if (runes[at] == U'반' && counter_ends(runes, at + 1) && (at != end || years || hours)) {
    part.value += part.unit->factor / 2.0;
    return at + 1;
  }
  if (!years && !hours) return end;
  auto numeral = read_digits(runes, at);
  if (!numeral) numeral = read_sino(runes, at);
  if (!numeral) numeral = read_native(runes, at);
  if (!numeral) return end;
  const auto match = read_unit(runes, numeral->end, *numeral);
  if (!match) return end;
  const bool smaller =
      years ? match->unit->dimension == Dimension::months && match->unit->factor == 1.0 && numeral->value < 12
            : match->unit->dimension == Dimension::seconds && match->unit->factor == 60.0;
  if (!smaller) return end;
  part.value += numeral->value * match->unit->factor;
  return match->end;
}

double clock_hours(const Runes& runes, std::size_t at, double hours) {
  std::size_t p = at;
  while (p > 0 && runes[p - 1] == U' ') --p;
  return (runes.ends_at(p, U"오후") && hours < 12.0) ? hours + 12.0 : hours;
}

std::size_t clock_minutes(const Runes& runes, std::size_t end, double& hours) {
  const std::size_t at = runes.skip_spaces(end);
  if (runes[at] == U'반' && counter_ends(runes, at + 1)) {
    hours += 0.5;
    return at + 1;
  }
  const auto numeral = read_digits(runes, at);
  if (!numeral || numeral->value >= 60.0) return end;
  const auto match = read_unit(runes, numeral->end, *numeral);
  if (!match || match->unit->word != U"분") return end;
  hours += numeral->value / 60.0;
  return match->end;
}

std::string unit_text(const Unit& unit) {
  std::string out;
  for (const char32_t c : unit.word) append_code_point(out, c);
  return out;
}

Quantity value_of(const Part& part) {
  Quantity out;
  out.value = part.value;
  if (part.unit != nullptr) {
    out.dimension = part.unit->dimension;
    out.unit = unit_text(*part.unit);
    if (out.unit == "억원" || out.unit == "만원") out.unit = "원";
    if (out.dimension == Dimension::article) out.dimension = Dimension::count;
  } else if (part.numeral.scale >= 1e4) {
    // 1억4,500만 without a unit: money or heads; same_quantity accepts either
    out.unit = part.numeral.scale >= 1e12 ? "조" : part.numeral.scale >= 1e8 ? "억" : "만";
  }
  return out;
}

namespace {

// 5%를 넘지 못한다, 20분의 1을 초과할 수 없다: a bound from above after all.
bool denied_soon(const Runes& runes, std::size_t at) {
  for (std::size_t i = at; i < at + 5 && i < runes.size(); ++i) {
    if (runes[i] == U'.' || runes[i] == U',') return false;
    if (runes.has(i, U"지 않") || runes.has(i, U"지 못") || runes.has(i, U"지 아니") || runes.has(i, U"지않") ||
        runes.has(i, U"수 없") || runes.has(i, U"수없")) {
      return true;
    }
  }
  return false;
}

}  // namespace

Bound bound_of(const Runes& runes, std::size_t from, std::size_t to, bool about) {
  Bound out = about ? Bound::about : Bound::exact;
  struct Row {
    std::u32string_view word;
    Bound bound;
  };
  static constexpr Row k_after[] = {
      {U"이상", Bound::at_least},   {U"이하", Bound::at_most}, {U"이내", Bound::at_most}, {U"초과", Bound::above},
      {U"미만", Bound::below},      {U"가량", Bound::about},   {U"정도", Bound::about},   {U"쯤", Bound::about},
      {U"안팎", Bound::about},      {U"내외", Bound::about},   {U"남짓", Bound::about},   {U"을 초과", Bound::above},
      {U"를 초과", Bound::above},   {U"을 넘", Bound::above},  {U"를 넘", Bound::above},  {U"or more", Bound::at_least},
      {U"or less", Bound::at_most},
  };
  const std::size_t after = runes.skip_spaces(to);
  for (const Row& row : k_after) {
    if (runes.has(after, row.word)) {
      return row.bound == Bound::above && denied_soon(runes, after + row.word.size()) ? Bound::at_most : row.bound;
    }
  }
  static constexpr Row k_before[] = {
      {U"약", Bound::about},          {U"대략", Bound::about},      {U"최소", Bound::at_least},
      {U"최소한", Bound::at_least},   {U"적어도", Bound::at_least}, {U"최대", Bound::at_most},
      {U"최장", Bound::at_most},      {U"about", Bound::about},     {U"around", Bound::about},
      {U"at least", Bound::at_least}, {U"up to", Bound::at_most},   {U"more than", Bound::above},
      {U"less than", Bound::below},   {U"over", Bound::above},      {U"under", Bound::below},
  };
  std::size_t before = from;
  while (before > 0 && runes[before - 1] == U' ') --before;
  for (const Row& row : k_before) {
    if (!runes.ends_at(before, row.word)) continue;
    const char32_t outside = runes.before(before - row.word.size());
    if (is_hangul(outside) || is_latin(outside)) continue;
    out = row.bound;
  }
  return out;
}

}  // namespace plumb
