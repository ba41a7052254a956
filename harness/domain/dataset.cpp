#include "domain/dataset.h"

#include <map>
#include <string_view>

#include "base/digest.h"
#include "base/enum_names.h"

namespace plumb {

namespace {

constexpr const char* k_types[] = {"single_fact", "multi_hop",     "numeric",       "table_lookup",
                                   "temporal",    "unanswerable",  "false_premise", "conflict",
                                   "near_miss",   "citation_bait", "open_closed"};
constexpr const char* k_kinds[] = {"contradicted", "invented", "stale", "false_premise", "swapped", "tool"};
constexpr const char* k_grades[] = {"V-LAW", "V-GOV", "V-WEB", "V-CODE", "V-TIME", "FICTION", ""};

void add_items(Digester& digester, const std::vector<std::vector<std::string>>& items) {
  digester.add(static_cast<long long>(items.size()));
  for (const auto& aliases : items) {
    digester.add(static_cast<long long>(aliases.size()));
    for (const std::string& alias : aliases) digester.add(alias);
  }
}

void add(Digester& digester, const Reference& reference) {
  digester.add(static_cast<long long>(reference.index()));
  if (const auto* text = std::get_if<TextRef>(&reference)) add_items(digester, {text->aliases});
  if (const auto* number = std::get_if<NumberRef>(&reference)) digester.add(number->value).add(number->tolerance);
  if (const auto* date = std::get_if<DateRef>(&reference)) digester.add(date->iso);
  if (const auto* yes_no = std::get_if<YesNoRef>(&reference)) digester.add(yes_no->yes ? "yes" : "no");
  if (const auto* set = std::get_if<SetRef>(&reference)) add_items(digester, set->items);
  if (const auto* list = std::get_if<ListRef>(&reference)) add_items(digester, list->items);
}

}  // namespace

const Passage* Dataset::find_passage(const std::string& id) const {
  for (const Passage& passage : passages) {
    if (passage.id == id) return &passage;
  }
  return nullptr;
}

const char* to_string(QuestionType type) { return enum_name(k_types, type); }
const char* to_string(HallucinationKind kind) { return enum_name(k_kinds, kind); }
const char* to_string(Grade grade) { return enum_name(k_grades, grade); }
std::optional<QuestionType> question_type_of(std::string_view name) { return enum_of<QuestionType>(k_types, name); }
std::optional<HallucinationKind> hallucination_kind_of(std::string_view name) {
  return enum_of<HallucinationKind>(k_kinds, name);
}
std::optional<Grade> grade_of(std::string_view name) { return enum_of<Grade>(k_grades, name); }

void seal(Passage& passage) { passage.digest = Digester().add(passage.title).add(passage.text).hex(); }

void seal(Question& question) {
  Digester digester;
  digester.add(question.dataset).add(question.id).add(to_string(question.type)).add(question.text).add(question.answer);
  digester.add(question.answerable).add(static_cast<long long>(question.premise)).add(question.closed_book);
  add_items(digester, {question.passages, question.evidence});
  digester.add(static_cast<long long>(question.references.size()));
  for (const Reference& reference : question.references) add(digester, reference);
  digester.add(static_cast<long long>(question.forbidden.size()));
  for (const Forbidden& forbidden : question.forbidden) {
    add(digester, forbidden.value);
    digester.add(to_string(forbidden.kind));
  }
  digester.add(question.as_of ? to_string(*question.as_of) : "").add(question.language).add(question.partial_credit);
  digester.add(static_cast<long long>(question.tools.size()));
  for (const OfferedTool& tool : question.tools) {
    digester.add(tool.name).add(tool.description).add(tool.parameters_json).add(tool.output).add(tool.error);
  }
  question.digest = digester.hex();
}

void seal(Dataset& dataset) {
  Digester digester;
  digester.add(dataset.name);
  std::map<std::string, std::string> digest_of;
  for (Passage& passage : dataset.passages) {
    seal(passage);
    digester.add(passage.id).add(passage.digest);
    digest_of[passage.id] = passage.digest;
  }
  for (Question& question : dataset.questions) {
    seal(question);
    // What is shown is part of what is asked: a changed passage makes another question.
    Digester shown;
    shown.add(question.digest);
    for (const std::string& id : question.passages) {
      const auto passage = digest_of.find(id);
      shown.add(passage == digest_of.end() ? "" : passage->second);
    }
    question.digest = shown.hex();
    digester.add(question.digest);
  }
  dataset.digest = digester.hex();
}

}  // namespace plumb
