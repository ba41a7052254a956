#include "domain/spec.h"

#include <doctest/doctest.h>

#include <memory>
#include <set>

namespace plumb {
namespace {

EvalSpec small_spec() {
  EvalSpec spec;
  Dataset dataset;
  dataset.name = "d";
  Passage passage;
  passage.id = "p";
  passage.text = "경력 3년";
  dataset.passages = {passage};
  Question question;
  question.id = "q";
  question.dataset = "d";
  question.text = "경력은?";
  question.passages = {"p"};
  dataset.questions = {question};
  seal(dataset);
  spec.datasets = {dataset};
  Model a, b;
  a.name = "a";
  a.provider = b.provider = "builtin";
  a.id = "extractive";
  b.name = "b";
  b.id = "oracle";
  b.control = true;
  spec.models = {a, b};
  for (const char* name : {"plain", "cite"}) {
    PromptTemplate prompt;
    prompt.member = "kim";
    prompt.name = name;
    prompt.user = std::string(name) + " {{question}}";
    seal(prompt);
    spec.prompts.push_back(prompt);
  }
  Retrieval gold;
  gold.name = "gold";
  spec.retrievals = {gold};
  expand(spec);
  return spec;
}

std::set<std::string> digests(const EvalSpec& spec) {
  std::set<std::string> all;
  for (const System& system : spec.systems) all.insert(system.digest);
  return all;
}

TEST_CASE("the grid is the product, less what a prompt excludes") {
  EvalSpec spec = small_spec();
  REQUIRE(spec.systems.size() == 4);
  CHECK(spec.systems[0].name == "a · kim/plain · gold");
  CHECK(spec.systems[3].control);
  CHECK(digests(spec).size() == 4);
  spec.prompts[0].models = {"a"};
  expand(spec);
  CHECK(spec.systems.size() == 3);
}

TEST_CASE("a system's digest changes with what can change its answers, and with nothing else") {
  const EvalSpec before = small_spec();
  const auto changed = [&](auto change) {
    EvalSpec after = before;
    change(after);
    for (PromptTemplate& prompt : after.prompts) seal(prompt);
    for (Dataset& dataset : after.datasets) seal(dataset);
    expand(after);
    return after.systems[0].digest != before.systems[0].digest;
  };
  CHECK_FALSE(changed([](EvalSpec&) {}));
  CHECK_FALSE(changed([](EvalSpec& spec) { spec.models[0].price = Price{1, 2}; }));
  CHECK_FALSE(changed([](EvalSpec& spec) { spec.prompts[0].description = "x"; }));
  CHECK_FALSE(changed([](EvalSpec& spec) { spec.models[0].key_env = "OTHER"; }));
  CHECK(changed([](EvalSpec& spec) { spec.models[0].id = "other"; }));
  CHECK(changed([](EvalSpec& spec) { spec.models[0].parameters.temperature = 0.5; }));
  CHECK(changed([](EvalSpec& spec) { spec.prompts[0].user += "!"; }));
  CHECK(changed([](EvalSpec& spec) { spec.retrievals[0].tables = "csv"; }));
  // A search may find any passage; gold shows the question's own, which are in the question's digest.
  CHECK_FALSE(changed([](EvalSpec& spec) { spec.datasets[0].passages[0].text += "!"; }));
  EvalSpec search = before;
  search.retrievals[0].retriever = "bm25";
  expand(search);
  EvalSpec other = search;
  other.datasets[0].passages[0].text += "!";
  seal(other.datasets[0]);
  expand(other);
  CHECK(search.systems[0].digest != other.systems[0].digest);
}

TEST_CASE("a question's digest covers its key and the passages it shows") {
  const EvalSpec before = small_spec();
  const auto changed = [&](auto change) {
    EvalSpec after = before;
    change(after.datasets[0]);
    seal(after.datasets[0]);
    return after.datasets[0].questions[0].digest != before.datasets[0].questions[0].digest;
  };
  CHECK_FALSE(changed([](Dataset&) {}));
  CHECK_FALSE(changed([](Dataset& dataset) { dataset.questions[0].tags = {"x"}; }));
  CHECK(changed([](Dataset& dataset) { dataset.questions[0].text += "?"; }));
  CHECK(changed([](Dataset& dataset) { dataset.questions[0].references = {DateRef{"2026"}}; }));
  CHECK(changed([](Dataset& dataset) {
    dataset.questions[0].forbidden = {{DateRef{"2026"}, HallucinationKind::stale}};
  }));
  CHECK(changed([](Dataset& dataset) { dataset.passages[0].text += "!"; }));
}

TEST_CASE("a request's digest tells what is sent, and the trial") {
  const EvalSpec spec = small_spec();
  ChatRequest request{"a", {{Message::Role::user, "x"}}, {}, {}, {}};
  const std::string base = request_digest(spec.models[0], request, 0);
  CHECK(base == request_digest(spec.models[0], request, 0));
  CHECK(base != request_digest(spec.models[0], request, 1));
  CHECK(base != request_digest(spec.models[1], request, 0));
  request.messages[0].role = Message::Role::system;
  CHECK(base != request_digest(spec.models[0], request, 0));
}

// As they stood in databases before a model could be asked in any other way.
TEST_CASE("a system that has nothing new keeps its digest, and so do its requests") {
  EvalSpec spec = small_spec();
  spec.datasets[0].questions[0].text = "경력은?";
  Model model;
  model.name = "a";
  model.provider = "openai";
  model.id = "gpt-4o-mini";
  model.base_url = "http://localhost:8000/v1";
  model.parameters.temperature = 0.0;
  spec.models = {model};
  PromptTemplate prompt;
  prompt.member = "kim";
  prompt.name = "plain";
  prompt.system = "s";
  prompt.user = "{{question}}";
  seal(prompt);
  spec.prompts = {prompt};
  expand(spec);
  CHECK(spec.systems[0].digest == "55eae18bdc30bedfee2d0d07079d4b05");
  ChatRequest request{"a", {{Message::Role::system, "s"}, {Message::Role::user, "x"}}, model.parameters, {}, {}};
  request.tools = {{"t", "d", "{}"}};
  request.question = "경력은?";
  request.passages = spec.datasets[0].passages;
  request.session = "z";
  CHECK(request_digest(model, request, 1) == "517cd939eb39f4a88d1a11ac2a95852a");
}

TEST_CASE("a service and a program are told apart by all that can change an answer, and by nothing else") {
  const auto digest_with = [](auto change) {
    EvalSpec spec = small_spec();
    change(spec.models[0]);
    expand(spec);
    return spec.systems[0].digest;
  };
  const auto http = [&](auto change) {
    return digest_with([&](Model& model) {
      model.http = HttpService{};
      change(*model.http);
    });
  };
  const auto program = [&](auto change) {
    return digest_with([&](Model& model) {
      auto made = std::make_shared<Program>(Program{{"python3", "bot.py"}, "/a", 0});
      change(*made);
      model.program = std::move(made);
    });
  };
  std::set<std::string> all = {digest_with([](Model&) {}), http([](HttpService&) {}), program([](Program&) {})};
  CHECK(all.size() == 3);
  all.insert(digest_with([](Model& model) { model.api = "responses"; }));
  all.insert(digest_with([](Model& model) { model.parameters.extra_json = R"({"a":1})"; }));
  all.insert(digest_with([](Model& model) { model.parameters.logprobs = false; }));
  all.insert(http([](HttpService& service) { service.method = "PUT"; }));
  all.insert(http([](HttpService& service) { service.headers = {{"X-A", "b"}}; }));
  all.insert(http([](HttpService& service) { service.headers = {{"X-A", "c"}}; }));
  all.insert(http([](HttpService& service) { service.body_json = R"("{{prompt}}")"; }));
  all.insert(http([](HttpService& service) { service.answer = ""; }));
  all.insert(http([](HttpService& service) { service.answer = "/a"; }));
  all.insert(http([](HttpService& service) { service.passages = "/a"; }));
  all.insert(http([](HttpService& service) { service.passage_text = "/a"; }));
  all.insert(http([](HttpService& service) { service.passage_title = "/a"; }));
  all.insert(http([](HttpService& service) { service.passage_id = "/a"; }));
  all.insert(http([](HttpService& service) { service.tool_calls = "/a"; }));
  all.insert(http([](HttpService& service) { service.session = "/a"; }));
  all.insert(program([](Program& made) { made.command = {"python3", "other.py"}; }));
  all.insert(program([](Program& made) { made.command = {"python3 bot.py"}; }));
  CHECK(all.size() == 20);
  CHECK(program([](Program& made) { made.folder = "/b"; }) == program([](Program&) {}));
  CHECK(program([](Program& made) { made.memory_mb_max = 9; }) == program([](Program&) {}));
  CHECK(digest_with([](Model& model) { model.rates.in_flight_max = 1; }) == digest_with([](Model&) {}));
  CHECK(digest_with([](Model& model) { model.stream = true; }) == digest_with([](Model&) {}));
}

TEST_CASE("a request to a service is told by its question and passages too, to a vendor by what it is sent") {
  Model vendor, service, program;
  service.http = HttpService{};
  program.program = std::make_shared<Program>();
  ChatRequest request{"a", {{Message::Role::user, "x"}}, {}, {}, {}};
  const auto changed = [&](const Model& model, auto change) {
    ChatRequest other = request;
    change(other);
    return request_digest(model, request, 0) != request_digest(model, other, 0);
  };
  const auto question = [](ChatRequest& asked) { asked.question = "y"; };
  const auto passage = [](ChatRequest& asked) { asked.passages.emplace_back().text = "z"; };
  const auto session = [](ChatRequest& asked) { asked.session = "s"; };
  const auto echo = [](ChatRequest& asked) { asked.messages[0].echo = "{}"; };
  CHECK_FALSE(changed(vendor, question));
  CHECK_FALSE(changed(vendor, passage));
  for (const Model& own : {service, program}) {
    CHECK(changed(own, question));
    CHECK(changed(own, passage));
    CHECK_FALSE(changed(own, session));  // of no two conversations: a reply could never be found again
  }
  CHECK(changed(vendor, echo));
}

}  // namespace
}  // namespace plumb
