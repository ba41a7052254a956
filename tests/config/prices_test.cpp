#include "config/prices.h"

#include <doctest/doctest.h>

#include "base/clock.h"

namespace plumb {

namespace {

Model model(const std::string& provider, const std::string& id, const std::string& base_url = "") {
  Model made;
  made.provider = provider;
  made.id = id;
  made.base_url = base_url;
  return made;
}

// Of input; -1 where no price is known.
double input_of(const Model& of) {
  const auto price = usual_price(of);
  return price ? price->input_usd : -1.0;
}

}  // namespace

TEST_CASE("a price tells its day, and the day is one") {
  CHECK(parse_day(std::string(prices_as_of())));
  const auto price = usual_price(model("openai", "gpt-4o-mini"));
  REQUIRE(price);
  CHECK(price->input_usd == 0.15);
  CHECK(price->cached_input_usd == 0.075);
  CHECK(price->output_usd == 0.6);
  CHECK(price->as_of == prices_as_of());
  CHECK_FALSE(usual_price(model("openai", "o3-pro"))->cached_input_usd);
}

TEST_CASE("a dated id costs what its model costs, unless it has a price of its own") {
  CHECK(input_of(model("openai", "gpt-4o-mini-2024-07-18")) == 0.15);
  CHECK(input_of(model("openai", "gpt-4o-2024-08-06")) == 2.5);
  CHECK(input_of(model("openai", "gpt-4o-2024-05-13")) == 5.0);
  CHECK(input_of(model("openai", "gpt-4o-latest")) == 2.5);
  CHECK(input_of(model("anthropic", "claude-haiku-4-5-20251001")) == 1.0);
  CHECK(input_of(model("anthropic", "claude-opus-4-1-20250805")) == 15.0);
  CHECK(input_of(model("anthropic", "claude-opus-4-5-20251101")) == 5.0);
  CHECK(input_of(model("anthropic", "claude-sonnet-4-20250514")) == 3.0);
  CHECK(input_of(model("gemini", "models/gemini-2.5-flash")) == 0.3);
}

TEST_CASE("another model is not priced by one that its name begins with") {
  for (const char* id : {"gpt-4o-mini-audio-preview", "gpt-4o-realtime", "gpt-5-mini-high", "gpt-4o-", "gpt-4",
                         "gpt-4o-0613", "gpt-4o-2024-07-1x", "xgpt-4o", ""}) {
    CAPTURE(id);
    CHECK_FALSE(usual_price(model("openai", id)));
  }
  CHECK_FALSE(usual_price(model("anthropic", "claude-opus-4-9")));
  CHECK_FALSE(usual_price(model("anthropic", "gpt-4o")));
}

TEST_CASE("a vendor's price holds at the vendor's own address") {
  CHECK(input_of(model("openai", "gpt-4o", "https://api.openai.com/v1")) == 2.5);
  CHECK_FALSE(usual_price(model("openai", "gpt-4o", "https://api.openai.com.evil.example/v1")));
  CHECK_FALSE(usual_price(model("openai", "gpt-4o", "https://openrouter.ai/api/v1")));
  CHECK_FALSE(usual_price(model("openai", "gpt-4o", "http://localhost:8000/v1")));
  CHECK_FALSE(usual_price(model("http", "gpt-4o", "https://api.openai.com/v1")));
  CHECK_FALSE(usual_price(model("exec", "gpt-4o")));
}

TEST_CASE("a model on one's own machine costs nothing; one that is only passed on does not") {
  CHECK(input_of(model("ollama", "qwen3:8b")) == 0.0);
  CHECK(input_of(model("ollama", "qwen3:8b", "http://192.168.0.7:11434")) == 0.0);
  CHECK_FALSE(usual_price(model("ollama", "qwen3:8b", "https://ollama.com")));
  CHECK_FALSE(usual_price(model("ollama", "gpt-oss:120b-cloud")));
}

}  // namespace plumb
