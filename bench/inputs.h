// The evaluation that is measured, written to files: a dataset of any size, an eval.yaml, a config for promptfoo.
#pragma once

#include <string>

namespace plumb::bench {

struct Inputs {
  long questions = 1'000;
  int in_flight = 64;
  std::string url;
  std::string more_limits;  // further keys of `limits`, such as "attempts_max: 8"
};

// Writes what is missing under `folder`; returns the path of the eval.yaml. One cell a question, and the only scorer
// is correctness: a text that the answer must contain.
std::string write_evaluation(const std::string& folder, const Inputs&);

// Bytes that the dataset gives a question: its entry in the YAML file.
double bytes_a_question(const std::string& folder, long questions);

// The same questions, asked the same way, with one `contains`.
std::string write_promptfoo(const std::string& folder, const Inputs&);

}  // namespace plumb::bench
