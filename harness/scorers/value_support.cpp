#include "scorers/value_support.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "base/clock.h"
#include "scorers/arithmetic.h"

namespace plumb {

namespace {

constexpr std::size_t k_operands_max = 160;  // pairs are tried: bounds the work on very long passages

bool near(double a, double b, double relative = 1e-6) {
  return std::abs(a - b) <= relative * std::max({std::abs(a), std::abs(b), 1e-12});
}

// The claim's value against one of the sources': equal, or one end of a range.
bool says(const Quantity& source, const Quantity& claimed) {
  if (same_quantity(source, claimed)) return true;
  if (claimed.dimension == Dimension::article && source.dimension == Dimension::article) {
    return source.canonical.starts_with(claimed.canonical + " ");
  }
  if (source.high && !claimed.high) {
    // 3~7년 supports 최소 3년 and 최대 7년
    Quantity end = claimed;
    end.bound = Bound::exact;
    Quantity low = source;
    low.high.reset();
    low.bound = Bound::exact;
    Quantity high = low;
    high.value = *source.high;
    return (same_quantity(low, end) && claimed.bound != Bound::at_most) ||
           (same_quantity(high, end) && claimed.bound != Bound::at_least);
  }
  return false;
}

bool opposite(Bound a, Bound b) {
  const auto upward = [](Bound bound) { return bound == Bound::at_least || bound == Bound::above; };
  const auto downward = [](Bound bound) { return bound == Bound::at_most || bound == Bound::below; };
  return (upward(a) && downward(b)) || (downward(a) && upward(b));
}

// 5200 in a table of 만원 whose unit stands where no header tells: the bare figure, scaled.
bool says_unscaled(const Quantity& source, const Quantity& claimed) {
  if (source.dimension != Dimension::plain || !source.unit.empty() || !source.canonical.empty() ||
      source.high.has_value() != claimed.high.has_value())
    return false;
  const auto all = [&](double factor) {
    return near(source.value * factor, claimed.value) && (!source.high || near(*source.high * factor, *claimed.high));
  };
  switch (claimed.dimension) {
    case Dimension::won:
      return all(1.0) || all(1e3) || all(1e4) || all(1e6) || all(1e8);
    case Dimension::months:
      return all(1.0) || all(12.0);
    case Dimension::article:
      return false;
    default:
      return all(1.0);
  }
}

bool money(Dimension d) {
  return d == Dimension::won || d == Dimension::dollar || d == Dimension::euro || d == Dimension::yen ||
         d == Dimension::yuan;
}

bool bare(const Quantity& q) { return q.dimension == Dimension::plain && q.canonical.empty(); }

}  // namespace

ValueSupport::ValueSupport(const SourceIndex& index, const Values& question) : index_(index), question_(question) {
  const auto add = [&](const Quantity& q) {
    if (!q.canonical.empty()) return;
    Quantity low = q;
    low.high.reset();
    known_.push_back(low);
    if (q.high) {
      low.value = *q.high;
      known_.push_back(low);
    }
  };
  for (const Quantity& q : question.quantities) add(q);
  dates_ = question.dates;
  for (const SourcePiece& piece : index.pieces()) {
    for (const Quantity& q : piece.values.quantities) add(q);
    dates_.insert(dates_.end(), piece.values.dates.begin(), piece.values.dates.end());
  }
}

ValueFinding ValueSupport::find(const Quantity& claimed, const std::vector<int>& nearest,
                                const Latitude& latitude) const {
  const auto& pieces = index_.pieces();
  for (const bool unscaled : {false, true}) {
    for (const int number : nearest) {
      const SourcePiece& piece = pieces[static_cast<std::size_t>(number)];
      for (const Quantity& q : piece.values.quantities) {
        if (unscaled ? says_unscaled(q, claimed) : says(q, claimed)) return {true, number, q.span};
      }
      // 최소 3년, 최대 7년 in the source, 3~7년 in the claim
      const auto& all = piece.values.quantities;
      for (std::size_t i = 0; claimed.high && !unscaled && i + 1 < all.size(); ++i) {
        Quantity low = claimed;
        low.high.reset();
        Quantity high = low;
        high.value = *claimed.high;
        Quantity a = all[i];
        Quantity b = all[i + 1];
        a.bound = b.bound = Bound::exact;
        if (same_quantity(a, low) && same_quantity(b, high))
          return {true, number, {all[i].span.begin, all[i + 1].span.end}};
      }
    }
    if (unscaled) break;
    for (const Quantity& q : question_.quantities) {
      if (says(q, claimed)) return {true, -1, {}};
    }
  }
  if (claimed.bound != Bound::exact) {
    Quantity figure = claimed;
    figure.bound = Bound::exact;
    for (const int number : nearest) {
      for (const Quantity& q : pieces[static_cast<std::size_t>(number)].values.quantities) {
        if (says(q, figure)) return {true, number, q.span};
      }
    }
  }
  if (claimed.dimension == Dimension::article) {
    // 제7조 … ② 증액청구는: the paragraph stands apart from its article.
    const std::size_t space = claimed.canonical.find(' ');
    if (space == std::string::npos) return {};
    const std::string article = claimed.canonical.substr(0, space);
    const int paragraph = std::atoi(claimed.canonical.c_str() + space + 1);
    std::string circled;
    append_code_point(circled, static_cast<char32_t>(0x245F + paragraph));
    for (const int number : nearest) {
      const SourcePiece& piece = pieces[static_cast<std::size_t>(number)];
      const bool has_article = std::any_of(pieces.begin(), pieces.end(), [&](const SourcePiece& other) {
        return other.passage == piece.passage &&
               std::any_of(other.values.quantities.begin(), other.values.quantities.end(), [&](const Quantity& q) {
                 return q.canonical == article || q.canonical.starts_with(article + " ");
               });
      });
      if (!has_article) continue;
      if (const std::size_t at = piece.text.find(circled); at != std::string::npos)
        return {true, number, {at, at + circled.size()}};
      for (const Quantity& q : piece.values.quantities) {
        if (q.canonical == std::to_string(paragraph) + "항") return {true, number, q.span};
      }
    }
    return {};
  }
  const bool derived = only_counted(claimed) || (latitude.timespan && between_dates(claimed)) ||
                       (latitude.arithmetic && worked_out(claimed, {known_, latitude.beside, question_.quantities}));
  if (derived) return {true, -1, {}};
  return {};
}

bool ValueSupport::says_bounded(const Quantity& q) const {
  return std::any_of(known_.begin(), known_.end(),
                     [&](const Quantity& k) { return k.bound == q.bound && same_quantity(k, q); });
}

// Three rows, four steps: a small number of a counter that no source uses was counted, not copied.
bool ValueSupport::only_counted(const Quantity& q) const {
  if (q.high || q.value > 20 || q.value != std::floor(q.value)) return false;
  const bool counts = q.dimension == Dimension::count || (q.dimension == Dimension::times && q.value <= 4) ||
                      (q.dimension == Dimension::ordinal && (q.unit == "단계" || q.unit == "번째" || q.unit == "째"));
  if (!counts && !(bare(q) && q.value <= 3)) return false;
  return std::none_of(known_.begin(), known_.end(),
                      [&](const Quantity& k) { return k.dimension == q.dimension && k.unit == q.unit; });
}

// 2년 4개월, 216일: the time between two dates named.
bool ValueSupport::between_dates(const Quantity& q) const {
  const bool months = q.dimension == Dimension::months;
  const bool days = q.dimension == Dimension::days;
  if (!months && !days && !bare(q) && !(q.dimension == Dimension::ordinal && q.unit == "주년")) return false;
  const std::size_t n = std::min(dates_.size(), k_operands_max);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const Date& a = dates_[i];
      const Date& b = dates_[j];
      if (a.year == 0 || b.year == 0 || b.year < a.year) continue;
      if (!months && !days && static_cast<double>(b.year - a.year) == q.value && b.year > a.year) return true;
      if (months && b.year > a.year && (b.year - a.year) * 12 == static_cast<int>(q.value)) return true;
      if (a.month == 0 || b.month == 0) continue;
      const int span = (b.year - a.year) * 12 + b.month - a.month;
      if (months && span > 0 && std::abs(static_cast<double>(span) - q.value) <= (a.day > 0 && b.day > 0 ? 1.0 : 0.0))
        return true;
      if (!days || a.day == 0 || b.day == 0) continue;
      const auto distance = days_since_epoch({b.year, b.month, b.day}) - days_since_epoch({a.year, a.month, a.day});
      if (distance > 0 && std::abs(static_cast<double>(distance) - q.value) <= 1.0) return true;
    }
  }
  return false;
}

bool ValueSupport::year_known(int year) const {
  return std::any_of(dates_.begin(), dates_.end(), [&](const Date& d) { return d.year == year; });
}

ValueFinding ValueSupport::find(const Date& claimed, const std::vector<int>& nearest) const {
  for (const Date& asked : question_.dates) {
    if (same_date(claimed, asked)) return {true, -1, {}};
  }
  const auto& pieces = index_.pieces();
  for (const int number : nearest) {
    for (const Date& date : pieces[static_cast<std::size_t>(number)].values.dates) {
      const bool same = same_date(claimed, date);
      // 7월 1일 in a passage that names its year elsewhere
      const bool with_year =
          date.year == 0 && claimed.month == date.month && claimed.day == date.day && year_known(claimed.year);
      const bool asked_less = claimed.year == 0 && claimed.month == date.month && claimed.day == date.day;
      if ((same && (date.year != 0 || claimed.year == 0 || year_known(claimed.year))) || with_year || asked_less)
        return {true, number, date.span};
    }
  }
  return {};
}

namespace {

// 2일부터 12일까지: days of a month, though they read as a duration.
bool day_of_month(const Quantity& q, const std::string& text) {
  if (q.dimension != Dimension::days) return false;
  const std::string_view after = std::string_view(text).substr(q.span.end);
  return after.starts_with("부터") || after.starts_with("까지") || after.starts_with("에") || after.starts_with("자") ||
         after.starts_with("(");
}

// 2,100만 명 bears out 2,000만 명 이상.
bool borne_out(const Quantity& claimed, const Quantity& source) {
  if (source.bound != Bound::exact || source.high) return false;
  if (claimed.bound == Bound::at_least || claimed.bound == Bound::above) return source.value > claimed.value;
  if (claimed.bound == Bound::at_most || claimed.bound == Bound::below) return source.value < claimed.value;
  return false;
}

}  // namespace

std::optional<Span> rival(const Quantity& claimed, const SourcePiece& piece) {
  for (const Quantity& q : piece.values.quantities) {
    if (day_of_month(q, piece.text) || borne_out(claimed, q)) continue;
    const bool unit_alike =
        (q.dimension != Dimension::count && q.dimension != Dimension::ordinal) || q.unit == claimed.unit;
    if (q.dimension == claimed.dimension && unit_alike && !same_quantity(q, claimed)) return q.span;
    const bool scaled = q.dimension == Dimension::plain && !q.unit.empty();
    if (scaled && money(claimed.dimension) && !same_quantity(q, claimed)) return q.span;
  }
  return std::nullopt;
}

std::optional<Span> rival(const Date& claimed, const SourcePiece& piece) {
  for (const Date& date : piece.values.dates) {
    const bool as_precise = (claimed.day == 0 || date.day != 0) && (claimed.month == 0 || date.month != 0);
    if (as_precise && !same_date(claimed, date)) return date.span;
  }
  return std::nullopt;
}

std::optional<Span> opposite_bound(const Quantity& claimed, const SourcePiece& piece) {
  Quantity figure = claimed;
  figure.bound = Bound::exact;
  for (const Quantity& q : piece.values.quantities) {
    if (opposite(q.bound, claimed.bound) && same_quantity(q, figure)) return q.span;
  }
  return std::nullopt;
}

bool announces_timespan(std::string_view text) {
  const std::string squeezed = squeeze(text);
  for (const std::string_view word : {"며칠", "만에", "몇년몇개월", "몇개월", "몇달", "몇주", "지났", "걸렸", "흐른",
                                      "사이", "뒤까지", "대략몇", "얼마나지", "기간은"}) {
    if (contains(squeezed, word)) return true;
  }
  return false;
}

bool announces_arithmetic(std::string_view text) {
  const std::string squeezed = squeeze(text);
  for (const std::string_view word :
       {"합하",   "합계", "합치", "합산",  "합은",  "총",         "모두",    "전부", "차이", "빼",
        "더하",   "더한", "곱하", "곱한",  "나누",  "나눈",       "계산",    "평균", "비율", "몇배",
        "배인",   "남은", "남는", "연간",  "1년에", "더많",       "더적",    "더받", "더내", "절반",
        "나머지", "몫",   "환산", "total", "sum",   "difference", "average", "times"}) {
    if (contains(squeezed, word)) return true;
  }
  return text.find_first_of("+=*/") != std::string_view::npos || contains(text, "×") || contains(text, "÷") ||
         contains(text, "−");
}

}  // namespace plumb
