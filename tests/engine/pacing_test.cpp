#include "engine/pacing.h"

#include <doctest/doctest.h>

#include <random>
#include <vector>

namespace plumb {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds k_minute{60'000};

struct Sent {
  Instant at;
  std::int64_t amount;
};

// What the fullest minute held, wherever it began.
std::int64_t fullest_minute(const std::vector<Sent>& all) {
  std::int64_t most = 0, held = 0;
  std::size_t first = 0;
  for (const Sent& sent : all) {
    held += sent.amount;
    while (all[first].at + k_minute <= sent.at) held -= all[first++].amount;
    most = std::max(most, held);
  }
  return most;
}

// Sends as fast as it may for ten minutes, each after a delay of its own.
std::vector<Sent> hurry(std::int64_t per_minute, std::int64_t amount_max, int delay_max_ms, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Pace pace(per_minute);
  std::vector<Sent> all;
  Instant now(static_cast<int>(random() % 1'000));
  while (now < 10 * k_minute) {
    const auto amount = static_cast<std::int64_t>(1 + random() % static_cast<std::uint64_t>(amount_max));
    now = std::max(now, pace.opens_at(now, amount));
    pace.take(now, amount);
    now += milliseconds(static_cast<int>(random() % static_cast<std::uint64_t>(delay_max_ms + 1)));
    pace.sent(now, amount);
    all.push_back({now, amount});
  }
  return all;
}

TEST_CASE("in no minute more is sent than the limit, and nearly all of it is made use of") {
  for (const std::int64_t per_minute : {1, 2, 3, 7, 10, 60, 500, 30'000}) {
    CAPTURE(per_minute);
    const auto all = hurry(per_minute, 1, 0, 1);
    CHECK(fullest_minute(all) <= per_minute);
    CHECK(static_cast<std::int64_t>(all.size()) >= per_minute * 97 / 10);
  }
}

TEST_CASE("amounts of any size keep the limit, delays between deciding and sending included") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    CHECK(fullest_minute(hurry(10'000, 900, 0, seed)) <= 10'000);
    CHECK(fullest_minute(hurry(10'000, 9'000, 0, seed)) <= 10'000);
    CHECK(fullest_minute(hurry(600, 1, 90, seed)) <= 600);
  }
}

TEST_CASE("what is sent is spread over the minute: a second's worth at once, no more") {
  Pace pace(600);
  int at_once = 0;
  for (; pace.opens_at(Instant(0), 1) <= Instant(0); ++at_once) {
    pace.take(Instant(0), 1);
    pace.sent(Instant(0), 1);
  }
  CHECK(at_once == 11);
  CHECK(pace.opens_at(Instant(0), 1) == Instant(100));
}

TEST_CASE("what is more than a minute's limit goes alone") {
  Pace pace(100);
  CHECK(pace.opens_at(Instant(0), 1'000) <= Instant(0));
  pace.take(Instant(0), 1);
  pace.sent(Instant(0), 1);
  CHECK(pace.opens_at(Instant(0), 1'000) == k_minute);
}

TEST_CASE("what was taken and not sent counts until it is given back, however long that takes") {
  Pace pace(2);
  pace.take(Instant(0), 1);
  pace.take(Instant(30'000), 1);
  const Instant later(1'000'000);
  CHECK(pace.opens_at(later, 1) > later);
  pace.give_back(1);
  CHECK(pace.opens_at(later, 1) <= later);
  pace.sent(later, 1);
  CHECK(pace.opens_at(later, 1) <= later);
  CHECK(pace.opens_at(later, 2) == later + k_minute);
}

TEST_CASE("a correction counts in the minute in which it was sent, and then no more") {
  Pace pace(1'000);
  pace.take(Instant(0), 10);
  const auto slot = pace.sent(Instant(0), 10);
  pace.correct(slot, 990);
  CHECK(pace.opens_at(Instant(1), 1) == k_minute);
  pace.correct(slot, -990);
  CHECK(pace.opens_at(Instant(1), 1) <= Instant(1));
  pace.correct(slot, 990);
  CHECK(pace.opens_at(k_minute, 1) <= k_minute);
  pace.correct(slot, -990);  // forgotten by now: no more room than the limit
  pace.take(k_minute, 1'000);
  pace.sent(k_minute, 1'000);
  CHECK(pace.opens_at(k_minute, 1) >= 2 * k_minute - milliseconds(1'000));
}

}  // namespace
}  // namespace plumb
