#include "config/keys.h"

#include <algorithm>

#include "domain/dataset.h"

namespace plumb {

namespace {

constexpr bool k_required = true;

// The names of an enumeration that counts from 0 to `last`.
template <class Enum>
std::vector<std::string> words_to(Enum last) {
  std::vector<std::string> words;
  for (int i = 0; i <= static_cast<int>(last); ++i) words.emplace_back(to_string(static_cast<Enum>(i)));
  return words;
}

}  // namespace

bool KeyTable::has(const std::string& name) const {
  return std::ranges::any_of(keys, [&](const Key& key) { return name == key.name; });
}

std::vector<std::string> KeyTable::names() const {
  std::vector<std::string> all;
  for (const Key& key : keys) all.emplace_back(key.name);
  return all;
}

const KeyTable& eval_keys() {
  static const KeyTable table{"eval.yaml",
                              {{"name"},
                               {"datasets", k_required},
                               {"prompts", k_required},
                               {"models", k_required},
                               {"retrievals"},
                               {"scorers"},
                               {"trials"},
                               {"seed"},
                               {"limits"},
                               {"season"},
                               {"gate"},
                               {"store"}}};
  return table;
}

const KeyTable& model_keys() {
  static const KeyTable table{"a model",
                              {{"name"},
                               {"provider", k_required},
                               {"id"},
                               {"base_url"},
                               {"key_env"},
                               {"api"},
                               {"stream"},
                               {"url"},
                               {"http"},
                               {"command"},
                               {"memory_mb"},
                               {"parameters"},
                               {"rates"},
                               {"price"}}};
  return table;
}

const KeyTable& http_keys() {
  static const KeyTable table{"http",
                              {{"method"},
                               {"headers"},
                               {"body"},
                               {"answer"},
                               {"passages"},
                               {"passage_text"},
                               {"passage_title"},
                               {"passage_id"},
                               {"tool_calls"},
                               {"session"}}};
  return table;
}

const KeyTable& rates_keys() {
  static const KeyTable table{"rates", {{"in_flight_max"}, {"requests_per_minute"}, {"tokens_per_minute"}}};
  return table;
}

const KeyTable& parameters_keys() {
  static const KeyTable table{"parameters",
                              {{"temperature"}, {"top_p"}, {"tokens_max"}, {"seed"}, {"logprobs"}, {"extra"}}};
  return table;
}

const KeyTable& prompt_parameters_keys() {
  static const KeyTable table{"parameters", {{"temperature"}, {"top_p"}, {"tokens_max"}, {"seed"}, {"logprobs"}}};
  return table;
}

const KeyTable& price_keys() {
  static const KeyTable table{"a price", {{"input", k_required}, {"output", k_required}, {"cached_input"}}};
  return table;
}

const KeyTable& retrieval_keys() {
  static const KeyTable table{"a retrieval", {{"name"}, {"retriever", k_required}, {"passages_max"}, {"tables"}}};
  return table;
}

const KeyTable& limits_keys() {
  static const KeyTable table{
      "limits",
      {{"in_flight_max"}, {"attempts_max"}, {"resend"}, {"tool_rounds_max"}, {"timeout_s"}, {"cost_max_usd"}}};
  return table;
}

const KeyTable& season_keys() {
  static const KeyTable table{"season", {{"number"}, {"starts"}, {"sessions"}, {"days_between"}, {"utc_offset"}}};
  return table;
}

const KeyTable& gate_keys() {
  static const KeyTable table{
      "gate", {{"hallucination_rate_max"}, {"hallucination_rise_max"}, {"answer_rate_min"}, {"cost_max_usd"}}};
  return table;
}

const KeyTable& prompt_keys() {
  static const KeyTable table{"a prompt",
                              {{"member"},
                               {"name"},
                               {"description"},
                               {"system"},
                               {"turns"},
                               {"user", k_required},
                               {"parameters"},
                               {"models"},
                               {"retrievals"}}};
  return table;
}

const KeyTable& dataset_keys() {
  static const KeyTable table{"dataset.yaml",
                              {{"name", k_required},
                               {"title", k_required},
                               {"language", k_required},
                               {"license", k_required},
                               {"version", k_required}}};
  return table;
}

const KeyTable& passage_keys() {
  static const KeyTable table{"a passage",
                              {{"id", k_required},
                               {"title", k_required},
                               {"kind", k_required},
                               {"as_of"},
                               {"grade", k_required},
                               {"source"},
                               {"group"},
                               {"distractor"}}};
  return table;
}

const KeyTable& question_keys() {
  static const KeyTable table{"a question",
                              {{"id", k_required},
                               {"type", k_required},
                               {"question", k_required},
                               {"answer", k_required},
                               {"answerable"},
                               {"premise"},
                               {"book"},
                               {"passages"},
                               {"evidence"},
                               {"references"},
                               {"forbidden"},
                               {"basis"},
                               {"compute"},
                               {"because"},
                               {"as_of"},
                               {"valid_from"},
                               {"valid_to"},
                               {"grade"},
                               {"source"},
                               {"pair"},
                               {"language"},
                               {"partial"},
                               {"tools"},
                               {"tags"}}};
  return table;
}

const KeyTable& reference_keys() {
  static const KeyTable table{"a reference",
                              {{"text"}, {"number"}, {"tolerance"}, {"date"}, {"yes_no"}, {"set"}, {"list"}}};
  return table;
}

const KeyTable& forbidden_keys() {
  static const KeyTable table{"a forbidden value",
                              {{"text"}, {"number"}, {"tolerance"}, {"date"}, {"yes_no"}, {"kind", k_required}}};
  return table;
}

const KeyTable& tool_keys() {
  static const KeyTable table{
      "a tool", {{"name", k_required}, {"description", k_required}, {"parameters"}, {"output"}, {"error"}}};
  return table;
}

const std::vector<std::string>& question_type_words() {
  static const std::vector<std::string> words = words_to(QuestionType::open_closed);
  return words;
}
const std::vector<std::string>& hallucination_kind_words() {
  static const std::vector<std::string> words = words_to(HallucinationKind::tool);
  return words;
}
const std::vector<std::string>& grade_words() {
  static const std::vector<std::string> words = words_to(Grade::fiction);
  return words;
}
const std::vector<std::string>& passage_kind_words() {
  static const std::vector<std::string> words = {"posting", "meme", "policy", "table", "note"};
  return words;
}
const std::vector<std::string>& premise_words() {
  static const std::vector<std::string> words = {"ok", "false", "stale"};
  return words;
}
const std::vector<std::string>& book_words() {
  static const std::vector<std::string> words = {"open", "closed"};
  return words;
}
const std::vector<std::string>& basis_words() {
  static const std::vector<std::string> words = {"extractive", "computed", "inferred", "knowledge"};
  return words;
}
const std::vector<std::string>& language_words() {
  static const std::vector<std::string> words = {"ko", "en", "any"};
  return words;
}
const std::vector<std::string>& tables_words() {
  static const std::vector<std::string> words = {"markdown", "html", "csv", "text"};
  return words;
}
const std::vector<std::string>& api_words() {
  static const std::vector<std::string> words = {"chat", "responses"};
  return words;
}
const std::vector<std::string>& method_words() {
  static const std::vector<std::string> words = {"POST", "PUT", "PATCH"};
  return words;
}

}  // namespace plumb
