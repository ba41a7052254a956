// Words and sentences of Korean (and the English mixed into it): particles, endings, sentence bounds,
// negation, yes and no, declining to answer. Rules, no dictionary.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace plumb {

// Sentence bounds: 다. 요. 음. ? ! and line ends; not inside 3.5, 2024. 7. 8., (주), quotes, URLs.
// List items and table rows are sentences of their own. Spans are trimmed and in order.
std::vector<Span> sentences(std::string_view text);

struct Word {
  std::string stem;  // folded, particle or ending stripped: 서울에서는 -> 서울, 했습니다 -> 하
  std::string form;  // folded, as written
  Span span;
  bool predicate = false;  // ended in a verbal ending: never content by itself
};

// Words are runs of letters and digits; Latin, digits and Hangul split from each other (AI는 -> AI).
std::vector<Word> words(std::string_view text);

// The longest particle stack is stripped; one-syllable particles only if at least two syllables stay
// (국가, 고양이, 제도 end in what looks like one).
std::string_view strip_particle(std::string_view word);

// Terms for retrieval, in order, repeated as often as they occur: stems of two syllables or more, and all
// two-syllable pieces of each stem, so that 수도 is found in 수도권과; Latin words and numbers whole.
std::vector<std::string> search_terms(std::string_view text);

// Does the clause around `span` deny it: "2010년이 아니라", "필수는 아닙니다", "-지 않", 없, 못?
// Not negation: 못지않다, -지 않을 수 없다, 뿐만 아니라, 아니라도.
bool negated(std::string_view text, Span span);

// Only the closest kind of denial: "5년이 아니라 3년", "임원면접은 아닙니다", "not 5 years". What a reference is met
// by must not be contrasted; a negation further on may be about something else.
bool contrasted(std::string_view text, Span span);

// Whether the text says yes or no to a polar question: 예, 네, 가능합니다, 그렇습니다 / 아니요, 불가, 없습니다,
// 할 수 없습니다, 해당하지 않습니다; English yes and no. `unclear` when it says neither, or both with no order.
enum class Polarity { yes, no, unclear };
Polarity polarity(std::string_view text);

// Declining to answer.
enum class Abstention {
  none,
  partial,           // declines, and then says something all the same: "…는 없지만 일반적으로 …"
  full,              // declines, and says nothing more than where it looked
  premise_rejected,  // says that the question assumes what is not so
};
struct AbstentionFinding {
  Abstention kind = Abstention::none;
  Span evidence;  // the words that decline
};
AbstentionFinding find_abstention(std::string_view answer);

// The language most letters are in: "ko", "en" or "other"; "" without letters.
std::string main_language(std::string_view text);

}  // namespace plumb
