#include "engine/dispatcher.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "domain/cost.h"
#include "engine/patience.h"

namespace plumb {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds k_idle_wait{60'000};
constexpr milliseconds k_worth_telling{1'000};

// A refusal for speed: what it asks for must be read before anything else is sent.
bool may_ask_for_quiet(const HttpResponse& response) {
  return response.status == 429 || response.status == 529 || response.headers.contains("retry-after");
}

// "https://host/v1|KEY_ENV" as people know it.
std::string name_of(const std::string& account) { return account.substr(0, account.find('|')); }

Landing landing_of(const Pending& pending) {
  Landing landing;
  landing.attempts = pending.sent;
  landing.unclear = pending.unclear;
  landing.attempt = pending.last_attempt;
  landing.cost_usd = pending.cost_usd;
  landing.cost_known = pending.cost_known;
  return landing;
}

}  // namespace

Dispatcher::Dispatcher(Transport& transport, const Limits& limits, std::uint64_t seed, News news, Ledger* ledger,
                       double spent_usd)
    : transport_(transport),
      limits_(limits),
      news_(std::move(news)),
      wire_(transport, ledger),
      budget_(limits.cost_max_usd, spent_usd),
      random_(seed) {}

Dispatcher::~Dispatcher() = default;

// The models of one account share its pace, unless their owner says that they have limits of their own.
AccountQueue& Dispatcher::queue_for(const Job& job) {
  static const RateLimits k_unknown;
  const RateLimits& rates = job.model ? job.model->rates : k_unknown;
  auto& queues = queues_of_[job.account];
  for (AccountQueue* queue : queues) {
    if (queue->rates() == rates) return *queue;
  }
  queues_.push_back(std::make_unique<AccountQueue>(job.account, rates, limits_));
  if (!queues.empty() && queues.front()->stopped()) queues_.back()->stop(*queues.front()->stopped());
  queues.push_back(queues_.back().get());
  return *queues.back();
}

void Dispatcher::submit(Job job, Landed landed) {
  auto pending = std::make_unique<Pending>();
  pending->queue = &queue_for(job);
  pending->job = std::move(job);
  pending->landed = std::move(landed);
  AccountQueue& queue = *pending->queue;
  queue.add(std::move(pending));
}

Status Dispatcher::turn(bool may_wait) {
  if (broken_) return *broken_;
  const std::uint64_t landings = landings_;
  end_hopeless();
  TRY(heed(launch()));
  TRY(heed(settle()));
  const bool idle = landings == landings_;
  const Instant deadline = may_wait && idle ? next_deadline() : transport_.now();
  TRY(heed(wire_.wait(deadline, [](const Pending& pending) {
    if (may_ask_for_quiet(pending.end.response)) pending.queue->hold();
  })));
  return heed(settle());
}

// What can no longer be written down must not be sent, and what is on its way is called back.
Status Dispatcher::heed(Status status) {
  if (status || broken_) return status;
  broken_ = status.error();
  abandon();
  return status;
}

Instant Dispatcher::next_deadline() {
  const Instant now = transport_.now();
  Instant deadline = now + k_idle_wait;
  if (!resting_.empty()) deadline = std::min(deadline, resting_.begin()->first);
  const bool for_money = limits_.cost_max_usd && !budget_.settled();  // then something in flight must end first
  for (const auto& queue : queues_) {
    const auto opens = queue->opens_at(now);
    if (opens && !(for_money && *opens <= now)) deadline = std::min(deadline, *opens);
  }
  return std::max(deadline, now);
}

// ---- the way of a request

Status Dispatcher::launch() {
  const Instant now = transport_.now();
  while (!resting_.empty() && resting_.begin()->first <= now) {
    PendingPtr pending = std::move(resting_.extract(resting_.begin()).mapped());
    AccountQueue& queue = *pending->queue;
    queue.retry(std::move(pending));
  }
  bool too_dear = false;
  for (const auto& queue : queues_) {
    while (const Pending* next = queue->next(now)) {
      const double most_usd = cost_at_most(next->job);
      if (!budget_.fits(most_usd)) {
        too_dear = true;
        break;
      }
      PendingPtr pending = queue->take(now, next_number_++);
      pending->held_usd = most_usd;
      budget_.hold(most_usd);
      TRY(wire_.begin(std::move(pending)));
    }
  }
  // With nothing in flight no money comes back any more.
  if (too_dear && budget_.settled()) {
    over_budget_ = true;
    end_hopeless();
  }
  return Done{};
}

Status Dispatcher::settle() {
  // Ends first: what they say decides what is sent.
  auto ended = TRY(wire_.ended());
  for (PendingPtr& pending : ended) land(std::move(pending));
  std::vector<PendingPtr> held_up;
  auto started = TRY(wire_.started());
  for (PendingPtr& pending : started) TRY(send(std::move(pending), held_up));
  for (auto pending = held_up.rbegin(); pending != held_up.rend(); ++pending) {
    AccountQueue& queue = *(*pending)->queue;
    queue.put_back(std::move(*pending));
  }
  return Done{};
}

Status Dispatcher::send(PendingPtr pending, std::vector<PendingPtr>& held_up) {
  const Instant now = transport_.now();
  const auto unwanted = why_unwanted(*pending);
  if (!unwanted && pending->queue->may_send(now)) {
    pending->queue->sent(*pending, now);
    wire_.send(std::move(pending), limits_.request_timeout);
    return Done{};
  }
  TRY(unsend(*pending));
  if (unwanted) {
    cancel(std::move(pending), *unwanted);
  } else {
    held_up.push_back(std::move(pending));  // the vendor asked for quiet while the start was being written
  }
  return Done{};
}

Status Dispatcher::unsend(Pending& pending) {
  pending.queue->unsent(pending);
  budget_.settle(std::exchange(pending.held_usd, 0.0), 0.0);
  return wire_.unsend(pending);
}

// What it cost. Where that cannot be known, what was held back for it counts against the limit.
void Dispatcher::charge(Pending& pending, const Reading& reading) {
  const bool answered = reading.kind == Reading::Kind::answered;
  const bool may_be_billed = answered || reading.kind == Reading::Kind::unclear;
  const double held_usd = std::exchange(pending.held_usd, 0.0);
  const Model* model = pending.job.model;
  std::optional<double> cost;
  if (!may_be_billed || pending.job.errand) cost = 0.0;
  if (answered && model && reading.completion) cost = cost_of(model->price, reading.completion->usage);
  budget_.settle(held_usd, cost.value_or(held_usd));
  pending.cost_usd += cost.value_or(0.0);
  pending.cost_known = pending.cost_known && cost.has_value();
}

void Dispatcher::land(PendingPtr pending) {
  using Kind = Reading::Kind;
  AccountQueue& queue = *pending->queue;
  HttpResponse& response = pending->end.response;
  Reading reading = read(response, pending->job.provider, pending->job.model);
  const bool had_stopped = queue.stopped().has_value();
  if (may_ask_for_quiet(response)) queue.release();
  queue.heed(*pending, reading, transport_.now(), dice());
  charge(*pending, reading);
  if (queue.stopped() && !had_stopped) stop_account(queue);
  tell_waiting(queue, reading.failure.message);
  if (reading.kind == Kind::throttled) ++pending->throttled;
  if (reading.kind == Kind::unclear) ++pending->unclear;

  const bool ask_again = is_asked_again(*pending, reading, limits_);
  const auto unwanted = ask_again ? why_unwanted(*pending) : std::nullopt;
  if (ask_again && !unwanted) return rest(std::move(pending), reading);

  Landing landing = landing_of(*pending);
  landing.response = std::move(response);
  if (reading.kind == Kind::answered) {
    landing.completion = std::move(reading.completion);
  } else {
    if (unwanted) reading.failure.kind = unwanted->kind;
    if (pending->unclear > 0) reading.failure.message += " (may have been billed)";
    landing.failure = std::move(reading.failure);
  }
  ++landings_;
  pending->landed(std::move(landing));
}

void Dispatcher::rest(PendingPtr pending, const Reading& reading) {
  const Instant due = transport_.now() + rest_before_retry(*pending, reading, dice());
  pending->retry_cost = retry_cost(reading);
  pending->end = {};
  resting_.emplace(due, std::move(pending));
}

// ---- what is not sent any more

std::optional<Failure> Dispatcher::why_unwanted(const Pending& pending) const {
  if (const auto& stopped = pending.queue->stopped()) return Failure{Failure::Kind::cancelled, 0, stopped->message};
  if (over_budget_) {
    return Failure{Failure::Kind::over_budget, 0,
                   fmt::format("would have cost more than ${:.2f}", limits_.cost_max_usd.value_or(0.0))};
  }
  if (draining_ && !pending.job.urgent) return Failure{Failure::Kind::cancelled, 0, "cancelled"};
  return std::nullopt;
}

void Dispatcher::cancel(PendingPtr pending, const Failure& why) {
  Landing landing = landing_of(*pending);
  landing.failure = why;
  ++landings_;
  pending->landed(std::move(landing));
}

template <class Wanted>
std::vector<PendingPtr> Dispatcher::take_resting(const Wanted& wanted) {
  std::vector<PendingPtr> taken;
  for (auto it = resting_.begin(); it != resting_.end();) {
    const bool hit = wanted(*it->second);
    if (hit) taken.push_back(std::move(it->second));
    it = hit ? resting_.erase(it) : std::next(it);
  }
  return taken;
}

void Dispatcher::end_hopeless() {
  if (!any_stopped_ && !over_budget_) return;
  std::vector<PendingPtr> all =
      take_resting([this](const Pending& pending) { return why_unwanted(pending).has_value(); });
  for (const auto& queue : queues_) {
    if (!over_budget_ && !queue->stopped()) continue;
    for (PendingPtr& pending : queue->take_all(/*urgent_too=*/true)) all.push_back(std::move(pending));
  }
  for (PendingPtr& pending : all) {
    const Failure why = *why_unwanted(*pending);
    cancel(std::move(pending), why);
  }
}

void Dispatcher::stop_account(const AccountQueue& stopped) {
  any_stopped_ = true;
  for (AccountQueue* queue : queues_of_[stopped.name()]) {
    if (!queue->stopped()) queue->stop(*stopped.stopped());
  }
  if (news_.stopped) news_.stopped(name_of(stopped.name()) + ": " + stopped.stopped()->message);
}

void Dispatcher::tell_waiting(AccountQueue& queue, const std::string& why) {
  const milliseconds wait = queue.quiet_until() - transport_.now();
  if (wait <= k_worth_telling || queue.quiet_until() <= queue.told_until || queue.stopped()) return;
  queue.told_until = queue.quiet_until();
  if (news_.waiting) news_.waiting(wait, why);
}

void Dispatcher::drain() {
  draining_ = true;
  auto all = take_resting([](const Pending& pending) { return !pending.job.urgent; });
  for (const auto& queue : queues_) {
    for (PendingPtr& pending : queue->take_all(/*urgent_too=*/false)) all.push_back(std::move(pending));
  }
  for (PendingPtr& pending : all) cancel(std::move(pending), {Failure::Kind::cancelled, 0, "cancelled"});
}

void Dispatcher::abandon() {
  using Stage = RecordedTransport::Stage;
  wire_.abandon([this](Pending& pending, Stage stage) {
    if (stage != Stage::begun) return drop(pending, stage == Stage::came);
    // Where the ledger failed, the start stays without an end, and counts as one that may have been sent.
    if (broken_) pending.attempt = 0;
    if (const Status written = unsend(pending); !written) broken_ = written.error();
  });
  resting_.clear();
  for (const auto& queue : queues_) queue->take_all(/*urgent_too=*/true);
}

// Nobody waits for it any more; it may have been worked on all the same.
void Dispatcher::drop(Pending& pending, bool came) {
  if (came && may_ask_for_quiet(pending.end.response)) pending.queue->release();
  pending.queue->dropped();
  const double held_usd = std::exchange(pending.held_usd, 0.0);
  budget_.settle(held_usd, held_usd);
}

}  // namespace plumb
