// find_values: one pass over a text, which asks at each place whether a date, an article or a quantity begins.
#include <utility>

#include "language/articles.h"
#include "language/asides.h"
#include "language/dates.h"
#include "language/numeral.h"
#include "language/parts.h"
#include "language/quantity.h"
#include "language/runes.h"
#include "language/units.h"

namespace plumb {

namespace {

bool is_tilde(char32_t c) { return c == U'~' || c == 0x223C || c == 0x301C; }
bool is_dash(char32_t c) { return c == U'-' || c == 0x2013 || c == 0x2014 || c == 0x2212; }

struct Currency {
  char32_t sign;
  Dimension dimension;
};
constexpr Currency k_currencies[] = {
    {U'$', Dimension::dollar}, {0x20A9, Dimension::won}, {0x20AC, Dimension::euro}, {0xA5, Dimension::yen}};

struct DayWord {
  std::u32string_view word;
  double value;
  Dimension dimension;
};
constexpr DayWord k_day_words[] = {
    {U"이틀", 2, Dimension::days},  {U"사흘", 3, Dimension::days},   {U"나흘", 4, Dimension::days},
    {U"닷새", 5, Dimension::days},  {U"엿새", 6, Dimension::days},   {U"열흘", 10, Dimension::days},
    {U"보름", 15, Dimension::days}, {U"일주일", 7, Dimension::days}, {U"반년", 6, Dimension::months},
};

class Scanner {
 public:
  Scanner(std::string_view text, const std::optional<Day>& as_of) : runes_(text), as_of_(as_of) {}

  Values run() {
    for (std::size_t i = 0; i < runes_.size();) i = step(i);
    return std::move(values_);
  }

 private:
  // Reads what begins at i, if anything; returns where to go on.
  std::size_t step(std::size_t i) {
    const char32_t c = runes_[i];
    if (is_space(c)) return i + 1;
    if (const std::size_t past = past_address(runes_, i); past > i) return past;
    if (const auto date = read_date(runes_, i, as_of_, previous_date(i))) return take_date(i, *date);
    if (is_digit(c)) return figure(i);
    if (const auto glyph = vulgar_fraction(c)) {
      emit({.value = *glyph * 100.0, .dimension = Dimension::percent}, i, i + 1);
      return i + 1;
    }
    for (const Currency& currency : k_currencies) {
      if (c == currency.sign) return after_sign(i, currency.dimension);
    }
    if (!is_hangul_syllable(c)) return i + 1;
    return worded(i);
  }

  // --- dates and what is skipped ---

  const Date* previous_date(std::size_t i) const {
    if (values_.dates.empty()) return nullptr;
    std::size_t p = i;
    while (p > 0 && runes_[p - 1] == U' ') --p;
    if (p == 0 || !(is_tilde(runes_[p - 1]) || is_dash(runes_[p - 1]))) return nullptr;
    --p;
    while (p > 0 && runes_[p - 1] == U' ') --p;
    return p == last_date_end_ ? &values_.dates.back() : nullptr;
  }

  std::size_t take_date(std::size_t from, const FoundDate& found) {
    Date date = found.date;
    date.span = runes_.original(from, found.end);
    values_.dates.push_back(date);
    last_date_end_ = found.end;
    return found.end;
  }

  static std::optional<double> vulgar_fraction(char32_t c) {
    if (c == 0xBC) return 0.25;
    if (c == 0xBD) return 0.5;
    if (c == 0xBE) return 0.75;
    return std::nullopt;
  }

  // --- figures ---

  std::size_t figure(std::size_t i) {
    if (inside_name(runes_, i)) return past_digits(runes_, i);
    if (const std::size_t past = past_marker(runes_, i); past > i) return past;
    if (const std::size_t past = dotted_or_dashed(i); past > i) return past;
    if (const std::size_t past = clock_or_ratio(i); past > i) return past;
    if (const auto article = read_article(runes_, i)) {
      emit({.dimension = Dimension::article, .canonical = article->canonical}, i, article->end);
      return article->end;
    }
    const auto numeral = read_digits(runes_, i);
    if (!numeral) return i + 1;
    if (const std::size_t past = fraction(i, *numeral); past > i) return past;
    return quantity(i, *numeral);
  }

  // 3.11.2 and 02-1234-5678: compared as text.
  std::size_t dotted_or_dashed(std::size_t i) {
    std::size_t p = i;
    int parts = 0;
    char32_t mark = 0;
    while (is_digit(runes_[p])) {
      while (is_digit(runes_[p])) ++p;
      ++parts;
      if ((runes_[p] == U'.' || runes_[p] == U'-') && is_digit(runes_[p + 1]) && (mark == 0 || mark == runes_[p])) {
        mark = runes_[p];
        ++p;
      } else {
        break;
      }
    }
    if (parts < 3) return i;
    emit({.canonical = runes_.text(i, p)}, i, p);
    return p;
  }

  std::size_t clock_or_ratio(std::size_t i) {
    std::size_t p = i;
    double left = 0.0;
    for (; is_digit(runes_[p]) && p - i < 6; ++p) left = left * 10.0 + static_cast<double>(runes_[p] - U'0');
    std::size_t q = 0;
    if (runes_[p] == U':' && is_digit(runes_[p + 1])) {
      q = p + 1;
    } else if (const std::size_t dae = runes_.skip_spaces(p);
               runes_[dae] == U'대' && is_digit(runes_[runes_.skip_spaces(dae + 1)])) {
      q = runes_.skip_spaces(dae + 1);
      const auto right = read_digits(runes_, q);
      if (right && (right->worded || read_unit(runes_, right->end, *right))) return i;  // 차량 2대 3년
    } else {
      return i;
    }
    const std::size_t right_at = q;
    double right = 0.0;
    for (; is_digit(runes_[q]) && q - right_at < 6; ++q) right = right * 10.0 + static_cast<double>(runes_[q] - U'0');
    if (runes_[q] == U':') {  // 18:00:00 or 1:2:3
      while (is_digit(runes_[q]) || (runes_[q] == U':' && is_digit(runes_[q + 1]))) ++q;
      emit({.canonical = runes_.text(i, q)}, i, q);
      return q;
    }
    if (runes_[p] == U':' && q - right_at == 2 && left <= 24 && right < 60) {
      emit({.value = clock_hours(runes_, i, left) + right / 60.0, .dimension = Dimension::count, .unit = "시"}, i, q);
      return q;
    }
    if (right == 0.0) return i;
    emit({.value = left / right, .dimension = Dimension::ratio}, i, q);
    return q;
  }

  // 20분의 1, 1/20
  std::size_t fraction(std::size_t i, const Numeral& numeral) {
    const std::size_t of = runes_.skip_spaces(numeral.end);
    if (runes_.has(of, U"분의")) {
      const std::size_t top_at = runes_.skip_spaces(of + 2);
      auto top = read_digits(runes_, top_at);
      if (!top) top = read_sino(runes_, top_at);
      if (!top || numeral.value == 0.0) return i;
      emit({.value = top->value / numeral.value * 100.0, .dimension = Dimension::percent}, i, top->end);
      return top->end;
    }
    if (runes_[numeral.end] != U'/' || numeral.digit_count == 0 || runes_.before(i) == U'/') return i;
    const auto bottom = read_digits(runes_, numeral.end + 1);
    if (!bottom || bottom->digit_count == 0 || runes_[bottom->end] == U'/' || numeral.value >= bottom->value) return i;
    const bool likely = numeral.value == 1.0 || bottom->value <= 5.0 || bottom->value == 10.0 || bottom->value == 100.0;
    if (!likely || read_unit(runes_, bottom->end, *bottom)) return i;
    emit({.value = numeral.value / bottom->value * 100.0, .dimension = Dimension::percent}, i, bottom->end);
    return bottom->end;
  }

  std::size_t quantity(std::size_t i, const Numeral& numeral) {
    Part first = part_from(runes_, numeral);
    if (first.unit == nullptr && numeral.scale == 1.0) {
      if (is_latin(runes_[numeral.end])) return past_digits(runes_, i);  // 5G, 84A
      for (const std::u32string_view day : {U"절", U"운동", U"사건", U"전쟁", U"혁명", U"항쟁", U"사태"}) {
        if (numeral.digit_count == 0 && runes_.has(numeral.end, day)) return numeral.end;  // 3.1절
      }
    }
    if (first.unit == nullptr) {
      if (const std::size_t past = list(i, first); past > i) return past;
    }
    if (const std::size_t past = range(i, first); past > i) return past;
    if (first.unit == nullptr && numeral.scale == 1.0 && is_hangul_syllable(runes_.before(i)) && !numeral.worded)
      return numeral.end;
    return single(i, first);
  }

  // 10/20/30만원, 1·2순위: the unit belongs to all. 3·1운동, 10·15 대책: names, without a value.
  std::size_t list(std::size_t i, const Part& first) {
    const char32_t mark = runes_[first.end];
    if (!(mark == U'/' || is_middle_dot(mark)) || !is_digit(runes_[first.end + 1])) return i;
    std::vector<std::pair<std::size_t, Part>> parts = {{i, first}};
    std::size_t at = first.end;
    while (parts.size() < 8 && parts.back().second.unit == nullptr && runes_[at] == mark && is_digit(runes_[at + 1])) {
      const auto numeral = read_digits(runes_, at + 1);
      if (!numeral) break;
      parts.emplace_back(at + 1, part_from(runes_, *numeral));
      at = parts.back().second.end;
    }
    const Part& last = parts.back().second;
    const bool shared = (last.unit != nullptr && counter_ends(runes_, last.end)) || last.numeral.scale > 1.0;
    if (!shared && is_middle_dot(mark)) return at;
    if (!shared) return i;
    for (auto& [from, part] : parts) {
      part.value = part.numeral.value;
      if (part.numeral.scale == 1.0 && last.numeral.scale > 1.0) {
        part.value *= last.numeral.scale;
        part.numeral.scale = last.numeral.scale;
      }
      part.unit = last.unit;
      if (part.unit != nullptr) part.value *= part.unit->factor;
      emit(value_of(part), from, part.end);
    }
    return at;
  }

  std::size_t range(std::size_t i, const Part& first) {
    const std::size_t mark_at = runes_.skip_spaces(first.end);
    const char32_t mark = runes_[mark_at];
    const bool tight = mark_at == first.end;
    std::size_t second_at = 0;
    if (is_tilde(mark)) {
      second_at = runes_.skip_spaces(mark_at + 1);
    } else if (is_dash(mark) && tight && is_digit(runes_[mark_at + 1])) {
      second_at = mark_at + 1;
    } else if (!tight && runes_.has(mark_at, U"내지 ")) {
      second_at = mark_at + 3;
    } else {
      return i;
    }
    if (!is_digit(runes_[second_at])) return i;
    const auto numeral = read_digits(runes_, second_at);
    if (!numeral) return i;
    Part second = part_from(runes_, *numeral);
    if (second.unit == nullptr && is_latin(runes_[second.end])) return i;
    Part low = first;
    if (low.unit == nullptr) {
      if (low.numeral.scale == 1.0 && second.numeral.scale > 1.0) {
        const double scaled = low.numeral.value * second.numeral.scale;
        if (scaled <= second.numeral.value) {
          low.numeral.value = scaled;
          low.numeral.scale = second.numeral.scale;
        }
      }
      low.unit = second.unit;
      low.value = low.numeral.value * (low.unit != nullptr ? low.unit->factor : 1.0);
    } else if (second.unit == nullptr) {
      return i;
    }
    if (low.unit != second.unit && low.unit->dimension != second.unit->dimension) return i;
    if (low.value > second.value) return i;
    second.end = composite(runes_, second, second.end);
    Quantity out = value_of(second);
    out.high = second.value;
    out.value = low.value;
    emit_bounded(out, i, second.end, first.about || second.about);
    return second.end;
  }

  std::size_t single(std::size_t i, Part part) {
    std::size_t from = i;
    part.end = composite(runes_, part, part.end);
    Quantity out = value_of(part);
    if (part.unit != nullptr && part.unit->word == U"시") {
      out.value = clock_hours(runes_, i, out.value);
      part.end = clock_minutes(runes_, part.end, out.value);
    } else if (part.unit != nullptr && part.unit->word == U"개") {
      // 4개 단계: what is counted is the unit
      const std::size_t noun = runes_.skip_spaces(part.end);
      if (runes_.has(noun, U"단계")) {
        out.dimension = Dimension::ordinal;
        out.unit = "단계";
        part.end = noun + 2;
      }
    }
    if (negative(i) && (out.dimension == Dimension::percent || out.dimension == Dimension::percent_point ||
                        out.dimension == Dimension::plain || out.unit == "°c" || out.unit == "도")) {
      out.value = -out.value;
      --from;
    }
    emit_bounded(out, from, part.end, part.about);
    return part.end;
  }

  bool negative(std::size_t i) const {
    const char32_t sign = runes_.before(i);
    if (sign == 0x2212) return true;
    if (sign != U'-' || i < 2) return false;
    const char32_t before = runes_[i - 2];
    return before == U'(' || before == U'|' || (before == U' ' && i >= 3 && runes_[i - 3] != U'\n');
  }

  std::size_t after_sign(std::size_t i, Dimension dimension) {
    const std::size_t at = runes_.skip_spaces(i + 1);
    const auto numeral = read_digits(runes_, at);
    if (!numeral) return i + 1;
    Part part{*numeral, numeral->value, nullptr, numeral->end, false};
    english_scale(runes_, part);
    emit_bounded({.value = part.value, .dimension = dimension}, i, part.end, false);
    return part.end;
  }

  // --- words ---

  std::size_t worded(std::size_t i) {
    const char32_t before = runes_.before(i);
    if (is_hangul(before)) {
      // 약오천만원, 총삼백명; all else inside a word is not a numeral.
      const bool prefix = before == U'약' || before == U'총';
      if (!prefix || is_hangul(i >= 2 ? runes_[i - 2] : U'\0')) return i + 1;
    }
    if (is_digit(before) || is_latin(before)) return i + 1;
    if (runes_[i] == U'제') return ordinal(i);
    for (const DayWord& day : k_day_words) {
      if (day.word[0] == runes_[i] && runes_.has(i, day.word) && counter_ends(runes_, i + day.word.size())) {
        const std::size_t end = i + day.word.size();
        emit_bounded({.value = day.value, .dimension = day.dimension}, i, end, false);
        return end;
      }
    }
    if (indefinite(i)) return i + 1;
    if (auto numeral = read_sino(runes_, i)) {
      if (const std::size_t past = fraction(i, *numeral); past > i) return past;
      const Part part = part_from(runes_, *numeral);
      if (part.unit != nullptr) return single(i, part);
    }
    if (auto numeral = read_native(runes_, i)) {
      const Part part = part_from(runes_, *numeral);
      if (part.unit != nullptr) return single(i, part);
      if (standalone(i, *numeral)) {
        emit({.value = numeral->value, .dimension = Dimension::count, .unit = "개"}, i, numeral->end);
        return numeral->end;
      }
    }
    return i + 1;
  }

  // 몇 백 명, 수 십 개
  bool indefinite(std::size_t i) const {
    if (runes_.before(i) != U' ' || i < 2) return false;
    const char32_t word = runes_[i - 2];
    return (word == U'수' || word == U'몇') && !is_hangul(i >= 3 ? runes_[i - 3] : U'\0');
  }

  // 셋입니다, 둘뿐
  bool standalone(std::size_t i, const Numeral& numeral) const {
    const char32_t last = runes_.before(numeral.end);
    const bool noun = last == U'나' || last == U'둘' || last == U'셋' || last == U'넷' || numeral.value >= 5;
    if (!noun || numeral.end - i > 4) return false;
    for (const std::u32string_view copula :
         {U"입니다", U"이다", U"이며", U"이고", U"뿐", U"예요", U"이에요", U"이었", U"였"}) {
      if (runes_.has(numeral.end, copula)) return true;
    }
    return false;
  }

  // 제3차, 제7조, 제33254호, 제2026-412호
  std::size_t ordinal(std::size_t i) {
    const std::size_t at = runes_.skip_spaces(i + 1);
    if (!is_digit(runes_[at])) return i + 1;
    if (const auto article = read_article(runes_, i)) {
      emit({.dimension = Dimension::article, .canonical = article->canonical}, i, article->end);
      return article->end;
    }
    std::size_t p = at;
    while (is_digit(runes_[p])) ++p;
    if (runes_[p] == U'-' && is_digit(runes_[p + 1])) {
      std::size_t q = p + 1;
      while (is_digit(runes_[q])) ++q;
      if (runes_[runes_.skip_spaces(q)] == U'호') {
        const std::size_t end = runes_.skip_spaces(q) + 1;
        emit({.dimension = Dimension::ordinal, .unit = "호", .canonical = runes_.text(at, q) + "호"}, i, end);
        return end;
      }
    }
    const auto numeral = read_digits(runes_, at);
    const auto match = numeral ? read_unit(runes_, numeral->end, *numeral) : std::nullopt;
    if (!match) return past_digits(runes_, at);  // 제2금융권, 제3자: names
    const bool counted = match->unit->dimension == Dimension::times;
    emit({.value = numeral->value, .dimension = Dimension::ordinal, .unit = counted ? "차" : unit_text(*match->unit)},
         i, match->end);
    return match->end;
  }

  // --- results ---

  void emit_bounded(Quantity out, std::size_t from, std::size_t to, bool about) {
    out.bound = bound_of(runes_, from, to, about);
    emit(std::move(out), from, to);
  }

  void emit(Quantity out, std::size_t from, std::size_t to) {
    out.span = runes_.original(from, to);
    values_.quantities.push_back(std::move(out));
  }

  Runes runes_;
  std::optional<Day> as_of_;
  Values values_;
  std::size_t last_date_end_ = 0;
};

}  // namespace

Values find_values(std::string_view text, std::optional<Day> as_of) { return Scanner(text, as_of).run(); }

}  // namespace plumb
