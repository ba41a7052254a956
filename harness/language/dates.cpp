#include "language/dates.h"

#include "language/numeral.h"

namespace plumb {

namespace {

struct Figure {
  int value = 0;
  int count = 0;
  std::size_t end = 0;
};

Figure figure(const Runes& runes, std::size_t at) {
  Figure out{0, 0, at};
  while (is_digit(runes[out.end])) {
    if (out.count < 8) out.value = out.value * 10 + static_cast<int>(runes[out.end] - U'0');
    ++out.count;
    ++out.end;
  }
  return out;
}

bool is_month(const Figure& f) { return (f.count == 1 || f.count == 2) && f.value >= 1 && f.value <= 12; }
bool is_day(const Figure& f) { return (f.count == 1 || f.count == 2) && f.value >= 1 && f.value <= 31; }
bool is_apostrophe(char32_t c) { return c == U'\'' || c == 0x2018 || c == 0x2019 || c == U'`'; }
bool is_tilde(char32_t c) { return c == U'~' || c == 0x223C || c == 0x301C || c == 0x2013 || c == 0x2014; }
int full_year(int two_digits) { return two_digits >= 70 ? 1900 + two_digits : 2000 + two_digits; }

bool any_of_words(const Runes& runes, std::size_t at, std::initializer_list<std::u32string_view> words) {
  for (const std::u32string_view word : words) {
    if (runes.has(at, word)) return true;
  }
  return false;
}

// M월, and D일 after it.
bool month_and_day(const Runes& runes, std::size_t at, FoundDate& out) {
  const Figure month = figure(runes, at);
  const std::size_t unit = runes.skip_spaces(month.end);
  if (!is_month(month) || runes[unit] != U'월' || runes.has(unit, U"월세") || runes.has(unit, U"월급")) return false;
  out.date.month = month.value;
  out.end = unit + 1;
  const Figure day = figure(runes, runes.skip_spaces(out.end));
  const std::size_t day_unit = runes.skip_spaces(day.end);
  if (is_day(day) && runes[day_unit] == U'일' &&
      !any_of_words(runes, day_unit, {U"일간", U"일 이내", U"일 이상", U"일 동안"})) {
    out.date.day = day.value;
    out.end = day_unit + 1;
  } else if (is_day(day) && is_tilde(runes[day.end])) {  // 7월 1~5일: the first end; the second inherits
    const Figure last = figure(runes, day.end + 1);
    if (is_day(last) && runes[last.end] == U'일') {
      out.date.day = day.value;
      out.end = day.end;
    }
  }
  return true;
}

// -MM-DD, .M.D, . M. D., /M/D after a year; or a month alone where that cannot be a decimal.
bool separated(const Runes& runes, std::size_t at, bool month_alone, FoundDate& out) {
  const char32_t mark = runes[at];
  if (mark != U'-' && mark != U'.' && mark != U'/') return false;
  const auto after_mark = [&](std::size_t p) { return mark == U'.' ? runes.skip_spaces(p + 1) : p + 1; };
  const Figure month = figure(runes, after_mark(at));
  if (!is_month(month)) return false;
  if (runes[month.end] == mark) {
    const Figure day = figure(runes, after_mark(month.end));
    if (is_day(day) && !(is_digit(runes[day.end])) && !(mark == U'-' && runes[day.end] == U'-')) {
      out.date.month = month.value;
      out.date.day = day.value;
      out.end = day.end;
      if (mark == U'.' && runes[day.end] == U'.' && !is_digit(runes[day.end + 1])) ++out.end;
      return true;
    }
  }
  if (!month_alone) return false;
  const bool dotted = mark == U'.' && runes[month.end] == U'.' && !is_digit(runes[month.end + 1]);
  const bool next_is_unit = is_digit(runes[month.end]) || is_hangul(runes[month.end]) || runes[month.end] == U'%' ||
                            is_latin(runes[month.end]);
  const bool particle =
      any_of_words(runes, month.end,
                   {U"에", U"부터", U"까지", U"월", U"은", U"의", U"이", U"입니다", U"~", U"로", U"다", U"과", U"와"});
  if (month.count == 2 && (!next_is_unit || particle) && (mark != U'/' || !is_digit(runes[month.end + 1]))) {
    if (runes[month.end] == U'.' && is_digit(runes[month.end + 1])) return false;
    out.date.month = month.value;
    out.end = month.end;
    return true;
  }
  if (dotted && is_space(runes[at + 1])) {  // 2024. 7.
    out.date.month = month.value;
    out.end = month.end + 1;
    return true;
  }
  return false;
}

// After 2024년 of four digits: is it a span of time after all?
bool duration_follows(const Runes& runes, std::size_t after_unit) {
  return any_of_words(runes, after_unit, {U"간", U" 동안", U"동안", U" 넘게", U" 만에", U" 이상", U"여"});
}

std::optional<FoundDate> year_first(const Runes& runes, std::size_t at, const Figure& year, bool apostrophe) {
  FoundDate out;
  out.end = year.end;
  out.date.year = year.count == 4 ? year.value : full_year(year.value);
  const bool modern = year.count == 4 ? year.value >= 1900 && year.value < 2200 : true;
  const std::size_t unit = runes.skip_spaces(year.end);
  if (runes[unit] == U'년' || runes.has(unit, U"학년도") || runes.has(unit, U"회계연도")) {
    const std::size_t after = runes.has(unit, U"학년도")     ? unit + 3
                              : runes.has(unit, U"회계연도") ? unit + 4
                                                             : unit + 1;
    if (runes[after] == U'대' || (runes.has(unit, U"년생") && year.count != 4)) return std::nullopt;
    out.end = runes[unit] == U'년' && runes[after] == U'도' ? after + 1 : after;
    const std::size_t month_at = runes.skip_spaces(out.end, 2);
    if (month_and_day(runes, month_at, out)) return out;
    if (year.count == 4 && (year.value < 1000 || duration_follows(runes, after))) return std::nullopt;
    if (year.count == 3 && !runes.has(after, U"에")) return std::nullopt;
    if (year.count < 3 && !apostrophe) return std::nullopt;
    return out;
  }
  if (year.count == 3) return std::nullopt;
  if (!modern) return std::nullopt;
  if (year.count == 4) {
    if (separated(runes, year.end, true, out)) return out;
    // 2022~2024년
    if (is_tilde(runes[year.end]) || runes[year.end] == U'-') {
      const Figure last = figure(runes, year.end + 1);
      if (last.count == 4 && last.value > year.value && last.value < 2200 &&
          (runes[last.end] == U'년' ||
           !(is_hangul(runes[last.end]) || runes[last.end] == U',' || runes[last.end] == U'%'))) {
        return out;
      }
      return std::nullopt;
    }
    return std::nullopt;
  }
  if (apostrophe) {
    if (separated(runes, year.end, true, out)) return out;
    return std::nullopt;
  }
  // 24.7.8 and 24. 7. 8., but not a version after a name (iOS 17.4.1)
  std::size_t before = at;
  while (before > 0 && is_space(runes[before - 1])) --before;
  if (is_latin(runes.before(before))) return std::nullopt;
  if (runes[year.end] != U'/' && separated(runes, year.end, false, out)) {
    if (runes[year.end] == U'-' && out.end - year.end != 6) return std::nullopt;  // 24-07-08 only
    return out;
  }
  return std::nullopt;
}

std::optional<FoundDate> continued(const Runes& runes, const Figure& first, const Date& previous) {
  FoundDate out;
  out.date.year = previous.year;
  if (previous.day > 0 && is_day(first) && runes[first.end] == U'일') {
    out.date.month = previous.month;
    out.date.day = first.value;
    out.end = first.end + 1;
    return out;
  }
  if (is_month(first) && (runes[first.end] == U'-' || runes[first.end] == U'.') && previous.day > 0) {
    const bool dot = runes[first.end] == U'.';
    const Figure day = figure(runes, dot ? runes.skip_spaces(first.end + 1) : first.end + 1);
    if (is_day(day) && runes[day.end] != U'-' && !is_digit(runes[day.end + (runes[day.end] == U'.' ? 1 : 0)])) {
      out.date.month = first.value;
      out.date.day = day.value;
      out.end = day.end + (dot && runes[day.end] == U'.' ? 1 : 0);
      return out;
    }
  }
  if (previous.month > 0 && month_and_day(runes, first.end - static_cast<std::size_t>(first.count), out)) return out;
  return std::nullopt;
}

std::optional<FoundDate> relative(const Runes& runes, std::size_t at, Day today) {
  struct Row {
    std::u32string_view word;
    char field;
    int offset;
  };
  static constexpr Row k_rows[] = {
      {U"재작년", 'y', -2}, {U"내후년", 'y', 2},   {U"올해", 'y', 0},    {U"금년", 'y', 0},   {U"지난해", 'y', -1},
      {U"작년", 'y', -1},   {U"내년", 'y', 1},     {U"이번 달", 'm', 0}, {U"이번달", 'm', 0}, {U"이달", 'm', 0},
      {U"지난달", 'm', -1}, {U"지난 달", 'm', -1}, {U"다음 달", 'm', 1}, {U"다음달", 'm', 1}, {U"오늘", 'd', 0},
      {U"어제", 'd', -1},   {U"내일", 'd', 1},
  };
  for (const Row& row : k_rows) {
    if (row.word[0] != runes[at] || !runes.has(at, row.word)) continue;
    FoundDate out;
    out.end = at + row.word.size();
    if (row.field == 'y') {
      out.date.year = today.year + row.offset;
      const std::size_t month_at = runes.skip_spaces(out.end);
      month_and_day(runes, month_at, out);
    } else if (row.field == 'm') {
      const int months = today.year * 12 + today.month - 1 + row.offset;
      out.date.year = months / 12;
      out.date.month = months % 12 + 1;
    } else {
      const Day day = day_of(days_since_epoch(today) + row.offset);
      out.date.year = day.year;
      out.date.month = day.month;
      out.date.day = day.day;
    }
    return out;
  }
  return std::nullopt;
}

int month_name(const Runes& runes, std::size_t at, std::size_t& end) {
  static constexpr std::u32string_view k_names[] = {U"january",   U"february", U"march",    U"april",
                                                    U"may",       U"june",     U"july",     U"august",
                                                    U"september", U"october",  U"november", U"december"};
  for (int m = 0; m < 12; ++m) {
    const std::u32string_view name = k_names[m];
    std::size_t length = 0;
    if (runes.has(at, name)) {
      length = name.size();
    } else if (runes.has(at, name.substr(0, 3))) {
      length = 3;
      if (runes[at + 3] == U'.') ++length;
    }
    if (length == 0 || is_latin(runes[at + length])) continue;
    end = at + length;
    return m + 1;
  }
  return 0;
}

std::size_t comma_and_space(const Runes& runes, std::size_t at) {
  if (runes[at] == U',') ++at;
  return runes.skip_spaces(at);
}

// July 8, 2024; July 2024
std::optional<FoundDate> english(const Runes& runes, std::size_t at) {
  FoundDate out;
  std::size_t end = 0;
  out.date.month = month_name(runes, at, end);
  if (out.date.month == 0) return std::nullopt;
  const Figure next = figure(runes, runes.skip_spaces(end));
  if (next.count == 4) {
    out.date.year = next.value;
    out.end = next.end;
    return out;
  }
  if (!is_day(next)) return std::nullopt;  // may, march: words of their own
  out.date.day = next.value;
  out.end = next.end;
  for (const std::u32string_view ordinal : {U"st", U"nd", U"rd", U"th"}) {
    if (runes.has(out.end, ordinal)) out.end += 2;
  }
  const Figure year = figure(runes, comma_and_space(runes, out.end));
  if (year.count == 4) {
    out.date.year = year.value;
    out.end = year.end;
  }
  return out;
}

}  // namespace

std::optional<FoundDate> read_date(const Runes& runes, std::size_t at, const std::optional<Day>& as_of,
                                   const Date* previous) {
  const char32_t c = runes[at];
  const char32_t before = runes.before(at);
  if (is_apostrophe(c)) {
    const Figure year = figure(runes, at + 1);
    if (year.count != 2 || is_digit(before) || is_latin(before)) return std::nullopt;
    return year_first(runes, at + 1, year, true);
  }
  if (is_digit(c)) {
    if (is_digit(before) || is_latin(before)) return std::nullopt;
    const Figure first = figure(runes, at);
    if (previous != nullptr) {
      if (auto found = continued(runes, first, *previous)) return found;
    }
    if (first.count >= 2 && first.count <= 4) {
      if (auto found = year_first(runes, at, first, false)) return found;
    }
    if (is_month(first)) {
      FoundDate out;
      if (before != U'.' && month_and_day(runes, at, out)) return out;
      // 7/8(월)
      const Figure day = figure(runes, first.end + 1);
      if (runes[first.end] == U'/' && is_day(day) && runes[day.end] == U'(' && runes[day.end + 2] == U')') {
        out.date.month = first.value;
        out.date.day = day.value;
        out.end = day.end;
        return out;
      }
    }
    if (is_day(first)) {  // 8 July 2024
      std::size_t end = 0;
      const std::size_t name = runes.skip_spaces(first.end);
      if (name != first.end) {
        if (const int month = month_name(runes, name, end); month > 0) {
          const Figure year = figure(runes, comma_and_space(runes, end));
          if (year.count == 4)
            return FoundDate{{.year = year.value, .month = month, .day = first.value, .span = {}}, year.end};
        }
      }
    }
    // A bare year, if nothing around it makes it a quantity.
    if (first.count == 4 && first.value >= 1900 && first.value < 2100) {
      const char32_t next = runes[first.end];
      const bool fraction = (next == U',' || next == U'.') && is_digit(runes[first.end + 1]);
      const bool joined = before == U'.' || before == U',' || before == U'-' || before == U'/' || next == U'%' ||
                          next == U'-' || next == U'/' || is_tilde(next) || is_latin(next) || before == U'#';
      if (!fraction && !joined &&
          (!is_hangul(next) ||
           any_of_words(runes, first.end, {U"에", U"부터", U"까지", U"은", U"의", U"이", U"입니다", U"으로", U"과"})) &&
          !is_hangul(before) && before != U'$' && before != 0x20A9) {
        const std::size_t unit = runes.skip_spaces(first.end);
        if (!any_of_words(runes, unit,
                          {U"만", U"억", U"천", U"원", U"명", U"개", U"건", U"가구", U"호", U"㎡", U"m", U"평", U"시간",
                           U"점", U"대", U"달러", U"회"})) {
          return FoundDate{{.year = first.value, .month = 0, .day = 0, .span = {}}, first.end};
        }
      }
    }
    return std::nullopt;
  }
  if (as_of && is_hangul(c) && runes.word_begins(at)) return relative(runes, at, *as_of);
  if (is_latin(c) && !is_latin(before) && !is_digit(before)) return english(runes, at);
  return std::nullopt;
}

}  // namespace plumb
