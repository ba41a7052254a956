// Did the answer decline? Decided by its words alone, so that an identical refusal always gets an identical
// score, whatever the question and the passages were.
#include "language/korean.h"
#include "scorers/scorer.h"

namespace plumb {

namespace {

const char* label_of(Abstention kind) {
  switch (kind) {
    case Abstention::none:
      return "none";
    case Abstention::partial:
      return "partial";
    case Abstention::full:
      return "full";
    case Abstention::premise_rejected:
      return "premise_rejected";
  }
  return "none";
}

double value_of(Abstention kind) {
  if (kind == Abstention::none) return 0.0;
  return kind == Abstention::partial ? 0.5 : 1.0;
}

class AbstentionScorer final : public Scorer {
 public:
  Step<ChatRequest, Score> next(const Case& c, std::span<const Reply>) const override {
    Score score;
    score.scorer = "abstention";
    const std::string& answer = c.answer.text;
    if (trim(answer).empty()) {
      // It asserts nothing, which is what declining is.
      score.value = 1.0;
      score.label = "full";
      score.why = "빈 답";
      return score;
    }
    const AbstentionFinding found = find_abstention(answer);
    score.value = value_of(found.kind);
    score.label = label_of(found.kind);
    if (found.kind != Abstention::none) score.why = "\"" + std::string(found.evidence.of(answer)) + "\"";
    return score;
  }
};

}  // namespace

const Scorer& scorer_abstention() {
  static const AbstentionScorer scorer;
  return scorer;
}

}  // namespace plumb
