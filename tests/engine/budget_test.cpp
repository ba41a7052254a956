#include "engine/budget.h"

#include <doctest/doctest.h>

namespace plumb {
namespace {

TEST_CASE("a request may cost its bytes as tokens in and its limit as tokens out") {
  Model model;
  Job job;
  job.request.body = std::string(1'000, 'x');
  CHECK(cost_at_most(job) == 0.0);
  job.model = &model;
  CHECK(cost_at_most(job) == 0.0);  // no price
  model.price = Price{.input_usd = 2.0, .output_usd = 10.0};
  CHECK(cost_at_most(job) == doctest::Approx((1'000 * 2.0 + 4'096 * 10.0) / 1e6));
  model.parameters.tokens_max = 100;
  CHECK(cost_at_most(job) == doctest::Approx((1'000 * 2.0 + 100 * 10.0) / 1e6));
  job.tokens_max = 50;
  CHECK(cost_at_most(job) == doctest::Approx((1'000 * 2.0 + 50 * 10.0) / 1e6));
  job.errand = true;
  CHECK(cost_at_most(job) == 0.0);
}

TEST_CASE("what was spent and what is held leave so much room, to the cent") {
  Budget budget(1.0, 0.3);
  CHECK(budget.fits(0.7));
  CHECK_FALSE(budget.fits(0.71));
  for (int i = 0; i < 7; ++i) {
    CHECK(budget.fits(0.1));
    budget.hold(0.1);
  }
  CHECK_FALSE(budget.fits(0.1));
  CHECK(budget.fits(0.0));  // what is free always fits
  CHECK_FALSE(budget.settled());
  budget.settle(0.1, 0.02);
  CHECK(budget.fits(0.08));
  CHECK_FALSE(budget.fits(0.09));
  for (int i = 0; i < 6; ++i) budget.settle(0.1, 0.1);
  CHECK(budget.settled());
  CHECK(budget.cost_usd() == doctest::Approx(0.92));
}

TEST_CASE("without a limit everything fits, and is counted all the same") {
  Budget budget(std::nullopt, 0.0);
  CHECK(budget.fits(1e12));
  budget.hold(5.0);
  budget.settle(5.0, 4.0);
  CHECK(budget.cost_usd() == doctest::Approx(4.0));
}

}  // namespace
}  // namespace plumb
