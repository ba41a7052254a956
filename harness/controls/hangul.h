// Korean spelling for planted errors: the final sound of a word, and the particle that agrees with it.
#pragma once

#include <string>
#include <string_view>

#include "base/text.h"

namespace plumb {

// Index of a syllable's final consonant in the order of Unicode (0: none, 4: ㄴ, 8: ㄹ, 17: ㅂ), -1 if
// not a syllable. Unicode 15, 3.12 "Conjoining Jamo Behavior".
int final_consonant(char32_t syllable);
char32_t with_final_consonant(char32_t syllable, int index);

enum class FinalSound { vowel, rieul, consonant };

// How the word ends when read aloud in Korean; closing quotes are passed over. Figures are read as
// Sino-Korean, Latin words by their spelling (Kafka ends in a vowel, MySQL in ㄹ). "" is a vowel.
FinalSound final_sound(std::string_view word);

// Whether what follows a word leaves it a noun: nothing, no letter, or nothing but particles and the
// copula up to the next space. "만원" does not follow "이천", "물" does not follow "부산".
bool follows_noun(std::string_view rest);

// The text with `span` replaced and the particle after it made to agree: 은/는, 이/가, 을/를, 과/와,
// 으로/로, 이라/라, 이었/였, 이나/나. Closing quotes between the two are kept.
std::string replace_noun(std::string_view text, Span span, std::string_view noun);

// Every occurrence of `noun` that stands as one (begins a word, and follows_noun) replaced so.
std::string replace_every_noun(std::string_view text, std::string_view noun, std::string_view by);

// Where `noun` first stands as one at or after `from`; empty if nowhere.
Span find_noun(std::string_view text, std::string_view noun, std::size_t from = 0);

// The particle of a pair for this word: particle("이동학", "이", "가").
std::string_view particle(std::string_view word, std::string_view after_consonant, std::string_view after_vowel);

// "5년" -> "5년입니다", "T1" -> "T1입니다".
std::string is_so(std::string_view noun);

// Verb stem and politeness: "하" -> "합니다", "받" -> "받습니다", "만들" -> "만듭니다".
std::string polite(std::string_view stem);

}  // namespace plumb
