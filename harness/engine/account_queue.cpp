#include "engine/account_queue.h"

#include <algorithm>
#include <utility>

namespace plumb {

namespace {

constexpr int k_slow_share = 4;  // a reply that took a quarter of the time allowed is slow
constexpr int k_denied_max = 2;
constexpr int k_distrusted_max = 3;

void move_all(std::deque<PendingPtr>& from, std::vector<PendingPtr>& to) {
  for (auto& pending : std::exchange(from, {})) to.push_back(std::move(pending));
}

}  // namespace

AccountQueue::AccountQueue(std::string name, const RateLimits& rates, const Limits& limits)
    : name_(std::move(name)),
      rates_(rates),
      slow_(limits.request_timeout / k_slow_share),
      account_(rates.in_flight_max.value_or(limits.in_flight_max)) {
  if (rates.requests_per_minute) requests_.emplace(*rates.requests_per_minute);
  if (rates.tokens_per_minute) tokens_.emplace(*rates.tokens_per_minute);
}

// ---- what waits

void AccountQueue::add(PendingPtr pending) {
  auto& kind = kind_of(*pending);
  kind.push_back(std::move(pending));
}

void AccountQueue::put_back(PendingPtr pending) {
  auto& kind = kind_of(*pending);
  kind.push_front(std::move(pending));
}

void AccountQueue::retry(PendingPtr pending) {
  if (starved_.empty() && retries_.pay(pending->retry_cost)) return put_back(std::move(pending));
  starved_.push_back(std::move(pending));
}

void AccountQueue::feed_starved() {
  while (!starved_.empty()) {
    const bool idle = account_.in_flight() == 0 && urgent_.empty() && ready_.empty();
    if (!retries_.pay(starved_.front()->retry_cost) && !idle) return;
    put_back(std::move(starved_.front()));
    starved_.pop_front();
  }
}

std::vector<PendingPtr> AccountQueue::take_all(bool urgent_too) {
  std::vector<PendingPtr> all;
  move_all(ready_, all);
  if (urgent_too) move_all(urgent_, all);
  for (auto& pending : std::exchange(starved_, {})) {
    auto& where = urgent_too || !pending->job.urgent ? all.emplace_back() : starved_.emplace_back();
    where = std::move(pending);
  }
  return all;
}

// ---- starting

const Pending* AccountQueue::next(Instant now) {
  feed_starved();
  if ((urgent_.empty() && ready_.empty()) || stopped_ || holds_ > 0) return nullptr;
  if (!account_.may_start(now) || !breaker_.may_start(now, account_.in_flight())) return nullptr;
  const Pending& pending = *front_kind().front();
  if (requests_ && requests_->opens_at(now, 1) > now) return nullptr;
  if (tokens_ && tokens_->opens_at(now, pending.job.tokens_expected) > now) return nullptr;
  return &pending;
}

PendingPtr AccountQueue::take(Instant now, std::uint64_t number) {
  auto& kind = front_kind();
  PendingPtr pending = std::move(kind.front());
  kind.pop_front();
  pending->number = number;
  account_.started(number);
  if (requests_) requests_->take(now, 1);
  if (tokens_) tokens_->take(now, pending->job.tokens_expected);
  return pending;
}

bool AccountQueue::may_send(Instant now) const {
  return !stopped_ && holds_ == 0 && account_.quiet_until() <= now && breaker_.may_start(now, account_.in_flight() - 1);
}

void AccountQueue::sent(Pending& pending, Instant now) {
  if (requests_) pending.requests_slot = requests_->sent(now, 1);
  if (tokens_) pending.tokens_slot = tokens_->sent(now, pending.job.tokens_expected);
}

void AccountQueue::unsent(const Pending& pending) {
  account_.ended();
  if (requests_) requests_->give_back(1);
  if (tokens_) tokens_->give_back(pending.job.tokens_expected);
}

std::optional<Instant> AccountQueue::opens_at(Instant now) {
  if ((urgent_.empty() && ready_.empty()) || holds_ > 0) return std::nullopt;
  if (stopped_) return now;
  if (!breaker_.may_start(std::max(now, breaker_.until()), account_.in_flight())) return std::nullopt;
  auto opens = account_.opens_at();
  if (!opens) return std::nullopt;
  const Instant from = std::max({now, *opens, breaker_.until()});
  Instant at = from;
  if (requests_) at = std::max(at, requests_->opens_at(now, 1));
  if (tokens_) at = std::max(at, tokens_->opens_at(now, front_kind().front()->job.tokens_expected));
  return at;
}

// ---- what came of it

void AccountQueue::correct_tokens(const Pending& pending, const Usage& usage) {
  if (!tokens_ || !usage.tokens_in || !usage.tokens_out) return;
  tokens_->correct(pending.tokens_slot, *usage.tokens_in + *usage.tokens_out - pending.job.tokens_expected);
}

// Once may be about one input; again and again is about the account.
void AccountQueue::count_refusals(const Pending& pending, const Reading& reading) {
  using Kind = Reading::Kind;
  const HttpResponse& response = pending.end.response;
  const bool answered = reading.kind == Kind::answered || (reading.kind == Kind::refused && response.status != 0);
  denied_ = reading.kind == Kind::denied ? denied_ + 1 : answered ? 0 : denied_;
  distrusted_ = response.distrusted ? distrusted_ + 1 : answered ? 0 : distrusted_;
  const bool cannot_work = reading.kind == Kind::stop || denied_ >= k_denied_max || distrusted_ >= k_distrusted_max;
  if ((cannot_work || breaker_.hopeless()) && !stopped_) stopped_ = reading.failure;
}

void AccountQueue::heed(const Pending& pending, const Reading& reading, Instant now, double dice) {
  using Kind = Reading::Kind;
  const HttpResponse& response = pending.end.response;
  account_.ended();
  if (response.status != 0) {
    breaker_.answered();
  } else {
    breaker_.silent(now);
  }
  count_refusals(pending, reading);
  const bool too_fast = reading.kind == Kind::throttled || reading.failure.kind == Failure::Kind::throttled;
  if (reading.kind == Kind::answered) {
    account_.succeeded(pending.number, response.latency <= slow_);
    retries_.succeeded(pending.retry_cost);
    if (reading.completion) correct_tokens(pending, reading.completion->usage);
  } else if (too_fast) {
    account_.throttled(pending.number, now, reading.after, dice);
  } else if (response.timed_out && response.sent) {
    account_.timed_out(pending.number);
  }
}

}  // namespace plumb
