#include <algorithm>

#include "language/korean.h"
#include "language/particles.h"
#include "language/runes.h"

namespace plumb {

namespace {

enum class Kind { none, hangul, latin, digits };

Kind kind_of(char32_t c) {
  if (is_digit(c)) return Kind::digits;
  if (is_hangul(c) && !is_middle_dot(c)) return Kind::hangul;
  return is_letter(c) ? Kind::latin : Kind::none;
}

// One past the run that begins at `from`: Hangul; Latin letters with digits after them (t1, mp3), joined by
// the marks of names (node.js, c++); or digits with their commas and points.
std::size_t run_end(const Runes& runes, std::size_t from, Kind kind) {
  std::size_t i = from;
  while (i < runes.size()) {
    const char32_t c = runes[i];
    const Kind next = kind_of(c);
    if (next == kind || (kind == Kind::latin && next == Kind::digits)) {
      ++i;
    } else if (kind == Kind::digits && (c == U',' || c == U'.') && is_digit(runes[i + 1])) {
      ++i;
    } else if (kind == Kind::latin && (c == U'+' || c == U'#') && !is_letter(runes[i + 1]) && !is_digit(runes[i + 1])) {
      ++i;
    } else if (kind == Kind::latin && c == U'.' && is_latin(runes[i + 1]) && i > from) {
      ++i;
    } else if (kind == Kind::latin && (c == U'\'' || c == 0x2019) && is_latin(runes[i + 1])) {
      ++i;
    } else {
      break;
    }
  }
  return i;
}

// Plural s and possessives; no more, since names and terms outnumber inflected words in what is read here.
std::string latin_stem(const std::string& form) {
  std::string_view stem = form;
  for (const std::string_view tail : {"'s", "’s"}) {
    if (stem.ends_with(tail)) stem.remove_suffix(tail.size());
  }
  if (stem.size() > 4 && stem.ends_with("ies")) return std::string(stem.substr(0, stem.size() - 3)) + "y";
  if (stem.size() > 3 && stem.ends_with("s") && !stem.ends_with("ss") && !stem.ends_with("us") &&
      !stem.ends_with("is") && !stem.ends_with(".js")) {
    stem.remove_suffix(1);
  }
  return std::string(stem);
}

// 채우지 못해, 오르지 않았다, 하기 전: endings that only what follows tells from nouns (바지, 경기).
void close_predicate(Word& before, std::string_view next) {
  if (before.predicate || before.form.size() <= 3) return;
  const auto follows = [&](std::initializer_list<std::string_view> starts) {
    return std::any_of(starts.begin(), starts.end(), [&](std::string_view start) { return next.starts_with(start); });
  };
  const bool denied = before.form.ends_with("지") && follows({"않", "못", "말"});
  const bool nominal = before.form.ends_with("기") && follows({"전", "때문", "위", "어렵", "쉽", "시작", "힘들"});
  if (!denied && !nominal) return;
  before.predicate = true;
  before.stem = strip_word(before.form.substr(0, before.form.size() - 3) + "다").text;
}

std::vector<std::string> syllable_pairs(std::string_view hangul) {
  std::vector<std::string> out;
  std::size_t before = std::string_view::npos;
  for (std::size_t at = 0; at < hangul.size();) {
    const std::size_t here = at;
    next_code_point(hangul, at);
    if (before != std::string_view::npos) out.emplace_back(hangul.substr(before, at - before));
    before = here;
  }
  return out;
}

}  // namespace

std::vector<Word> words(std::string_view text) {
  const Runes runes(text);
  std::vector<Word> out;
  for (std::size_t i = 0; i < runes.size();) {
    const Kind kind = kind_of(runes[i]);
    if (kind == Kind::none) {
      ++i;
      continue;
    }
    const std::size_t end = run_end(runes, i, kind);
    Word word;
    word.form = runes.text(i, end);
    word.span = runes.original(i, end);
    if (kind == Kind::hangul) {
      const Kind before = i > 0 ? kind_of(runes[i - 1]) : Kind::none;
      const bool attached =
          before == Kind::latin || before == Kind::digits || runes.before(i) == U')' || runes.before(i) == U'%';
      if (attached && only_particles(word.form)) {
        i = end;
        continue;
      }
      Stem stem = strip_word(word.form);
      word.stem = std::move(stem.text);
      word.predicate = stem.predicate;
    } else if (kind == Kind::latin) {
      word.stem = latin_stem(word.form);
    } else {
      word.stem = replace_all(word.form, ",", "");
    }
    if (kind == Kind::hangul && !out.empty()) close_predicate(out.back(), word.form);
    out.push_back(std::move(word));
    i = end;
  }
  return out;
}

std::vector<std::string> search_terms(std::string_view text) {
  std::vector<std::string> out;
  for (Word& word : words(text)) {
    std::size_t at = 0;
    if (!is_hangul(next_code_point(word.form, at))) {
      out.push_back(std::move(word.stem));
      continue;
    }
    std::vector<std::string> pairs = syllable_pairs(word.stem);
    if (pairs.size() > 1) out.push_back(std::move(word.stem));  // a stem of two syllables is its own pair
    std::move(pairs.begin(), pairs.end(), std::back_inserter(out));
  }
  return out;
}

std::string main_language(std::string_view text) {
  std::size_t korean = 0;
  std::size_t english = 0;
  std::size_t other = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_code_point(text, at);
    if (!is_letter(c)) continue;
    if (is_hangul_syllable(c)) {
      korean += 2;  // two or three letters are drawn as one
    } else if (is_hangul(c)) {
      korean += 1;
    } else if (is_latin(c) || (c >= 0xFF21 && c <= 0xFF5A)) {
      english += 1;
    } else {
      other += 2;
    }
  }
  if (korean + english + other == 0) return "";
  if (korean >= english && korean >= other) return "ko";
  return english >= other ? "en" : "other";
}

}  // namespace plumb
