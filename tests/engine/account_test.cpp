#include "engine/account.h"

#include <doctest/doctest.h>

namespace plumb {
namespace {

using std::chrono::milliseconds;

constexpr Instant k_now{1'000};

// Starts as many as may start; returns the numbers given out.
std::vector<std::uint64_t> fill(Account& account, std::uint64_t& next, Instant now) {
  std::vector<std::uint64_t> numbers;
  while (account.may_start(now)) {
    account.started(next);
    numbers.push_back(next++);
  }
  return numbers;
}

TEST_CASE("an account starts with a quarter of what is allowed, or eight, or fewer if the limit is lower") {
  std::uint64_t next = 1;
  Account wide(1'000), usual(16), narrow(3), none(0);
  CHECK(fill(wide, next, k_now).size() == 250);
  CHECK(fill(usual, next, k_now).size() == 8);
  CHECK(fill(narrow, next, k_now).size() == 3);
  CHECK(fill(none, next, k_now).size() == 1);
}

TEST_CASE("until the first refusal every success allows one more, up to the limit") {
  std::uint64_t next = 1;
  Account account(12);
  for (const std::uint64_t number : fill(account, next, k_now)) {
    account.ended();
    account.succeeded(number, true);
  }
  CHECK(account.limit() == 12);
}

TEST_CASE("refusals that arrive together are one episode: the limit is cut once, to seven tenths") {
  std::uint64_t next = 1;
  Account account(32);
  const auto numbers = fill(account, next, k_now);
  for (const std::uint64_t number : numbers) {
    account.ended();
    account.throttled(number, k_now, milliseconds(2'000), 0.5);
  }
  CHECK(account.limit() == 5);
  CHECK_FALSE(account.may_start(k_now + milliseconds(1'999)));
  CHECK(account.may_start(k_now + milliseconds(2'000)));
}

TEST_CASE("the first refusal after doubling halves the limit, since it may stand at twice what is borne") {
  std::uint64_t next = 1;
  Account account(64);
  const auto numbers = fill(account, next, k_now);
  REQUIRE(numbers.size() == 16);
  for (const std::uint64_t number : numbers) {
    account.ended();
    account.throttled(number, k_now, milliseconds(0), 0.5);
  }
  CHECK(account.limit() == 8);
  account.started(next);
  account.ended();
  account.throttled(next, k_now, milliseconds(0), 0.5);
  CHECK(account.limit() == 5);
}

TEST_CASE("what was started before the cut says nothing about the limit after it") {
  std::uint64_t next = 1;
  Account account(32);
  const auto before = fill(account, next, k_now);
  account.ended();
  account.throttled(before[0], k_now, milliseconds(0), 0.5);
  for (std::size_t i = 1; i < before.size(); ++i) {
    account.ended();
    account.succeeded(before[i], true);
  }
  CHECK(account.limit() == 5);
}

TEST_CASE("after a cut the limit grows back, quickly to just below what was refused, then patiently") {
  std::uint64_t next = 1;
  Account account(8);
  const auto succeed = [&](int times) {
    for (int i = 0; i < times; ++i) {
      account.started(next);
      account.ended();
      account.succeeded(next++, true);
    }
  };
  const auto refuse = [&] {
    const auto numbers = fill(account, next, k_now);
    account.ended();
    account.throttled(numbers.back(), k_now, milliseconds(0), 0.5);
    for (std::size_t i = 1; i < numbers.size(); ++i) account.ended();
  };
  refuse();
  REQUIRE(account.limit() == 5);
  succeed(5 - 1);
  CHECK(account.limit() == 5);
  succeed(1);
  CHECK(account.limit() == 6);
  succeed(6);
  CHECK(account.limit() == 7);
  succeed(7 * 16 - 1);
  CHECK(account.limit() == 7);
  succeed(1);
  CHECK(account.limit() == 8);

  refuse();  // again at eight: twice the patience
  succeed(5 + 6 + 7 * 32 - 1);
  CHECK(account.limit() == 7);
  succeed(1);
  CHECK(account.limit() == 8);
  succeed(1'000);
  CHECK(account.limit() == 8);
}

TEST_CASE("when a vendor bears more than it did, the old ceiling is forgotten") {
  std::uint64_t next = 1;
  Account account(32);
  const auto numbers = fill(account, next, k_now);
  for (std::size_t i = 0; i < numbers.size(); ++i) account.ended();
  account.started(next);
  account.ended();
  account.throttled(next++, k_now, milliseconds(0), 0.5);
  for (int i = 0; i < 32 * 64; ++i) {
    account.started(next);
    account.ended();
    account.succeeded(next++, true);
  }
  CHECK(account.limit() == 32);
}

TEST_CASE("a vendor who is shut is asked by one request at a time, less and less often") {
  std::uint64_t next = 1;
  Account account(32);
  Instant now = k_now;
  milliseconds last{0};
  for (int episode = 1; episode <= 10; ++episode) {
    const auto numbers = fill(account, next, now);
    CAPTURE(episode);
    if (episode >= 3) CHECK(numbers.size() == 1);
    for (const std::uint64_t number : numbers) {
      account.ended();
      account.throttled(number, now, std::nullopt, 0.999);
    }
    const milliseconds wait = account.quiet_until() - now;
    CHECK(wait >= last);
    CHECK(wait <= milliseconds(60'000));
    last = wait;
    now = account.quiet_until();
  }
  CHECK(last > milliseconds(59'000));
  account.started(next);
  account.ended();
  account.succeeded(next++, true);
  CHECK(fill(account, next, now).size() == static_cast<std::size_t>(account.limit()));
}

TEST_CASE("a timeout means fewer at a time, once an episode, but no pause") {
  std::uint64_t next = 1;
  Account account(32);
  const auto numbers = fill(account, next, k_now);
  for (const std::uint64_t number : {numbers[6], numbers[7]}) {
    account.ended();
    account.timed_out(number);
  }
  CHECK(account.limit() == 5);
  for (int i = 0; i < 2; ++i) account.ended();
  CHECK(account.may_start(k_now));
}

TEST_CASE("slow successes do not speak for more at a time") {
  std::uint64_t next = 1;
  Account account(32);
  for (const std::uint64_t number : fill(account, next, k_now)) {
    account.ended();
    account.succeeded(number, false);
  }
  CHECK(account.limit() == 8);
}

TEST_CASE("a full account opens by a request's end, not by time") {
  std::uint64_t next = 1;
  Account account(2);
  CHECK(account.opens_at() == Instant(0));
  fill(account, next, k_now);
  CHECK_FALSE(account.opens_at());
}

}  // namespace
}  // namespace plumb
