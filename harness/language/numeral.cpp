#include "language/numeral.h"

#include <array>
#include <cmath>
#include <iterator>

namespace plumb {

namespace {

int sino_digit(char32_t c) {
  constexpr std::u32string_view k_digits = U"영일이삼사오육칠팔구";
  if (c == U'공') return 0;
  const std::size_t found = k_digits.find(c);
  return found == std::u32string_view::npos ? -1 : static_cast<int>(found);
}

double small_power(char32_t c) {
  if (c == U'십') return 10.0;
  if (c == U'백') return 100.0;
  if (c == U'천') return 1'000.0;
  return 0.0;
}

double big_power(char32_t c) {
  if (c == U'만') return 1e4;
  if (c == U'억') return 1e8;
  if (c == U'조') return 1e12;
  if (c == U'경') return 1e16;
  return 0.0;
}

struct Digits {
  double value = 0.0;
  std::size_t end = 0;
  int count = 0;  // 0 if there was a comma or a point
};

Digits plain_digits(const Runes& runes, std::size_t at) {
  Digits out;
  std::size_t i = at;
  bool bare = true;
  while (is_digit(runes[i])) {
    out.value = out.value * 10.0 + static_cast<double>(runes[i] - U'0');
    ++i;
  }
  out.count = static_cast<int>(i - at);
  const auto group = [&](std::size_t p) {
    return runes[p] == U',' && is_digit(runes[p + 1]) && is_digit(runes[p + 2]) && is_digit(runes[p + 3]) &&
           !is_digit(runes[p + 4]);
  };
  if (out.count <= 3) {
    while (group(i)) {
      for (std::size_t p = i + 1; p <= i + 3; ++p) out.value = out.value * 10.0 + static_cast<double>(runes[p] - U'0');
      i += 4;
      bare = false;
    }
  }
  if (runes[i] == U'.' && is_digit(runes[i + 1])) {
    std::size_t p = i + 1;
    double fraction = 0.0;
    for (; is_digit(runes[p]); ++p) fraction = fraction * 10.0 + static_cast<double>(runes[p] - U'0');
    out.value += fraction / std::pow(10.0, static_cast<double>(p - i - 1));
    i = p;
    bare = false;
  }
  out.end = i;
  if (!bare) out.count = 0;
  return out;
}

// What may follow 3조 for it to be money and not an article: a smaller part, or a currency.
bool trillion_follows(const Runes& runes, std::size_t after) {
  const std::size_t i = runes.skip_spaces(after);
  for (const std::u32string_view word : {U"원", U"달러", U"엔", U"위안", U"유로", U"여 원", U"여원", U"여 달러"}) {
    if (runes.has(i, word)) return true;
  }
  if (!is_digit(runes[i]) && sino_digit(runes[i]) < 1 && small_power(runes[i]) == 0.0) return false;
  std::size_t p = is_digit(runes[i]) ? plain_digits(runes, i).end : i;
  while (sino_digit(runes[p]) > 0 || small_power(runes[p]) > 0.0) ++p;
  return runes[p] == U'억' || runes[p] == U'만';
}

bool counted_follows(const Runes& runes, std::size_t at) {
  const std::size_t i = runes.skip_spaces(at);
  for (const std::u32string_view word :
       {U"원", U"달러", U"엔", U"명", U"개", U"건", U"대", U"가구", U"호", U"㎡", U"평", U"장", U"권", U"마리"}) {
    if (runes.has(i, word)) return true;
  }
  return false;
}

// The grammar of both scripts: parts with 십, 백, 천 in falling order, closed by falling 만, 억, 조.
std::optional<Numeral> read_scaled(const Runes& runes, std::size_t at, Numeral::Script script) {
  Numeral out;
  out.script = script;
  double section = 0.0;
  double last_small = 1e4;
  double last_big = 1e20;
  std::size_t i = at;
  std::size_t end = at;
  bool any = false;
  while (true) {
    std::size_t start = i;
    if (any && end == i) {
      // 3억 5천만: a space may stand after a scale if a smaller part follows, and not 3년 in 1억 3년.
      const std::size_t spaced = runes.skip_spaces(i);
      if (spaced != i && out.scale > 1.0 && section == 0.0) start = spaced;
    }
    double number = 0.0;
    bool has_number = false;
    int count = 0;
    std::size_t p = start;
    bool whole = true;
    if (is_digit(runes[p])) {
      const Digits digits = plain_digits(runes, p);
      number = digits.value;
      count = digits.count;
      whole = number == std::floor(number);
      has_number = true;
      p = digits.end;
      if (is_latin(runes[p]) && start != at) break;
    } else if (const int digit = sino_digit(runes[p]);
               digit > 0 && (script == Numeral::Script::sino ||
                             (any && (small_power(runes[p + 1]) > 0.0 || big_power(runes[p + 1]) > 0.0)))) {
      number = digit;
      has_number = true;
      ++p;
    }
    double small = small_power(runes[p]);
    double big = big_power(runes[p]);
    if (big == 0.0 && small == 0.0 && has_number && is_digit(runes.before(p))) {
      // 120 만원, 3 억원
      const std::size_t spaced = runes.skip_spaces(p);
      if (spaced != p && (runes[spaced] == U'만' || runes[spaced] == U'억') && counted_follows(runes, spaced + 1)) {
        p = spaced;
        big = big_power(runes[p]);
      }
    }
    if (big == 1e12 && script == Numeral::Script::digits && whole && out.scale == 1.0 &&
        !trillion_follows(runes, p + 1))
      big = 0.0;
    if (small > 0.0) {
      if (!has_number && script == Numeral::Script::digits && start != i) break;
      if (!has_number && !any && script == Numeral::Script::digits) break;
      if (small >= last_small || (has_number && number >= 10.0 && whole && small >= 100.0 && number >= 100.0)) break;
      section += (has_number ? number : 1.0) * small;
      last_small = small;
      out.worded = true;
      i = end = p + 1;
      any = true;
      // 2천500: digits right after 천
      continue;
    }
    if (big > 0.0) {
      if (big >= last_big) break;
      if (!has_number && section == 0.0) {
        if (any || script == Numeral::Script::digits) break;
        number = 1.0;  // 만 명, 억 단위
        has_number = true;
      }
      out.value += (section + number) * big;
      section = 0.0;
      last_small = 1e4;
      last_big = big;
      out.scale = big;
      out.worded = true;
      i = end = p + 1;
      any = true;
      continue;
    }
    if (has_number) {
      if (any) {
        if (start != i && number < 100.0) break;              // 1억 3년
        if (number >= std::min(last_small, last_big)) break;  // not a smaller part
        if (last_small == 1e4 && out.scale > 1.0 && number >= 1e4) break;
        out.scale = 1.0;
      } else {
        out.digit_count = count;
      }
      section += number;
      end = p;
      any = true;
    }
    break;
  }
  if (!any) return std::nullopt;
  // What a following part was not taken for stays outside.
  if (section > 0.0 && out.value > 0.0) out.scale = 1.0;
  out.value += section;
  out.end = end;
  return out;
}

struct NativeWord {
  std::u32string_view word;
  int value;
};

constexpr NativeWord k_tens[] = {{U"열", 10}, {U"스물", 20}, {U"스무", 20}, {U"서른", 30}, {U"마흔", 40},
                                 {U"쉰", 50}, {U"예순", 60}, {U"일흔", 70}, {U"여든", 80}, {U"아흔", 90}};
constexpr NativeWord k_ones[] = {{U"다섯", 5}, {U"여섯", 6}, {U"일곱", 7}, {U"여덟", 8}, {U"아홉", 9}, {U"하나", 1},
                                 {U"한", 1},   {U"두", 2},   {U"세", 3},   {U"네", 4},   {U"둘", 2},   {U"셋", 3},
                                 {U"넷", 4},   {U"석", 3},   {U"넉", 4},   {U"첫", 1}};

}  // namespace

std::optional<Numeral> read_digits(const Runes& runes, std::size_t at) {
  if (!is_digit(runes[at])) return std::nullopt;
  return read_scaled(runes, at, Numeral::Script::digits);
}

std::optional<Numeral> read_sino(const Runes& runes, std::size_t at) {
  if (sino_digit(runes[at]) < 1 && small_power(runes[at]) == 0.0 && big_power(runes[at]) == 0.0) return std::nullopt;
  return read_scaled(runes, at, Numeral::Script::sino);
}

std::optional<Numeral> read_native(const Runes& runes, std::size_t at) {
  Numeral out;
  out.script = Numeral::Script::native;
  std::size_t i = at;
  for (const NativeWord& ten : k_tens) {
    if (runes.has(i, ten.word)) {
      out.value += ten.value;
      i += ten.word.size();
      break;
    }
  }
  for (const NativeWord& one : k_ones) {
    if (runes.has(i, one.word)) {
      out.value += one.value;
      i += one.word.size();
      break;
    }
  }
  if (i == at) return std::nullopt;
  out.end = i;
  return out;
}

}  // namespace plumb
