#include "store/spec_json.h"

#include <doctest/doctest.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/text.h"
#include "store/sample.h"

namespace plumb {
namespace {

TEST_CASE("a stored spec names the variable of a key and never holds its value") {
  setenv("PLUMB_TEST_KEY", "sk-canary-0123456789", 1);
  EvalSpec spec = sample::spec();
  spec.models[0].base_url = "https://user:sk-canary-0123456789@api.example.kr:8443/v1?key=sk-canary-0123456789#x";
  sample::renew(spec);
  const std::string json = to_json_text(spec);
  CHECK(contains(json, "PLUMB_TEST_KEY"));
  CHECK(contains(json, "https://api.example.kr:8443/v1"));
  CHECK_FALSE(contains(json, "canary"));
  CHECK_FALSE(contains(json, "user:"));
}

TEST_CASE("credentials are taken out of any sort of URL") {
  CHECK(without_credentials("") == "");
  CHECK(without_credentials("http://localhost:11434") == "http://localhost:11434");
  CHECK(without_credentials("https://a@b.kr") == "https://b.kr");
  CHECK(without_credentials("https://a:b@c:d@b.kr/p") == "https://b.kr/p");
  CHECK(without_credentials("https://b.kr/p@q") == "https://b.kr/p@q");
  CHECK(without_credentials("https://b.kr?to=a@c") == "https://b.kr");
}

TEST_CASE("a stored spec tells what was compared, without texts and without the database's path") {
  EvalSpec spec = sample::spec();
  spec.store = "/home/minji/results.db";
  spec.models[0].parameters.temperature = 0.5;
  const std::string text = to_json_text(spec);
  const Json json = sample::value_of(parse_json(text));
  CHECK(json["name"] == "그룹 평가");
  CHECK(json["systems"].size() == spec.systems.size());
  CHECK(json["systems"][0]["digest"] == spec.systems[0].digest);
  CHECK(json["datasets"][1]["digest"] == spec.datasets[1].digest);
  CHECK(json["models"][0]["parameters"]["temperature"] == 0.5);
  CHECK(json["models"][0]["parameters"]["seed"].is_null());
  CHECK(json["trials"] == 2);
  CHECK_FALSE(contains(text, "minji/results.db"));
  CHECK_FALSE(contains(text, spec.questions[0].text));
}

TEST_CASE("a stored service or program tells how it was asked, without the values of its headers") {
  EvalSpec spec = sample::spec();
  Model& model = spec.models[0];
  model.http = HttpService{};
  model.http->headers = {{"Authorization", "Bearer {{key}}"}, {"X-Odd", "canary-in-clear-text"}};
  model.http->body_json = R"({"q":"{{question}}"})";
  model.http->answer = "/text";
  model.parameters.extra_json = R"({"reasoning":{"effort":"low"}})";
  model.api = "responses";
  model.rates.requests_per_minute = 60;
  model.price = Price{1.0, 2.0, 0.5, "2026-10-03"};
  model.program = std::make_shared<Program>(Program{{"python3", "bot.py"}, "/home/minji", 512});
  sample::renew(spec);
  const std::string text = to_json_text(spec);
  CHECK_FALSE(contains(text, "canary"));
  CHECK_FALSE(contains(text, "/home/minji"));
  const Json stored = sample::value_of(parse_json(text))["models"][0];
  CHECK(stored["http"]["headers"] == Json::array({"Authorization", "X-Odd"}));
  CHECK(stored["http"]["body"]["q"] == "{{question}}");
  CHECK(stored["http"]["answer"] == "/text");
  CHECK(stored["parameters"]["extra"]["reasoning"]["effort"] == "low");
  CHECK(stored["api"] == "responses");
  CHECK(stored["rates"]["requests_per_minute"] == 60);
  CHECK(stored["price"]["cached_input_usd"] == 0.5);
  CHECK(stored["price"]["as_of"] == "2026-10-03");
  CHECK(stored["command"] == Json::array({"python3", "bot.py"}));
}

TEST_CASE("equal specs give equal bytes, and any change shows") {
  CHECK(to_json_text(sample::spec()) == to_json_text(sample::spec()));
  EvalSpec changed = sample::spec();
  changed.seed = 2;
  CHECK(to_json_text(changed) != to_json_text(sample::spec()));
}

}  // namespace
}  // namespace plumb
