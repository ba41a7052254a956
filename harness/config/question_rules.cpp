#include "config/question_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "config/arithmetic.h"
#include "domain/reference.h"

namespace plumb {

namespace {

bool meets_all(const Question& question, const ReadText& answer) {
  return std::ranges::all_of(question.references, [&](const Reference& r) { return match_reference(r, answer).met(); });
}

// What a model is shown of these passages, titles included.
std::string shown_text(const std::vector<std::string>& ids, const Dataset& dataset) {
  std::string all;
  for (const std::string& id : ids) {
    const Passage* passage = dataset.find_passage(id);
    if (passage) all += passage->title + "\n" + passage->text + "\n\n";
  }
  return all;
}

void check_gold_answer(const Question& q, const ReadText& gold, Place place, FileReport& report) {
  for (const Reference& reference : q.references) {
    const ReferenceMatch match = match_reference(reference, gold);
    if (match.met() || !q.answerable) continue;
    report.error(place, fmt::format("{}: the gold answer does not meet its reference '{}'{}", q.id, describe(reference),
                                    match.missing.empty() ? "" : fmt::format(" (missing: {})", match.missing)));
  }
  for (const Forbidden& forbidden : q.forbidden) {
    if (!states_forbidden(forbidden, gold)) continue;
    report.error(place,
                 fmt::format("{}: the gold answer states its forbidden value '{}'", q.id, describe(forbidden.value)));
  }
  const std::string language = main_language(q.answer);
  if (q.language != "any" && (language == "ko" || language == "en") && language != q.language) {
    report.error(place,
                 fmt::format("{}: the gold answer is in '{}', the answer must be in '{}'", q.id, language, q.language));
  }
}

void check_abstention(const Question& q, const ReadText& gold, Place place, FileReport& report) {
  const AbstentionFinding finding = find_abstention(q.answer);
  if (!q.answerable) {
    const bool puts_right = !q.references.empty() && meets_all(q, gold);
    if (finding.kind == Abstention::none && !puts_right) {
      report.error(place, fmt::format("{}: cannot be answered, yet the gold answer neither declines nor puts the "
                                      "premise right, nor meets references",
                                      q.id));
    }
  } else if (finding.kind == Abstention::full && !meets_all(q, gold)) {
    report.error(place, fmt::format("{}: can be answered, yet the gold answer declines", q.id));
  }
}

// A yes or no is the answer's first word to a reader: it must not come after its reasons.
void check_polar(const Question& q, Place place, FileReport& report) {
  for (const Reference& reference : q.references) {
    const auto* wanted = std::get_if<YesNoRef>(&reference);
    if (!wanted) continue;
    const std::vector<Span> all = sentences(q.answer);
    if (all.empty()) return;
    const Polarity said = polarity(all.front().of(q.answer));
    if (said == (wanted->yes ? Polarity::yes : Polarity::no)) continue;
    report.error(place,
                 fmt::format("{}: the gold answer's first sentence must say {}", q.id, wanted->yes ? "yes" : "no"));
  }
}

// A list need only stand in the evidence item by item; a yes or no stands in no source.
std::optional<Reference> as_found_in_sources(const Reference& reference) {
  if (std::holds_alternative<YesNoRef>(reference)) return {};
  if (const auto* list = std::get_if<ListRef>(&reference)) return SetRef{list->items};
  return reference;
}

void check_evidence(const Question& q, const Dataset& dataset, Place place, FileReport& report) {
  if (!q.answerable || q.basis != Basis::extractive) return;
  const std::string text = shown_text(q.evidence, dataset);
  const ReadText evidence = read_text(text, q.as_of);
  for (const Reference& reference : q.references) {
    const auto wanted = as_found_in_sources(reference);
    if (!wanted) continue;
    const ReferenceMatch match = match_reference(*wanted, evidence);
    if (match.met()) continue;
    report.error(place,
                 fmt::format("{}: the reference '{}' does not stand in the evidence ({}){}; else basis: computed "
                             "or inferred",
                             q.id, describe(reference), fmt::join(q.evidence, ", "),
                             match.missing.empty() ? "" : fmt::format(": missing {}", match.missing)));
  }
}

// The unit a figure is written in: "만원" of 1억4,500만원, "%" of 4.5%.
std::string_view unit_of(std::string_view number) {
  const std::size_t last_digit = number.find_last_of("0123456789");
  return last_digit == std::string_view::npos ? number : number.substr(last_digit + 1);
}

void check_compute(const Question& q, Place place, FileReport& report) {
  if (q.compute.empty()) return;
  const auto first =
      std::ranges::find_if(q.references, [](const Reference& r) { return std::holds_alternative<NumberRef>(r); });
  const auto value = evaluate_arithmetic(q.compute);
  if (first == q.references.end() || !value) return;  // told when the file was read
  const std::string& number = std::get<NumberRef>(*first).value;
  const auto wanted = parse_quantity(number);
  const auto unit = parse_quantity("1" + std::string(unit_of(number)));
  if (!wanted || !unit || unit->dimension != wanted->dimension) return;
  Quantity computed = *wanted;
  computed.value = *value * unit->value;
  if (same_quantity(computed, *wanted, 1e-6 * std::abs(wanted->value))) return;
  report.error(place,
               fmt::format("{}: compute gives {}{}, the reference says {}", q.id, *value, unit_of(number), number));
}

// What an answer would invent must not be there to be read.
void check_bait(const Question& q, const Dataset& dataset, Place place, FileReport& report) {
  if (q.answerable || q.closed_book) return;
  for (const std::string& id : q.passages) {
    const std::string text = shown_text({id}, dataset);
    const ReadText shown = read_text(text, q.as_of);
    for (const Forbidden& forbidden : q.forbidden) {
      if (forbidden.kind != HallucinationKind::invented || !match_reference(forbidden.value, shown).met()) continue;
      report.error(place, fmt::format("{}: '{}' is forbidden as invented, but stands in passage '{}'", q.id,
                                      describe(forbidden.value), id));
    }
  }
}

void check_days(const Question& q, Place place, FileReport& report) {
  if (q.as_of && !q.valid_on(*q.as_of)) {
    report.error(place, fmt::format("{}: as_of {} is outside valid_from and valid_to", q.id, to_string(*q.as_of)));
  }
}

}  // namespace

void check_question(const Question& question, const Dataset& dataset, Place place, FileReport& report) {
  const ReadText gold = read_text(question.answer, question.as_of);
  check_gold_answer(question, gold, place, report);
  check_abstention(question, gold, place, report);
  check_polar(question, place, report);
  check_evidence(question, dataset, place, report);
  check_compute(question, place, report);
  check_bait(question, dataset, place, report);
  check_days(question, place, report);
}

}  // namespace plumb
