// The loop: opens cells, waits for one thing to happen, handles it. A cell is at any time in one place only:
// with a worker, with the dispatcher, or waiting for another cell's equal request; whoever has it hands it back
// to the loop's thread, so nothing here needs a lock.
#include "engine/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <unordered_map>
#include <utility>

#include "engine/cell_work.h"
#include "engine/parts.h"
#include "engine/recent_replies.h"
#include "engine/workers.h"

namespace plumb {

namespace {

// A cell under way. While a worker has it, the loop leaves it alone.
struct Live {
  Cell cell;
  Assignment assignment;
  std::vector<HttpResponse> retrieved;
  std::vector<Passage> passages;
  AnswerRecord record;
  bool answered_before = false;  // the answer comes from the store and is not reported again
  Scoring scoring;
  std::size_t due = 0;          // replies asked for and not there yet
  std::optional<Failure> lost;  // why the cell cannot go on; acted upon when nothing is due any more
};

class EngineOnTransport final : public Engine {
 public:
  EngineOnTransport(const EvalSpec& spec, ResolvedParts parts, Transport& transport, Sink& sink, int threads)
      : spec_(spec),
        parts_(std::move(parts)),
        transport_(transport),
        sink_(sink),
        dispatcher_(transport, spec.limits, spec.seed,
                    [this](std::chrono::milliseconds wait, const std::string& why) { sink_.waiting(wait, why); }),
        workers_(threads, [&transport] { transport.wake(); }) {}

  Result<bool> run(std::vector<Task>) override;
  double cost_usd() const override { return cost_usd_; }
  void interrupt() override {
    ++interrupts_;
    transport_.wake();
  }

 private:
  using Recorded = std::function<void(AnswerRecord)>;

  void heed_limits();
  void start_draining();
  void open(Task);
  void prepare_cell(Live&);
  void ask_retrieval(Live&, std::vector<HttpRequest>);
  void ask_model(Outgoing, bool urgent, Recorded);
  void answered(Live&, AnswerRecord);
  void score(Live&);
  void ask_judges(Live&, std::vector<Outgoing>);
  void finish(Live&, const OutcomeOf&);
  void leave_empty(Live&);
  std::optional<std::vector<Passage>> stored_passages(const Live&) const;
  void heed(Status);
  bool over() const { return error_.has_value(); }

  const EvalSpec& spec_;
  const ResolvedParts parts_;
  Transport& transport_;
  Sink& sink_;
  std::atomic<int> interrupts_ = 0;

  // Of one run.
  std::unordered_map<const Live*, std::unique_ptr<Live>> live_;
  std::unordered_map<std::string, std::vector<Recorded>> in_flight_;  // by Outgoing::key: who waits for the reply
  RecentReplies recent_;                                              // by the same key
  bool draining_ = false;
  bool complete_ = true;
  std::optional<Error> error_;
  double cost_usd_ = 0.0;

  Dispatcher dispatcher_;
  Workers workers_;  // last: its threads end before what they read
};

// ---- the loop

Result<bool> EngineOnTransport::run(std::vector<Task> plan) {
  complete_ = true;
  sink_.run_started(plan.size());
  std::size_t next = 0;
  const auto open_max = static_cast<std::size_t>(std::max(1, spec_.limits.cells_open_max));
  while (!over() && interrupts_ < 2) {
    heed_limits();
    while (!draining_ && next < plan.size() && live_.size() < open_max) open(std::move(plan[next++]));
    if (live_.empty()) break;
    const bool delivered = workers_.deliver();
    if (over()) break;
    heed(dispatcher_.turn(/*may_wait=*/!delivered));
  }
  dispatcher_.abandon();
  workers_.abandon();
  complete_ = complete_ && live_.empty() && next == plan.size();
  live_.clear();
  in_flight_.clear();
  sink_.run_finished(complete_ && !over());
  if (over()) return *std::exchange(error_, std::nullopt);
  return complete_;
}

void EngineOnTransport::heed_limits() {
  const auto& cost_max = spec_.limits.cost_max_usd;
  const bool over_budget = cost_max && cost_usd_ >= *cost_max;
  if (!draining_ && (interrupts_ > 0 || over_budget)) {
    draining_ = true;
    dispatcher_.drain();
  }
}

void EngineOnTransport::heed(Status status) {
  if (!status && !error_) error_ = std::move(status).error();
}

void EngineOnTransport::open(Task task) {
  auto owned = std::make_unique<Live>();
  Live& live = *owned;
  live.cell = task.cell;
  const System& system = spec_.systems[static_cast<std::size_t>(task.cell.system)];
  Assignment& assignment = live.assignment;
  assignment.question = &spec_.questions[static_cast<std::size_t>(task.cell.question)];
  assignment.prompt = &spec_.prompt(system.prompt);
  assignment.endpoint = &parts_.endpoints.at(system.model);
  assignment.trial = task.cell.trial;
  assignment.control_seed = control_seed(spec_.seed, task.cell.trial);
  if (!assignment.question->closed_book) {
    assignment.retriever = parts_.retrievers.at({system.retrieval, assignment.question->dataset}).get();
  }
  live_.emplace(&live, std::move(owned));
  if (task.stored) {
    live.answered_before = true;
    live.record = *std::move(task.stored);
    if (auto passages = stored_passages(live)) {
      live.passages = *std::move(passages);
      return score(live);
    }
  }
  prepare_cell(live);
}

// The passages of a stored answer, from the dataset; none if the retrieval showed something that is not there.
std::optional<std::vector<Passage>> EngineOnTransport::stored_passages(const Live& live) const {
  const System& system = spec_.systems[static_cast<std::size_t>(live.cell.system)];
  const Retrieval& retrieval = spec_.retrieval(system.retrieval);
  std::vector<Passage> passages;
  for (const std::string& id : live.record.passages) {
    const Passage* passage = spec_.dataset(live.assignment.question->dataset).find_passage(id);
    if (!passage) return std::nullopt;
    passages.push_back(as_shown(*passage, retrieval));
  }
  return passages;
}

// ---- the life of a cell

void EngineOnTransport::prepare_cell(Live& live) {
  workers_.run([this, &live]() -> Workers::Then {
    auto step = prepare(live.assignment, live.retrieved);
    return [this, &live, step = std::move(step)]() mutable {
      if (over()) return;
      if (auto* ask = std::get_if<Ask<HttpRequest>>(&step)) {
        if (draining_) return leave_empty(live);
        return ask_retrieval(live, std::move(ask->requests));
      }
      if (live.answered_before) {  // asked again was the retrieval only
        if (auto* prepared = std::get_if<Prepared>(&step)) live.passages = std::move(prepared->passages);
        return score(live);
      }
      if (auto* failure = std::get_if<Failure>(&step)) {
        return answered(live, record_of("", Reply(std::move(*failure))));
      }
      auto& prepared = std::get<Prepared>(step);
      const bool to_send = std::holds_alternative<HttpRequest>(prepared.outgoing.content);
      if (draining_ && to_send) return leave_empty(live);
      live.passages = std::move(prepared.passages);
      ask_model(std::move(prepared.outgoing), false,
                [this, &live](AnswerRecord record) { answered(live, std::move(record)); });
    };
  });
}

void EngineOnTransport::ask_retrieval(Live& live, std::vector<HttpRequest> requests) {
  const std::size_t first = live.retrieved.size();
  live.retrieved.resize(first + requests.size());
  live.due = requests.size();
  for (std::size_t i = 0; i < requests.size(); ++i) {
    std::string account = origin_of(requests[i].url);
    dispatcher_.submit({.account = std::move(account), .request = std::move(requests[i])},
                       [this, &live, slot = first + i](Landing landing) {
                         if (over()) return;
                         if (landing.failure) live.lost = *std::move(landing.failure);
                         live.retrieved[slot] = std::move(landing.response);
                         if (--live.due > 0) return;
                         auto lost = std::exchange(live.lost, std::nullopt);
                         if (!lost) return prepare_cell(live);
                         if (lost->kind == Failure::Kind::cancelled) return leave_empty(live);
                         if (live.answered_before) return score(live);
                         lost->kind = Failure::Kind::retrieval;
                         answered(live, record_of("", Reply(*std::move(lost))));
                       });
  }
}

// Equal requests that come together, or soon after each other, are sent once; who came later gets the reply at
// no cost. Two members with the same prompt are common, and so are judges asked about equal answers.
void EngineOnTransport::ask_model(Outgoing outgoing, bool urgent, Recorded done) {
  if (auto* reply = std::get_if<Reply>(&outgoing.content)) {
    return done(record_of(std::move(outgoing.request_digest), std::move(*reply)));
  }
  if (const AnswerRecord* record = recent_.find(outgoing.key)) return done(*record);
  auto [waiting, first] = in_flight_.try_emplace(outgoing.key);
  waiting->second.push_back(std::move(done));
  if (!first) return;
  const Endpoint& endpoint = *outgoing.endpoint;
  Job job{.account = endpoint.account,
          .request = std::get<HttpRequest>(std::move(outgoing.content)),
          .provider = endpoint.provider,
          .urgent = urgent};
  dispatcher_.submit(std::move(job), [this, &endpoint, key = outgoing.key,
                                      digest = std::move(outgoing.request_digest)](Landing landing) {
    if (over()) return;
    const auto waiting_for_it = in_flight_.extract(key);
    AnswerRecord record = record_of(endpoint, digest, std::move(landing));
    cost_usd_ += record.cost_usd;
    AnswerRecord repeated = record;
    repeated.attempts = 0;
    repeated.cost_usd = 0.0;
    recent_.remember(key, repeated);
    const auto& recorded = waiting_for_it.mapped();
    recorded.front()(std::move(record));
    for (std::size_t i = 1; i < recorded.size() && !over(); ++i) recorded[i](repeated);
  });
}

void EngineOnTransport::answered(Live& live, AnswerRecord record) {
  const auto* failure = std::get_if<Failure>(&record.reply);
  if (failure && failure->kind == Failure::Kind::cancelled) return leave_empty(live);
  live.record = std::move(record);
  for (const Passage& passage : live.passages) live.record.passages.push_back(passage.id);
  heed(sink_.answered(live.cell, live.record));
  if (!over()) score(live);
}

void EngineOnTransport::score(Live& live) {
  if (std::holds_alternative<Failure>(live.record.reply)) {
    return finish(live, decide_outcome(*live.assignment.question, live.record.reply, {}));
  }
  workers_.run([this, &live]() -> Workers::Then {
    const Case given{*live.assignment.question, live.passages, std::get<Completion>(live.record.reply)};
    auto step = advance(parts_.scorers, spec_.scorers, given, live.scoring);
    std::vector<Outgoing> requests;
    if (const auto* ask = std::get_if<Ask<ChatRequest>>(&step)) {
      for (const ChatRequest& request : ask->requests)
        requests.push_back(outgoing(parts_.endpoints, request, live.cell.trial));
    }
    return [this, &live, step = std::move(step), requests = std::move(requests)]() mutable {
      if (over()) return;
      if (const auto* outcome = std::get_if<OutcomeOf>(&step)) return finish(live, *outcome);
      ask_judges(live, std::move(requests));
    };
  });
}

void EngineOnTransport::ask_judges(Live& live, std::vector<Outgoing> requests) {
  auto& replies = live.scoring.replies;
  const std::size_t first = replies.size();
  replies.resize(first + requests.size());
  live.due = requests.size();
  for (std::size_t i = 0; i < requests.size(); ++i) {
    ask_model(std::move(requests[i]), true, [this, &live, slot = first + i](AnswerRecord record) {
      const auto* failure = std::get_if<Failure>(&record.reply);
      if (failure && failure->kind == Failure::Kind::cancelled) live.lost = *failure;
      live.scoring.replies[slot] = std::move(record.reply);
      if (--live.due > 0) return;
      if (live.lost) return leave_empty(live);
      score(live);
    });
  }
}

void EngineOnTransport::finish(Live& live, const OutcomeOf& outcome) {
  heed(sink_.finished(live.cell, live.scoring.scores, outcome));
  live_.erase(&live);
}

// The cell is not reported, so that the next run asks again.
void EngineOnTransport::leave_empty(Live& live) {
  complete_ = false;
  live_.erase(&live);
}

}  // namespace

std::uint64_t control_seed(std::uint64_t spec_seed, int trial) {
  // SplitMix64 (Steele, Lea and Flood 2014): neighbouring trials get unrelated seeds.
  std::uint64_t z = spec_seed + (static_cast<std::uint64_t>(trial) + 1) * 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

Result<std::unique_ptr<Engine>> Engine::make(const EvalSpec& spec, Transport& transport, Sink& sink,
                                             const EngineOptions& options) {
  ResolvedParts parts = TRY(resolve_parts(spec, options));
  return std::unique_ptr<Engine>(
      std::make_unique<EngineOnTransport>(spec, std::move(parts), transport, sink, options.threads));
}

}  // namespace plumb
