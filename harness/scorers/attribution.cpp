#include "scorers/attribution.h"

#include <algorithm>

#include "scorers/clash.h"
#include "scorers/source_cache.h"
#include "scorers/source_index.h"

namespace plumb {

namespace {

Span sentence_around(std::string_view text, Span where) {
  for (const Span& sentence : sentences(text)) {
    if (sentence.begin <= where.begin && where.end <= sentence.end) return sentence;
  }
  return {0, text.size()};
}

Span clause_around(std::string_view text, Span where) {
  const Span sentence = sentence_around(text, where);
  for (const Span& clause : clauses(sentence.of(text))) {
    const Span inside{sentence.begin + clause.begin, sentence.begin + clause.end};
    if (inside.begin <= where.begin && where.end <= inside.end) return inside;
  }
  return sentence;
}

bool among(const ContentWord& word, const std::vector<ContentWord>& words) {
  return std::any_of(words.begin(), words.end(), [&](const ContentWord& other) { return other.stem == word.stem; });
}

// What the places that state a value are called: titles, headings, row labels.
std::vector<ContentWord> names_of(const Reference& value, const SourceIndex& index) {
  std::vector<ContentWord> out;
  for (const SourcePiece& piece : index.pieces()) {
    // The index has read the figures, with the unit that only a header gives.
    const ReadText read{piece.text, fold(piece.text, {.drop_spaces = true, .drop_punctuation = true}), piece.values};
    if (!match_reference(value, read).met()) continue;
    for (ContentWord& word : content_words(piece.subject + "\n" + piece.context)) out.push_back(std::move(word));
  }
  return out;
}

}  // namespace

bool repeats_question(const Forbidden& forbidden, const Question& question, const ReadText& answer) {
  if (std::holds_alternative<YesNoRef>(forbidden.value)) return false;
  const ReadText asked = read_text(question.text, question.as_of);
  if (!match_reference(forbidden.value, asked).met()) return false;
  if (find_abstention(answer.text).kind != Abstention::none) return true;
  const std::vector<Span> where = match_reference(forbidden.value, answer).where;
  return std::all_of(where.begin(), where.end(), [&](const Span& span) {
    return polarity(sentence_around(answer.text, span).of(answer.text)) == Polarity::no;
  });
}

bool conceded(const Forbidden& forbidden, const ReadText& answer) {
  constexpr std::size_t k_window_bytes = 90;  // thirty syllables
  constexpr std::size_t k_turn_bytes = 45;
  const std::vector<Span> where = match_reference(forbidden.value, answer).where;
  return !where.empty() && std::all_of(where.begin(), where.end(), [&](const Span& span) {
    const std::string after = squeeze(answer.text.substr(span.end, k_window_bytes));
    std::size_t turn = std::string::npos;
    for (const std::string_view word : {"지만", "으나", "는데", "반면", "달리", "대신"})
      turn = std::min(turn, after.find(word));
    if (turn == std::string::npos || turn > k_turn_bytes) return false;
    const std::string_view reported = std::string_view(after).substr(0, turn + 6);
    for (const std::string_view report :
         {"라고", "다고", "로표기", "로적", "로되어", "알려져", "로나와", "과달리", "와달리"}) {
      if (contains(reported, report)) return true;
    }
    return false;
  });
}

bool told_of_another(const Forbidden& forbidden, const Case& c, const ReadText& answer) {
  if (std::holds_alternative<YesNoRef>(forbidden.value)) return false;
  const std::vector<Span> where = match_reference(forbidden.value, answer).where;
  if (where.empty()) return false;
  const auto shared_index = source_index_of(c.passages, c.question.as_of);
  const SourceIndex& index = *shared_index;
  const std::vector<ContentWord> names = names_of(forbidden.value, index);
  if (names.empty()) return false;
  std::vector<ContentWord> own = content_words(c.question.text);
  for (const Reference& reference : c.question.references) {
    for (ContentWord& word : names_of(reference, index)) own.push_back(std::move(word));
  }
  return std::all_of(where.begin(), where.end(), [&](const Span& span) {
    const std::vector<ContentWord> said = content_words(clause_around(answer.text, span).of(answer.text));
    return std::any_of(said.begin(), said.end(),
                       [&](const ContentWord& word) { return among(word, names) && !among(word, own); });
  });
}

}  // namespace plumb
