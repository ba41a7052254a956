#include "language/quantity.h"

#include <algorithm>
#include <cmath>

#include "language/units.h"

namespace plumb {

namespace {

bool near(double a, double b, double tolerance) {
  const double difference = std::abs(a - b);
  return difference <= tolerance || difference <= 1e-9 * std::max(std::abs(a), std::abs(b));
}

bool scaled_plain(const Quantity& q) {
  return q.dimension == Dimension::plain && (q.unit == "만" || q.unit == "억" || q.unit == "조");
}

bool takes_scaled_plain(Dimension d) {
  return d == Dimension::won || d == Dimension::dollar || d == Dimension::people || d == Dimension::count ||
         d == Dimension::times;
}

bool comparable(const Quantity& a, const Quantity& b, bool unit_optional) {
  if (a.dimension == b.dimension) {
    if (a.dimension != Dimension::count && a.dimension != Dimension::ordinal) return true;
    const std::string_view left = unit_class(a.unit);
    const std::string_view right = unit_class(b.unit);
    return left == right || (a.dimension == Dimension::count && (left.empty() || right.empty()));
  }
  if (unit_optional && (a.dimension == Dimension::plain || b.dimension == Dimension::plain)) return true;
  return (scaled_plain(a) && takes_scaled_plain(b.dimension)) || (scaled_plain(b) && takes_scaled_plain(a.dimension));
}

bool bounds_agree(Bound a, Bound b) {
  const auto open = [](Bound bound) { return bound == Bound::exact || bound == Bound::about; };
  return a == b || open(a) || open(b);
}

// What may stand around a quantity that is all a text consists of.
bool only_bounds_left(std::string_view left) {
  std::string rest = squeeze(left);
  for (const std::string_view word :
       {"최소한", "적어도", "이상", "이하", "이내", "초과", "미만", "가량", "정도", "안팎", "내외",
        "남짓",   "대략",   "최소", "최대", "최장", "약",   "만",   "총",   "쯤",   "연",   "월"}) {
    if (const std::size_t at = rest.find(word); at != std::string::npos) rest.erase(at, word.size());
  }
  return rest.empty();
}

}  // namespace

std::optional<Quantity> parse_quantity(std::string_view text) {
  const std::string_view trimmed = trim(text);
  Values values = find_values(trimmed);
  if (values.quantities.empty() && values.dates.size() == 1) {
    // 2010 alone reads as a year, but who asks for a quantity means the number.
    const Date& date = values.dates.front();
    if (date.month == 0 && date.span.size() == trimmed.size() && trimmed.size() == 4 &&
        is_digit(static_cast<unsigned char>(trimmed[0])))
      return Quantity{.value = static_cast<double>(date.year), .span = date.span};
    return std::nullopt;
  }
  if (values.quantities.size() != 1 || !values.dates.empty()) return std::nullopt;
  Quantity out = std::move(values.quantities.front());
  const std::string around = std::string(trimmed.substr(0, out.span.begin)) + std::string(trimmed.substr(out.span.end));
  if (!only_bounds_left(around)) return std::nullopt;
  const std::size_t shift = static_cast<std::size_t>(trimmed.data() - text.data());
  out.span = {out.span.begin + shift, out.span.end + shift};
  return out;
}

std::optional<Date> parse_date(std::string_view iso) {
  const auto number = [&](std::size_t at, std::size_t length) {
    int value = 0;
    for (std::size_t i = at; i < at + length; ++i) {
      if (iso[i] < '0' || iso[i] > '9') return -1;
      value = value * 10 + (iso[i] - '0');
    }
    return value;
  };
  Date out;
  out.span = {0, iso.size()};
  if (iso.size() == 10) {
    const auto day = parse_day(iso);
    if (!day) return std::nullopt;
    out.year = day->year;
    out.month = day->month;
    out.day = day->day;
    return out;
  }
  if (iso.size() != 4 && !(iso.size() == 7 && iso[4] == '-')) return std::nullopt;
  out.year = number(0, 4);
  if (out.year < 1) return std::nullopt;
  if (iso.size() == 7) {
    out.month = number(5, 2);
    if (out.month < 1 || out.month > 12) return std::nullopt;
  }
  return out;
}

bool same_quantity(const Quantity& a, const Quantity& b, double tolerance, bool unit_optional) {
  if (!a.canonical.empty() || !b.canonical.empty()) return a.dimension == b.dimension && a.canonical == b.canonical;
  if (!comparable(a, b, unit_optional) || !bounds_agree(a.bound, b.bound)) return false;
  if (a.high.has_value() != b.high.has_value()) return false;
  return near(a.value, b.value, tolerance) && (!a.high || near(*a.high, *b.high, tolerance));
}

bool same_date(const Date& wanted, const Date& found) {
  const auto agrees = [](int w, int f) { return w == 0 || w == f; };
  if (!agrees(wanted.month, found.month) || !agrees(wanted.day, found.day)) return false;
  if (found.year == 0) return wanted.month != 0;
  return agrees(wanted.year, found.year);
}

}  // namespace plumb
