#include "engine/retry_budget.h"

#include <doctest/doctest.h>

namespace plumb {
namespace {

TEST_CASE("an outage has thirty-five retries, and a throttled hour a hundred") {
  RetryBudget outage, throttled;
  int retries = 0;
  while (outage.pay(RetryBudget::k_cost_transient)) ++retries;
  CHECK(retries == 35);
  retries = 0;
  while (throttled.pay(RetryBudget::k_cost_throttled)) ++retries;
  CHECK(retries == 100);
}

TEST_CASE("what is not covered takes nothing") {
  RetryBudget budget;
  while (budget.pay(14)) continue;
  CHECK(budget.tokens() == 10);
  CHECK(budget.pay(5));
}

TEST_CASE("a first success gives one back, a retry that succeeds what it cost, and never more than there was") {
  RetryBudget budget;
  budget.succeeded(0);
  CHECK(budget.tokens() == 500);
  REQUIRE(budget.pay(14));
  REQUIRE(budget.pay(14));
  budget.succeeded(0);
  CHECK(budget.tokens() == 473);
  budget.succeeded(14);
  CHECK(budget.tokens() == 487);
  budget.succeeded(14);
  CHECK(budget.tokens() == 500);
}

}  // namespace
}  // namespace plumb
