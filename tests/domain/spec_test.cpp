#include "domain/spec.h"

#include <doctest/doctest.h>

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

}  // namespace
}  // namespace plumb
