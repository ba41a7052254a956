// What waits for one account, and when the next of it may start: its concurrency, its limits a minute, its
// allowance of retries, whether anything answers at all, and whether it can work.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domain/spec.h"
#include "engine/account.h"
#include "engine/breaker.h"
#include "engine/pacing.h"
#include "engine/pending.h"
#include "engine/reading.h"
#include "engine/retry_budget.h"

namespace plumb {

class AccountQueue {
 public:
  // `name`: as people know the account.
  AccountQueue(std::string name, const RateLimits&, const Limits&);

  void add(PendingPtr);
  // Ahead of its kind.
  void put_back(PendingPtr);
  // Its wait is over. It goes ahead of its kind, or where the account's retries are used up, waits until successes
  // have restored them; meanwhile one at a time is let through when nothing else of the account is going on.
  void retry(PendingPtr);
  bool empty() const { return urgent_.empty() && ready_.empty() && starved_.empty(); }
  // All that waits, or only what is not urgent.
  std::vector<PendingPtr> take_all(bool urgent_too);

  // Who may start now, as far as the account is concerned; null if none.
  const Pending* next(Instant now);
  // next() takes its place. Then it is sent, or gives its place back.
  PendingPtr take(Instant now, std::uint64_t number);
  bool may_send(Instant now) const;
  void sent(Pending&, Instant now);
  void unsent(const Pending&);
  // Sent, and nobody waits for it any more.
  void dropped() { account_.ended(); }
  // A reply is there that may ask for quiet, and is not read yet: nothing starts before it is.
  void hold() { ++holds_; }
  void release() { --holds_; }

  // What came of it. Its place is free.
  void heed(const Pending&, const Reading&, Instant now, double dice);

  // When next() may come to have one by the passing of time; none if something must happen first.
  std::optional<Instant> opens_at(Instant now);
  // Nothing starts before this, by the vendor's wish or for want of any answer.
  Instant quiet_until() const { return std::max(account_.quiet_until(), breaker_.until()); }

  const std::string& name() const { return name_; }
  const RateLimits& rates() const { return rates_; }
  // Why no request of the account can work.
  const std::optional<Failure>& stopped() const { return stopped_; }
  void stop(const Failure& why) { stopped_ = why; }

  Instant told_until{0};  // a wait up to here has been told

 private:
  std::deque<PendingPtr>& kind_of(const Pending& pending) { return pending.job.urgent ? urgent_ : ready_; }
  std::deque<PendingPtr>& front_kind() { return urgent_.empty() ? ready_ : urgent_; }
  void feed_starved();
  void correct_tokens(const Pending&, const Usage&);
  void count_refusals(const Pending&, const Reading&);

  std::string name_;
  RateLimits rates_;
  std::chrono::milliseconds slow_;  // a reply that took longer does not speak for more at a time
  Account account_;
  std::optional<Pace> requests_, tokens_;
  RetryBudget retries_;
  Breaker breaker_;
  int holds_ = 0;
  int denied_ = 0;      // in a row
  int distrusted_ = 0;  // in a row
  std::optional<Failure> stopped_;
  std::deque<PendingPtr> urgent_, ready_;
  std::deque<PendingPtr> starved_;  // retries that the allowance does not cover
};

}  // namespace plumb
