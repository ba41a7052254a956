// The schemas that editors use and the reader must accept the same keys and words.
#include <doctest/doctest.h>

#include <set>

#include "base/json.h"
#include "config/keys.h"
#include "temp_folder.h"

namespace plumb {

namespace {

using Words = std::set<std::string>;

Json schema(const std::string& name) {
  const auto parsed = parse_json(test::read_all(std::string(PLUMB_SOURCE_DIR "/schemas/") + name + ".schema.json"));
  CAPTURE(name);
  REQUIRE(parsed);
  return *parsed;
}

Words keys_of(const Json& object) {
  Words keys;
  for (const auto& [key, value] : object.items()) keys.insert(key);
  return keys;
}

Words strings_in(const Json& list) {
  Words words;
  for (const Json& item : list) {
    if (item.is_string()) words.insert(item.get<std::string>());
  }
  return words;
}

Words set_of(const std::vector<std::string>& words) { return {words.begin(), words.end()}; }

void check_same(const KeyTable& table, const Json& object) {
  CAPTURE(table.what);
  Words required;
  for (const Key& key : table.keys) {
    if (key.required) required.insert(key.name);
  }
  CHECK(set_of(table.names()) == keys_of(object.at("properties")));
  CHECK(required == strings_in(object.value("required", Json::array())));
  CHECK(object.at("additionalProperties") == false);
}

void check_words(const std::vector<std::string>& words, const Json& object, const char* key) {
  CAPTURE(key);
  CHECK(set_of(words) == strings_in(object.at("properties").at(key).at("enum")));
}

}  // namespace

TEST_CASE("eval.schema.json has the reader's keys") {
  const Json root = schema("eval");
  const Json& defs = root.at("$defs");
  check_same(eval_keys(), root);
  check_same(model_keys(), defs.at("long_model"));
  check_same(http_keys(), defs.at("http"));
  check_same(rates_keys(), defs.at("rates"));
  check_same(parameters_keys(), defs.at("parameters"));
  check_same(price_keys(), defs.at("price"));
  check_same(retrieval_keys(), defs.at("long_retrieval"));
  check_same(limits_keys(), defs.at("limits"));
  check_same(season_keys(), defs.at("season"));
  check_same(gate_keys(), defs.at("gate"));
  check_words(tables_words(), defs.at("long_retrieval"), "tables");
  check_words(api_words(), defs.at("long_model"), "api");
  check_words(method_words(), defs.at("http"), "method");
}

TEST_CASE("prompt.schema.json has the reader's keys") {
  const Json root = schema("prompt");
  check_same(prompt_keys(), root);
  check_same(prompt_parameters_keys(), root.at("$defs").at("parameters"));
}

TEST_CASE("dataset.schema.json has the reader's keys") {
  const Json root = schema("dataset");
  check_same(dataset_keys(), root);
  check_words(language_words(), root, "language");
}

TEST_CASE("question.schema.json has the reader's keys and words") {
  const Json root = schema("question");
  const Json& question = root.at("$defs").at("question");
  check_same(question_keys(), question);
  check_same(reference_keys(), root.at("$defs").at("reference"));
  check_same(forbidden_keys(), root.at("$defs").at("forbidden"));
  check_same(tool_keys(), root.at("$defs").at("tool"));
  check_words(question_type_words(), question, "type");
  check_words(premise_words(), question, "premise");
  check_words(book_words(), question, "book");
  check_words(basis_words(), question, "basis");
  check_words(grade_words(), question, "grade");
  check_words(language_words(), question, "language");
  check_words(hallucination_kind_words(), root.at("$defs").at("forbidden"), "kind");
}

}  // namespace plumb
