// The rows of runs and of their grids: which run is written to, and the row ids of its squares.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "store/database.h"
#include "store/store.h"

namespace plumb {

// A run with the row ids of all that a spec names.
struct Grid {
  RunInfo run;
  std::int64_t run_id = 0;
  bool resumed = false;
  int trials = 1;
  std::vector<std::int64_t> system_ids;    // by index into the spec
  std::vector<std::int64_t> question_ids;  // by index into the spec
  std::vector<std::string> dataset_of_question;
  std::map<std::pair<std::string, std::string>, std::int64_t> passage_ids;  // by dataset and passage id
};

// Stores the spec with all its texts, continues the latest run of its name or starts one, and makes the spec's
// systems and questions the current ones of their names. In one transaction.
Result<Grid> open_grid(Database&, const EvalSpec&, bool fresh, UnixMillis now, std::string_view harness_version);

// Newest first.
Result<std::vector<RunInfo>> read_runs(Database&);

// None if there is no run of this (full) name.
Result<std::optional<std::int64_t>> find_run_id(Database&, std::string_view run);

}  // namespace plumb
