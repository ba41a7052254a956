// The loop: opens cells, waits for one thing to happen, handles it. A cell is at any time in one place only:
// with a worker, with the dispatcher, or waiting for another cell's equal request; whoever has it hands it back
// to the loop's thread, so nothing here needs a lock.
#include "engine/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <unordered_map>
#include <utility>

#include "base/digest.h"
#include "engine/batch_lane.h"
#include "engine/cell_work.h"
#include "engine/dispatcher.h"
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
  Conversation conversation;
  AnswerRecord record;
  bool answered_before = false;  // the answer comes from the store and is not reported again
  Scoring scoring;
  std::size_t due = 0;          // replies asked for and not there yet
  std::optional<Failure> lost;  // why the cell cannot go on; acted upon when nothing is due any more
};

class EngineOnTransport final : public Engine {
 public:
  EngineOnTransport(const EvalSpec& spec, ResolvedParts parts, Transport& transport, Sink& sink,
                    const EngineOptions& options)
      : spec_(spec),
        parts_(std::move(parts)),
        transport_(transport),
        sink_(sink),
        ledger_(options.ledger),
        run_(options.run),
        live_lane_(
            transport, spec.limits, spec.seed,
            {.waiting = [this](std::chrono::milliseconds wait, const std::string& why) { sink_.waiting(wait, why); },
             .stopped = [this](const std::string& why) { sink_.account_stopped(why); }},
            options.ledger, options.spent_usd),
        workers_(options.threads, [&transport] { transport.wake(); }) {
    if (ledger_) ledger_->on_durable([&transport] { transport.wake(); });
  }

  // Before the first run, where there is a book of batches.
  Status use_batches(BatchBook& book, bool gather) {
    batch_lane_ = TRY(BatchLane::make({live_lane_, transport_, live_lane_.budget(), book, ledger_},
                                      [this](const BatchCounts&, const std::string& words) { sink_.batch_told(words); },
                                      {.gather = gather}));
    return Done{};
  }

  Result<bool> run(std::vector<Task>) override;
  double cost_usd() const override { return lane().cost_usd(); }
  bool over_budget() const override { return lane().over_budget(); }
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
  void ask_model(Outgoing, const AttemptStart&, Recorded);
  void ask_next(Live&, Outgoing);
  void replied(Live&, AnswerRecord);
  void deliver(AnswerRecord);
  static bool take_own_passages(Live&);
  void answered(Live&);
  void score(Live&);
  void ask_judges(Live&, std::vector<Outgoing>);
  void finish(Live&, const OutcomeOf&);
  void leave_empty(Live&);
  std::optional<std::vector<Passage>> stored_passages(const Live&) const;
  void heed(Status);
  bool over() const { return error_.has_value(); }
  Lane& lane() { return batch_lane_ ? static_cast<Lane&>(*batch_lane_) : live_lane_; }
  const Lane& lane() const { return batch_lane_ ? static_cast<const Lane&>(*batch_lane_) : live_lane_; }

  const EvalSpec& spec_;
  const ResolvedParts parts_;
  Transport& transport_;
  Sink& sink_;
  Ledger* const ledger_;
  const std::string run_;
  std::atomic<int> interrupts_ = 0;

  // Of one run.
  std::unordered_map<const Live*, std::unique_ptr<Live>> live_;
  std::unordered_map<std::string, std::vector<Recorded>> in_flight_;  // by request key: who waits for the reply
  RecentReplies recent_;                                              // by the same key
  bool draining_ = false;
  bool complete_ = true;
  std::optional<Error> error_;

  Dispatcher live_lane_;
  std::unique_ptr<BatchLane> batch_lane_;  // null where no batches are used
  Workers workers_;                        // last: its threads end before what they read
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
    heed(lane().turn(/*may_wait=*/!delivered));
  }
  lane().abandon();
  workers_.abandon();
  complete_ = complete_ && live_.empty() && next == plan.size();
  live_.clear();
  in_flight_.clear();
  sink_.run_finished(complete_ && !over());
  if (over()) return *std::exchange(error_, std::nullopt);
  return complete_;
}

void EngineOnTransport::heed_limits() {
  if (draining_ || (interrupts_ == 0 && !lane().over_budget())) return;
  draining_ = true;
  lane().drain();
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
  assignment.tool_rounds_max = spec_.limits.tool_rounds_max;
  assignment.session =
      Digester().add(run_).add(system.digest).add(assignment.question->digest).add(task.cell.trial).hex();
  assignment.control_seed = control_seed(spec_.seed, task.cell.trial);
  if (!assignment.question->closed_book) {
    assignment.retriever = parts_.retrievers.at({system.retrieval, assignment.question->dataset}).get();
  }
  live_.emplace(&live, std::move(owned));
  if (task.stored) {
    live.answered_before = true;
    live.record = *std::move(task.stored);
    if (take_own_passages(live)) return score(live);
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
        live.record = record_of("", Reply(std::move(*failure)));
        return answered(live);
      }
      auto& prepared = std::get<Prepared>(step);
      const bool to_send = std::holds_alternative<HttpRequest>(prepared.outgoing.content);
      if (draining_ && to_send) return leave_empty(live);
      live.passages = std::move(prepared.passages);
      live.conversation = std::move(prepared.conversation);
      ask_next(live, std::move(prepared.outgoing));
    };
  });
}

// The first request of a cell waits its turn; the later ones finish what was begun.
void EngineOnTransport::ask_next(Live& live, Outgoing outgoing) {
  const AttemptStart start{.cell = live.cell, .step = live.conversation.step};
  ask_model(std::move(outgoing), start, [this, &live](AnswerRecord record) { replied(live, std::move(record)); });
}

void EngineOnTransport::replied(Live& live, AnswerRecord record) {
  fold(live.record, std::move(record));
  auto* completion = std::get_if<Completion>(&live.record.reply);
  if (!completion) return answered(live);
  if (auto whole = advance(live.conversation, std::move(*completion))) {
    live.record.reply = *std::move(whole);
    return answered(live);
  }
  workers_.run([this, &live]() -> Workers::Then {
    Outgoing next = outgoing(*live.assignment.endpoint, live.conversation.request, live.cell.trial, /*alone=*/false);
    return [this, &live, next = std::move(next)]() mutable {
      if (!over()) ask_next(live, std::move(next));
    };
  });
}

void EngineOnTransport::ask_retrieval(Live& live, std::vector<HttpRequest> requests) {
  const std::size_t first = live.retrieved.size();
  live.retrieved.resize(first + requests.size());
  live.due = requests.size();
  for (std::size_t i = 0; i < requests.size(); ++i) {
    std::string account = origin_of(requests[i].url);
    const AttemptStart start{
        .cell = live.cell, .purpose = AttemptStart::Purpose::retrieval, .step = static_cast<int>(first + i)};
    lane().submit({.account = std::move(account), .request = std::move(requests[i]), .start = start},
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
                    live.record = record_of("", Reply(*std::move(lost)));
                    answered(live);
                  });
  }
}

// Equal requests that come together, or soon after each other, are sent once; who came later gets the reply at
// no cost. Two members with the same prompt are common, and so are judges asked about equal answers.
void EngineOnTransport::ask_model(Outgoing outgoing, const AttemptStart& start, Recorded done) {
  if (auto* reply = std::get_if<Reply>(&outgoing.content)) {
    return done(record_of(std::move(outgoing.request_key), std::move(*reply)));
  }
  if (const AnswerRecord* record = recent_.find(outgoing.request_key)) return done(*record);
  auto [waiting, first] = in_flight_.try_emplace(outgoing.request_key);
  waiting->second.push_back(std::move(done));
  if (!first) return;
  const Endpoint& endpoint = *outgoing.endpoint;
  if (auto known = ledger_ ? ledger_->find_reply(outgoing.request_key) : std::nullopt) {
    if (auto record = record_of(endpoint, outgoing.request_key, *std::move(known))) return deliver(*std::move(record));
  }
  Job job{.account = endpoint.account,
          .request = std::get<HttpRequest>(std::move(outgoing.content)),
          .provider = endpoint.provider,
          .model = endpoint.model,
          .urgent = start.purpose != AttemptStart::Purpose::answer || start.step > 0,
          .start = start,
          .key = endpoint.key,
          .tokens_expected = outgoing.tokens_expected};
  job.tokens_max = outgoing.tokens_max;
  job.start.request_key = outgoing.request_key;
  lane().submit(std::move(job), [this, key = std::move(outgoing.request_key)](Landing landing) {
    if (!over()) deliver(record_of(key, std::move(landing)));
  });
}

// To all that wait for it. Whoever asked first bears the cost.
void EngineOnTransport::deliver(AnswerRecord record) {
  const auto waiting = in_flight_.extract(record.request_digest);
  AnswerRecord repeated = record;
  repeated.attempts = repeated.unclear = 0;
  repeated.cost_usd = 0.0;
  repeated.cost_known = true;
  recent_.remember(record.request_digest, repeated);
  const auto& recorded = waiting.mapped();
  recorded.front()(std::move(record));
  for (std::size_t i = 1; i < recorded.size() && !over(); ++i) recorded[i](repeated);
}

// A service that retrieves for itself is measured against what it relied on. False if it did not say.
bool EngineOnTransport::take_own_passages(Live& live) {
  const auto* completion = std::get_if<Completion>(&live.record.reply);
  if (!completion || !completion->passages) return false;
  live.passages = *completion->passages;
  return true;
}

void EngineOnTransport::answered(Live& live) {
  if (const auto* failure = std::get_if<Failure>(&live.record.reply)) {
    const bool never_asked = failure->kind == Failure::Kind::cancelled || failure->kind == Failure::Kind::over_budget;
    if (never_asked) return leave_empty(live);
  }
  take_own_passages(live);
  live.record.passages.clear();
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
    const AttemptStart start{
        .cell = live.cell, .purpose = AttemptStart::Purpose::judge, .step = static_cast<int>(first + i)};
    ask_model(std::move(requests[i]), start, [this, &live, slot = first + i](AnswerRecord record) {
      const auto* failure = std::get_if<Failure>(&record.reply);
      const bool never_asked =
          failure && (failure->kind == Failure::Kind::cancelled || failure->kind == Failure::Kind::over_budget);
      if (never_asked) live.lost = *failure;
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
  auto engine = std::make_unique<EngineOnTransport>(spec, std::move(parts), transport, sink, options);
  if (options.batches) TRY(engine->use_batches(*options.batches, options.batch));
  return std::unique_ptr<Engine>(std::move(engine));
}

}  // namespace plumb
