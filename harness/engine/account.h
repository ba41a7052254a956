// How fast one account may be asked: the concurrency it is found to bear, and when it wants quiet.
//
// An account is a rate limit as its vendor counts it: one base URL and one key. The number of requests at a
// time starts at a quarter of what its owner allows, doubles a round until the first refusal for speed, and from then
// on is found by additive increase and multiplicative decrease. The number that was refused is remembered: growth is
// quick up to just below it and patient at it, the more so the more often it was refused (after CUBIC, RFC 9438, which
// nears its last maximum in the same way). Refusals that arrive together are one episode and are cut for once. After
// two episodes without a success between them a single request at a time feels its way, so that a vendor who is shut
// for a minute is not asked a thousand times.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/transport.h"

namespace plumb {

class Account {
 public:
  // `in_flight_max`: as the owner allows, at least 1. A quarter of it at first, or 8 where that is less.
  explicit Account(int in_flight_max);

  bool may_start(Instant now) const { return in_flight_ < allowance() && quiet_until_ <= now; }
  // When may_start can become true by the passing of time alone; none if a request must end first.
  std::optional<Instant> opens_at() const;

  // `number` grows with every start in the program; it tells what was started before a cut from what came after.
  void started(std::uint64_t number);
  void ended() { --in_flight_; }
  // Only what was quick speaks for more at a time: a server that works on one request after the other also
  // succeeds, ever more slowly, until all run out of time.
  void succeeded(std::uint64_t number, bool quick);
  // The vendor said: too fast. `wait` is what it asked for, if it did; `dice` is uniform in [0, 1).
  void throttled(std::uint64_t number, Instant now, std::optional<std::chrono::milliseconds> wait, double dice);

  // No reply within the time: perhaps a server that works on one request after the other. Fewer at a time, then,
  // but no pause; it has not asked for one.
  void timed_out(std::uint64_t number);

  Instant quiet_until() const { return quiet_until_; }
  int in_flight() const { return in_flight_; }
  int limit() const { return limit_; }

 private:
  bool cut(std::uint64_t number);
  int allowance() const { return episodes_ >= 2 ? 1 : limit_; }

  int limit_max_;
  int limit_;
  int in_flight_ = 0;
  int successes_ = 0;  // since the limit last moved
  int ceiling_;        // the number at a time that was refused last; beyond the maximum if none was
  int patience_;       // rounds of success before the ceiling is tried again
  int episodes_ = 0;   // of refusal since the last success
  bool cut_ever_ = false;
  std::uint64_t last_number_ = 0;
  std::uint64_t cut_after_ = 0;  // what was started up to here says nothing about the limit now
  Instant quiet_until_{0};
};

}  // namespace plumb
