#include "engine/dispatcher.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace plumb {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds k_idle_wait{60'000};
constexpr milliseconds k_backoff_throttled{1'000};
constexpr milliseconds k_backoff_transient{250};
constexpr milliseconds k_backoff_max{60'000};
constexpr int k_doublings_max = 16;
constexpr milliseconds k_retry_after_max{600'000};
constexpr milliseconds k_worth_telling{1'000};
constexpr int k_throttles_max = 12;  // a minute's window is outwaited by six that double from a second
constexpr int k_ambiguous_max = 2;
constexpr int k_slow_share = 4;  // a reply that took a quarter of the time allowed is slow

bool is_success(const HttpResponse& response) { return response.status >= 200 && response.status < 300; }

// Sent whole, and no complete reply: it may have been worked on. A gateway that gave up is the same.
bool is_ambiguous(const HttpResponse& response) {
  if (response.status == 0) return response.sent;
  return response.status == 504 || response.status == 524 || (is_success(response) && response.body.empty());
}

Retry judge(const HttpResponse& response, const Provider* provider) {
  if (is_success(response)) {  // but broken: what is above the cap or garbled comes again the same
    const bool lost = response.error.empty() && response.body.empty();
    return {lost ? Retry::Kind::transient : Retry::Kind::give_up, std::nullopt};
  }
  Retry retry = provider ? provider->classify(response) : classify_http(response);
  if (retry.after) retry.after = std::clamp(*retry.after, milliseconds(0), k_retry_after_max);
  return retry;
}

std::string words_of(const HttpResponse& response, const Provider* provider) {
  if (is_success(response)) return response.error.empty() ? "an empty reply" : response.error;
  return provider ? provider->error_message(response) : describe_http_error(response);
}

Failure::Kind kind_of(const HttpResponse& response, Retry::Kind retry) {
  if (is_success(response)) return Failure::Kind::malformed;
  if (retry == Retry::Kind::throttled) return Failure::Kind::throttled;
  if (retry == Retry::Kind::give_up || retry == Retry::Kind::stop) return Failure::Kind::rejected;
  return response.timed_out || response.status == 408 || response.status == 504 ? Failure::Kind::timeout
                                                                                : Failure::Kind::network;
}

// Uniform below a ceiling that doubles with every failure: clients that failed together come back apart.
milliseconds full_jitter(milliseconds base, int failures, double dice) {
  const milliseconds ceiling = std::min(k_backoff_max, base * (1 << std::min(failures - 1, k_doublings_max)));
  return milliseconds(static_cast<milliseconds::rep>(dice * static_cast<double>(ceiling.count())));
}

}  // namespace

struct Dispatcher::Attempt {
  Job job;
  Landed landed;
  Lane* lane = nullptr;
  int sent = 0;
  int throttled = 0;  // of those sent
  int ambiguous = 0;  // of those sent
};

// What waits for one account.
struct Dispatcher::Lane {
  Account account;
  std::deque<AttemptPtr> urgent;
  std::deque<AttemptPtr> ready;
  std::optional<Failure> stopped;  // why no request of this account can work
  Instant told_until{0};           // a wait up to here has been told

  bool empty() const { return urgent.empty() && ready.empty(); }
  std::deque<AttemptPtr>& queue_of(const Attempt& attempt) { return attempt.job.urgent ? urgent : ready; }
};

Dispatcher::Dispatcher(Transport& transport, const Limits& limits, std::uint64_t seed, Waiting waiting, Ledger* ledger)
    : transport_(transport), limits_(limits), waiting_(std::move(waiting)), ledger_(ledger), random_(seed) {}

bool Dispatcher::over_budget() const { return limits_.cost_max_usd && cost_usd_ >= *limits_.cost_max_usd; }

Dispatcher::~Dispatcher() = default;

void Dispatcher::submit(Job job, Landed landed) {
  auto& lane = lanes_[job.account];
  if (!lane) lane = std::make_unique<Lane>(Lane{.account = Account(limits_.in_flight_max)});
  auto attempt = std::make_unique<Attempt>();
  attempt->job = std::move(job);
  attempt->landed = std::move(landed);
  attempt->lane = lane.get();
  auto& queue = lane->queue_of(*attempt);
  queue.push_back(std::move(attempt));
}

Status Dispatcher::turn(bool may_wait) {
  const bool failed = any_stopped_ && fail_stopped();
  launch();
  const Instant deadline = may_wait && !failed ? next_deadline() : transport_.now();
  for (Transfer& transfer : transport_.wait(deadline)) land(std::move(transfer));
  return Done{};
}

Instant Dispatcher::next_deadline() const {
  const Instant now = transport_.now();
  Instant deadline = now + k_idle_wait;
  if (!resting_.empty()) deadline = std::min(deadline, resting_.begin()->first);
  for (const auto& [name, lane] : lanes_) {
    if (lane->empty()) continue;
    if (lane->stopped) return now;
    if (const auto opens = lane->account.opens_at()) deadline = std::min(deadline, *opens);
  }
  return std::max(deadline, now);
}

void Dispatcher::launch() {
  const Instant now = transport_.now();
  while (!resting_.empty() && resting_.begin()->first <= now) {
    AttemptPtr attempt = std::move(resting_.extract(resting_.begin()).mapped());
    auto& queue = attempt->lane->queue_of(*attempt);
    queue.push_front(std::move(attempt));
  }
  for (auto& [name, lane] : lanes_) {
    while (!lane->stopped && !lane->empty() && lane->account.may_start(now)) {
      auto& queue = lane->urgent.empty() ? lane->ready : lane->urgent;
      AttemptPtr attempt = std::move(queue.front());
      queue.pop_front();
      const std::uint64_t number = next_number_++;
      lane->account.started(number);
      ++attempt->sent;
      transport_.start(number, attempt->job.request, limits_.request_timeout);
      in_flight_.emplace(number, std::move(attempt));
    }
  }
}

bool Dispatcher::fail_stopped() {
  std::vector<AttemptPtr> all;
  for (auto it = resting_.begin(); it != resting_.end();) {
    const bool hit = it->second->lane->stopped.has_value();
    if (hit) all.push_back(std::move(it->second));
    it = hit ? resting_.erase(it) : std::next(it);
  }
  for (auto& [name, lane] : lanes_) {
    if (!lane->stopped) continue;
    for (auto& attempt : std::exchange(lane->urgent, {})) all.push_back(std::move(attempt));
    for (auto& attempt : std::exchange(lane->ready, {})) all.push_back(std::move(attempt));
  }
  for (const AttemptPtr& attempt : all) attempt->landed({.failure = attempt->lane->stopped, .attempts = attempt->sent});
  return !all.empty();
}

void Dispatcher::land(Transfer transfer) {
  auto node = in_flight_.extract(transfer.id);
  if (node.empty()) return;  // cancelled while it was on its way
  AttemptPtr attempt = std::move(node.mapped());
  Lane& lane = *attempt->lane;
  HttpResponse& response = transfer.response;
  lane.account.ended();

  if (is_success(response) && response.error.empty() && !response.body.empty()) {
    lane.account.succeeded(transfer.id, response.latency <= limits_.request_timeout / k_slow_share);
    return attempt->landed({.response = std::move(response), .attempts = attempt->sent});
  }

  const Provider* provider = attempt->job.provider;
  const Retry retry = judge(response, provider);
  const Instant now = transport_.now();
  const bool throttled = retry.kind == Retry::Kind::throttled;
  if (throttled) {
    ++attempt->throttled;
    lane.account.throttled(transfer.id, now, retry.after, dice());
    tell_waiting(lane, words_of(response, provider));
  }
  if (response.timed_out && response.sent) lane.account.timed_out(transfer.id);
  if (is_ambiguous(response)) ++attempt->ambiguous;

  Failure failure{kind_of(response, retry.kind), response.status, words_of(response, provider)};
  if (attempt->ambiguous > 0) failure.message += " (may have been billed)";
  if (retry.kind == Retry::Kind::stop && !lane.stopped) {
    lane.stopped = failure;
    any_stopped_ = true;
  }
  const bool refused = retry.kind == Retry::Kind::give_up || retry.kind == Retry::Kind::stop;
  const bool spent =
      throttled ? attempt->throttled >= k_throttles_max
                : attempt->sent - attempt->throttled >= limits_.attempts_max || attempt->ambiguous >= k_ambiguous_max;
  if (!refused && !spent && draining_ && !attempt->job.urgent) failure.kind = Failure::Kind::cancelled;
  if (refused || spent || failure.kind == Failure::Kind::cancelled) {
    return attempt->landed({.response = std::move(response), .failure = std::move(failure), .attempts = attempt->sent});
  }
  const bool slow = throttled || response.status == 503;
  const int failures = throttled ? attempt->throttled : attempt->sent - attempt->throttled;
  const milliseconds jitter = full_jitter(slow ? k_backoff_throttled : k_backoff_transient, failures, dice());
  resting_.emplace(now + retry.after.value_or(milliseconds(0)) + jitter, std::move(attempt));
}

void Dispatcher::tell_waiting(Lane& lane, const std::string& why) {
  const milliseconds wait = lane.account.quiet_until() - transport_.now();
  if (wait <= k_worth_telling || lane.account.quiet_until() <= lane.told_until) return;
  lane.told_until = lane.account.quiet_until();
  if (waiting_) waiting_(wait, why);
}

void Dispatcher::drain() {
  draining_ = true;
  std::vector<AttemptPtr> all;
  for (auto it = resting_.begin(); it != resting_.end();) {
    const bool hit = !it->second->job.urgent;
    if (hit) all.push_back(std::move(it->second));
    it = hit ? resting_.erase(it) : std::next(it);
  }
  for (auto& [name, lane] : lanes_) {
    for (auto& attempt : std::exchange(lane->ready, {})) all.push_back(std::move(attempt));
  }
  for (const AttemptPtr& attempt : all) {
    attempt->landed({.failure = Failure{Failure::Kind::cancelled, 0, "cancelled"}, .attempts = attempt->sent});
  }
}

void Dispatcher::abandon() {
  for (auto& [number, attempt] : in_flight_) {
    transport_.cancel(number);
    attempt->lane->account.ended();
  }
  in_flight_.clear();
  resting_.clear();
  for (auto& [name, lane] : lanes_) {
    lane->urgent.clear();
    lane->ready.clear();
  }
}

}  // namespace plumb
