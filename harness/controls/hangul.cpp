#include "controls/hangul.h"

#include <algorithm>
#include <array>

namespace plumb {

namespace {

constexpr char32_t k_first = 0xAC00;
constexpr char32_t k_last = 0xD7A3;
constexpr int k_rieul = 8;
constexpr int k_bieup = 17;

bool is_quote(char32_t c) {
  constexpr std::u32string_view k_quotes = U"'\"’”」』》〉";
  return k_quotes.find(c) != std::u32string_view::npos;
}

// Longest first within one beginning is not needed: follows_noun tries them all.
constexpr auto k_tails = std::to_array<std::string_view>({
    "은",   "는",     "이",     "가",   "을",     "를",       "과",         "와",     "의",     "에",
    "에서", "에게",   "께",     "로",   "으로",   "로서",     "으로서",     "로써",   "으로써", "도",
    "만",   "부터",   "까지",   "보다", "처럼",   "이나",     "이라",       "이라고", "라고",   "이라는",
    "라는", "이라서", "이란",   "이다", "입니다", "였습니다", "이었습니다", "이었고", "였고",   "이고",
    "이며", "이므로", "이지만", "이면", "이자",   "인",       "인데",       "이어서", "여서",   "이에요",
    "예요", "이어야", "여야",   "뿐",   "마다",   "씩",       "쪽",         "측",     "등",     "씨",
});

struct Pair {
  std::string_view after_consonant;
  std::string_view after_vowel;
  bool whole;  // a particle only if nothing Hangul follows, or another particle does
};
constexpr auto k_pairs = std::to_array<Pair>({
    {"으로", "로", false},
    {"이었", "였", false},
    {"이라", "라", false},
    {"이나", "나", true},
    {"은", "는", true},
    {"이", "가", true},
    {"을", "를", true},
    {"과", "와", true},
});

std::string_view hangul_run(std::string_view text) {
  std::size_t at = 0;
  std::size_t end = 0;
  while (at < text.size() && is_hangul(next_code_point(text, at))) end = at;
  return text.substr(0, end);
}

bool all_tails(std::string_view run) {
  if (run.empty()) return true;
  return std::any_of(k_tails.begin(), k_tails.end(), [&](std::string_view tail) {
    return run.starts_with(tail) && all_tails(run.substr(tail.size()));
  });
}

FinalSound sound_of_figures(std::string_view figures) {
  const std::size_t last = figures.find_last_not_of('0');
  const std::size_t zeros = last == std::string_view::npos ? figures.size() : figures.size() - 1 - last;
  if (zeros == 0) {
    constexpr std::string_view k_vowels = "2459";
    constexpr std::string_view k_rieuls = "178";
    const char digit = figures.back();
    if (k_vowels.find(digit) != std::string_view::npos) return FinalSound::vowel;
    return k_rieuls.find(digit) != std::string_view::npos ? FinalSound::rieul : FinalSound::consonant;
  }
  return FinalSound::consonant;  // 영, 십, 백, 천, 만, 억
}

FinalSound sound_of_latin(std::string_view word) {
  const char last = word.back();
  const bool acronym = last >= 'A' && last <= 'Z';
  switch (static_cast<char>(last | 0x20)) {
    case 'l':
      return FinalSound::rieul;
    case 'm':
    case 'n':
      return FinalSound::consonant;
    case 'r':
      return acronym ? FinalSound::rieul : FinalSound::vowel;  // 알; but 서버
    case 'g':
      return !acronym && word.size() > 1 ? FinalSound::consonant : FinalSound::vowel;
    default:
      return FinalSound::vowel;
  }
}

}  // namespace

int final_consonant(char32_t syllable) {
  if (syllable < k_first || syllable > k_last) return -1;
  return static_cast<int>((syllable - k_first) % 28);
}

char32_t with_final_consonant(char32_t syllable, int index) {
  const int now = final_consonant(syllable);
  return now < 0 ? syllable : syllable - static_cast<char32_t>(now) + static_cast<char32_t>(index);
}

FinalSound final_sound(std::string_view word) {
  std::u32string points = code_points(word);
  while (!points.empty() && (is_quote(points.back()) || is_space(points.back()))) points.pop_back();
  if (points.empty()) return FinalSound::vowel;
  const char32_t last = points.back();
  if (const int index = final_consonant(last); index >= 0) {
    if (index == 0) return FinalSound::vowel;
    return index == k_rieul ? FinalSound::rieul : FinalSound::consonant;
  }
  std::string tail;
  const bool figures = is_digit(last);
  for (auto it = points.rbegin(); it != points.rend() && *it < 0x80; ++it) {
    if (figures ? !(is_digit(*it) || *it == U',') : !is_letter(*it)) break;
    if (*it != U',') tail.insert(tail.begin(), static_cast<char>(*it));
  }
  if (tail.empty()) return FinalSound::vowel;  // 퍼센트, 제곱미터
  return figures ? sound_of_figures(tail) : sound_of_latin(tail);
}

bool follows_noun(std::string_view rest) {
  std::size_t at = 0;
  if (rest.empty()) return true;
  const char32_t first = next_code_point(rest, at);
  if (!is_hangul(first)) return !is_letter(first) && !is_digit(first);
  return all_tails(hangul_run(rest));
}

std::string_view particle(std::string_view word, std::string_view after_consonant, std::string_view after_vowel) {
  const FinalSound sound = final_sound(word);
  if (after_consonant == "으로") return sound == FinalSound::consonant ? after_consonant : after_vowel;
  return sound == FinalSound::vowel ? after_vowel : after_consonant;
}

std::string replace_noun(std::string_view text, Span span, std::string_view noun) {
  std::string out(text.substr(0, span.begin));
  out += noun;
  std::size_t at = span.end;
  for (std::size_t next = at; next < text.size() && is_quote(next_code_point(text, next));) at = next;
  out += text.substr(span.end, at - span.end);
  const std::string_view rest = text.substr(at);
  const std::string_view run = hangul_run(rest);
  for (const Pair& pair : k_pairs) {
    for (const std::string_view now : {pair.after_consonant, pair.after_vowel}) {
      if (!run.starts_with(now)) continue;
      if (pair.whole && !all_tails(run.substr(now.size()))) continue;
      if (now == "이" && run.size() > now.size()) continue;  // the copula: 이며, 이고
      if (now == "나" || (now == "라" && !run.starts_with("라고") && !run.starts_with("라는"))) continue;
      out += particle(noun, pair.after_consonant, pair.after_vowel);
      out += rest.substr(now.size());
      return out;
    }
  }
  out += rest;
  return out;
}

Span find_noun(std::string_view text, std::string_view noun, std::size_t from) {
  for (std::size_t at = text.find(noun, from); at != std::string_view::npos && !noun.empty();
       at = text.find(noun, at + 1)) {
    char32_t before = 0;
    for (std::size_t i = at >= 4 ? at - 4 : 0; i < at;) {
      if ((static_cast<unsigned char>(text[i]) & 0xC0) == 0x80) {
        ++i;
        continue;
      }
      before = next_code_point(text, i);
    }
    const bool begins = !is_letter(before) && !is_digit(before);
    if (begins && follows_noun(text.substr(at + noun.size()))) return {at, at + noun.size()};
  }
  return {};
}

std::string replace_every_noun(std::string_view text, std::string_view noun, std::string_view by) {
  std::string out(text);
  for (Span span = find_noun(out, noun); !span.empty(); span = find_noun(out, noun, span.begin + by.size())) {
    out = replace_noun(out, span, by);
  }
  return out;
}

std::string is_so(std::string_view noun) { return std::string(noun) + "입니다"; }

std::string polite(std::string_view stem) {
  std::u32string points = code_points(stem);
  if (points.empty()) return "";
  const int final = final_consonant(points.back());
  const bool merges = final == 0 || final == k_rieul;
  if (merges) points.back() = with_final_consonant(points.back(), k_bieup);
  std::string out;
  for (const char32_t c : points) append_code_point(out, c);
  return out + (merges ? "니다" : "습니다");
}

}  // namespace plumb
