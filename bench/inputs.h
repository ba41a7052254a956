// The evaluation that is measured, written to files: a dataset of any size, an eval.yaml, a config for promptfoo.
#pragma once

#include <string>

namespace plumb::bench {

// Every question is put to two models with two prompts: four cells. Fewer than four cells: one each.
struct Inputs {
  long cells = 1'000;
  int in_flight = 64;
  std::string url;
  std::string more_limits;  // further keys of `limits`, such as "attempts_max: 8"
};

// Writes what is missing under `folder`; returns the path of the eval.yaml. The only scorer is correctness: a text that
// the answer must contain.
std::string write_evaluation(const std::string& folder, const Inputs&);

// Bytes of the dataset for a cell: a question's entry in the YAML file, shared by its cells.
double question_bytes_a_cell(const std::string& folder, long cells);

// The same questions, asked the same way, with one `contains`.
std::string write_promptfoo(const std::string& folder, const Inputs&);

}  // namespace plumb::bench
