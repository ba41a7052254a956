#include "cli/estimate.h"

#include <doctest/doctest.h>

namespace plumb {
namespace {

EvalSpec spec_of(int questions) {
  EvalSpec spec;
  Dataset dataset;
  dataset.name = "d";
  dataset.passages = {{.id = "p", .dataset = "d", .title = "공고", .text = "합격보상금은 100만원입니다."}};
  for (int i = 0; i < questions; ++i) {
    Question question;
    question.id = std::to_string(i);
    question.dataset = "d";
    question.text = "합격보상금은 얼마인가요?";
    question.passages = {"p"};
    dataset.questions.push_back(question);
  }
  seal(dataset);
  spec.datasets = {dataset};
  spec.models = {{.name = "m", .provider = "openai", .id = "m", .price = Price{.input_usd = 1.0, .output_usd = 2.0}}};
  spec.prompts = {{.member = "a", .name = "plain", .user = "{{context}}\n{{question}}"}};
  spec.retrievals = {{.name = "gold"}};
  expand(spec);
  return spec;
}

TEST_CASE("an estimate grows with questions, trials, turns and tools") {
  const Estimate one = estimate(spec_of(10));
  CHECK(one.cells == 10);
  CHECK(one.requests == 10);
  CHECK(one.tokens_in > 10 * 20);
  CHECK(one.tokens_in < 10 * 80);
  CHECK(one.tokens_out == 1'500);
  CHECK(one.cost_usd == doctest::Approx((static_cast<double>(one.tokens_in) * 1.0 + 1'500 * 2.0) / 1e6));
  CHECK_FALSE(one.price_unknown);

  EvalSpec trials = spec_of(10);
  trials.trials = 3;
  CHECK(estimate(trials).requests == 30);
  CHECK(estimate(trials).tokens_in == 3 * one.tokens_in);

  EvalSpec turns = spec_of(10);
  turns.prompts[0].turns = {"안녕하세요"};
  expand(turns);
  CHECK(estimate(turns).requests == 20);

  EvalSpec tools = spec_of(10);
  tools.questions[0].tools = {{.name = "search"}};
  CHECK(estimate(tools).requests == 12);
}

TEST_CASE("the time follows concurrency and rate limits; accounts are asked side by side") {
  EvalSpec spec = spec_of(600);
  spec.limits.in_flight_max = 10;
  CHECK(estimate(spec).time == std::chrono::seconds(180));
  spec.models[0].rates.requests_per_minute = 60;
  CHECK(estimate(spec).time == std::chrono::seconds(600));
  EvalSpec two = spec;
  two.models.push_back(two.models[0]);
  two.models[1].name = "n";
  two.models[1].base_url = "http://localhost:1/v1";
  expand(two);
  CHECK(estimate(two).time == std::chrono::seconds(600));
}

TEST_CASE("what is not known is said: prices, and the day of plumb's own") {
  EvalSpec spec = spec_of(1'000);
  spec.models[0].price->as_of = "2026-11-22";
  CHECK(describe(estimate(spec)).find("1,000 requests") != std::string::npos);
  CHECK(describe(estimate(spec)).find("(prices of 2026-11-22)") != std::string::npos);
  CHECK(describe(estimate(spec)).find("about 3 min") != std::string::npos);
  spec.models[0].price.reset();
  CHECK(estimate(spec).price_unknown);
  CHECK(describe(estimate(spec)).find("models without a price") != std::string::npos);
}

TEST_CASE("built-in models cost nothing") {
  EvalSpec spec = spec_of(5);
  spec.models[0].provider = "builtin";
  CHECK(estimate(spec).cells == 5);
  CHECK(describe(estimate(spec)) == "over the network: nothing");
}

}  // namespace
}  // namespace plumb
