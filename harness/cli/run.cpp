#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/estimate.h"
#include "cli/run_evaluation.h"
#include "cli/session.h"

namespace plumb {

namespace {

constexpr int k_cells_open_in_batches = 50'000;  // what one batch may hold

// "plain,cite": any of these parts, case aside.
bool matches(const std::string& name, const std::vector<std::string>& wanted) {
  if (wanted.empty()) return true;
  const std::string folded = fold(name).text;
  for (const std::string& list : wanted) {
    for (const std::string_view part : split(list, ',')) {
      if (!trim(part).empty() && contains(folded, fold(trim(part)).text)) return true;
    }
  }
  return false;
}

// Narrows the grid as the options say; an error when nothing is left.
Status narrow(EvalSpec& spec, const Args& args) {
  std::erase_if(spec.systems, [&](const System& system) {
    return !matches(system.model, args.values("filter-models")) ||
           !matches(system.prompt, args.values("filter-prompts")) ||
           !matches(system.retrieval, args.values("filter-retrievals"));
  });
  if (spec.systems.empty()) return Error{"no system is left: see the names in eval.yaml, or drop a --filter"};
  std::erase_if(spec.questions, [&](const Question& question) {
    return !matches(question.dataset, args.values("filter-datasets")) ||
           !matches(question.dataset + "/" + question.id, args.values("filter-questions")) ||
           !matches(to_string(question.type), args.values("filter-types"));
  });
  const auto first_n = TRY(args.integer("filter-first-n", 1, 1'000'000));
  if (first_n && spec.questions.size() > static_cast<std::size_t>(*first_n)) {
    spec.questions.resize(static_cast<std::size_t>(*first_n));
  }
  if (spec.questions.empty()) return Error{"no question is left: see 'plumb list questions', or drop a --filter"};
  if (const auto repeat = TRY(args.integer("repeat", 1, 1'000))) spec.trials = static_cast<int>(*repeat);
  if (const auto flights = TRY(args.integer("max-concurrency", 1, 10'000)))
    spec.limits.in_flight_max = static_cast<int>(*flights);
  spec.limits.cells_open_max = std::max(spec.limits.cells_open_max, 2 * spec.limits.in_flight_max);
  if (const auto cost = TRY(args.number("max-cost", 0.0, 1e9))) spec.limits.cost_max_usd = *cost;
  if (const auto resend = TRY(args.integer("resend", 0, 3))) spec.limits.resend = static_cast<int>(*resend);
  return Done{};
}

Exit run(const Args& args, Terminal& terminal) {
  auto spec = load_evaluation(args, terminal);
  if (!spec) return Exit::usage;
  if (const Status narrowed = narrow(*spec, args); !narrowed) {
    terminal.error(narrowed.error().message);
    return Exit::usage;
  }
  const auto today = as_of(args, &*spec);
  if (!today) {
    terminal.error(printable(today.error().message));
    return Exit::usage;
  }
  if (!find_reporter(args.value("format", "terminal"))) return print_report({}, args, terminal);

  if (args.has("dry-run")) {
    const Estimate cost = estimate(*spec);
    terminal.out(fmt::format("{} systems × {} questions × {} trial{} = {} cells\n", spec->systems.size(),
                             spec->questions.size(), spec->trials, spec->trials == 1 ? "" : "s", cost.cells));
    for (const System& system : spec->systems)
      terminal.out("  " + printable(system.name) + (system.control ? "  (control)" : "") + "\n");
    terminal.out(describe(cost) + "\n");
    if (spec->limits.cost_max_usd)
      terminal.out(fmt::format("never more than ${:.2f} in all\n", *spec->limits.cost_max_usd));
    return Exit::ok;
  }

  // A batch holds what is open at the same time.
  if (args.has("batch")) spec->limits.cells_open_max = k_cells_open_in_batches;
  const bool quiet = args.has("quiet");
  const ProgressStyle style =
      terminal.live() && !args.has("no-progress-bar") ? ProgressStyle::bar : ProgressStyle::lines;
  const auto path = store_path(args, &*spec);
  const RunResult result = run_evaluation(*spec,
                                          {.store = path,
                                           .fresh = args.has("fresh"),
                                           .cache = args.has("cache"),
                                           .batch = args.has("batch"),
                                           .quiet = quiet,
                                           .progress = style},
                                          terminal);
  if (!result.run) return result.exit;

  const auto opened = open_run(path, result.run->id);
  const auto report =
      opened ? make_report(*opened->store, opened->run, &*spec, *today) : Result<Report>(opened.error());
  if (!report) {
    terminal.error(printable(report.error().message));
    return Exit::environment;
  }
  if (!quiet || args.has("format")) {
    if (const Exit printed = print_report(*report, args, terminal); printed != Exit::ok) return printed;
  }
  if (result.exit != Exit::ok) return result.exit;
  const bool errors = std::ranges::any_of(report->board.rows, [](const BoardRow& row) { return row.errors > 0; });
  return errors ? Exit::incomplete : Exit::ok;
}

}  // namespace

const Command& command_run() {
  static const Command command{
      .name = "run",
      .alias = "eval",
      .summary = "ask every question of every system, score the answers, show the board",
      .description =
          "Replays the question set across models × prompts × retrievals. Goes on where an earlier run stopped: a cell "
          "that\n"
          "is finished is never asked again unless --fresh; cells that ended in an error are asked again.",
      .example =
          "plumb run\n"
          "plumb run --filter-models mini --filter-first-n 10\n"
          "plumb run --fresh --repeat 3 -j 32",
      .positional = "",
      .options =
          {config_option(),
           store_option(),
           {"--fresh", "", "start a new run: ask everything again", false},
           {"--cache", "", "use replies of earlier runs to equal requests; they are counted on the board", false},
           {"--batch", "", "through the vendors' batch interfaces: half the price, up to a day of waiting", false},
           {"--max-cost", "USD", "never spend more than this on the run, what it has cost already included", false},
           {"--resend", "N", "how often to ask again what was sent and lost (default 1)", false},
           {"-j,--max-connections,--max-concurrency", "N", "requests at a time for each account", false},
           {"--epochs,--repeat", "N", "ask every question N times", false},
           {"--filter-providers,--filter-targets,--filter-models", "NAMES",
            "only models whose name contains one of these", true},
           {"--filter-prompts", "NAMES", "only prompts whose member/name contains one of these", true},
           {"--filter-retrievals", "NAMES", "only these retrievals", true},
           {"--filter-datasets", "NAMES", "only these datasets", true},
           {"--sample-id,--filter-questions", "IDS", "only questions whose dataset/id contains one of these", true},
           {"--filter-types", "TYPES", "only these question types", true},
           {"-n,--limit,--filter-first-n", "N", "only the first N questions", false},
           {"--as-of", "DATE", "the day on which questions must be valid (default: today)", false},
           {"--dry-run", "", "say what would be asked and what it may cost; ask nothing", false},
           format_option(),
           {"--no-progress-bar", "", "plain progress lines", false},
           {"-q,--quiet", "", "no progress and no board (errors are still told)", false}},
      .run = run};
  return command;
}

}  // namespace plumb
