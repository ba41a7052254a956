#include <doctest/doctest.h>

#include "domain/score.h"

namespace plumb {
namespace {

Question answerable() { return {}; }
Question unanswerable(Premise premise = Premise::ok) {
  Question question;
  question.answerable = false;
  question.premise = premise;
  return question;
}

Score abstention(std::string label) {
  const double value = label == "none" ? 0.0 : label == "partial" ? 0.5 : 1.0;
  return {"abstention", value, std::move(label), {}, "나와 있지 않습니다", {}};
}
Score correctness(std::optional<double> value, std::string label, std::optional<HallucinationKind> kind = {}) {
  return {"correctness", value, std::move(label), kind, "why", {}};
}
Score groundedness(std::vector<Verdict> verdicts) {
  Score score{"groundedness", 1.0, "", {}, "", {}};
  for (const Verdict verdict : verdicts) score.claims.push_back({{0, 1}, verdict, "p", {}, to_string(verdict)});
  return score;
}

const Reply k_answer = Completion{"답", Completion::Stop::finished, {}, {}, {}, {}};

TEST_CASE("a failure is an error, whatever the question") {
  const OutcomeOf of = decide_outcome(unanswerable(), Failure{Failure::Kind::timeout, 0, "no reply in 120 s"}, {});
  CHECK(of.outcome == Outcome::error);
  CHECK(of.why == "timeout: no reply in 120 s");
  CHECK_FALSE(of.right);
}

TEST_CASE("declining is right only on what cannot be answered, and is decided before anything else") {
  const std::vector<Score> scores = {correctness(0.0, "forbidden", HallucinationKind::invented), abstention("full")};
  CHECK(decide_outcome(unanswerable(), k_answer, scores).right);
  const OutcomeOf over = decide_outcome(answerable(), k_answer, scores);
  CHECK(over.outcome == Outcome::abstained);
  CHECK_FALSE(over.right);
}

TEST_CASE("a vendor's refusal counts as declining") {
  const Reply refused = Completion{"", Completion::Stop::refused, {}, {}, {}, {}};
  CHECK(decide_outcome(answerable(), refused, {}).outcome == Outcome::abstained);
}

TEST_CASE("a forbidden value is a hallucination of its kind") {
  const OutcomeOf of = decide_outcome(answerable(), k_answer,
                                      {correctness(0.0, "forbidden", HallucinationKind::stale), abstention("none")});
  CHECK(of.outcome == Outcome::hallucinated);
  CHECK(of.kind == HallucinationKind::stale);
}

TEST_CASE("a right value does not excuse a contradicted claim, but does excuse one without source") {
  const auto with = [](Verdict verdict) {
    return decide_outcome(answerable(), k_answer,
                          {correctness(1.0, "correct"), groundedness({Verdict::supported, verdict})});
  };
  CHECK(with(Verdict::supported).outcome == Outcome::correct);
  CHECK(with(Verdict::not_in_source).outcome == Outcome::correct);
  CHECK(with(Verdict::contradicted).outcome == Outcome::hallucinated);
}

TEST_CASE("a wrong answer is made up, or merely wrong, or cannot be told") {
  const Score wrong = correctness(0.0, "no_value");
  CHECK(decide_outcome(answerable(), k_answer, {wrong, groundedness({Verdict::not_in_source})}).outcome ==
        Outcome::hallucinated);
  CHECK(decide_outcome(answerable(), k_answer, {wrong, groundedness({Verdict::supported})}).outcome ==
        Outcome::incorrect);
  Score no_source = groundedness({});
  no_source.value = std::nullopt;
  CHECK(decide_outcome(answerable(), k_answer, {wrong, no_source}).outcome == Outcome::unscorable);
}

TEST_CASE("answering what cannot be known") {
  const Score none = correctness(std::nullopt, "no_reference");
  CHECK(decide_outcome(unanswerable(), k_answer, {none, abstention("none"), groundedness({Verdict::not_in_source})})
            .kind == HallucinationKind::invented);
  CHECK(decide_outcome(unanswerable(Premise::wrong), k_answer,
                       {none, abstention("none"), groundedness({Verdict::not_in_source})})
            .kind == HallucinationKind::false_premise);
  CHECK(decide_outcome(unanswerable(), k_answer, {none, abstention("none"), groundedness({Verdict::supported})})
            .outcome == Outcome::incorrect);
  // Closed book: there is no source, so whatever is asserted is made up.
  CHECK(decide_outcome(unanswerable(), k_answer, {none, abstention("none")}).outcome == Outcome::hallucinated);
}

TEST_CASE("putting the premise right is right, with the key's words or without") {
  CHECK(
      decide_outcome(unanswerable(Premise::wrong), k_answer, {correctness(1.0, "correct"), abstention("none")}).right);
  const OutcomeOf rejected = decide_outcome(unanswerable(Premise::wrong), k_answer,
                                            {correctness(0.0, "no_value"), abstention("premise_rejected")});
  CHECK(rejected.outcome == Outcome::abstained);
  CHECK(rejected.right);
}

TEST_CASE("declining and then saying something is judged by what was said") {
  const Score none = correctness(std::nullopt, "no_reference");
  CHECK(decide_outcome(unanswerable(), k_answer,
                       {none, abstention("partial"), groundedness({Verdict::supported, Verdict::not_in_source})})
            .outcome == Outcome::hallucinated);
  CHECK(decide_outcome(unanswerable(), k_answer, {none, abstention("partial"), groundedness({Verdict::supported})})
            .right);
}

TEST_CASE("partial credit is lost by inventing") {
  const Score half = correctness(0.5, "partial");
  CHECK(decide_outcome(answerable(), k_answer, {half, groundedness({Verdict::supported})}).outcome == Outcome::partial);
  CHECK(decide_outcome(answerable(), k_answer, {half, groundedness({Verdict::not_in_source})}).outcome ==
        Outcome::hallucinated);
}

TEST_CASE("without a scorer nothing is guessed") {
  CHECK(decide_outcome(answerable(), k_answer, {}).outcome == Outcome::unscorable);
}

}  // namespace
}  // namespace plumb
