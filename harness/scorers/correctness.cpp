// Does the answer say what the key says? Every reference must be met and no forbidden value asserted.
//
// The order of the questions asked is the definition: language, forbidden values, references, hedges. An answer
// to a question without references is not scored here (label "no_reference").
#include <algorithm>

#include "domain/reference.h"
#include "scorers/attribution.h"
#include "scorers/scorer.h"
#include "scorers/stated_values.h"

namespace plumb {

namespace {

struct Matched {
  double share = 0.0;                // mean over the references
  std::vector<std::string> missing;  // for people
  const Reference* first_missing = nullptr;
};

Matched match_all(const std::vector<Reference>& references, const ReadText& answer) {
  Matched out;
  for (const Reference& reference : references) {
    const ReferenceMatch match = match_reference(reference, answer);
    out.share += match.share;
    if (match.met()) continue;
    out.missing.push_back(match.missing);
    if (out.first_missing == nullptr) out.first_missing = &reference;
  }
  out.share = references.empty() ? 0.0 : out.share / static_cast<double>(references.size());
  return out;
}

std::string listed(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ", ") + part;
  return out;
}

// An answer in another language, as opposed to one that consists of names and figures: it must have words that
// only running text has.
bool in_other_language(const Question& question, std::string_view answer) {
  if (question.language != "ko" && question.language != "en") return false;
  const std::string language = main_language(answer);
  if (language.empty() || language == question.language) return false;
  if (question.language == "en") return language == "ko" ? words(answer).size() >= 2 : true;
  if (language == "other") return true;
  int running = 0;
  for (const Word& word : words(answer)) {
    for (const std::string_view common : {"the", "is", "are", "was", "were", "of", "to", "and", "in", "for", "that",
                                          "this", "it", "not", "be", "has", "have", "as"}) {
      if (word.form == common) ++running;
    }
  }
  return running >= 2;
}

class CorrectnessScorer final : public Scorer {
 public:
  Step<ChatRequest, Score> next(const Case& c, std::span<const Reply>) const override { return score(c); }

 private:
  static Score score(const Case& c) {
    const Question& question = c.question;
    const ReadText answer = read_text(c.answer.text, question.as_of);
    Score out;
    out.scorer = "correctness";

    if (in_other_language(question, answer.text)) {
      out.value = 0.0;
      out.label = "wrong_language";
      out.why = "답의 언어가 " + main_language(answer.text) + "임; 물은 언어: " + question.language;
      return out;
    }

    const Matched matched = match_all(question.references, answer);
    const bool met = !question.references.empty() && matched.share >= 1.0 - 1e-12;
    for (const Forbidden& forbidden : question.forbidden) {
      if (!states_forbidden(forbidden, answer) || repeats_question(forbidden, question, answer)) continue;
      if (met && (conceded(forbidden, answer) || told_of_another(forbidden, c, answer))) continue;
      out.value = 0.0;
      out.label = "forbidden";
      out.kind = forbidden.kind;
      const ReferenceMatch match = match_reference(forbidden.value, answer);
      out.why = "답에 틀린 값: " +
                (match.where.empty() ? describe(forbidden.value) : std::string(match.where.front().of(answer.text))) +
                (matched.missing.empty() ? "" : "; 있어야 할 값: " + listed(matched.missing));
      return out;
    }

    if (question.references.empty()) {
      out.label = "no_reference";
      out.why = "맞춰 볼 기준 답이 없음";
      return out;
    }
    if (met) return of_met(c, answer, std::move(out));
    return of_unmet(c, answer, matched, std::move(out));
  }

  static Score of_met(const Case& c, const ReadText& answer, Score out) {
    if (c.question.references.size() == 1) {
      if (const auto hedge = hedged_with(c.question.references.front(), answer)) {
        out.value = 0.0;
        out.label = "wrong_value";
        out.why = "둘 가운데 하나라고만 함: " + describe(c.question.references.front()) + " 또는 " +
                  std::string(hedge->of(answer.text));
        return out;
      }
    }
    out.value = 1.0;
    out.label = "correct";
    std::vector<std::string> parts;
    for (const Reference& reference : c.question.references) parts.push_back(describe(reference));
    out.why = "답에 있음: " + listed(parts);
    return out;
  }

  static Score of_unmet(const Case& c, const ReadText& answer, const Matched& matched, Score out) {
    const Question& question = c.question;
    out.value = question.partial_credit ? matched.share : 0.0;
    out.why = with_subject_particle(listed(matched.missing)) + " 답에 없음";
    if (matched.share > 0.0) {
      out.label = "partial";
    } else {
      out.label = "no_value";
    }
    if (find_abstention(answer.text).kind != Abstention::none) return out;
    if (const auto* polar = std::get_if<YesNoRef>(matched.first_missing)) {
      const Polarity said = polarity(answer.text);
      if (said != (polar->yes ? Polarity::no : Polarity::yes)) return out;
      out.label = "wrong_value";
      out.why += said == Polarity::yes ? "; 답: 예" : "; 답: 아니요";
      if (question.answerable) out.kind = HallucinationKind::contradicted;
      return out;
    }
    if (const auto other = other_value(*matched.first_missing, c, answer)) {
      out.label = "wrong_value";
      out.why += "; 답: " + std::string(other->span.of(answer.text));
      // What cannot be answered may be put right with many values; whether this one is made up, the sources tell.
      if (question.answerable) out.kind = other->in_passage ? HallucinationKind::swapped : HallucinationKind::invented;
    }
    return out;
  }
};

}  // namespace

const Scorer& scorer_correctness() {
  static const CorrectnessScorer scorer;
  return scorer;
}

}  // namespace plumb
