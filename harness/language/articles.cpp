#include "language/articles.h"

#include "language/numeral.h"

namespace plumb {

namespace {

// [제] N and where it ends; digits only.
struct Ordinal {
  long value = 0;
  std::size_t end = 0;
};

std::optional<Ordinal> ordinal(const Runes& runes, std::size_t at) {
  std::size_t i = at;
  if (runes[i] == U'제') i = runes.skip_spaces(i + 1);
  if (const int circled = circled_number(runes[i]); circled > 0) return Ordinal{circled, i + 1};
  Ordinal out{0, i};
  while (is_digit(runes[out.end]) && out.end - i < 6)
    out.value = out.value * 10 + static_cast<long>(runes[out.end++] - U'0');
  if (out.end == i || is_digit(runes[out.end])) return std::nullopt;
  return out;
}

}  // namespace

std::optional<FoundArticle> read_article(const Runes& runes, std::size_t at) {
  const auto first = ordinal(runes, at);
  if (!first || circled_number(runes[at]) > 0) return std::nullopt;
  FoundArticle out;
  std::size_t i = runes.skip_spaces(first->end);
  if (runes[i] == U'조' && (i == first->end || runes[at] == U'제')) {
    // 2조원 is money, 2조합 and 2조정 are words; read_digits knows the first.
    if (runes[at] != U'제') {
      if (const auto money = read_digits(runes, at); money && money->end > i) return std::nullopt;
      for (const std::u32string_view word : {U"조합", U"조정", U"조건", U"조각", U"조사"}) {
        if (runes.has(i, word)) return std::nullopt;
      }
    }
    out.canonical = std::to_string(first->value) + "조";
    out.end = ++i;
    const std::size_t branch = runes.skip_spaces(i);
    if (runes[branch] == U'의') {
      if (const auto sub = ordinal(runes, runes.skip_spaces(branch + 1));
          sub && is_digit(runes[runes.skip_spaces(branch + 1)])) {
        out.canonical += "의" + std::to_string(sub->value);
        out.end = i = sub->end;
      }
    }
  } else if (runes[i] == U'항' && (i == first->end || runes[at] == U'제') && !runes.has(i, U"항목") &&
             !runes.has(i, U"항공")) {
    out.canonical = std::to_string(first->value) + "항";
    out.end = i + 1;
    return out;
  } else {
    return std::nullopt;
  }
  // 제1항, 1항, ①; then 제2호
  const auto part = [&](char32_t unit, std::string_view name) {
    const std::size_t p = runes.skip_spaces(out.end);
    const auto next = ordinal(runes, p);
    if (!next) return;
    if (circled_number(runes[p]) > 0) {
      if (unit != U'항') return;
      out.canonical += " " + std::to_string(next->value) + "항";
      out.end = next->end;
    } else {
      const std::size_t u = runes[p] == U'제' ? runes.skip_spaces(next->end) : next->end;
      if (runes[u] != unit) return;
      out.canonical += " " + std::to_string(next->value) + std::string(name);
      out.end = u + 1;
    }
  };
  part(U'항', "항");
  part(U'호', "호");
  return out;
}

}  // namespace plumb
