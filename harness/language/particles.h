// Suffixes of Korean words: particles and verbal endings. For words.cpp and who compares words.
#pragma once

#include <string>
#include <string_view>

namespace plumb {

struct Stem {
  std::string text;
  bool predicate = false;  // a verbal ending was taken off
};

// What is left of a folded run of Hangul without its particles or its ending: 서울에서는 -> 서울,
// 시행되었습니다 -> 시행, 했습니다 -> 하. The run itself if nothing comes off.
Stem strip_word(std::string_view run);

// Particles, the copula and what follows a foreign word: 는, 입니다, 이며, 에서만.
bool only_particles(std::string_view run);

}  // namespace plumb
