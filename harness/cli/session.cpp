#include "cli/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "controls/control.h"
#include "providers/provider.h"
#include "retrieval/retriever.h"
#include "scorers/scorer.h"

namespace plumb {

namespace fs = std::filesystem;

namespace {

std::vector<std::string> strings(const std::vector<std::string_view>& names) { return {names.begin(), names.end()}; }

}  // namespace

KnownNames known_names() {
  KnownNames names;
  names.providers = strings(provider_names());
  std::erase(names.providers, "builtin");
  names.controls = strings(control_names());
  names.builtin_models = names.controls;
  names.builtin_models.emplace_back("extractive");
  names.retrievers = strings(retriever_names());
  names.scorers = strings(scorer_names());
  return names;
}

bool explain(Terminal& terminal, const std::vector<Diagnostic>& diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics) terminal.note(printable(to_string(diagnostic)));
  const auto errors = std::ranges::count_if(
      diagnostics, [](const Diagnostic& each) { return each.severity == Diagnostic::Severity::error; });
  if (errors > 0) terminal.error(fmt::format("{} error{}; nothing was run", errors, errors == 1 ? "" : "s"));
  return errors == 0;
}

std::optional<EvalSpec> load_evaluation(const Args& args, Terminal& terminal) {
  const fs::path path = args.value("config", "eval.yaml");
  std::error_code ignored;
  if (!args.has("config") && !fs::exists(path, ignored)) {
    terminal.error("no eval.yaml here; 'plumb init' writes one, or name one with --config FILE");
    return std::nullopt;
  }
  LoadedSpec loaded = load_spec(path, known_names());
  if (!explain(terminal, loaded.diagnostics)) return std::nullopt;
  return std::move(loaded.spec);
}

MaybeSpec load_evaluation_if_any(const Args& args, Terminal& terminal) {
  std::error_code ignored;
  if (!args.has("config") && !fs::exists("eval.yaml", ignored)) return {};
  std::optional<EvalSpec> spec = load_evaluation(args, terminal);
  return {!spec, std::move(spec)};
}

fs::path store_path(const Args& args, const EvalSpec* spec) {
  if (args.has("store")) return args.value("store");
  return spec && !spec->store.empty() ? fs::path(spec->store) : fs::path("plumb.db");
}

Result<Opened> open_run(const fs::path& path, const std::string& wanted) {
  Opened opened;
  opened.store = TRY(Store::open(path));
  opened.run = TRY(opened.store->find_run(wanted));
  return opened;
}

Result<Opened> open_run(const Args& args, const EvalSpec* spec) {
  const fs::path path = store_path(args, spec);
  if (args.has("run") || !spec) return open_run(path, args.value("run", "last"));
  Opened opened;
  opened.store = TRY(Store::open(path));
  for (RunInfo& run : TRY(opened.store->runs())) {
    if (run.name != spec->name) continue;
    opened.run = std::move(run);
    return opened;
  }
  return Error{fmt::format("{} holds no run of '{}' yet; 'plumb run' makes one, --run shows another's", path.string(),
                           spec->name)};
}

Result<Day> as_of(const Args& args, const EvalSpec* spec) {
  if (!args.has("as-of")) return day_at(wall_clock(), (spec ? spec->season : Season{}).utc_offset_minutes);
  const auto day = parse_day(args.value("as-of"));
  if (!day) return Error{fmt::format("--as-of takes a day as YYYY-MM-DD, not '{}'", args.value("as-of"))};
  return *day;
}

Result<Report> make_report(const Store& store, const RunInfo& run, const EvalSpec* spec, Day today) {
  const std::vector<StoredCell> cells = TRY(store.cells(run.id, false));
  const std::vector<System> systems = spec ? spec->systems : TRY(store.systems(run.id));
  const std::vector<Question> questions = spec ? spec->questions : TRY(store.questions(run.id));
  std::map<std::string, int> system_of, question_of;
  for (std::size_t i = 0; i < systems.size(); ++i) system_of[systems[i].digest] = static_cast<int>(i);
  for (std::size_t i = 0; i < questions.size(); ++i) question_of[questions[i].digest] = static_cast<int>(i);

  int trials = spec ? spec->trials : 1;
  std::vector<ScoredCell> scored;
  scored.reserve(cells.size());
  bool price_unknown = false;
  for (const StoredCell& cell : cells) {
    const auto system = system_of.find(cell.system_digest);
    const auto question = question_of.find(cell.question_digest);
    if (system == system_of.end() || question == question_of.end() || !cell.outcome) continue;
    if (spec && cell.trial >= spec->trials) continue;
    if (!spec) trials = std::max(trials, cell.trial + 1);
    ScoredCell out;
    out.system = system->second;
    out.question = question->second;
    out.trial = cell.trial;
    out.outcome = *cell.outcome;
    for (const Score& score : cell.scores) {
      if (score.scorer == "groundedness") out.groundedness = score.value;
    }
    if (const auto* completion = std::get_if<Completion>(&cell.answer.reply)) {
      out.tokens_in = completion->usage.tokens_in;
      out.tokens_out = completion->usage.tokens_out;
      out.latency_ms = static_cast<double>(completion->latency.count());
      // A control says what it planted: "mutant:number".
      const std::size_t colon = completion->model_answered.find(':');
      if (systems[static_cast<std::size_t>(out.system)].control && colon != std::string::npos) {
        out.planted = completion->model_answered.substr(colon + 1);
      }
    }
    out.cost_usd = cell.answer.cost_usd;
    out.cost_known = cell.answer.cost_known;
    out.paid_twice = cell.answer.unclear > 0 && cell.answer.attempts > cell.answer.unclear;
    out.cached = cell.answer.cached;
    price_unknown = price_unknown || (!out.cost_known && std::holds_alternative<Completion>(cell.answer.reply));
    scored.push_back(std::move(out));
  }

  Report report;
  report.title = run.name;
  report.run = run.id;
  report.week = run.week;
  report.started_at = timestamp(run.started_at, spec ? spec->season.utc_offset_minutes : Season{}.utc_offset_minutes);
  report.trials = trials;
  std::set<std::string> datasets;
  for (const Question& question : questions) {
    if (datasets.insert(question.dataset).second) report.datasets.push_back(question.dataset);
  }
  report.board = make_board(systems, questions, scored, trials, today);
  if (report.board.expired > 0) {
    report.notes.push_back(fmt::format("{} questions are outside their validity on {} and left out of every rate",
                                       report.board.expired, to_string(today)));
  }
  if (price_unknown)
    report.notes.emplace_back("no price is known for some models (–): give them a `price` in eval.yaml");
  return report;
}

Exit print_report(const Report& report, const Args& args, Terminal& terminal) {
  const std::string format = args.value("format", "terminal");
  const Reporter* reporter = find_reporter(format);
  if (!reporter) {
    const std::vector<std::string> names = strings(reporter_names());
    const auto guess = suggest(format, names);
    terminal.error(fmt::format("unknown format '{}'{}; known: {}", printable(format),
                               guess ? fmt::format("; did you mean '{}'?", *guess) : "", fmt::join(names, ", ")));
    return Exit::usage;
  }
  terminal.out(reporter->render(report, {terminal.color_out(), terminal.columns()}));
  return Exit::ok;
}

}  // namespace plumb
