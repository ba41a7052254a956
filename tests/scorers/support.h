// Cases for the tests of scorers, built from literals.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "scorers/scorer.h"

namespace plumb::testing {

inline Passage passage(std::string id, std::string title, std::string text) {
  Passage out;
  out.id = std::move(id);
  out.title = std::move(title);
  out.text = std::move(text);
  return out;
}

inline Question question(std::string text, std::vector<Reference> references = {},
                         std::vector<Forbidden> forbidden = {}) {
  Question out;
  out.id = "q";
  out.text = std::move(text);
  out.references = std::move(references);
  out.forbidden = std::move(forbidden);
  return out;
}

inline Score score(const char* scorer, const Question& question, const std::vector<Passage>& passages,
                   std::string answer) {
  Completion completion;
  completion.text = std::move(answer);
  completion.stop = Completion::Stop::finished;
  const Case c{question, passages, completion};
  return std::get<Score>(find_scorer(scorer)->next(c, {}));
}

// Syllables taken apart into conjoining jamo, as macOS writes file names.
inline std::string nfd(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_code_point(text, at);
    if (!is_hangul_syllable(c)) {
      append_code_point(out, c);
      continue;
    }
    const char32_t index = c - 0xAC00;
    append_code_point(out, 0x1100 + index / 588);
    append_code_point(out, 0x1161 + index % 588 / 28);
    if (index % 28 != 0) append_code_point(out, 0x11A7 + index % 28);
  }
  return out;
}

}  // namespace plumb::testing
