#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "base/text.h"
#include "cli/estimate.h"
#include "cli/run_evaluation.h"
#include "cli/session.h"
#include "report/style.h"

namespace plumb {

namespace {

namespace fs = std::filesystem;

bool same_file(const fs::path& a, const fs::path& b) {
  std::error_code ignored;
  return fs::exists(b, ignored) && fs::equivalent(a, b, ignored);
}

// Puts the submission where boards will find it: prompts/MEMBER/FILE. Tells where it is.
Result<fs::path> put_into_place(const fs::path& file, const PromptTemplate& prompt, const EvalSpec& spec) {
  for (const PromptTemplate& each : spec.prompts) {
    if (each.member == prompt.member && each.name == prompt.name && each.digest == prompt.digest) return file;
  }
  const fs::path place = fs::path("prompts") / prompt.member / file.filename();
  if (same_file(file, place)) return file;
  std::error_code error;
  if (fs::exists(place, error)) {
    return Error{fmt::format("'{}' exists already and differs: give the submission another name, or edit that file",
                             place.string())};
  }
  fs::create_directories(place.parent_path(), error);
  if (error) return Error{fmt::format("cannot create '{}': {}", place.parent_path().string(), error.message())};
  const std::string text = TRY(read_file(file));
  TRY(write_file(place, text));
  return place;
}

std::string rank_line(const Report& report, const BoardRow& row) {
  int ranked = 0;
  for (const BoardRow& each : report.board.rows) ranked += each.rank > 0;
  const Rate& rate = row.hallucination_rate;
  if (!rate.value) return fmt::format("{}: no rank yet, no answer could be scored", printable(row.system.name));
  return fmt::format("{}: rank {} of {}, makes things up in {} of its answers [{} – {}], {} correct",
                     printable(row.system.name), row.rank, ranked, percent(*rate.value), percent(rate.low),
                     percent(rate.high), row.correct.value ? percent(*row.correct.value) : "–");
}

Exit run(const Args& args, Terminal& terminal) {
  if (args.positionals().size() != 1) {
    terminal.error("submit takes one file: plumb submit prompts/kim/careful.yaml");
    return Exit::usage;
  }
  const fs::path file = args.positionals()[0];
  const LoadedPrompt submission = load_prompt(file);
  if (!explain(terminal, submission.diagnostics)) return Exit::usage;
  auto spec = load_evaluation(args, terminal);
  if (!spec) return Exit::usage;

  // The grid of this submission alone.
  const PromptTemplate& prompt = *submission.prompt;
  const std::string key = prompt.member + "/" + prompt.name;
  EvalSpec mine = *spec;
  std::erase_if(mine.prompts, [&](const PromptTemplate& each) { return each.member + "/" + each.name == key; });
  const std::vector<PromptTemplate> others = mine.prompts;
  mine.prompts = {prompt};
  for (const std::vector<std::string>* names : {&prompt.models, &prompt.retrievals}) {
    for (const std::string& name : *names) {
      const bool model = names == &prompt.models;
      const bool known =
          model ? std::ranges::any_of(spec->models, [&](const Model& each) { return each.name == name; })
                : std::ranges::any_of(spec->retrievals, [&](const Retrieval& each) { return each.name == name; });
      if (!known) {
        terminal.error(fmt::format("{}: unknown {} '{}'; see 'plumb list systems'", file.string(),
                                   model ? "model" : "retrieval", printable(name)));
        return Exit::usage;
      }
    }
  }
  expand(mine);
  if (mine.systems.empty()) {
    terminal.error("this submission makes no system: its models or retrievals are not in eval.yaml");
    return Exit::usage;
  }
  const std::vector<std::string> missing = missing_keys(mine);
  for (const std::string& line : missing) terminal.error(line);
  if (!missing.empty()) return Exit::usage;

  const Estimate cost = estimate(mine);
  terminal.note(fmt::format("{} by {}: {}", printable(prompt.name), printable(prompt.member),
                            prompt.description.empty() ? "(no description)" : printable(prompt.description)));
  terminal.note(fmt::format("{} systems × {} questions × {} trial{} = {} cells", mine.systems.size(),
                            mine.questions.size(), mine.trials, mine.trials == 1 ? "" : "s", cost.cells));
  terminal.note(describe(cost));
  if (mine.limits.cost_max_usd) terminal.note(fmt::format("never more than ${:.2f} in all", *mine.limits.cost_max_usd));
  if (args.has("dry-run")) return Exit::ok;
  if (!args.has("yes") && !terminal.ask("Run it?")) {
    terminal.note(terminal.interactive() ? "plumb: not run" : "plumb: not run; --yes runs it without asking");
    return terminal.interactive() ? Exit::ok : Exit::usage;
  }
  const auto place = put_into_place(file, prompt, *spec);
  if (!place) {
    terminal.error(printable(place.error().message));
    return Exit::usage;
  }
  if (*place != file) terminal.note("plumb: copied to " + printable(place->string()));

  const auto path = store_path(args, &*spec);
  const ProgressStyle style =
      terminal.live() && !args.has("no-progress-bar") ? ProgressStyle::bar : ProgressStyle::lines;
  const RunResult result = run_evaluation(mine, {.store = path, .progress = style}, terminal);
  if (!result.run) return result.exit;

  // Ranked among all: the systems of eval.yaml with this prompt in its present wording.
  EvalSpec everyone = *spec;
  everyone.prompts = others;
  everyone.prompts.push_back(prompt);
  expand(everyone);
  const auto opened = open_run(path, result.run->id);
  const Day today = day_at(wall_clock(), spec->season.utc_offset_minutes);
  const auto report =
      opened ? make_report(*opened->store, opened->run, &everyone, today) : Result<Report>(opened.error());
  if (!report) {
    terminal.error(printable(report.error().message));
    return Exit::environment;
  }
  if (const Exit printed = print_report(*report, args, terminal); printed != Exit::ok) return printed;
  if (args.value("format", "terminal") == "terminal") {
    for (const BoardRow& row : report->board.rows) {
      if (row.system.prompt == key && !row.system.control) terminal.out(rank_line(*report, row) + "\n");
    }
  }
  const bool errors = std::ranges::any_of(
      report->board.rows, [&](const BoardRow& row) { return row.system.prompt == key && row.errors > 0; });
  return result.exit == Exit::ok && errors ? Exit::incomplete : result.exit;
}

}  // namespace

const Command& command_submit() {
  static const Command command{.name = "submit",
                               .alias = "",
                               .summary = "check one submission, say what it will cost, run it, print its rank",
                               .description =
                                   "A submission is one YAML file: member, description, system and user template. It "
                                   "names models that eval.yaml\n"
                                   "defines; it cannot bring addresses or keys of its own.",
                               .example =
                                   "plumb submit prompts/kim/careful.yaml\n"
                                   "plumb submit careful.yaml --dry-run\n"
                                   "plumb submit prompts/kim/careful.yaml --yes",
                               .positional = "FILE",
                               .options = {{"-y,--yes", "", "run without asking", false},
                                           {"--dry-run", "", "check it and say what it will cost; run nothing", false},
                                           format_option(),
                                           {"--no-progress-bar", "", "plain progress lines", false},
                                           config_option(),
                                           store_option()},
                               .run = run};
  return command;
}

}  // namespace plumb
