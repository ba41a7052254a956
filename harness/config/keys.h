// The keys of every map that people write, as tables: the reader, its "did you mean" and the test that
// compares schemas/ with the reader use the same rows.
#pragma once

#include <string>
#include <vector>

namespace plumb {

struct Key {
  const char* name;
  bool required = false;
};

struct KeyTable {
  const char* what;  // how messages call the map: "a model"
  std::vector<Key> keys;

  bool has(const std::string& name) const;
  std::vector<std::string> names() const;
};

// eval.yaml
const KeyTable& eval_keys();
const KeyTable& model_keys();
const KeyTable& http_keys();
const KeyTable& rates_keys();
const KeyTable& parameters_keys();
const KeyTable& price_keys();
const KeyTable& retrieval_keys();
const KeyTable& limits_keys();
const KeyTable& season_keys();
const KeyTable& gate_keys();
// prompts/MEMBER/*.yaml
const KeyTable& prompt_keys();
// Those of a model without `extra`: what goes to a vendor as it stands is not for a submission to say.
const KeyTable& prompt_parameters_keys();
// datasets/NAME
const KeyTable& dataset_keys();
const KeyTable& passage_keys();
const KeyTable& question_keys();
const KeyTable& reference_keys();
const KeyTable& forbidden_keys();
const KeyTable& tool_keys();

// The words that a key takes, in the order of the documentation.
const std::vector<std::string>& question_type_words();
const std::vector<std::string>& hallucination_kind_words();
const std::vector<std::string>& grade_words();
const std::vector<std::string>& passage_kind_words();
const std::vector<std::string>& premise_words();
const std::vector<std::string>& book_words();
const std::vector<std::string>& basis_words();
const std::vector<std::string>& language_words();
const std::vector<std::string>& tables_words();
const std::vector<std::string>& api_words();
const std::vector<std::string>& method_words();

}  // namespace plumb
