#include "base/text.h"
#include "cli/session.h"

namespace plumb {

namespace {

Exit run(const Args& args, Terminal& terminal) {
  MaybeSpec loaded = load_evaluation_if_any(args, terminal);
  if (loaded.failed) return Exit::usage;
  const EvalSpec* spec = loaded.spec ? &*loaded.spec : nullptr;
  if (!find_reporter(args.value("format", "terminal"))) return print_report({}, args, terminal);
  const auto today = as_of(args, spec);
  if (!today) {
    terminal.error(printable(today.error().message));
    return Exit::usage;
  }
  const auto opened = open_run(args, spec);
  const auto report = opened ? make_report(*opened->store, opened->run, args.has("all") ? nullptr : spec, *today)
                             : Result<Report>(opened.error());
  if (!report) {
    terminal.error(printable(report.error().message));
    return Exit::environment;
  }
  return print_report(*report, args, terminal);
}

}  // namespace

const Command& command_leaderboard() {
  static const Command command{
      .name = "leaderboard",
      .alias = "board",
      .summary = "the board of a stored run; asks nothing",
      .description =
          "Systems by hallucination rate with 95 % intervals, controls apart. Shows the systems of eval.yaml if there "
          "is\n"
          "one here; --all shows every system that the run holds.",
      .example =
          "plumb leaderboard\n"
          "plumb leaderboard --run 20261122 --format json",
      .positional = "",
      .options = {run_option(),
                  {"--all", "", "every system of the run, also those that eval.yaml no longer names", false},
                  {"--as-of", "DATE", "the day on which questions must be valid (default: today)", false},
                  format_option(),
                  config_option(),
                  store_option()},
      .run = run};
  return command;
}

}  // namespace plumb
