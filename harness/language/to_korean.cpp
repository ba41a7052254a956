// Values as people write them, for messages.
#include <fmt/format.h>

#include <cmath>

#include "language/quantity.h"

namespace plumb {

namespace {

// 1,234.5 with as many decimals as it has, six at most.
std::string plain_number(double value) {
  std::string text = fmt::format("{:.6f}", value);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::size_t sign = text[0] == '-' ? 1 : 0;
  for (std::size_t at = point; at > sign + 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

// 1억4,500만; below 10,000 and for fractions, plain.
std::string scaled_number(double value) {
  if (value < 10'000 || value >= 1e18 || value != std::floor(value)) return plain_number(value);
  std::string out;
  double rest = value;
  struct Scale {
    double power;
    const char* name;
  };
  for (const Scale scale : {Scale{1e16, "경"}, Scale{1e12, "조"}, Scale{1e8, "억"}, Scale{1e4, "만"}}) {
    const double part = std::floor(rest / scale.power);
    if (part > 0.0) out += plain_number(part) + scale.name;
    rest -= part * scale.power;
  }
  if (rest > 0.0) out += plain_number(rest);
  return out;
}

std::string duration(double months) {
  const double years = std::floor(months / 12.0);
  const double rest = months - years * 12.0;
  if (years == 0.0) return plain_number(rest) + "개월";
  if (rest == 0.0) return plain_number(years) + "년";
  return plain_number(years) + "년 " + plain_number(rest) + "개월";
}

std::string clock_or_span(double seconds) {
  if (std::fmod(seconds, 3'600.0) == 0.0) return plain_number(seconds / 3'600.0) + "시간";
  if (std::fmod(seconds, 60.0) == 0.0 && seconds < 3'600.0) return plain_number(seconds / 60.0) + "분";
  if (std::fmod(seconds, 60.0) == 0.0) {
    const double hours = std::floor(seconds / 3'600.0);
    return plain_number(hours) + "시간 " + plain_number((seconds - hours * 3'600.0) / 60.0) + "분";
  }
  return plain_number(seconds) + "초";
}

std::string without_bound(const Quantity& q, double value) {
  switch (q.dimension) {
    case Dimension::plain:
      return q.unit.empty() ? plain_number(value) : scaled_number(value);
    case Dimension::won:
      return scaled_number(value) + "원";
    case Dimension::dollar:
      return scaled_number(value) + "달러";
    case Dimension::euro:
      return scaled_number(value) + "유로";
    case Dimension::yen:
      return scaled_number(value) + "엔";
    case Dimension::yuan:
      return scaled_number(value) + "위안";
    case Dimension::percent:
      return plain_number(value) + "%";
    case Dimension::percent_point:
      return plain_number(value) + "%p";
    case Dimension::area_m2:
      return plain_number(value) + "㎡";
    case Dimension::length_m:
      return plain_number(value) + "m";
    case Dimension::months:
      return duration(value);
    case Dimension::days:
      return plain_number(value) + "일";
    case Dimension::seconds:
      return clock_or_span(value);
    case Dimension::age:
      return plain_number(value) + "세";
    case Dimension::people:
      return scaled_number(value) + "명";
    case Dimension::times:
      return plain_number(value) + "회";
    case Dimension::points:
      return plain_number(value) + "점";
    case Dimension::multiple:
      return plain_number(value) + "배";
    case Dimension::ratio:
      return plain_number(value) + ":1";
    case Dimension::article:
      return q.canonical;
    case Dimension::ordinal:
    case Dimension::count:
      return scaled_number(value) + q.unit;
  }
  return plain_number(value);
}

const char* suffix(Bound bound) {
  switch (bound) {
    case Bound::at_least:
      return " 이상";
    case Bound::at_most:
      return " 이하";
    case Bound::above:
      return " 초과";
    case Bound::below:
      return " 미만";
    case Bound::exact:
    case Bound::about:
      break;
  }
  return "";
}

}  // namespace

std::string to_korean(const Quantity& q) {
  if (!q.canonical.empty()) return q.dimension == Dimension::article ? "제" + q.canonical : q.canonical;
  std::string out = q.bound == Bound::about ? "약 " : "";
  if (q.high) {
    out += without_bound(q, q.value) + "~" + without_bound(q, *q.high);
  } else {
    out += without_bound(q, q.value);
  }
  return out + suffix(q.bound);
}

std::string to_korean(const Date& date) {
  std::string out;
  const auto add = [&](int field, const char* unit) {
    if (field == 0) return;
    if (!out.empty()) out += ' ';
    out += std::to_string(field) + unit;
  };
  add(date.year, "년");
  add(date.month, "월");
  add(date.day, "일");
  return out;
}

}  // namespace plumb
