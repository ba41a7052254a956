#include "config/models.h"

#include <doctest/doctest.h>

#include "config/reader.h"
#include "config/yaml.h"
#include "temp_folder.h"

namespace plumb {

namespace {

struct Read {
  std::optional<Model> model;
  std::vector<Diagnostic> diagnostics;
};

Read read(const std::string& yaml) {
  KnownNames known = test::known_names();
  known.providers = {"anthropic", "exec", "gemini", "http", "ollama", "openai"};
  Read read;
  FileReport report("eval.yaml", read.diagnostics);
  const auto node = parse_yaml(yaml, report);
  REQUIRE(node);
  refuse_secrets(*node, report);
  read.model = read_model(*node, known, report, "evals/봄");
  return read;
}

Model model_of(const std::string& yaml) {
  CAPTURE(yaml);
  const Read got = read(yaml);
  for (const Diagnostic& each : got.diagnostics) FAIL_CHECK(to_string(each));
  REQUIRE(got.model);
  return *got.model;
}

// What is told of a model that is wrong, without the file's name.
std::string told(const std::string& yaml) {
  const Read got = read(yaml);
  CHECK_FALSE(got.model);
  std::string all;
  for (const Diagnostic& each : got.diagnostics) all += (all.empty() ? "" : "\n") + to_string(each).substr(10);
  return all;
}

}  // namespace

TEST_CASE("at a vendor's own address the key is where the vendor says") {
  CHECK(model_of("openai:gpt-4o-mini").key_env == "OPENAI_API_KEY");
  CHECK(model_of("anthropic:claude-haiku-4-5").key_env == "ANTHROPIC_API_KEY");
  CHECK(model_of("gemini:gemini-2.5-flash").key_env == "GEMINI_API_KEY");
  CHECK(model_of("{provider: anthropic, id: claude-haiku-4-5}").key_env == "ANTHROPIC_API_KEY");
  CHECK(model_of("ollama:qwen3:8b").key_env == "");
  CHECK(model_of("builtin:extractive").key_env == "");
}

TEST_CASE("a key that is named, or an address of one's own, has no default") {
  for (const char* provider : {"openai", "anthropic", "gemini"}) {
    CAPTURE(provider);
    const std::string model = std::string("{provider: ") + provider + ", id: m, ";
    CHECK(model_of(model + "key_env: MY_KEY}").key_env == "MY_KEY");
    CHECK(model_of(model + "base_url: 'http://localhost:8000'}").key_env == "");
    CHECK(model_of(model + "base_url: 'http://localhost:8000', key_env: MY_KEY}").key_env == "MY_KEY");
  }
  CHECK(model_of("{provider: ollama, id: m, base_url: 'https://ollama.com', key_env: OLLAMA_API_KEY}").key_env ==
        "OLLAMA_API_KEY");
}

TEST_CASE("the short form's id keeps its colons and slashes; its name has no slash") {
  const Model quantized = model_of("ollama:qwen3:8b-q4_K_M");
  CHECK(quantized.provider == "ollama");
  CHECK(quantized.id == "qwen3:8b-q4_K_M");
  CHECK(quantized.name == "qwen3:8b-q4_K_M");
  const Model tuned = model_of("gemini:tunedModels/hana-1");
  CHECK(tuned.id == "tunedModels/hana-1");
  CHECK(tuned.name == "tunedModels-hana-1");
}

TEST_CASE("ids are read as people know them from elsewhere") {
  CHECK(model_of("openai:chat:gpt-4o-mini").id == "gpt-4o-mini");
  CHECK(model_of("openai:chat:gpt-4o-mini").api == "");
  CHECK(model_of("openai:responses:gpt-5-mini").id == "gpt-5-mini");
  CHECK(model_of("openai:responses:gpt-5-mini").api == "responses");
  CHECK(model_of("openai:responses:gpt-5-mini").name == "gpt-5-mini");
  CHECK(model_of("openai:ft:gpt-4o-mini:org::id").id == "ft:gpt-4o-mini:org::id");
  CHECK(model_of("anthropic:messages:claude-haiku-4-5").id == "claude-haiku-4-5");
  CHECK(model_of("google:gemini-2.5-flash").provider == "gemini");
  CHECK(model_of("google:gemini-2.5-flash").key_env == "GEMINI_API_KEY");
  CHECK(model_of("{provider: google, id: gemini-2.5-flash}").provider == "gemini");
  CHECK(model_of("openai/gpt-4o-mini").id == "gpt-4o-mini");
  CHECK(model_of("ollama/qwen3:8b").id == "qwen3:8b");
  CHECK(told("meta-llama/Llama-3").find("a model is written provider:id") != std::string::npos);
}

TEST_CASE("an address alone is a service that is asked the question") {
  const Model model = model_of("http://localhost:8000/api/ask");
  CHECK(model.provider == "http");
  CHECK(model.base_url == "http://localhost:8000/api/ask");
  CHECK(model.name == "localhost:8000-api-ask");
  CHECK(model.id == model.name);
  REQUIRE(model.http);
  CHECK(model.http->body_json == R"({"question":"{{question}}"})");
  CHECK_FALSE(model.http->answer);
  CHECK_FALSE(model.price);
  CHECK(told("http:localhost") == "1:1: error: a service is written as its address, such as http://localhost:8000/ask");
}

TEST_CASE("a program is a command and the folder of eval.yaml") {
  const Model model = model_of("exec:python3 'my bot.py' --top=3");
  CHECK(model.provider == "exec");
  CHECK(model.name == "python3 my bot.py --top=3");
  REQUIRE(model.program);
  CHECK(model.program->command == std::vector<std::string>{"python3", "my bot.py", "--top=3"});
  CHECK(model.program->folder == "evals/봄");
  CHECK(model.rates.in_flight_max == 2);
  const Model full = model_of(
      "{provider: exec, name: bot, id: v3, command: [./bot, -x, ''], memory_mb: 512, "
      "rates: {in_flight_max: 4}, parameters: {temperature: 0}}");
  CHECK(full.program->command == std::vector<std::string>{"./bot", "-x", ""});
  CHECK(full.program->memory_mb_max == 512);
  CHECK(full.rates.in_flight_max == 4);
  CHECK(full.id == "v3");
}

TEST_CASE("every key of a model arrives") {
  const Model model = model_of(
      "{name: m, provider: openai, id: gpt-5-mini, api: responses, stream: true, "
      "rates: {in_flight_max: 3, requests_per_minute: 60, tokens_per_minute: 90000}, "
      "price: {input: 1, output: 2, cached_input: 0.5}, "
      "parameters: {logprobs: true, extra: {reasoning: {effort: low}, tags: [a, 1], none: , yes: 'true'}}}");
  CHECK(model.api == "responses");
  CHECK(model.stream);
  CHECK(model.rates == RateLimits{3, 60, 90'000});
  REQUIRE(model.price);
  CHECK(model.price->cached_input_usd == 0.5);
  CHECK(model.price->as_of == "");
  CHECK(model.parameters.logprobs == true);
  CHECK(model.parameters.extra_json == R"({"reasoning":{"effort":"low"},"tags":["a",1],"none":null,"yes":"true"})");
  CHECK(model_of("{provider: openai, id: m, parameters: {extra: {}}}").parameters == Parameters{});
  CHECK(model_of("{provider: openai, id: m, api: chat}").api == "");
}

TEST_CASE("a vendor's model has the vendor's price, and eval.yaml's wins") {
  const Model usual = model_of("openai:gpt-4o-mini");
  REQUIRE(usual.price);
  CHECK(usual.price->input_usd == 0.15);
  CHECK(usual.price->as_of != "");
  CHECK(model_of("{provider: openai, id: gpt-4o-mini, price: {input: 9, output: 9}}").price->input_usd == 9);
  CHECK_FALSE(model_of("{provider: openai, id: gpt-4o-mini, base_url: 'https://proxy.example.com/v1'}").price);
}

TEST_CASE("a key that this provider cannot use is told, with where it belongs") {
  CHECK(told("{provider: openai, id: m, url: 'http://localhost'}") ==
        "1:32: error: an openai model has no url; its address is written as base_url");
  CHECK(told("{provider: http, url: 'http://localhost', base_url: 'http://localhost'}") ==
        "1:53: error: an http model has no base_url; its address is written as url");
  CHECK(told("{provider: http, url: 'http://localhost', parameters: {temperature: 0}}") ==
        "1:55: error: an http model has no parameters; write them into its body");
  CHECK(told("{provider: exec, command: bot, key_env: BOT_KEY}") ==
        "1:41: error: an exec model has no key_env; a program reads its environment itself");
  CHECK(told("{provider: gemini, id: m, api: responses}") == "1:32: error: a gemini model has no api");
  CHECK(told("{provider: ollama, id: m, command: x}") == "1:36: error: an ollama model has no command");
  CHECK(told("{provider: builtin, id: oracle, stream: true}") == "1:41: error: a builtin model has no stream");
  CHECK(told("{provider: http}") == "1:1: error: a model needs the key 'url'");
  CHECK(told("{provider: exec}") == "1:1: error: a model needs the key 'command'");
  CHECK(told("{provider: openai}") == "1:1: error: a model needs the key 'id'");
}

TEST_CASE("values out of range and words that are none are told") {
  CHECK(told("{provider: openai, id: m, api: respones}") ==
        "1:32: error: unknown api 'respones'; did you mean 'responses'?");
  CHECK(told("{provider: openai, id: m, rates: {in_flight_max: 0}}") ==
        "1:50: error: in_flight_max must be a whole number from 1 to 10000; found '0'");
  CHECK(told("{provider: openai, id: m, rates: {rpm: 60}}").starts_with("1:35: error: unknown key 'rpm'; rates has: "));
  CHECK(told("{provider: openai, id: m, price: {input: 1, output: 1, cached: 1}}").find("'cached'") !=
        std::string::npos);
  CHECK(told("{provider: openai, id: m, parameters: {logprobs: 5}}") ==
        "1:50: error: logprobs must be true or false; found '5'");
  CHECK(told("{provider: openai, id: m, parameters: {extra: [a]}}") ==
        "1:47: error: extra must be a map; found a list");
  CHECK(told("{provider: openai, id: m, parameters: {extra: {tools: []}}}") ==
        "1:48: error: extra must not hold 'tools', which plumb writes itself");
  CHECK(told("{provider: exec, command: bot, memory_mb: 1}") ==
        "1:43: error: memory_mb must be a whole number from 16 to 1048576; found '1'");
}

TEST_CASE("a service's address may have a query, and no key in it") {
  CHECK(model_of("{provider: http, url: 'http://localhost/ask?lang=ko'}").base_url == "http://localhost/ask?lang=ko");
  for (const char* query : {"key=1", "x=1&api_key=2", "access_token=3", "TOKEN=4", "sig=5"}) {
    CAPTURE(query);
    CHECK(told(std::string("{provider: http, url: 'http://localhost/ask?") + query + "'}") ==
          "1:23: error: url must hold no key; write {{key}} into one of http: headers, and name its variable in "
          "key_env");
  }
  CHECK(told("{provider: http, url: 'localhost:8000'}") == "1:23: error: url must begin with http:// or https://");
  CHECK(told("{provider: http, url: 'http://me:pw@localhost'}") ==
        "1:23: error: url must hold no user or password; name the key's variable in key_env");
}

}  // namespace plumb
