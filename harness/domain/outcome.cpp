// Decides the one outcome of a cell. The order of the questions asked here is the definition of the
// headline number; docs/outcomes.md tells it to people.
#include <algorithm>

#include "domain/score.h"

namespace plumb {

namespace {

const Score* find_score(const std::vector<Score>& scores, std::string_view name) {
  const auto it = std::ranges::find_if(scores, [&](const Score& score) { return score.scorer == name; });
  return it == scores.end() ? nullptr : &*it;
}

const Claim* find_claim(const Score* groundedness, Verdict verdict) {
  if (!groundedness) return nullptr;
  const auto it =
      std::ranges::find_if(groundedness->claims, [&](const Claim& claim) { return claim.verdict == verdict; });
  return it == groundedness->claims.end() ? nullptr : &*it;
}

OutcomeOf hallucinated(HallucinationKind kind, std::string why) {
  return {Outcome::hallucinated, kind, false, std::move(why)};
}

std::string declined_words(const Score* abstention) {
  return abstention && !abstention->why.empty() ? abstention->why : "declined";
}

// Answered, and neither right nor known to be wrong by its key: what do the sources say of it?
OutcomeOf by_sources(const Question& question, const Score* groundedness, const Score* abstention,
                     std::string missing) {
  const Claim* contradicted = find_claim(groundedness, Verdict::contradicted);
  const Claim* invented = find_claim(groundedness, Verdict::not_in_source);
  if (contradicted || invented) {
    const HallucinationKind kind = question.premise == Premise::wrong   ? HallucinationKind::false_premise
                                   : question.premise == Premise::stale ? HallucinationKind::stale
                                   : contradicted                       ? HallucinationKind::contradicted
                                                                        : HallucinationKind::invented;
    return hallucinated(kind, (contradicted ? contradicted : invented)->why);
  }
  const bool grounded = groundedness && groundedness->value;
  if (grounded && abstention && abstention->label == "partial") {
    return {Outcome::abstained, {}, !question.answerable, declined_words(abstention)};
  }
  if (grounded) return {Outcome::incorrect, {}, false, std::move(missing)};
  return {Outcome::unscorable, {}, false, missing + "; no source was shown to check it against"};
}

}  // namespace

OutcomeOf decide_outcome(const Question& question, const Reply& reply, const std::vector<Score>& scores) {
  if (const auto* failure = std::get_if<Failure>(&reply)) {
    return {Outcome::error, {}, false, std::string(to_string(failure->kind)) + ": " + failure->message};
  }
  const auto& completion = std::get<Completion>(reply);
  const Score* abstention = find_score(scores, "abstention");
  const Score* correctness = find_score(scores, "correctness");
  const Score* groundedness = find_score(scores, "groundedness");

  // Declining comes first, so that an identical refusal always has an identical outcome.
  const bool vendor_refused =
      completion.stop == Completion::Stop::refused || completion.stop == Completion::Stop::filtered;
  if (vendor_refused || (abstention && abstention->label == "full")) {
    return {Outcome::abstained,
            {},
            !question.answerable,
            vendor_refused ? "the vendor refused" : declined_words(abstention)};
  }

  if (!correctness) return by_sources(question, groundedness, abstention, "no correctness scorer ran");
  if (correctness->kind) return hallucinated(*correctness->kind, correctness->why);
  if (correctness->value && *correctness->value >= 1.0) {
    if (const Claim* claim = find_claim(groundedness, Verdict::contradicted)) {
      return hallucinated(HallucinationKind::contradicted, claim->why);
    }
    return {Outcome::correct, {}, true, correctness->why};
  }

  if (!question.answerable) {
    if (abstention && abstention->label == "premise_rejected") {
      return {Outcome::abstained, {}, true, declined_words(abstention)};
    }
    // With no source in sight, anything asserted about what cannot be known is made up.
    if (!groundedness || !groundedness->value) {
      if (abstention && abstention->label == "partial")
        return {Outcome::abstained, {}, true, declined_words(abstention)};
      return hallucinated(
          question.premise == Premise::ok ? HallucinationKind::invented : HallucinationKind::false_premise,
          "answers what cannot be known");
    }
    return by_sources(question, groundedness, abstention,
                      "answers what the sources do not say with something they do say");
  }

  if (correctness->value && *correctness->value > 0.0) {
    OutcomeOf by = by_sources(question, groundedness, abstention, correctness->why);
    if (by.outcome == Outcome::hallucinated) return by;
    return {Outcome::partial, {}, false, correctness->why};
  }
  if (!correctness->value && groundedness && groundedness->value && !find_claim(groundedness, Verdict::contradicted) &&
      !find_claim(groundedness, Verdict::not_in_source)) {
    return {Outcome::unscorable, {}, false, "grounded, but there is no key to tell whether it answers"};
  }
  return by_sources(question, groundedness, abstention, correctness->why);
}

}  // namespace plumb
