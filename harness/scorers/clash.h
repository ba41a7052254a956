// Does a source say the opposite of a claim in nearly the same words: 가능 against 불가, 있다 against 없다?
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scorers/source_index.h"

namespace plumb {

// Is the statement negative: 않, 없, 아니, 못, 불가, 금지? A contrast (A가 아니라 B) and double negation are not.
bool negative(std::string_view statement);

// The parts of a sentence that make one statement each: cut at commas, bars, slashes, brackets and connective
// endings. Spans are not trimmed; none is empty.
std::vector<Span> clauses(std::string_view sentence);

struct Clash {
  bool found = false;
  Span evidence;    // in the text of the piece
  std::string why;  // "'불가' 대 '가능'"
};

// Compares each clause of the claim with the clause of the piece that shares most of its words. Only near copies
// are judged: opposite polarity or an antonym proves little where the words differ.
Clash find_clash(std::string_view claim, const SourcePiece&);

}  // namespace plumb
