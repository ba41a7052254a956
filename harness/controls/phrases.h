// Whole sentences around the words that a key forbids, which are often pieces of one: 2023다, https://,
// "마감한 이유는", "2021년에 개정".
#pragma once

#include <string>
#include <vector>

#include "controls/dice.h"
#include "controls/statement.h"

namespace plumb {

struct Phrases {
  std::vector<std::string> whole;  // read like an answer, most natural first
  std::vector<std::string> rough;  // hold the words and little grammar
};

// Each holds `words` as they are; both lists are empty for "".
Phrases phrases_with(const std::string& words, const QuestionForm&, Dice&);

}  // namespace plumb
