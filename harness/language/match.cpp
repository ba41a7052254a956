#include "language/match.h"

#include <algorithm>

namespace plumb {

namespace {

char32_t code_before(std::string_view text, std::size_t at) {
  if (at == 0) return 0;
  std::size_t start = at - 1;
  while (start > 0 && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80) --start;
  return next_code_point(text, start);
}

char32_t code_at(std::string_view text, std::size_t at) { return at < text.size() ? next_code_point(text, at) : U'\0'; }

bool is_word_ascii(char32_t c) { return is_digit(c) || (c < 0x250 && is_letter(c)); }

bool digit_near(char32_t c) { return is_digit(c) || (c >= 0xFF10 && c <= 0xFF19); }

// Would the alias, found at `span` of the text, be part of a longer name or figure?
bool continues(std::string_view text, Span span, char32_t first, char32_t last) {
  const char32_t before = code_before(text, span.begin);
  const char32_t after = code_at(text, span.end);
  if (digit_near(first)) {
    if (is_word_ascii(before) || digit_near(before)) return true;
    if ((before == U'.' || before == U',') && digit_near(code_before(text, span.begin - 1))) return true;
  } else if (is_word_ascii(first) && is_word_ascii(before)) {
    return true;
  }
  if (digit_near(last)) {
    if (is_word_ascii(after) || digit_near(after)) return true;
    if ((after == U'.' || after == U',') && digit_near(code_at(text, span.end + 1))) return true;
  } else if (is_word_ascii(last)) {
    if (is_word_ascii(after)) return true;
    if ((after == U'+' || after == U'#') && last != U'+' && last != U'#') return true;  // C is not in C++
  }
  return false;
}

// 불가능 does not state 가능, nor 비과세 과세: a prefix that opens the word turns it round.
bool turned_round(std::string_view text, Span span) {
  const char32_t before = code_before(text, span.begin);
  if (before != U'불' && before != U'비' && before != U'미') return false;
  return !is_hangul(code_before(text, span.begin - 3));
}

std::vector<Span> find_one(const ReadText& read, std::string_view alias) {
  std::vector<Span> out;
  const std::string wanted = squeeze(alias);
  if (wanted.empty()) return out;
  const std::u32string codes = code_points(wanted);
  const std::string& text = read.squeezed.text;
  for (std::size_t at = text.find(wanted); at != std::string::npos; at = text.find(wanted, at + 1)) {
    const Span span = read.squeezed.original({at, at + wanted.size()});
    if (continues(read.text, span, codes.front(), codes.back())) continue;
    if (is_hangul(codes.front()) && turned_round(read.text, span)) continue;
    out.push_back(span);
  }
  return out;
}

bool states_range(const Quantity& low, const Quantity& high, const Quantity& wanted, double tolerance) {
  Quantity bottom = wanted;
  bottom.high.reset();
  Quantity top = bottom;
  top.value = *wanted.high;
  Quantity left = low;
  Quantity right = high;
  left.bound = right.bound = Bound::exact;  // 최소 3년, 최대 7년
  return same_quantity(left, bottom, tolerance) && same_quantity(right, top, tolerance);
}

// A wanted 11 is stated by 11년: the figure before its unit's factor.
double figure_as_written(const Quantity& q) {
  struct Row {
    std::string_view unit;
    double factor;
  };
  static constexpr Row k_rows[] = {{"년", 12}, {"개년", 12},  {"해", 12},           {"years", 12},
                                   {"주", 7},  {"주일", 7},   {"weeks", 7},         {"시간", 3'600},
                                   {"분", 60}, {"km", 1'000}, {"평", 400.0 / 121.0}};
  for (const Row& row : k_rows) {
    if (q.unit == row.unit && q.dimension != Dimension::people) return q.value / row.factor;
  }
  return q.value;
}

bool states_plain(const Quantity& found, const Quantity& wanted, double tolerance) {
  if (!found.canonical.empty() || found.high) return same_quantity(found, wanted, tolerance, true);
  Quantity written = found;
  written.value = figure_as_written(found);
  return same_quantity(found, wanted, tolerance, true) || same_quantity(written, wanted, tolerance, true);
}

// 7조 2항 states 7조, but 7조 does not state 7조 2항.
bool more_precise(const Quantity& found, const Quantity& wanted) {
  return wanted.dimension == Dimension::article && found.dimension == Dimension::article &&
         found.canonical.starts_with(wanted.canonical + " ");
}

std::optional<Span> first_of(const std::vector<Span>& spans) {
  return spans.empty() ? std::nullopt : std::optional<Span>(spans.front());
}

}  // namespace

ReadText read_text(std::string_view text, std::optional<Day> as_of) {
  return {text, fold(text, {.drop_spaces = true, .drop_punctuation = true}), find_values(text, as_of)};
}

std::vector<Span> find_aliases(const ReadText& read, const std::vector<std::string>& aliases) {
  std::vector<Span> out;
  for (const std::string& alias : aliases) {
    const std::vector<Span> found = find_one(read, alias);
    out.insert(out.end(), found.begin(), found.end());
  }
  std::sort(out.begin(), out.end(),
            [](const Span& a, const Span& b) { return a.begin != b.begin ? a.begin < b.begin : a.end < b.end; });
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::vector<Span> find_quantities(const ReadText& read, const Quantity& wanted, double tolerance) {
  std::vector<Span> out;
  const bool plain = wanted.dimension == Dimension::plain && wanted.canonical.empty() && wanted.unit.empty();
  const std::vector<Quantity>& all = read.values.quantities;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool unit_free = all[i].dimension == Dimension::plain && all[i].unit.empty();
    const bool stated = plain ? states_plain(all[i], wanted, tolerance)
                              : same_quantity(all[i], wanted, tolerance) && (!unit_free || !wanted.canonical.empty());
    if (stated) {
      out.push_back(all[i].span);
    } else if (more_precise(all[i], wanted)) {
      out.push_back(all[i].span);
    } else if (wanted.high && i + 1 < all.size() && states_range(all[i], all[i + 1], wanted, tolerance)) {
      out.push_back({all[i].span.begin, all[i + 1].span.end});
    }
  }
  if (plain && !wanted.high) {
    // A wanted 2010 may stand as a year.
    for (const Date& date : read.values.dates) {
      if (date.month == 0 && static_cast<double>(date.year) == wanted.value) out.push_back(date.span);
    }
    std::sort(out.begin(), out.end(), [](const Span& a, const Span& b) { return a.begin < b.begin; });
  }
  return out;
}

std::vector<Span> find_dates(const ReadText& read, const Date& wanted) {
  std::vector<Span> out;
  for (const Date& date : read.values.dates) {
    if (same_date(wanted, date)) out.push_back(date.span);
  }
  return out;
}

std::optional<Span> find_alias(const ReadText& read, const std::vector<std::string>& aliases) {
  return first_of(find_aliases(read, aliases));
}

std::optional<Span> find_quantity(const ReadText& read, const Quantity& wanted, double tolerance) {
  return first_of(find_quantities(read, wanted, tolerance));
}

std::optional<Span> find_date(const ReadText& read, const Date& wanted) { return first_of(find_dates(read, wanted)); }

}  // namespace plumb
