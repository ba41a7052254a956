// What an answer was worth: verdicts on claims, scores by scorers, and the one outcome of a cell.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/text.h"
#include "domain/answer.h"
#include "domain/dataset.h"

namespace plumb {

enum class Verdict { supported, contradicted, not_in_source };

struct Claim {
  Span span;  // in the answer
  Verdict verdict = Verdict::not_in_source;
  std::string passage_id;  // the passage relied on or contradicted; "" if none
  Span evidence;           // in the text of that passage as shown; empty if none
  std::string why;         // "120만원이 지문에 없음; 지문: 100만원"
};

struct Score {
  std::string scorer;
  std::optional<double> value;            // 0 to 1, higher is better; none: could not be scored
  std::string label;                      // the scorer's own word for it: "full", "partial", "wrong value"
  std::optional<HallucinationKind> kind;  // set when the scorer saw one
  std::string why;                        // one sentence a reader can check
  std::vector<Claim> claims;
};

enum class Outcome {
  correct,
  partial,
  incorrect,     // answered, wrong, yet nothing in it is made up: it says something else that the sources say
  hallucinated,  // with a kind
  abstained,     // right on what cannot be answered, an over-refusal on what can: see OutcomeOf::right
  error,         // no answer: see the Failure
  unscorable,    // answered, but no scorer could tell
};

struct OutcomeOf {
  Outcome outcome = Outcome::unscorable;
  std::optional<HallucinationKind> kind;  // when hallucinated
  bool right = false;                     // correct, or abstained where that is right
  std::string why;
};

// The outcome of one cell, from what the scorers `correctness`, `abstention` and `groundedness` said.
// Deterministic; never fails: what cannot be decided is `unscorable`.
OutcomeOf decide_outcome(const Question&, const Reply&, const std::vector<Score>&);

const char* to_string(Verdict);
const char* to_string(Outcome);
std::optional<Verdict> verdict_of(std::string_view);
std::optional<Outcome> outcome_of(std::string_view);

}  // namespace plumb
