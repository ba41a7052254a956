// Fills the grid of an evaluation: the work behind `plumb run` and `plumb submit`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "domain/spec.h"
#include "store/store.h"

namespace plumb {

struct RunSettings {
  std::filesystem::path store;
  bool fresh = false;
  bool cache = false;  // replies of earlier runs may be used again
  bool batch = false;  // through the vendors' batch interfaces, where there are
  bool quiet = false;
  ProgressStyle progress = ProgressStyle::lines;
};

struct RunResult {
  Exit exit = Exit::ok;
  std::optional<RunInfo> run;  // none when it could not start
};

// Says what it does and why it stopped. What is stored stays stored, however it ends.
RunResult run_evaluation(const EvalSpec&, const RunSettings&, Terminal&);

// Environment variables that the spec's systems need and that are not set, with the models that need them.
std::vector<std::string> missing_keys(const EvalSpec&);

}  // namespace plumb
