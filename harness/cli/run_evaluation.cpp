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
#include "engine/engine.h"
#include "engine/plan.h"
#include "engine/transports.h"
#include "store/batch_rows.h"

namespace plumb {

namespace {

std::optional<std::string> key_of(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (!value || !*value) return std::nullopt;
  return value;
}

bool is_on_this_machine(const std::string& url) {
  return contains(url, "://localhost") || contains(url, "://127.") || contains(url, "://[::1]");
}

std::size_t grid_size(const EvalSpec& spec) {
  return spec.systems.size() * spec.questions.size() * static_cast<std::size_t>(spec.trials);
}

// Room for all accounts at their greatest; nothing is set aside for connections that are not made.
TransportOptions transport_options(const EvalSpec& spec) {
  TransportOptions options;
  options.http.connections_max = 0;
  options.needs_http = false;
  for (const Model& model : spec.models) {
    if (!model.key_env.empty()) options.programs.hidden_variables.push_back(model.key_env);
    if (model.provider == "builtin" || model.program) continue;
    options.http.connections_max += model.rates.in_flight_max.value_or(spec.limits.in_flight_max);
    options.needs_http = true;
  }
  return options;
}

RunResult stopped(Terminal& terminal, Exit exit, const std::string& why) {
  terminal.error(printable(why));
  return {exit, std::nullopt};
}

std::vector<std::string> without_known_cost(const EvalSpec& spec) {
  std::set<std::string> names;
  for (const System& system : spec.systems) {
    const Model& model = spec.model(system.model);
    const bool own = model.provider == "builtin" || model.program || is_on_this_machine(model.base_url);
    if (!own && !model.price) names.insert(model.name);
  }
  return {names.begin(), names.end()};
}

// What a reader of the bill must know; nothing where every request had its reply.
void tell_spending(const std::filesystem::path& path, const std::string& run, Terminal& terminal) {
  const auto store = Store::open(path);
  const auto spending = store ? (*store)->spending(run) : Result<Spending>(store.error());
  if (!spending || spending->unclear == 0) return;
  terminal.note(
      fmt::format("plumb: {} of {} requests went out and came to nothing, and may have been billed (at most "
                  "${:.4f}); answers that may have been paid for twice: {}",
                  spending->unclear, spending->requests, spending->unclear_usd_max, spending->paid_twice_max));
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

RunResult run_evaluation(const EvalSpec& spec, const RunSettings& settings, Terminal& terminal) {
  const std::vector<std::string> missing = missing_keys(spec);
  for (const std::string& line : missing) terminal.error(line);
  if (!missing.empty()) return {Exit::usage, std::nullopt};
  if (const auto names = without_known_cost(spec); spec.limits.cost_max_usd && !names.empty()) {
    return stopped(
        terminal, Exit::usage,
        fmt::format("no price is known for {}, so that a limit on the cost cannot hold: give {} a `price` in "
                    "eval.yaml ({{input: 0, output: 0}} where it is free), or leave the limit out",
                    fmt::join(names, ", "), names.size() == 1 ? "it" : "them"));
  }

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

  auto opened = Writer::open(settings.store, spec, wall_clock(),
                             {.fresh = settings.fresh, .cache = settings.cache, .harness_version = PLUMB_VERSION});
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

  // What lies at a vendor is waited for whether this run asks for batches or not.
  auto book = open_batch_book(settings.store, writer.run().id);
  if (!book) return stopped(terminal, Exit::environment, book.error().message);
  const auto at_vendors = (*book)->open_batches();
  if (!at_vendors) return stopped(terminal, Exit::environment, at_vendors.error().message);
  const bool uses_batches = settings.batch || !at_vendors->empty();

  const std::size_t planned = plan.size();
  const auto transport = make_transport(transport_options(spec));
  if (!transport) return stopped(terminal, Exit::environment, transport.error().message);
  Progress progress(writer, terminal, settings.quiet ? ProgressStyle::none : settings.progress);
  const unsigned threads = std::clamp(std::thread::hardware_concurrency(), 1u, 8u);
  auto engine = Engine::make(spec, **transport, progress,
                             {.threads = static_cast<int>(threads),
                              .key_of = key_of,
                              .ledger = &writer,
                              .batches = uses_batches ? book->get() : nullptr,
                              .batch = settings.batch,
                              .run = writer.run().id,
                              .spent_usd = writer.run().spent_usd});
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
  book->reset();
  const Status closed = writer.close();
  if (!complete) return stopped(terminal, Exit::environment, complete.error().message);
  if (!closed) return stopped(terminal, Exit::environment, closed.error().message);

  RunResult result{Exit::ok, writer.run()};
  if (!settings.quiet) tell_spending(settings.store, writer.run().id, terminal);
  if (!*complete && signals.received() == 0 && (*engine)->over_budget()) {
    terminal.note(fmt::format(
        "plumb: stopped at {} of {} cells: ${:.2f} of ${:.2f} are spent, and the next request might pass that; raise "
        "--max-cost or limits.cost_max_usd and run again to go on",
        progress.finished_cells(), planned, (*engine)->cost_usd(), spec.limits.cost_max_usd.value_or(0.0)));
    result.exit = Exit::budget;
  } else if (!*complete && signals.received() == 0) {
    for (const std::string& why : progress.stopped_accounts()) terminal.error(printable(why));
    terminal.note(fmt::format("plumb: {} of {} cells could not be asked; mend that and 'plumb run' goes on from there",
                              planned - progress.finished_cells(), planned));
    result.exit = Exit::incomplete;
  } else if (!*complete) {
    terminal.note(fmt::format("plumb: interrupted after {} of {} cells; 'plumb run' goes on from there",
                              progress.finished_cells(), planned));
    result.exit = Exit::interrupted;
  }
  return result;
}

}  // namespace plumb
