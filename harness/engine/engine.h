// Runs a plan: takes each cell from question to outcome and tells the sink what happened.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/sink.h"
#include "domain/spec.h"
#include "engine/plan.h"
#include "engine/transport.h"

namespace plumb {

class BatchBook;
class Control;
class Ledger;
class Provider;
class RetrieverKind;
class Scorer;

// What the names in a spec stand for. An empty function means the registry; only tests bring their own.
struct Parts {
  std::function<const Provider*(std::string_view)> provider;
  std::function<const RetrieverKind*(std::string_view)> retriever;
  std::function<const Scorer*(std::string_view)> scorer;
  std::function<const Control*(std::string_view)> control;
};

// What a control is given for a trial: equal for every question and control of it.
std::uint64_t control_seed(std::uint64_t spec_seed, int trial);

struct EngineOptions {
  // For retrieval, controls, local models and scorers; 0 runs them on the engine's thread, in a fixed order.
  int threads = 0;
  // The key behind a Model::key_env; none if the variable is not set. Called by make, once a variable.
  std::function<std::optional<std::string>(const std::string& key_env)> key_of;
  Ledger* ledger = nullptr;      // null: nothing is written down before it is sent; outlives the engine
  BatchBook* batches = nullptr;  // what is known of batches at vendors; null: none are used; outlives the engine
  bool batch = false;            // with a book: send through batch interfaces; else only wait for what is in the book
  std::string run;               // its name: part of what makes a conversation's session its own
  double spent_usd = 0.0;        // by this run before, against Limits::cost_max_usd
  Parts parts;
};

class Engine {
 public:
  // The spec, the transport and the sink outlive the engine. Fails when a retrieval cannot be prepared, naming
  // it, or when the spec names a part that does not exist.
  static Result<std::unique_ptr<Engine>> make(const EvalSpec&, Transport&, Sink&, const EngineOptions&);
  virtual ~Engine() = default;

  // True if every cell was taken to its end, whatever the answers were worth; false if some were left empty,
  // because of interrupt() or because Limits::cost_max_usd was reached. Cells left empty are not reported.
  // An error is the sink's: the run stopped because something could not be stored.
  virtual Result<bool> run(std::vector<Task> plan) = 0;

  // What the run has cost so far, the scorers' questions and what was spent before included, as far as prices are
  // known.
  virtual double cost_usd() const = 0;
  // Cells were left empty because more would have cost more than Limits::cost_max_usd.
  virtual bool over_budget() const = 0;

  // Any thread. Once: start nothing more, finish what is in flight. Twice: cancel that too.
  virtual void interrupt() = 0;
};

}  // namespace plumb
