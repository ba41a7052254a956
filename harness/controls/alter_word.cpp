// Names and places. A word of a known family is replaced by a relative; a Latin name or a Hangul name
// outside the families is varied by a syllable, a letter or a digit.
#include <algorithm>
#include <array>

#include "controls/alter.h"
#include "controls/families.h"
#include "controls/hangul.h"

namespace plumb {

namespace {

void add_relatives(std::string_view text, bool places, std::vector<Candidate>& out) {
  for (const Family& family : families()) {
    if (family.place != places) continue;
    for (const std::string_view member : family.members) {
      const Span found = find_noun(text, member);
      if (found.empty()) continue;
      for (const std::string_view relative : family.members) {
        // A relative the answer already holds would make a sentence that contradicts itself.
        if (relative == member || contains(text, relative)) continue;
        out.push_back({replace_every_noun(text, member, relative), std::string(member), std::string(relative)});
      }
    }
  }
}

// Another vowel in the last syllable: 푸본 -> 푸반.
void add_vowels(std::string_view name, std::vector<std::string>& out) {
  std::u32string points = code_points(name);
  constexpr char32_t k_first = 0xAC00;
  constexpr std::array<char32_t, 5> k_vowels = {0, 4, 8, 13, 20};  // ㅏ ㅓ ㅗ ㅜ ㅣ
  const char32_t syllable = points.back() - k_first;
  for (const char32_t vowel : k_vowels) {
    if (syllable / 28 % 21 == vowel) continue;
    std::u32string changed = points;
    changed.back() = k_first + syllable / 588 * 588 + vowel * 28 + syllable % 28;
    std::string text;
    for (const char32_t c : changed) append_code_point(text, c);
    out.push_back(std::move(text));
  }
}

// Another given name: 이시열 -> 이시현.
std::vector<std::string> similar_names(std::string_view name) {
  std::vector<std::string> out;
  constexpr std::size_t k_syllable_bytes = 3;
  const std::string_view kept = name.substr(0, name.size() - k_syllable_bytes);
  for (const std::string_view syllable : given_syllables()) {
    if (!name.ends_with(syllable) && !kept.ends_with(syllable))
      out.push_back(std::string(kept) + std::string(syllable));
  }
  return out;
}

// Three syllables, the first a surname, where the question or the next word says that it is a person.
bool is_person(std::string_view name, std::string_view text, std::string_view question) {
  const std::u32string points = code_points(name);
  constexpr std::size_t k_syllable_bytes = 3;
  if (points.size() != 3 || !std::all_of(points.begin(), points.end(), is_hangul_syllable)) return false;
  const auto all = surnames();
  if (std::find(all.begin(), all.end(), name.substr(0, k_syllable_bytes)) == all.end()) return false;
  for (const std::string_view asks : {"누구", "누가", "기자", "사람은"}) {
    if (contains(question, asks)) return true;
  }
  const Span at = find_noun(text, name);
  const std::string_view after = text.substr(at.end);
  for (const std::string_view title : {" 기자", " 씨", " 선수", " 감독", " 작가", " 영상기자", " 치어리더", " 교수"}) {
    if (after.starts_with(title)) return true;
  }
  return false;
}

// T1 -> T2, E-7 -> E-6, UPF -> UPE: a code by its last sign. Words in small letters are no codes.
std::vector<std::string> similar_codes(std::string_view name) {
  std::vector<std::string> out;
  const char last = name.back();
  constexpr std::size_t k_code_length_max = 6;
  if (name.size() > k_code_length_max) return out;
  for (const int by : {1, -1, 2, -2}) {
    const char to = static_cast<char>(last + by);
    const auto alike = [&](char low, char high) { return last >= low && last <= high && to >= low && to <= high; };
    if (!alike('1', '9') && !alike('A', 'Z')) continue;
    out.push_back(std::string(name.substr(0, name.size() - 1)) + to);
  }
  return out;
}

std::vector<std::string> misspelt(std::string_view name) {
  std::vector<std::string> out;
  const std::u32string points = code_points(name);
  if (points.size() >= 2 && is_hangul_syllable(points.back())) add_vowels(name, out);
  return out;
}

bool in_a_family(std::string_view name) {
  return std::any_of(families().begin(), families().end(), [&](const Family& family) {
    return std::find(family.members.begin(), family.members.end(), name) != family.members.end();
  });
}

bool has_figures(std::string_view text) { return text.find_first_of("0123456789") != std::string_view::npos; }

bool is_noun(std::string_view alias) {
  const std::vector<Word> inside = words(alias);
  return !inside.empty() && !inside.back().predicate;
}

// The words by which the answer meets the aliases, where they stand as a noun; "" if they do not. Aliases of which
// one is a predicate (다릅니다, 달라) stand for something said and name nothing.
std::string_view named(const ReadText& read, const std::vector<std::string>& aliases) {
  if (!std::all_of(aliases.begin(), aliases.end(), is_noun)) return "";
  const std::optional<Span> at = find_alias(read, aliases);
  if (!at || at->empty() || find_noun(read.text, at->of(read.text)).empty()) return "";
  return at->of(read.text);
}

void add_variants(const ReadText& read, std::string_view question, const std::vector<std::string>& aliases, Reach reach,
                  std::vector<Candidate>& out) {
  const std::string_view name = named(read, aliases);
  if (name.empty() || in_a_family(name)) return;
  const bool latin = static_cast<unsigned char>(name.back()) < 0x80;
  std::vector<std::string> variants;
  if (reach == Reach::natural) {
    if (latin) variants = similar_codes(name);
    if (is_person(name, read.text, question)) variants = similar_names(name);
  } else if (!latin && !has_figures(name)) {
    variants = misspelt(name);
  }
  for (const std::string& by : variants) {
    out.push_back({replace_every_noun(read.text, name, by), std::string(name), by});
  }
}

// A bare name of at most so many words: no particle, ending or figure anywhere in it.
bool is_bare_name(const std::string& alias, std::size_t words_max) {
  if (has_figures(alias) || !is_noun(alias)) return false;
  for (const std::string_view tail : {"이라", "라고", "라는", "이고", "이며", "까지", "부터", "에서", "따라", "치면"}) {
    if (alias.ends_with(tail)) return false;
  }
  const std::vector<std::string_view> parts = split(alias, ' ');
  return parts.size() <= words_max &&
         std::all_of(parts.begin(), parts.end(), [](std::string_view part) { return strip_particle(part) == part; });
}

// The only thing named, replaced by what the key expects a careless reader to name.
void add_forbidden(const ReadText& read, const Question& question, std::vector<Candidate>& out) {
  const auto is_text = [](const Reference& reference) { return std::holds_alternative<TextRef>(reference); };
  if (std::count_if(question.references.begin(), question.references.end(), is_text) != 1) return;
  const auto reference = std::find_if(question.references.begin(), question.references.end(), is_text);
  const std::string_view name = named(read, std::get<TextRef>(*reference).aliases);
  if (name.empty()) return;
  const std::size_t words_max = 1 + static_cast<std::size_t>(std::count(name.begin(), name.end(), ' '));
  for (const Forbidden& forbidden : question.forbidden) {
    const auto* text = std::get_if<TextRef>(&forbidden.value);
    if (text == nullptr) continue;
    for (const std::string& alias : text->aliases) {
      if (!is_bare_name(alias, words_max) || contains(read.text, alias)) continue;
      out.push_back({replace_every_noun(read.text, name, alias), std::string(name), alias});
    }
  }
}

}  // namespace

std::vector<Candidate> altered_names(const ReadText& read, const Question& question, Reach reach, Dice& dice) {
  std::vector<Candidate> out;
  if (reach == Reach::natural) {
    add_relatives(read.text, false, out);
    add_forbidden(read, question, out);
  }
  const auto add = [&](const std::vector<std::string>& aliases) {
    add_variants(read, question.text, aliases, reach, out);
  };
  for (const Reference& reference : question.references) {
    if (const auto* text = std::get_if<TextRef>(&reference)) add(text->aliases);
    if (const auto* set = std::get_if<SetRef>(&reference)) std::for_each(set->items.begin(), set->items.end(), add);
    if (const auto* list = std::get_if<ListRef>(&reference)) std::for_each(list->items.begin(), list->items.end(), add);
  }
  dice.shuffle(out);
  return out;
}

std::vector<Candidate> altered_regions(const ReadText& read, Dice& dice) {
  std::vector<Candidate> out;
  add_relatives(read.text, true, out);
  dice.shuffle(out);
  return out;
}

}  // namespace plumb
