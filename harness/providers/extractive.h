// The extractive baseline: quotes the sentence, list item or table row of the shown passages that best
// matches the question, or says that there is none. What any model has to beat; it cannot invent, yet
// can quote the wrong line.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/dataset.h"

namespace plumb {

struct Extract {
  std::string text;  // the answer, ending as the passage ends it
  std::string passage_id;
  double coverage = 0.0;  // 0 to 1: the share of the question's term weight that the line and its headings hold
};

// The best line, however bad; none without passages, without terms in the question, or when the question
// asks for a kind of value (얼마, 몇 년, 언제) that no line holds.
std::optional<Extract> best_extract(std::string_view question, const std::vector<Passage>&);

// What the model answers: the best line if it covers enough of the question, else k_no_extract.
inline constexpr std::string_view k_no_extract = "지문에서 답을 찾을 수 없습니다.";
std::string extractive_answer(std::string_view question, const std::vector<Passage>&);

}  // namespace plumb
