#include "scorers/stated_values.h"

#include <algorithm>

namespace plumb {

namespace {

bool same_kind(const Quantity& wanted, const Quantity& found) {
  if (wanted.dimension == Dimension::ordinal || wanted.dimension == Dimension::count) {
    return wanted.dimension == found.dimension && wanted.unit == found.unit;
  }
  if (wanted.dimension == found.dimension) return true;
  const bool scaled = found.dimension == Dimension::plain && !found.unit.empty();
  return scaled && wanted.dimension == Dimension::won;
}

bool asserted(std::string_view text, Span span) { return !negated(text, span); }

bool in_any_passage(const Case& c, const Quantity& q) {
  return std::any_of(c.passages.begin(), c.passages.end(), [&](const Passage& passage) {
    return find_quantity(read_text(passage.text, c.question.as_of), q, 0.0).has_value();
  });
}

bool in_any_passage(const Case& c, const Date& date) {
  return std::any_of(c.passages.begin(), c.passages.end(), [&](const Passage& passage) {
    return find_date(read_text(passage.text, c.question.as_of), date).has_value();
  });
}

// Nothing but an alternative between two values?
bool alternative(std::string_view between) {
  std::string text = squeeze(between);
  for (const std::string_view particle : {"에서", "으로", "로", "은", "는", "이", "가", "을", "를"}) {
    if (text.starts_with(particle) && text.size() > particle.size()) {
      const std::string rest = text.substr(particle.size());
      if (rest == "또는" || rest == "혹은" || rest == "아니면" || rest == "거나") return true;
    }
  }
  for (const std::string_view word : {"또는", "혹은", "아니면", "이나", "나", "이거나", "거나", "이든", "or", "또는약",
                                      "혹은약", "입니다또는", "이거나혹은"}) {
    if (text == word) return true;
  }
  return false;
}

}  // namespace

std::optional<StatedValue> other_value(const Reference& wanted, const Case& c, const ReadText& answer) {
  const ReadText question = read_text(c.question.text, c.question.as_of);
  if (const auto* number = std::get_if<NumberRef>(&wanted)) {
    const auto quantity = parse_quantity(number->value);
    if (!quantity) return std::nullopt;
    for (const Quantity& found : answer.values.quantities) {
      if (!same_kind(*quantity, found) || same_quantity(*quantity, found) || !asserted(answer.text, found.span))
        continue;
      if (find_quantity(question, found, 0.0)) continue;
      return StatedValue{found.span, in_any_passage(c, found)};
    }
  } else if (const auto* date = std::get_if<DateRef>(&wanted)) {
    const auto day = parse_date(date->iso);
    if (!day) return std::nullopt;
    for (const Date& found : answer.values.dates) {
      if (same_date(*day, found) || !asserted(answer.text, found.span) || find_date(question, found)) continue;
      if ((day->day > 0 && found.day == 0) || (day->month > 0 && found.month == 0)) continue;  // says less, not else
      return StatedValue{found.span, in_any_passage(c, found)};
    }
  }
  return std::nullopt;
}

std::optional<Span> hedged_with(const Reference& wanted, const ReadText& answer) {
  const auto look = [&](const auto& values, const auto& is_wanted, const auto& comparable) -> std::optional<Span> {
    for (std::size_t i = 0; i + 1 < values.size(); ++i) {
      const auto& left = values[i];
      const auto& right = values[i + 1];
      if (is_wanted(left) == is_wanted(right) || !comparable(left, right)) continue;
      const Span between{left.span.end, right.span.begin};
      if (between.empty() || !alternative(between.of(answer.text))) continue;
      return is_wanted(left) ? right.span : left.span;
    }
    return std::nullopt;
  };
  if (const auto* number = std::get_if<NumberRef>(&wanted)) {
    const auto quantity = parse_quantity(number->value);
    if (!quantity) return std::nullopt;
    return look(
        answer.values.quantities, [&](const Quantity& q) { return same_quantity(*quantity, q); },
        [&](const Quantity& a, const Quantity& b) { return same_kind(*quantity, a) && same_kind(*quantity, b); });
  }
  if (const auto* date = std::get_if<DateRef>(&wanted)) {
    const auto day = parse_date(date->iso);
    if (!day) return std::nullopt;
    return look(
        answer.values.dates, [&](const Date& d) { return same_date(*day, d); },
        [](const Date&, const Date&) { return true; });
  }
  return std::nullopt;
}

std::string with_subject_particle(std::string text) {
  const std::u32string codes = code_points(nfc(text));
  if (codes.empty()) return text;
  const char32_t last = codes.back();
  if (!is_hangul_syllable(last)) return text + "이(가)";
  return text + ((last - 0xAC00) % 28 == 0 ? "가" : "이");
}

}  // namespace plumb
