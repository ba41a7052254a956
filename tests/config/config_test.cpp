#include "config/config.h"

#include <doctest/doctest.h>

#include "temp_folder.h"

namespace plumb {

namespace {

using test::known_names;
using test::Mistake;
using test::TempFolder;

constexpr const char* k_models = "models: [builtin:oracle]\n";
constexpr const char* k_least = "datasets: [datasets/nuri]\nprompts: [prompts/hana]\nmodels: [builtin:oracle]\n";

// A folder in which k_least is right.
class EvalFolder : public TempFolder {
 public:
  EvalFolder() {
    write("datasets/nuri/dataset.yaml", "name: nuri\ntitle: 누리\nlanguage: ko\nlicense: CC-BY-4.0\nversion: 1\n");
    write(
        "datasets/nuri/passages/nuri-backend.md",
        "---\nid: nuri-backend\ntitle: 별마루테크랩 백엔드\nkind: posting\ngrade: FICTION\n---\n합격보상금 100만원\n");
    write("datasets/nuri/questions/all.yaml",
          "- id: reward\n  type: single_fact\n  question: 합격보상금은?\n  passages: [nuri-backend]\n"
          "  answer: 합격보상금은 100만원입니다.\n  references: [{number: 100만원}]\n");
    write("prompts/hana/plain.yaml", "user: '{{context}} {{question}}'\n");
  }

  LoadedSpec load(std::string_view text) const { return load_spec(write("eval.yaml", text), known_names()); }
};

}  // namespace

TEST_CASE("datasets, prompts and models are enough; the rest has defaults") {
  const EvalFolder folder;
  const LoadedSpec loaded = folder.load(k_least);
  CHECK(folder.told(loaded.diagnostics) == "");
  REQUIRE(loaded.spec);
  const EvalSpec& spec = *loaded.spec;
  CHECK(spec.name == folder.path().filename().string());
  REQUIRE(spec.datasets.size() == 1);
  CHECK(spec.questions.size() == 1);
  REQUIRE(spec.models.size() == 1);
  CHECK(spec.models[0].name == "oracle");
  CHECK(spec.models[0].provider == "builtin");
  CHECK(spec.models[0].control);
  REQUIRE(spec.prompts.size() == 1);
  CHECK(spec.prompts[0].member == "hana");
  CHECK(spec.prompts[0].name == "plain");
  REQUIRE(spec.retrievals.size() == 1);
  CHECK(spec.retrievals[0].name == "gold");
  CHECK(spec.retrievals[0].retriever == "gold");
  CHECK(spec.scorers == std::vector<std::string>{"correctness", "abstention", "groundedness"});
  CHECK(spec.trials == 1);
  CHECK(spec.seed == 1);
  CHECK(spec.limits.in_flight_max == 16);
  CHECK_FALSE(spec.limits.cost_max_usd);
  CHECK(spec.season.utc_offset_minutes == 540);
  CHECK_FALSE(spec.gate.hallucination_rate_max);
  CHECK(spec.store == (folder.path() / "plumb.db").string());
  REQUIRE(spec.systems.size() == 1);
  CHECK(spec.systems[0].name == "oracle · hana/plain · gold");
}

TEST_CASE("every key of eval.yaml arrives in the spec") {
  const EvalFolder folder;
  const LoadedSpec loaded = folder.load(R"(name: 봄 시즌
datasets: datasets/nuri
prompts: prompts/hana/plain.yaml
models:
  - openai:gpt-4o-mini
  - name: local
    provider: openai
    id: exaone:7.8b
    base_url: http://localhost:8000/v1
    parameters: {temperature: 0, top_p: 0.9, tokens_max: 512, seed: 7}
    price: {input: 0.15, output: 0.6}
  - {provider: openai, id: vendor/model, base_url: https://example.com/v1, key_env: MY_KEY}
  - builtin:extractive
retrievals:
  - gold
  - {name: bm25-html, retriever: bm25, passages_max: 3, tables: html}
  - {retriever: none}
scorers: [correctness, citations]
trials: 3
seed: 20261122
limits: {in_flight_max: 4, attempts_max: 2, timeout_s: 1.5, cost_max_usd: 5}
season: {number: 2, starts: 2026-11-22, sessions: 6, days_between: 7, utc_offset: -03:30}
gate: {hallucination_rate_max: 0.1, hallucination_rise_max: 0.02, answer_rate_min: 0.8, cost_max_usd: 1.25}
store: data/봄.db
)");
  CHECK(folder.told(loaded.diagnostics) == "");
  REQUIRE(loaded.spec);
  const EvalSpec& spec = *loaded.spec;
  CHECK(spec.name == "봄 시즌");
  REQUIRE(spec.models.size() == 4);
  CHECK(spec.models[0].name == "gpt-4o-mini");
  CHECK(spec.models[0].key_env == "OPENAI_API_KEY");
  CHECK_FALSE(spec.models[0].control);
  const Model& local = spec.models[1];
  CHECK(local.id == "exaone:7.8b");
  CHECK(local.base_url == "http://localhost:8000/v1");
  CHECK(local.key_env == "");
  CHECK(local.parameters == Parameters{.temperature = 0.0, .top_p = 0.9, .tokens_max = 512, .seed = 7});
  REQUIRE(local.price);
  CHECK(local.price->input_usd == 0.15);
  CHECK(local.price->output_usd == 0.6);
  CHECK(spec.models[2].name == "vendor-model");
  CHECK(spec.models[2].id == "vendor/model");
  CHECK(spec.models[2].key_env == "MY_KEY");
  CHECK_FALSE(spec.models[3].control);
  REQUIRE(spec.retrievals.size() == 3);
  CHECK(spec.retrievals[1].name == "bm25-html");
  CHECK(spec.retrievals[1].passages_max == 3);
  CHECK(spec.retrievals[1].tables == "html");
  CHECK(spec.retrievals[2].name == "none");
  CHECK(spec.scorers == std::vector<std::string>{"correctness", "citations"});
  CHECK(spec.trials == 3);
  CHECK(spec.seed == 20261122);
  CHECK(spec.limits.in_flight_max == 4);
  CHECK(spec.limits.attempts_max == 2);
  CHECK(spec.limits.request_timeout == std::chrono::milliseconds(1'500));
  CHECK(spec.limits.cost_max_usd == 5.0);
  CHECK(spec.season.number == 2);
  CHECK(spec.season.starts == Day{2026, 11, 22});
  CHECK(spec.season.sessions == 6);
  CHECK(spec.season.days_between == 7);
  CHECK(spec.season.utc_offset_minutes == -210);
  CHECK(spec.gate.hallucination_rate_max == 0.1);
  CHECK(spec.gate.hallucination_rise_max == 0.02);
  CHECK(spec.gate.answer_rate_min == 0.8);
  CHECK(spec.gate.cost_max_usd == 1.25);
  CHECK(spec.store == (folder.path() / "data/봄.db").string());
  CHECK(spec.systems.size() == 12);
}

TEST_CASE("mistakes in eval.yaml are told with place and expectation") {
  const EvalFolder folder;
  const std::string least = k_least;
  const std::string here = folder.path().generic_string();
  const auto model = [](const std::string& entry) {
    return "datasets: [datasets/nuri]\nprompts: [prompts/hana]\nmodels:\n  - " + entry + "\n";
  };
  const std::vector<Mistake> mistakes = {
      {"an empty file", "", "eval.yaml:1:1: error: eval.yaml must be a map of keys (name, ...); found nothing\n"},
      {"a missing key", "datasets: [datasets/nuri]\nprompts: [prompts/hana]\n",
       "eval.yaml:1:1: error: eval.yaml needs the key 'models'\n"},
      {"an unknown key", least + "scorer: [correctness]\n",
       "eval.yaml:4:1: error: unknown key 'scorer'; did you mean 'scorers'?\n"},
      {"a key that is far from all", model("{provider: builtin, id: oracle, zzzzzzz: 1}"),
       "eval.yaml:4:37: error: unknown key 'zzzzzzz'; a model has: name, provider, id, base_url, key_env, "
       "api, stream, url, http, command, memory_mb, parameters, rates, price\n"},
      {"an unknown provider", model("{provider: opnai, id: x}"),
       "eval.yaml:4:16: error: unknown provider 'opnai'; did you mean 'openai'?\n"},
      {"an unknown provider in the short form", model("opnai:gpt-4o"),
       "eval.yaml:4:5: error: unknown provider 'opnai'; did you mean 'openai'?\n"},
      {"a provider far from all", model("bedrock:x"),
       "eval.yaml:4:5: error: unknown provider 'bedrock'; there are openai, builtin\n"},
      {"an unknown builtin model", model("builtin:orcale"),
       "eval.yaml:4:5: error: unknown builtin model 'orcale'; did you mean 'oracle'?\n"},
      {"a short model without id", model("gpt-4o-mini"),
       "eval.yaml:4:5: error: a model is written provider:id, such as openai:gpt-4o-mini; found 'gpt-4o-mini'\n"},
      {"two models alike", model("builtin:oracle\n  - {name: Oracle, provider: builtin, id: mutant}"),
       "eval.yaml:5:5: error: model 'Oracle' is there twice; first as 'oracle' at eval.yaml:4\n"},
      {"a separator in a name", model("{name: a · b, provider: builtin, id: oracle}"),
       "eval.yaml:4:12: error: the name of a model must not hold ' · ', which separates the parts of a system's "
       "name\n"},
      {"a slash in a name", model("{name: a/b, provider: builtin, id: oracle}"),
       "eval.yaml:4:12: error: the name of a model must not hold a slash, which separates member and prompt\n"},
      {"a key where its variable's name belongs",
       model("{provider: openai, id: x, key_env: sk-proj-Abc123Def456Ghi789}"),
       "eval.yaml:4:40: error: this looks like a key; put the key into an environment variable and name it here\n"},
      {"a short key", model("{provider: openai, id: x, key_env: sk-abc}"),
       "eval.yaml:4:40: error: this looks like a key; put the key into an environment variable and name it here\n"},
      {"no variable's name", model("{provider: openai, id: x, key_env: my key}"),
       "eval.yaml:4:40: error: key_env must name an environment variable (capitals, digits, underscores), such as "
       "OPENAI_API_KEY; if this is the key, put the key into an environment variable and name it here\n"},
      {"a key elsewhere", model("{provider: openai, id: x, api_key: sk-proj-Abc123Def456Ghi789}"),
       "eval.yaml:4:31: error: unknown key 'api_key'; a model has: name, provider, id, base_url, key_env, "
       "api, stream, url, http, command, memory_mb, parameters, rates, price\n"
       "eval.yaml:4:40: error: this looks like an API key; take it out, put it into an environment variable, and name "
       "the variable in key_env\n"},
      {"an address without http", model("{provider: openai, id: x, base_url: localhost:8000}"),
       "eval.yaml:4:41: error: base_url must begin with http:// or https://\n"},
      {"a password in an address", model("{provider: openai, id: x, base_url: 'https://me:pw@example.com/v1'}"),
       "eval.yaml:4:41: error: base_url must hold no user or password; name the key's variable in key_env\n"},
      {"an address with a query", model("{provider: openai, id: x, base_url: 'https://example.com/v1?key=1'}"),
       "eval.yaml:4:41: error: base_url must be an address without query, fragment or spaces, such as "
       "http://localhost:8000/v1\n"},
      {"an address without a host", model("{provider: openai, id: x, base_url: 'https:///v1'}"),
       "eval.yaml:4:41: error: base_url has no host\n"},
      {"a builtin model with an address", model("{provider: builtin, id: oracle, base_url: 'https://example.com'}"),
       "eval.yaml:4:47: error: a builtin model has no base_url\n"},
      {"a parameter out of range", model("{provider: openai, id: x, parameters: {temperature: 3}}"),
       "eval.yaml:4:57: error: temperature must be a number from 0 to 2; found '3'\n"},
      {"a parameter in quotes", model("{provider: openai, id: x, parameters: {tokens_max: '512'}}"),
       "eval.yaml:4:56: error: tokens_max must be a whole number from 1 to 1000000; found '512'\n"},
      {"half a price", model("{provider: openai, id: x, price: {input: 1}}"),
       "eval.yaml:4:38: error: a price needs the key 'output'\n"},
      {"a list where a number belongs", least + "trials: [3]\n",
       "eval.yaml:4:9: error: trials must be a whole number from 1 to 1000; found a list\n"},
      {"not a whole number", least + "trials: 2.5\n",
       "eval.yaml:4:9: error: trials must be a whole number from 1 to 1000; found '2.5'\n"},
      {"a negative seed", least + "seed: -1\n",
       "eval.yaml:4:7: error: seed must be a whole number 0 or more; found '-1'\n"},
      {"a rate in percent", least + "gate: {hallucination_rate_max: 10}\n",
       "eval.yaml:4:32: error: hallucination_rate_max must be a number from 0 to 1; found '10'\n"},
      {"not a number", least + "gate: {cost_max_usd: nan}\n",
       "eval.yaml:4:22: error: cost_max_usd must be a number 0 or more; found 'nan'\n"},
      {"a day that does not exist", least + "season: {starts: 2026-02-30}\n",
       "eval.yaml:4:18: error: starts must be a day that exists, as 2026-11-22; found '2026-02-30'\n"},
      {"an offset without minutes", least + "season: {utc_offset: +9}\n",
       "eval.yaml:4:22: error: utc_offset must be as +09:00, from -12:00 to +14:00; found '+9'\n"},
      {"an offset with 75 minutes", least + "season: {utc_offset: +09:75}\n",
       "eval.yaml:4:22: error: utc_offset must be as +09:00, from -12:00 to +14:00; found '+09:75'\n"},
      {"limits that are no map", least + "limits: 5\n",
       "eval.yaml:4:9: error: limits must be a map of keys (in_flight_max, ...); found '5'\n"},
      {"an unknown retriever", least + "retrievals: [bm52]\n",
       "eval.yaml:4:14: error: unknown retriever 'bm52'; did you mean 'bm25'?\n"},
      {"a way to show tables that is none", least + "retrievals: [{retriever: gold, tables: htm}]\n",
       "eval.yaml:4:40: error: unknown tables 'htm'; did you mean 'html'?\n"},
      {"two retrievals alike", least + "retrievals: [gold, {retriever: gold}]\n",
       "eval.yaml:4:20: error: retrieval 'gold' is there twice; first at eval.yaml:4\n"},
      {"an unknown scorer", least + "scorers: [correctnes]\n",
       "eval.yaml:4:11: error: unknown scorer 'correctnes'; did you mean 'correctness'?\n"},
      {"an empty list of models", "datasets: [datasets/nuri]\nprompts: [prompts/hana]\nmodels: []\n",
       "eval.yaml:3:9: error: models names no model\n"},
      {"an empty list of datasets", std::string("datasets: []\nprompts: [prompts/hana]\n") + k_models,
       "eval.yaml:1:11: error: datasets names no folder\n"},
      {"a missing folder", std::string("datasets: [datasets/nari]\nprompts: [prompts/hana]\n") + k_models,
       "eval.yaml:1:12: error: no folder 'datasets/nari'\n"},
      {"a missing prompt", std::string("datasets: [datasets/nuri]\nprompts: [../prompts]\n") + k_models,
       "eval.yaml:2:11: error: no folder or file '" + folder.path().parent_path().generic_string() + "/prompts'\n"},
      {"a folder without prompts",
       std::string("datasets: [datasets/nuri]\nprompts: [datasets/nuri/passages]\n") + k_models,
       "eval.yaml:2:11: error: no prompts (*.yaml) in 'datasets/nuri/passages'\n"},
      {"one dataset twice",
       std::string("datasets: [datasets/nuri, ./datasets/nuri]\nprompts: [prompts/hana]\n") + k_models,
       "eval.yaml:1:27: error: dataset 'nuri' is there twice; first at eval.yaml:1\n"},
      {"text where a list belongs", "datasets: [datasets/nuri]\nprompts: [prompts/hana]\nmodels: builtin:oracle\n",
       "eval.yaml:3:9: error: models must be a list; found 'builtin:oracle'\n"},
      {"nothing where text belongs", least + "name:\n", "eval.yaml:4:1: error: name must be text; found nothing\n"},
  };
  for (const Mistake& mistake : mistakes) {
    CAPTURE(mistake.rule);
    const LoadedSpec loaded = folder.load(mistake.text);
    CHECK(folder.told(loaded.diagnostics) == mistake.told);
    CHECK_FALSE(loaded.spec);
  }
}

TEST_CASE("limits are read, each within its range") {
  const EvalFolder folder;
  const LoadedSpec loaded = folder.load(std::string(k_least) + "limits: {resend: 0, tool_rounds_max: 32}\n");
  REQUIRE(loaded.spec);
  CHECK(loaded.spec->limits.resend == 0);
  CHECK(loaded.spec->limits.tool_rounds_max == 32);
  CHECK(folder.told(folder.load(std::string(k_least) + "limits: {resend: 4, tool_rounds_max: 0}\n").diagnostics) ==
        "eval.yaml:4:18: error: resend must be a whole number from 0 to 3; found '4'\n"
        "eval.yaml:4:38: error: tool_rounds_max must be a whole number from 1 to 32; found '0'\n");
}

TEST_CASE("a secret is never repeated in a message") {
  const EvalFolder folder;
  const char* secrets[] = {"sk-proj-Abc123Def456Ghi789", "hunter2-Passw0rd"};
  const LoadedSpec loaded = folder.load(
      "datasets: [datasets/nuri]\nprompts: [prompts/hana]\nmodels:\n"
      "  - {provider: openai, id: x, key_env: sk-proj-Abc123Def456Ghi789}\n"
      "  - {provider: openai, id: y, base_url: 'ftp://me:hunter2-Passw0rd@example.com'}\n"
      "  - sk-proj-Abc123Def456Ghi789\n"
      "  - {provider: openai, id: z, sk-proj-Abc123Def456Ghi789: 1}\n"
      "trials: sk-proj-Abc123Def456Ghi789\n");
  const std::string told = folder.told(loaded.diagnostics);
  CHECK(loaded.diagnostics.size() >= 5);
  for (const char* secret : secrets) CHECK(told.find(secret) == std::string::npos);
}

TEST_CASE("a key sent to another machine over http is a warning") {
  const EvalFolder folder;
  const std::string text =
      "datasets: [datasets/nuri]\nprompts: [prompts/hana]\nmodels:\n"
      "  - {provider: openai, id: x, base_url: 'http://gpu.example.com/v1', key_env: LAB_KEY}\n";
  const LoadedSpec loaded = folder.load(text);
  CHECK(folder.told(loaded.diagnostics) ==
        "eval.yaml:4:41: warning: the key is sent unencrypted to another machine; use https\n");
  CHECK(loaded.spec);
}

TEST_CASE("a key sent over http within the house is not") {
  const EvalFolder folder;
  for (const char* host : {"localhost:8000", "127.0.0.1", "[::1]:8000", "192.168.0.7:11434", "gpu.local"}) {
    CAPTURE(host);
    const LoadedSpec loaded = folder.load(
        std::string(
            "datasets: [datasets/nuri]\nprompts: [prompts/hana]\nmodels:\n  - {provider: openai, id: x, base_url: "
            "'http://") +
        host + "/v1', key_env: LAB_KEY}\n");
    CHECK(folder.told(loaded.diagnostics) == "");
  }
}

TEST_CASE("a prompt can name only models and retrievals of eval.yaml") {
  const EvalFolder folder;
  folder.write("prompts/duri/own.yaml", "user: '{{question}}'\nmodels: [oracel]\nretrievals:\n  - gold\n  - golden\n");
  const LoadedSpec loaded = folder.load("datasets: [datasets/nuri]\nprompts: [prompts]\nmodels: [builtin:oracle]\n");
  CHECK(folder.told(loaded.diagnostics) ==
        "prompts/duri/own.yaml:2:10: error: eval.yaml has no model 'oracel'; did you mean 'oracle'?\n"
        "prompts/duri/own.yaml:5:5: error: eval.yaml has no retrieval 'golden'; did you mean 'gold'?\n");
}

TEST_CASE("a service that cannot follow a conversation is a warning at the prompt that has one") {
  const EvalFolder folder;
  folder.write("prompts/hana/plain.yaml", "name: chat\nturns: [안녕]\nuser: '{{question}}'\n");
  KnownNames known = known_names();
  known.providers.emplace_back("http");
  const auto told = [&](const std::string& body) {
    const LoadedSpec loaded =
        load_spec(folder.write("eval.yaml",
                               "datasets: [datasets/nuri]\nprompts: [prompts/hana]\nmodels:\n"
                               "  - {name: rag, provider: http, url: 'http://localhost/ask', http: {body: {a: '" +
                                   body + "'}}}\n"),
                  known);
    CHECK(loaded.spec);
    return folder.told(loaded.diagnostics);
  };
  CHECK(told("{{question}}") ==
        "prompts/hana/plain.yaml:1:7: warning: this prompt has turns, but the body of 'rag' holds neither {{prompt}} "
        "nor {{messages}}, so each turn asks it the same\n");
  CHECK(told("{{prompt}}") == "");
  CHECK(told("{{ messages }}") == "");
}

TEST_CASE("two prompts of a member need two names") {
  const EvalFolder folder;
  folder.write("prompts/hana/second.yaml", "name: Plain\nuser: '{{question}}'\n");
  folder.write("prompts/duri/plain.yaml", "user: '{{question}}'\n");
  const LoadedSpec loaded = folder.load("datasets: [datasets/nuri]\nprompts: [prompts]\nmodels: [builtin:oracle]\n");
  CHECK(folder.told(loaded.diagnostics) ==
        "prompts/hana/second.yaml:1:7: error: prompt 'hana/Plain' is there twice; first as 'hana/plain' at "
        "prompts/hana/plain.yaml:1\n");
}

TEST_CASE("names that differ in a dot are two names") {
  const EvalFolder folder;
  const LoadedSpec loaded =
      folder.load("datasets: [datasets/nuri]\nprompts: [prompts/hana]\nmodels: [openai:gpt-4.1, openai:gpt-41]\n");
  CHECK(folder.told(loaded.diagnostics) == "");
  CHECK(loaded.spec);
}

TEST_CASE("a prompt named by its folder and by itself is read once") {
  const EvalFolder folder;
  const LoadedSpec loaded = folder.load(
      "datasets: [datasets/nuri]\nprompts: [prompts/hana, prompts/hana/plain.yaml]\nmodels: [builtin:oracle]\n");
  CHECK(folder.told(loaded.diagnostics) == "");
  REQUIRE(loaded.spec);
  CHECK(loaded.spec->prompts.size() == 1);
}

TEST_CASE("all mistakes of all files come at once, eval.yaml first") {
  const EvalFolder folder;
  folder.write("datasets/nuri/dataset.yaml", "name: nuri\ntitle: 누리\nlanguage: ko\nlicense: CC0\nversion: one\n");
  folder.write("prompts/hana/plain.yaml", "user: '{{qustion}}'\n");
  const LoadedSpec loaded =
      folder.load("datasets: [datasets/nuri, nowhere]\nprompts: [prompts/hana]\nmodels: [builtin:oracle]\ntrials: 0\n");
  CHECK(folder.told(loaded.diagnostics) ==
        "eval.yaml:1:27: error: no folder 'nowhere'\n"
        "eval.yaml:4:9: error: trials must be a whole number from 1 to 1000; found '0'\n"
        "datasets/nuri/dataset.yaml:5:10: error: version must be a whole number from 1 to 1000000; found 'one'\n"
        "prompts/hana/plain.yaml:1:7: error: user must hold {{question}}, or the model is not asked anything\n"
        "prompts/hana/plain.yaml:1:8: error: unknown placeholder 'qustion'; did you mean 'question'?\n");
}

TEST_CASE("eval.yaml comes first even if its only mistake is found last") {
  const EvalFolder folder;
  folder.write("datasets/nuri/dataset.yaml", "name: nuri\ntitle: 누리\nlanguage: ko\nlicense: CC0\nversion: one\n");
  const LoadedSpec loaded = folder.load("datasets: [datasets/nuri]\nprompts: [nowhere]\nmodels: [builtin:oracle]\n");
  CHECK(folder.told(loaded.diagnostics) ==
        "eval.yaml:2:11: error: no folder or file 'nowhere'\n"
        "datasets/nuri/dataset.yaml:5:10: error: version must be a whole number from 1 to 1000000; found 'one'\n");
}

TEST_CASE("a missing eval.yaml is an error without a line") {
  const TempFolder folder;
  const LoadedSpec loaded = load_spec(folder.path() / "eval.yaml", known_names());
  REQUIRE(loaded.diagnostics.size() == 1);
  CHECK(loaded.diagnostics[0].line == 0);
  CHECK(folder.told(loaded.diagnostics).starts_with("eval.yaml: error: cannot read"));
}

}  // namespace plumb
