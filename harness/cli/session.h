// What several commands share: loading the evaluation, opening the store, making a report of a run.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/args.h"
#include "cli/terminal.h"
#include "config/config.h"
#include "report/reporter.h"
#include "store/store.h"

namespace plumb {

// All that the registries hold, for checks and for "did you mean".
KnownNames known_names();

// Prints every diagnostic on standard error; true if none is an error.
bool explain(Terminal&, const std::vector<Diagnostic>&);

// The evaluation that --config names, or eval.yaml. Prints what is wrong; none then.
std::optional<EvalSpec> load_evaluation(const Args&, Terminal&);

// As above, but without a word when there is no eval.yaml and --config is not given.
struct MaybeSpec {
  bool failed = false;  // there is one, it is wrong, and that has been said
  std::optional<EvalSpec> spec;
};
MaybeSpec load_evaluation_if_any(const Args&, Terminal&);

std::filesystem::path store_path(const Args&, const EvalSpec*);

// What a reading command works on: a store, and the run that --run or the first positional names.
struct Opened {
  std::unique_ptr<Store> store;
  RunInfo run;
};
Result<Opened> open_run(const std::filesystem::path&, const std::string& wanted);
// The run that --run names; else the newest of the spec's evaluation, or of any when there is no spec.
Result<Opened> open_run(const Args&, const EvalSpec*);

// The day that --as-of names, else today in the season's time zone. An error says how to write a day.
Result<Day> as_of(const Args&, const EvalSpec*);

// With a spec: its grid, whatever else the run holds. Without: all that the run holds.
Result<Report> make_report(const Store&, const RunInfo&, const EvalSpec*, Day today);

// Writes the report in --format to standard output.
Exit print_report(const Report&, const Args&, Terminal&);

}  // namespace plumb
