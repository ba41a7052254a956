#include "domain/cost.h"

#include <doctest/doctest.h>

namespace plumb {
namespace {

const Price k_price{.input_usd = 2.0, .output_usd = 10.0, .cached_input_usd = std::nullopt, .as_of = ""};

TEST_CASE("a reply costs its tokens in and out, each at its price for a million") {
  CHECK(*cost_of(k_price, {.tokens_in = 1'000'000, .tokens_out = 500'000}) == doctest::Approx(2.0 + 5.0));
  CHECK(*cost_of(k_price, {.tokens_in = 0, .tokens_out = 0}) == 0.0);
}

TEST_CASE("reasoning is part of the output and costs nothing beside it") {
  CHECK(*cost_of(k_price, {.tokens_in = 0, .tokens_out = 100'000, .tokens_reasoning = 90'000}) == doctest::Approx(1.0));
}

TEST_CASE("what the vendor had in its cache costs less where there is a price for it, and never more than all") {
  const Usage usage{.tokens_in = 1'000'000, .tokens_out = 0, .tokens_cached = 400'000};
  CHECK(*cost_of(k_price, usage) == doctest::Approx(2.0));
  Price cached = k_price;
  cached.cached_input_usd = 0.5;
  CHECK(*cost_of(cached, usage) == doctest::Approx(0.6 * 2.0 + 0.4 * 0.5));
  CHECK(*cost_of(cached, {.tokens_in = 100, .tokens_out = 0, .tokens_cached = 1'000'000}) ==
        doctest::Approx(100 * 0.5 / 1e6));
}

TEST_CASE("without a price or without the tokens the cost is not known") {
  CHECK_FALSE(cost_of(std::nullopt, {.tokens_in = 1, .tokens_out = 1}));
  CHECK_FALSE(cost_of(k_price, {}));
  CHECK_FALSE(cost_of(k_price, {.tokens_in = 1}));
  CHECK_FALSE(cost_of(k_price, {.tokens_out = 1}));
}

}  // namespace
}  // namespace plumb
