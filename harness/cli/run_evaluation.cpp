#include "cli/run_evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "base/text.h"
#include "cli/signals.h"
#include "domain/prompt.h"
#include "engine/curl_transport.h"
#include "engine/engine.h"
#include "engine/plan.h"

namespace plumb {

namespace {

std::optional<std::string> key_of(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (!value || !*value) return std::nullopt;
  return value;
}

std::size_t grid_size(const EvalSpec& spec) {
  return spec.systems.size() * spec.questions.size() * static_cast<std::size_t>(spec.trials);
}

RunResult stopped(Terminal& terminal, Exit exit, const std::string& why) {
  terminal.error(printable(why));
  return {exit, std::nullopt};
}

}  // namespace

std::vector<std::string> missing_keys(const EvalSpec& spec) {
  std::map<std::string, std::set<std::string>> models_of;
  for (const System& system : spec.systems) {
    const Model& model = spec.model(system.model);
    if (!model.key_env.empty() && !key_of(model.key_env)) models_of[model.key_env].insert(model.name);
  }
  std::vector<std::string> lines;
  for (const auto& [name, models] : models_of) {
    lines.push_back(fmt::format("{} is not set, and {} need{} it: export it, or leave {} out with --filter-models",
                                name, fmt::join(models, ", "), models.size() == 1 ? "s" : "",
                                models.size() == 1 ? "it" : "them"));
  }
  return lines;
}

Estimate estimate(const EvalSpec& spec) {
  Estimate total;
  total.cells = grid_size(spec);
  // About a token for four Latin letters or for one and a half syllables; answers of 150 tokens.
  constexpr int k_answer_tokens = 150;
  const auto tokens_of = [](std::string_view text) {
    double tokens = 0.0;
    for (std::size_t at = 0; at < text.size();) tokens += next_code_point(text, at) < 0x80 ? 0.25 : 0.7;
    return static_cast<std::int64_t>(tokens) + 4;
  };
  for (const System& system : spec.systems) {
    const Model& model = spec.model(system.model);
    if (model.provider == "builtin") continue;
    const Retrieval& retrieval = spec.retrieval(system.retrieval);
    std::int64_t in = 0;
    for (const Question& question : spec.questions) {
      const Dataset& dataset = spec.dataset(question.dataset);
      std::vector<Passage> passages;
      if (!question.closed_book && retrieval.retriever != "none") {
        for (const std::string& id : question.passages) {
          if (const Passage* passage = dataset.find_passage(id)) passages.push_back(*passage);
        }
      }
      for (const Message& message : render(spec.prompt(system.prompt), question, passages))
        in += tokens_of(message.text);
    }
    in *= spec.trials;
    const auto out = static_cast<std::int64_t>(spec.questions.size()) * spec.trials * k_answer_tokens;
    total.tokens_in += in;
    total.tokens_out += out;
    if (model.price) {
      total.cost_usd +=
          (static_cast<double>(in) * model.price->input_usd + static_cast<double>(out) * model.price->output_usd) / 1e6;
    } else {
      total.price_unknown = true;
    }
  }
  return total;
}

RunResult run_evaluation(const EvalSpec& spec, const RunSettings& settings, Terminal& terminal) {
  const std::vector<std::string> missing = missing_keys(spec);
  for (const std::string& line : missing) terminal.error(line);
  if (!missing.empty()) return {Exit::usage, std::nullopt};

  // Signals are taken over before any thread starts, so that all threads leave them to this one.
  std::mutex mutex;  // guards the three below: a signal is passed on exactly once, however early it came
  Engine* running = nullptr;
  int interrupts = 0;
  int passed_on = 0;
  const auto pass_on = [&] {
    for (; running && passed_on < interrupts; ++passed_on) running->interrupt();
  };
  Signals signals([&](int count) {
    const std::lock_guard lock(mutex);
    interrupts = count;
    pass_on();
  });

  auto opened = Writer::open(settings.store, spec, settings.fresh, wall_clock(), PLUMB_VERSION);
  if (!opened) return stopped(terminal, Exit::environment, opened.error().message);
  Writer& writer = **opened;
  const auto finished = writer.finished_cells();
  if (!finished) return stopped(terminal, Exit::environment, finished.error().message);
  auto unscored = writer.unscored_answers();
  if (!unscored) return stopped(terminal, Exit::environment, unscored.error().message);

  // Beyond this point the store is ours and every cell of the grid is known: done, answered, or empty.
  std::map<Cell, AnswerRecord> stored;
  for (auto& [cell, record] : *unscored) stored.emplace(cell, std::move(record));
  const std::set<Cell> done(finished->begin(), finished->end());
  std::vector<Task> plan;
  for (const Cell& cell : make_plan(spec, done)) {
    const auto it = stored.find(cell);
    plan.push_back({cell, it == stored.end() ? std::nullopt : std::optional<AnswerRecord>(std::move(it->second))});
  }
  if (!settings.quiet) {
    if (plan.empty()) {
      terminal.note(fmt::format("plumb: run {} has all {} cells already; --fresh asks everything again",
                                writer.run().id, grid_size(spec)));
    } else if (writer.resumed()) {
      terminal.note(
          fmt::format("plumb: continuing run {}: {} of {} cells left{}", writer.run().id, plan.size(), grid_size(spec),
                      stored.empty() ? "" : fmt::format(", {} of them answered and only to be scored", stored.size())));
    } else {
      terminal.note(fmt::format("plumb: run {}: {} cells", writer.run().id, plan.size()));
    }
  }

  const std::size_t planned = plan.size();
  const auto transport = make_curl_transport();
  Progress progress(writer, terminal, settings.quiet ? ProgressStyle::none : settings.progress);
  const unsigned threads = std::clamp(std::thread::hardware_concurrency(), 1u, 8u);
  auto engine = Engine::make(spec, *transport, progress, {.threads = static_cast<int>(threads), .key_of = key_of});
  if (!engine) return stopped(terminal, Exit::usage, engine.error().message);
  {
    const std::lock_guard lock(mutex);
    running = engine->get();
    pass_on();
  }
  const auto complete = (*engine)->run(std::move(plan));
  {
    const std::lock_guard lock(mutex);
    running = nullptr;
  }

  // Beyond this point nothing more is asked; what came is made durable.
  const Status closed = writer.close();
  if (!complete) return stopped(terminal, Exit::environment, complete.error().message);
  if (!closed) return stopped(terminal, Exit::environment, closed.error().message);

  RunResult result{Exit::ok, writer.run()};
  const std::optional<double> cost_max_usd = spec.limits.cost_max_usd;
  if (!*complete && signals.received() == 0 && cost_max_usd && (*engine)->cost_usd() >= *cost_max_usd) {
    terminal.note(fmt::format(
        "plumb: stopped at {} of {} cells: the budget of ${:.2f} is reached; raise limits.cost_max_usd and run "
        "again to go on",
        progress.finished_cells(), planned, *cost_max_usd));
    result.exit = Exit::budget;
  } else if (!*complete) {
    terminal.note(fmt::format("plumb: interrupted after {} of {} cells; 'plumb run' goes on from there",
                              progress.finished_cells(), planned));
    result.exit = Exit::interrupted;
  }
  return result;
}

}  // namespace plumb
