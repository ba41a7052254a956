#include "language/particles.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "base/text.h"
#include "language/korean.h"

namespace plumb {

namespace {

// Hangul syllables are three bytes each in UTF-8, so a suffix can be counted without decoding.
constexpr std::size_t k_syllable_bytes = 3;

std::size_t syllables(std::string_view run) { return run.size() / k_syllable_bytes; }

char32_t last_syllable(std::string_view run) {
  if (run.size() < k_syllable_bytes) return 0;
  std::size_t at = run.size() - k_syllable_bytes;
  const char32_t c = next_code_point(run, at);
  return is_hangul_syllable(c) ? c : U'\0';
}

// Final consonants by their index in the syllable: 0 none, 4 ㄴ, 8 ㄹ, 16 ㅁ, 17 ㅂ, 20 ㅆ.
int final_of(char32_t syllable) { return syllable == 0 ? -1 : static_cast<int>((syllable - 0xAC00) % 28); }
char32_t without_final(char32_t syllable) { return syllable - (syllable - 0xAC00) % 28; }

enum class After { any, vowel, consonant, vowel_or_l };

struct Particle {
  std::string_view text;
  After after = After::any;
};

// Longest first.
constexpr Particle k_particles[] = {
    {"으로부터는"},
    {"으로부터"},
    {"에게서는"},
    {"이라고는"},
    {"에서부터"},
    {"에게서"},
    {"에서는"},
    {"에서도"},
    {"에서만"},
    {"으로는"},
    {"으로도"},
    {"으로만"},
    {"으로서"},
    {"으로써"},
    {"이라고"},
    {"이라는"},
    {"이라도"},
    {"까지는"},
    {"까지도"},
    {"까지만"},
    {"부터는"},
    {"부터도"},
    {"에게는"},
    {"에게도"},
    {"만으로"},
    {"에서의"},
    {"으로의"},
    {"까지의"},
    {"부터의"},
    {"로부터"},
    {"라고"},
    {"라는"},
    {"라도"},
    {"까지"},
    {"부터"},
    {"에게"},
    {"에서"},
    {"에는"},
    {"에도"},
    {"에만"},
    {"으로", After::consonant},
    {"로서"},
    {"로써"},
    {"로는"},
    {"로도"},
    {"보다"},
    {"처럼"},
    {"만큼"},
    {"마다"},
    {"조차"},
    {"마저"},
    {"밖에"},
    {"이나"},
    {"이며"},
    {"이고"},
    {"이란"},
    {"한테"},
    {"께서"},
    {"만을"},
    {"만이"},
    {"만은"},
    {"과는"},
    {"와는"},
    {"과의"},
    {"와의"},
    {"에의"},
    {"이랑"},
    {"뿐만"},
    {"은", After::consonant},
    {"는", After::vowel},
    {"이", After::consonant},
    {"가", After::vowel},
    {"을", After::consonant},
    {"를", After::vowel},
    {"의"},
    {"에"},
    {"와", After::vowel},
    {"과", After::consonant},
    {"도"},
    {"로", After::vowel_or_l},
    {"만"},
    {"나", After::vowel},
    {"며", After::vowel},
    {"야", After::vowel},
    {"란", After::vowel},
    {"뿐"},
    {"랑", After::vowel},
};

// Nouns in 이 after a consonant, where the rule of two syllables does not help.
constexpr std::string_view k_nouns[] = {"고양이", "어린이", "젊은이", "늙은이", "호랑이", "원숭이",   "지팡이",
                                        "곰팡이", "멍멍이", "거북이", "코끼리", "실마리", "동그라미", "스파이",
                                        "에어비", "손잡이", "떡볶이", "목걸이", "옷걸이", "하루살이"};

bool fits(const Particle& particle, std::string_view rest) {
  const int final = final_of(last_syllable(rest));
  if (final < 0) return true;  // a Latin word or a figure before it
  switch (particle.after) {
    case After::any:
      return true;
    case After::vowel:
      return final == 0;
    case After::consonant:
      return final != 0;
    case After::vowel_or_l:
      return final == 0 || final == 8;
  }
  return true;
}

// One particle off the end; the word itself if there is none.
std::string_view strip_one(std::string_view word) {
  for (const std::string_view noun : k_nouns) {
    if (word == noun) return word;
  }
  for (const Particle& particle : k_particles) {
    if (!word.ends_with(particle.text)) continue;
    const std::string_view rest = word.substr(0, word.size() - particle.text.size());
    const std::size_t stays = syllables(particle.text) == 1 ? 2 : 1;
    if (syllables(rest) < stays || !fits(particle, rest)) continue;
    return rest;
  }
  return word;
}

// Endings written in whole syllables, longest first. What they leave may still carry a past tense or an
// honorific, see strip_tense.
constexpr std::string_view k_endings[] = {
    "으셨습니다", "으십시오", "이었습니다", "이겠습니다", "였습니다", "습니다만", "습니다", "십시오", "습니까",
    "이에요",     "이었다",   "이라서",     "인데",       "이므로",   "이어서",   "이거나", "이지만", "입니다만",
    "입니다",     "입니까",   "라고도",     "으니까",     "으므로",   "으면서",   "는데요", "거든요", "였으며",
    "였다",       "예요",     "에요",       "어요",       "아요",     "해요",     "네요",   "지요",   "나요",
    "가요",       "까요",     "는데",       "은데",       "으며",     "으면",     "으나",   "으니",   "어서",
    "아서",       "지만",     "면서",       "므로",       "니까",     "는지",     "은지",   "을지",   "도록",
    "려고",       "거나",     "든지",       "다고",       "다는",     "다면",     "다가",   "었던",   "았던",
    "어야",       "아야",     "이던",       "는가",       "은가",     "을까",     "다",     "요",     "며",
    "고",         "면",       "니",         "죠",         "게",       "지",       "던",
};

// 하 and 되 and what they contract to, behind a noun: 시행하, 시행되, 시행시키 -> 시행.
constexpr std::string_view k_light_verbs[] = {"하", "되",   "시키", "당하", "받",   "했",   "됐",   "해",
                                              "돼", "하여", "되어", "하였", "되었", "하시", "되시", "하셨"};

// Light-verb forms that end a word without a further ending.
constexpr std::string_view k_light_forms[] = {
    "하였음", "되었음", "하여서", "되어서", "하여야", "되어야", "하지", "되지", "하는", "되는", "하며", "되며",
    "하고",   "되고",   "하여",   "되어",   "해서",   "돼서",   "해야", "돼야", "하면", "되면", "하기", "되기",
    "했음",   "됐음",   "하게",   "되게",   "하던",   "되던",   "한다", "된다", "할지", "될지", "한지", "된지",
    "해",     "돼",     "한",     "할",     "함",     "된",     "될",   "됨",   "하",   "되",
};

bool replace_last(std::string& word, char32_t syllable) {
  word.resize(word.size() - k_syllable_bytes);
  append_code_point(word, syllable);
  return true;
}

// 했 -> 하, 됐 -> 되, 갔 -> 가, 였 -> 이, 었/았 -> gone; 셨/시 (honorific) -> gone behind two syllables.
bool strip_tense(std::string& word) {
  bool any = false;
  for (int round = 0; round < 3 && syllables(word) >= 1; ++round) {
    const char32_t last = last_syllable(word);
    if (last == 0) break;
    if ((last == U'었' || last == U'았' || last == U'겠') && syllables(word) >= 2) {
      word.resize(word.size() - k_syllable_bytes);
      any = true;
    } else if (last == U'했') {
      any = replace_last(word, U'하');
    } else if (last == U'됐') {
      any = replace_last(word, U'되');
    } else if (last == U'였') {
      any = replace_last(word, U'이');
    } else if (last == U'셨') {
      any = replace_last(word, U'시');
    } else if (last == U'렸' || last == U'졌' || last == U'켰' || last == U'겼' || last == U'쳤' || last == U'혔' ||
               last == U'폈' || last == U'녔') {
      any = replace_last(word, without_final(last) + 14 * 28);  // ㅕ -> ㅣ is 14 vowels on
    } else if (final_of(last) == 20 && last != U'있') {
      any = replace_last(word, without_final(last));
    } else {
      break;
    }
  }
  return any;
}

void strip_light_verb(std::string& word) {
  for (const std::string_view verb : k_light_verbs) {
    if (word.size() > verb.size() && word.ends_with(verb) && syllables(word) - syllables(verb) >= 2) {
      word.resize(word.size() - verb.size());
      return;
    }
  }
}

// 합니다 -> 하, 됩니까 -> 되: ㅂ under the syllable before.
bool strip_fused_formal(std::string& word) {
  for (const std::string_view tail : {"니다만", "니다", "니까"}) {
    if (!word.ends_with(tail) || syllables(word) <= syllables(tail)) continue;
    const char32_t carrier = last_syllable(std::string_view(word).substr(0, word.size() - tail.size()));
    if (final_of(carrier) != 17 || carrier == U'습') continue;
    word.resize(word.size() - tail.size());
    replace_last(word, without_final(carrier));
    return true;
  }
  return false;
}

}  // namespace

std::string_view strip_particle(std::string_view word) {
  for (int round = 0; round < 3; ++round) {
    const std::string_view shorter = strip_one(word);
    if (shorter.size() == word.size()) break;
    word = shorter;
  }
  return word;
}

Stem strip_word(std::string_view run) {
  Stem out{std::string(run), false};
  std::string& word = out.text;
  // 시행함, 시행된: a light verb behind a noun of two syllables
  for (const std::string_view form : k_light_forms) {
    if (word.ends_with(form) && syllables(word) >= syllables(form) + 2) {
      word.resize(word.size() - form.size());
      out.predicate = true;
      return out;
    }
  }
  if (strip_fused_formal(word)) {
    out.predicate = true;
  } else {
    for (const std::string_view ending : k_endings) {
      if (!word.ends_with(ending) || word.size() <= ending.size()) continue;
      // One syllable ends nouns as well (경고, 장면, 바지): only where a tense or a light verb stands before it.
      std::string rest = word.substr(0, word.size() - ending.size());
      if (syllables(ending) == 1) {
        const char32_t before = last_syllable(rest);
        const bool verbal = final_of(before) == 20 || before == U'하' || before == U'되' || before == U'이' ||
                            before == U'없' || before == U'않' ||
                            (ending == "다" && (final_of(before) == 4 || syllables(rest) >= 1) && syllables(word) >= 2);
        const bool noun_in_e =
            before == U'이' && (ending == "요" || ending == "면" || ending == "게" || ending == "지" || ending == "니");
        if (!verbal || noun_in_e) continue;
        if (ending == "다" && final_of(before) == 4 && syllables(rest) >= 2 && before != U'인')
          replace_last(rest, without_final(before));
      }
      word = std::move(rest);
      out.predicate = true;
      break;
    }
  }
  if (out.predicate) {
    strip_tense(word);
    strip_light_verb(word);
    if (word.ends_with("이") && syllables(word) >= 3) word.resize(word.size() - k_syllable_bytes);  // the copula
    return out;
  }
  word = std::string(strip_particle(word));
  return out;
}

bool only_particles(std::string_view run) {
  static constexpr std::string_view k_copulas[] = {
      "입니다", "이다", "이며", "이고", "인",     "이었다", "였다", "이었습니다", "였습니다", "이에요", "예요",
      "이라고", "라고", "이라", "라",   "이지만", "이나",   "으로", "이라는",     "라는",     "임"};
  if (std::find(std::begin(k_copulas), std::end(k_copulas), run) != std::end(k_copulas)) return true;
  return std::any_of(std::begin(k_particles), std::end(k_particles), [&](const Particle& p) { return p.text == run; });
}

}  // namespace plumb
