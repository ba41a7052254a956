#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "cli/session.h"
#include "report/style.h"

namespace plumb {

namespace {

// A table for people: columns as wide as their widest cell, the last one cut at the window's edge.
std::string text_table(const std::vector<std::vector<std::string>>& rows, const Terminal& terminal) {
  std::vector<int> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i]));
  }
  std::string out;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::string line;
    for (std::size_t i = 0; i < rows[r].size(); ++i) {
      const bool last = i + 1 == rows[r].size();
      const int room = std::max(8, terminal.columns() - display_width(line) - 1);
      line += last ? (display_width(rows[r][i]) > room ? fit(rows[r][i], room) : rows[r][i])
                   : fit(rows[r][i], widths[i]) + "  ";
    }
    out += paint(terminal.color_out() && r == 0, Tone::dim, line) + "\n";
  }
  return out;
}

Exit list_runs(const Args& args, Terminal& terminal, const EvalSpec* spec, bool json) {
  const auto store = Store::open(store_path(args, spec));
  const auto runs = store ? (*store)->runs() : Result<std::vector<RunInfo>>(store.error());
  if (!runs) {
    terminal.error(printable(runs.error().message));
    return Exit::environment;
  }
  if (json) {
    Json all = Json::array();
    for (const RunInfo& run : *runs) {
      all.push_back({{"id", run.id},
                     {"name", run.name},
                     {"week", run.week},
                     {"started_at", timestamp_iso(run.started_at)},
                     {"updated_at", timestamp_iso(run.updated_at)},
                     {"systems", run.systems},
                     {"cells_planned", run.cells_planned},
                     {"cells_finished", run.cells_finished},
                     {"errors", run.errors},
                     {"harness_version", run.harness_version}});
    }
    terminal.out(dump_json(Json{{"runs", all}}, 2) + "\n");
    return Exit::ok;
  }
  const int offset = spec ? spec->season.utc_offset_minutes : Season{}.utc_offset_minutes;
  std::vector<std::vector<std::string>> rows = {{"run", "week", "started", "cells", "errors", "systems", "evaluation"}};
  for (const RunInfo& run : *runs) {
    rows.push_back({run.id, run.week, timestamp(run.started_at, offset),
                    fmt::format("{}/{}", run.cells_finished, run.cells_planned), std::to_string(run.errors),
                    std::to_string(run.systems), printable(run.name)});
  }
  terminal.out(text_table(rows, terminal));
  return Exit::ok;
}

Exit list_systems(const EvalSpec& spec, Terminal& terminal, bool json) {
  if (json) {
    Json all = Json::array();
    for (const System& system : spec.systems) {
      all.push_back({{"system", system.name},
                     {"member", system.member},
                     {"model", system.model},
                     {"prompt", system.prompt},
                     {"retrieval", system.retrieval},
                     {"control", system.control}});
    }
    terminal.out(dump_json(Json{{"systems", all}}, 2) + "\n");
    return Exit::ok;
  }
  std::vector<std::vector<std::string>> rows = {{"model", "prompt", "retrieval", "asks"}};
  for (const System& system : spec.systems) {
    const Model& model = spec.model(system.model);
    rows.push_back({printable(system.model), printable(system.prompt), printable(system.retrieval),
                    system.control ? "a control" : printable(model.provider + ":" + model.id)});
  }
  terminal.out(text_table(rows, terminal));
  return Exit::ok;
}

Exit list_questions(const EvalSpec& spec, Terminal& terminal, bool json) {
  if (json) {
    Json all = Json::array();
    for (const Question& question : spec.questions) {
      all.push_back({{"dataset", question.dataset},
                     {"id", question.id},
                     {"type", to_string(question.type)},
                     {"answerable", question.answerable},
                     {"question", question.text},
                     {"tags", question.tags}});
    }
    terminal.out(dump_json(Json{{"questions", all}}, 2) + "\n");
    return Exit::ok;
  }
  std::vector<std::vector<std::string>> rows = {{"question", "type", "answerable", ""}};
  for (const Question& question : spec.questions) {
    rows.push_back({printable(question.dataset + "/" + question.id), to_string(question.type),
                    question.answerable ? "yes" : "no", printable(question.text)});
  }
  terminal.out(text_table(rows, terminal));
  return Exit::ok;
}

Exit run(const Args& args, Terminal& terminal) {
  const std::string what = args.positionals().empty() ? "runs" : args.positionals()[0];
  const std::string format = args.value("format", "terminal");
  if (format != "terminal" && format != "json") {
    terminal.error(fmt::format("unknown format '{}'; list knows terminal and json", printable(format)));
    return Exit::usage;
  }
  const bool json = format == "json";
  if (what == "runs") {
    MaybeSpec loaded = load_evaluation_if_any(args, terminal);
    if (loaded.failed) return Exit::usage;
    return list_runs(args, terminal, loaded.spec ? &*loaded.spec : nullptr, json);
  }
  if (what != "systems" && what != "questions") {
    const auto guess = suggest(what, {"runs", "systems", "questions"});
    terminal.error(fmt::format("cannot list '{}'{}; it is runs, systems or questions", printable(what),
                               guess ? fmt::format(" (did you mean '{}'?)", *guess) : ""));
    return Exit::usage;
  }
  const auto spec = load_evaluation(args, terminal);
  if (!spec) return Exit::usage;
  return what == "systems" ? list_systems(*spec, terminal, json) : list_questions(*spec, terminal, json);
}

}  // namespace

const Command& command_list() {
  static const Command command{.name = "list",
                               .alias = "ls",
                               .summary = "the stored runs; or the systems or questions of eval.yaml",
                               .description = "Lists runs (newest first), systems or questions.",
                               .example =
                                   "plumb list\n"
                                   "plumb list questions\n"
                                   "plumb list systems --format json",
                               .positional = "[runs|systems|questions]",
                               .options = {format_option(), config_option(), store_option()},
                               .run = run};
  return command;
}

}  // namespace plumb
