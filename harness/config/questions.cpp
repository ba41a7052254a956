#include "config/questions.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/json.h"
#include "base/text.h"
#include "config/arithmetic.h"
#include "config/reader.h"
#include "config/references.h"
#include "config/yaml_json.h"

namespace plumb {

namespace {

// A tool's parameters and output may be written as YAML; what a model is sent is JSON. Text stays as it is.
std::string text_or_json(const MapReader& map, const char* key) {
  const YamlNode* node = map.find(key);
  if (!node) return "";
  if (node->kind == YamlNode::Kind::map || node->kind == YamlNode::Kind::list) return dump_json(to_json(*node));
  return map.text(key);
}

std::optional<OfferedTool> read_tool(const YamlNode& node, FileReport& report) {
  const int before = report.errors();
  const MapReader map(node, tool_keys(), report);
  if (!map.is_map()) return {};
  OfferedTool tool{.name = map.text("name"),
                   .description = map.text("description"),
                   .parameters_json = text_or_json(map, "parameters"),
                   .output = text_or_json(map, "output"),
                   .error = map.text("error")};
  if (tool.parameters_json.empty()) tool.parameters_json = R"({"type":"object","properties":{}})";
  const auto parameters = parse_json(tool.parameters_json);
  if (!parameters || !parameters->is_object()) {
    report.error(map.place("parameters"), "parameters must be a JSON Schema, as a map or as JSON text");
  }
  if (map.has("output") == map.has("error")) {
    report.error(node.place, "a tool gives either an output or an error");
  }
  if (report.errors() > before) return {};
  return tool;
}

template <class T, class Read>
std::vector<T> read_all(const MapReader& map, const char* key, FileReport& report, Read read) {
  std::vector<T> all;
  for (const YamlNode& item : map.list(key)) {
    if (auto one = read(item, report)) all.push_back(std::move(*one));
  }
  return all;
}

Basis basis_of(const std::string& word) {
  const auto& words = basis_words();
  return static_cast<Basis>(std::ranges::find(words, word) - words.begin());
}

Premise premise_of(const std::string& word) {
  const auto& words = premise_words();
  return static_cast<Premise>(std::ranges::find(words, word) - words.begin());
}

Question read_values(const MapReader& map, const std::string& dataset, FileReport& report) {
  Question q;
  q.dataset = dataset;
  q.id = map.text("id");
  if (const auto word = map.word("type", question_type_words())) q.type = *question_type_of(*word);
  q.text = map.text("question");
  q.answer = map.text("answer");
  q.answerable = map.flag("answerable").value_or(true);
  q.premise = premise_of(map.word("premise", premise_words()).value_or("ok"));
  q.closed_book = map.word("book", book_words()) == "closed";
  q.passages = map.texts("passages");
  q.evidence = map.has("evidence") ? map.texts("evidence") : q.answerable ? q.passages : std::vector<std::string>();
  q.references = read_all<Reference>(map, "references", report, read_reference);
  q.forbidden = read_all<Forbidden>(map, "forbidden", report, read_forbidden);
  q.basis = basis_of(map.word("basis", basis_words()).value_or(q.closed_book ? "knowledge" : "extractive"));
  q.compute = map.text("compute");
  q.because = map.text("because");
  q.as_of = map.day("as_of");
  q.valid_from = map.day("valid_from");
  q.valid_to = map.day("valid_to");
  if (const auto word = map.word("grade", grade_words())) q.grade = *grade_of(*word);
  q.source = map.text("source");
  q.pair = map.text("pair");
  q.language = map.word("language", language_words()).value_or("ko");
  q.partial_credit = map.flag("partial").value_or(false);
  q.tools = read_all<OfferedTool>(map, "tools", report, read_tool);
  q.tags = map.texts("tags");
  return q;
}

void refuse_repeated(const std::vector<std::string>& ids, Place place, const char* key, FileReport& report) {
  std::set<std::string> seen;
  for (const std::string& id : ids) {
    if (!seen.insert(id).second) report.error(place, fmt::format("{} names '{}' twice", key, id));
  }
}

void check_answerable(const Question& q, const MapReader& map, const YamlNode& node, FileReport& report) {
  if (q.premise != Premise::ok && q.answerable) {
    report.error(map.place("premise"), "a premise other than ok needs answerable: false");
  }
  if (q.type == QuestionType::unanswerable && q.answerable) {
    report.error(map.place("type"), "type unanswerable needs answerable: false");
  }
  if (q.answerable && !map.has("references")) {
    report.error(node.place, "an answerable question needs references (what its answer must say)");
  } else if (q.answerable && map.find("references")->items.empty()) {
    report.error(map.place("references"), "an answerable question needs one reference or more");
  }
}

void check_sources(const Question& q, const MapReader& map, const YamlNode& node, FileReport& report) {
  if (q.closed_book && !q.passages.empty()) {
    report.error(map.place("passages"), "book: closed shows no passage; remove passages");
  }
  refuse_repeated(q.passages, map.place("passages"), "passages", report);
  refuse_repeated(q.evidence, map.place("evidence"), "evidence", report);
  for (const std::string& id : q.evidence) {
    if (std::ranges::find(q.passages, id) == q.passages.end()) {
      report.error(map.place("evidence"), fmt::format("evidence '{}' is not among the question's passages", id));
    }
  }
  if (!q.answerable) return;
  if (q.basis != Basis::knowledge && q.evidence.empty()) {
    report.error(node.place, q.closed_book ? "an answerable question with book: closed needs basis: knowledge"
                                           : "an answerable question needs passages that support its answer");
  }
  if (q.basis == Basis::knowledge && !q.closed_book) {
    report.error(map.place("basis"), "basis: knowledge is for book: closed");
  }
}

void check_basis(const Question& q, const MapReader& map, bool references_read, FileReport& report) {
  if (q.basis == Basis::computed && !map.has("compute"))
    report.error(map.place("basis"), "basis: computed needs compute");
  if (q.basis == Basis::inferred && !map.has("because"))
    report.error(map.place("basis"), "basis: inferred needs because");
  if (q.compute.empty()) return;
  if (q.basis != Basis::computed) report.error(map.place("compute"), "compute needs basis: computed");
  const bool has_number =
      std::ranges::any_of(q.references, [](const Reference& r) { return std::holds_alternative<NumberRef>(r); });
  if (references_read && !has_number) report.error(map.place("compute"), "compute needs a reference with a number");
  if (const auto value = evaluate_arithmetic(q.compute); !value) {
    report.error(map.place("compute"), fmt::format("cannot compute '{}': {}", q.compute, value.error().message));
  }
}

std::optional<ReadQuestion> read_question(const YamlNode& node, const std::string& dataset, FileReport& report) {
  const int before = report.errors();
  const MapReader map(node, question_keys(), report);
  if (!map.is_map()) return {};
  Question q = read_values(map, dataset, report);
  if (!q.id.empty() && !is_slug(q.id)) {
    report.error(map.place("id"), fmt::format("an id is lower case letters, digits and hyphens; found '{}'", q.id));
  }
  check_answerable(q, map, node, report);
  check_sources(q, map, node, report);
  check_basis(q, map, report.errors() == before, report);
  if (q.valid_from && q.valid_to && *q.valid_to < *q.valid_from) {
    report.error(map.place("valid_to"),
                 fmt::format("valid_to {} is before valid_from {}", to_string(*q.valid_to), to_string(*q.valid_from)));
  }
  if (report.errors() > before) return {};
  std::vector<Place> passages = map.places("passages");
  std::vector<Place> evidence = map.has("evidence") ? map.places("evidence") : passages;
  return ReadQuestion{std::move(q), node.place, std::move(passages), std::move(evidence)};
}

}  // namespace

std::vector<ReadQuestion> read_questions(std::string_view text, const std::string& dataset, FileReport& report) {
  const auto root = parse_yaml(text, report);
  if (!root) return {};
  if (root->kind != YamlNode::Kind::list) {
    report.error(root->place, fmt::format("a file of questions is a list (- id: ...); found {}", describe(*root)));
    return {};
  }
  std::vector<ReadQuestion> questions;
  for (const YamlNode& node : root->items) {
    if (auto question = read_question(node, dataset, report)) questions.push_back(std::move(*question));
  }
  return questions;
}

}  // namespace plumb
