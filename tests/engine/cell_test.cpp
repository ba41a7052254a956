// The life of one cell: what is shown, sent, recorded and scored.
#include <doctest/doctest.h>

#include "engine/engine.h"
#include "support/fake_parts.h"
#include "support/fake_transport.h"

namespace plumb {
namespace {

using test::fake_options;
using test::fake_spec;
using test::FakeTransport;
using test::Log;
using test::tasks_of;

// Runs the whole plan without faults.
Log run_all(const EvalSpec& spec, FakeTransport& world, std::vector<Task> tasks = {}) {
  Log log;
  auto engine = Engine::make(spec, world, log, fake_options());
  REQUIRE(engine);
  if (tasks.empty()) tasks = tasks_of(make_plan(spec, {}));
  const auto complete = (*engine)->run(std::move(tasks));
  REQUIRE(complete);
  CHECK(*complete);
  return log;
}

std::string error_of(const EvalSpec& spec) {
  FakeTransport world;
  Log log;
  const auto engine = Engine::make(spec, world, log, fake_options());
  return engine ? "" : engine.error().message;
}

const Completion& completion_of(const Log& log, Cell cell) { return std::get<Completion>(log.records.at(cell).reply); }
const Failure& failure_of(const Log& log, Cell cell) { return std::get<Failure>(log.records.at(cell).reply); }

TEST_CASE("an answer is recorded with all there is to know about it") {
  EvalSpec spec = fake_spec(1);
  spec.models[0].price = Price{2.0, 8.0};
  expand(spec);
  FakeTransport world;
  const Log log = run_all(spec, world);
  const AnswerRecord& record = log.records.at({0, 0, 0});
  const auto& completion = std::get<Completion>(record.reply);
  CHECK(completion.text.find("합격보상금은 100만원") != std::string::npos);  // the vendor echoes the prompt
  CHECK(completion.stop == Completion::Stop::finished);
  CHECK(completion.latency > std::chrono::milliseconds(0));
  CHECK(record.passages == std::vector<std::string>{"nuri-backend"});
  CHECK(record.raw_body.find("\"chatcmpl-1\"") != std::string::npos);
  CHECK(record.request_digest.size() == 32);
  CHECK(record.attempts == 1);
  CHECK(record.answered_at > 0);
  CHECK(record.cost_known);
  CHECK(record.cost_usd == doctest::Approx((100 * 2.0 + 10 * 8.0) / 1e6));
  CHECK_FALSE(log.records.at({1, 0, 0}).cost_known);  // no price is known
  CHECK(log.records.at({1, 0, 0}).cost_usd == 0.0);
}

TEST_CASE("the request holds the rendered prompt, the parameters that are set, and the key in a header only") {
  EvalSpec spec = fake_spec(1);
  spec.models[0].parameters = {.temperature = 0.5, .tokens_max = 64, .seed = 7};
  spec.prompts[0].system = "지문만 보고 답하세요.";
  spec.prompts[0].parameters.temperature = 0.0;
  spec.trials = 2;
  expand(spec);
  FakeTransport world;
  std::vector<HttpRequest> seen;
  world.on_start = [&](const HttpRequest& request) {
    if (request.url == "http://m1/v1/chat/completions") seen.push_back(request);
  };
  run_all(spec, world);
  REQUIRE(seen.size() == 2);
  const auto body = parse_json(seen[0].body);
  REQUIRE(body);
  CHECK((*body)["model"] == "m1");
  CHECK((*body)["temperature"] == 0.0);  // the prompt's own goes over the model's
  CHECK((*body)["max_tokens"] == 64);
  CHECK((*body)["seed"] == 7);
  CHECK((*parse_json(seen[1].body))["seed"] == 8);  // or all trials would be one
  CHECK_FALSE(body->contains("top_p"));
  CHECK((*body)["messages"][0]["role"] == "system");
  CHECK(string_at((*body)["messages"][1], "content") ==
        "[1] 누리솔루션 백엔드\n합격보상금은 100만원이며 지원자와 추천인이 50만원씩 받습니다.\n\n"
        "0번 공고의 합격보상금은 얼마인가요?");
  CHECK(seen[0].body.find("sk-secret-key-of-KEY") == std::string::npos);
  CHECK(std::ranges::find(seen[0].headers,
                          std::pair<std::string, std::string>("Authorization", "Bearer sk-secret-key-of-KEY")) !=
        seen[0].headers.end());
}

TEST_CASE("a key that a server echoes is in no record") {
  EvalSpec spec = fake_spec(1);
  FakeTransport world;
  world.say = [](const Json&) { return "your key is sk-secret-key-of-KEY"; };
  const Log log = run_all(spec, world);
  const AnswerRecord& record = log.records.at({0, 0, 0});
  CHECK(record.raw_body.find("sk-secret-key-of-KEY") == std::string::npos);
  CHECK(completion_of(log, {0, 0, 0}).text.find("sk-secret-key-of-KEY") == std::string::npos);
}

TEST_CASE("no reference reaches a request") {
  EvalSpec spec = fake_spec(3);
  for (Question& question : spec.datasets[0].questions) {
    question.answer = "비밀-정답-문장";
    question.references = {TextRef{{"비밀-기준"}}};
    question.forbidden = {{TextRef{{"비밀-금지"}}, HallucinationKind::invented}};
    question.because = "비밀-이유";
  }
  expand(spec);
  FakeTransport world;
  run_all(spec, world);
  for (const auto& [request, books] : world.asked) CHECK(request.find("비밀") == std::string::npos);
}

TEST_CASE("a closed-book question is shown nothing, whatever the retrieval") {
  EvalSpec spec = fake_spec(1);
  spec.datasets[0].questions[0].closed_book = true;
  spec.retrievals[0].retriever = "remote";
  expand(spec);
  FakeTransport world;
  const Log log = run_all(spec, world);
  CHECK(log.records.at({0, 0, 0}).passages.empty());
  CHECK(completion_of(log, {0, 0, 0}).text.starts_with("(없음)"));
}

TEST_CASE("a retrieval that needs a server asks it and is called again with the reply") {
  EvalSpec spec = fake_spec(2);
  spec.retrievals[0].retriever = "remote";
  FakeTransport world;
  int searches = 0;
  world.serve = [&](const HttpRequest& request) {
    CHECK(request.method == "GET");
    ++searches;
    HttpResponse response;
    response.status = searches == 1 ? 503 : 200;  // it is also asked again like any other
    response.body = "[]";
    return response;
  };
  const Log log = run_all(spec, world);
  CHECK(searches == 5);
  CHECK(log.records.at({0, 0, 0}).passages.size() == 1);
  CHECK(log.failures == 0);
}

TEST_CASE("when retrieval fails the cell has an error of its own kind, and no model is asked") {
  EvalSpec spec = fake_spec(1);
  spec.retrievals[0].retriever = "remote";
  FakeTransport world;
  world.serve = [](const HttpRequest&) {
    HttpResponse response;
    response.status = 404;
    response.body = R"({"error":"collection not found"})";
    return response;
  };
  const Log log = run_all(spec, world);
  CHECK(failure_of(log, {0, 0, 0}).kind == Failure::Kind::retrieval);
  CHECK(failure_of(log, {0, 0, 0}).message == "collection not found");
  CHECK(log.outcomes.at({0, 0, 0}).outcome == Outcome::error);
  CHECK(log.records.at({0, 0, 0}).attempts == 0);
  CHECK_FALSE(world.vendors.contains("http://m1"));

  EvalSpec lacking = fake_spec(1);
  lacking.datasets[0].questions[0].passages = {"없는-지문"};
  expand(lacking);
  const Log lost = run_all(lacking, world);
  CHECK(failure_of(lost, {0, 0, 0}).kind == Failure::Kind::retrieval);
}

TEST_CASE("a control answers with the references in sight, by the trial's seed, and sends nothing") {
  EvalSpec spec = fake_spec(1);
  spec.models[0] = Model{.name = "oracle", .provider = "builtin", .id = "oracle", .control = true};
  spec.prompts[0].models = {"oracle"};
  spec.trials = 2;
  expand(spec);
  FakeTransport world;
  const Log log = run_all(spec, world);
  CHECK(world.started == 0);
  CHECK(completion_of(log, {0, 0, 0}).text ==
        "합격보상금은 100만원입니다. #" + std::to_string(control_seed(spec.seed, 0)));
  CHECK(completion_of(log, {0, 0, 1}).text ==
        "합격보상금은 100만원입니다. #" + std::to_string(control_seed(spec.seed, 1)));
  const AnswerRecord& record = log.records.at({0, 0, 0});
  CHECK(record.attempts == 0);
  CHECK(record.raw_body.empty());
  CHECK(record.cost_known);
  CHECK(record.passages.size() == 1);
  CHECK(log.scores.at({0, 0, 0}).size() == 1);
}

TEST_CASE("trials and seeds give controls different seeds") {
  CHECK(control_seed(1, 0) != control_seed(1, 1));
  CHECK(control_seed(1, 0) != control_seed(2, 0));
  CHECK(control_seed(1, 1) != control_seed(2, 0));
}

TEST_CASE("a model inside the process sees the request and sends nothing") {
  EvalSpec spec = fake_spec(1);
  spec.models[0] = Model{.name = "extractive", .provider = "builtin", .id = "extractive"};
  spec.prompts[0].models = {"extractive"};
  expand(spec);
  FakeTransport world;
  const Log log = run_all(spec, world);
  CHECK(world.started == 0);
  CHECK(completion_of(log, {0, 0, 0}).text == "local: 0번 공고의 합격보상금은 얼마인가요? / 1");
}

TEST_CASE("without its key a model is not asked, and each of its cells says so") {
  EvalSpec spec = fake_spec(2);
  spec.models[0].key_env = "UNSET";
  FakeTransport world;
  const Log log = run_all(spec, world);
  CHECK(failure_of(log, {0, 0, 0}).kind == Failure::Kind::rejected);
  CHECK(failure_of(log, {0, 1, 0}).message == "UNSET is not set");
  CHECK(log.records.at({0, 0, 0}).attempts == 0);
  CHECK_FALSE(world.vendors.contains("http://m1"));
  CHECK(log.failures == 2);  // the other model goes on
}

TEST_CASE("scorers speak in the order of the spec, and each gets the replies to its own questions in order") {
  const EvalSpec spec = fake_spec(20, {"panel", "plain"});
  FakeTransport world;
  const Log log = run_all(spec, world);
  CHECK(log.scores.size() == 40);
  for (const auto& [cell, scores] : log.scores) {
    REQUIRE(scores.size() == 2);
    CHECK(scores[0].scorer == "panel");
    CHECK(scores[0].why == "strict;mild;sure;");
    CHECK(scores[1].scorer == "plain");
  }
}

TEST_CASE("a judge that cannot be asked is a failed reply, and the answer is kept") {
  EvalSpec spec = fake_spec(1, {"panel"});
  spec.models.pop_back();
  expand(spec);
  FakeTransport world;
  const Log log = run_all(spec, world);
  CHECK(log.failures == 0);
  CHECK(log.scores.at({0, 0, 0})[0].why == "failed;failed;failed;");
  CHECK_FALSE(log.scores.at({0, 0, 0})[0].value);
  CHECK(world.started == 2);
}

TEST_CASE("a scorer that asks without end is given up, and says so") {
  const EvalSpec spec = fake_spec(1, {"panel", "endless", "plain"});
  FakeTransport world;
  std::set<std::string> questions;
  world.say = [&](const Json& body) {
    const std::string question = string_at(body["messages"][0], "content");
    if (question.starts_with("and now? ")) questions.insert(question.substr(9));
    return question;
  };
  const Log log = run_all(spec, world);
  const auto& scores = log.scores.at({0, 0, 0});
  REQUIRE(scores.size() == 3);
  CHECK(scores[1].scorer == "endless");
  CHECK_FALSE(scores[1].value);
  CHECK(scores[1].why == "asked 16 times and came to no verdict");
  CHECK(questions.size() == 16);
  CHECK(questions.contains("0"));  // it saw nothing of what the panel was told
  CHECK(questions.contains("15"));
}

TEST_CASE("a stored answer is scored and not asked again") {
  const EvalSpec spec = fake_spec(1, {"plain"});
  FakeTransport world;
  AnswerRecord stored;
  Completion completion;
  completion.text = "저장된 답";
  stored.reply = completion;
  stored.passages = {"nuri-backend"};
  const Log log = run_all(spec, world, {{Cell{0, 0, 0}, stored}, {Cell{1, 0, 0}, std::nullopt}});
  CHECK(log.answers == 1);  // of the other cell
  CHECK(log.finishes == 2);
  CHECK(log.scores.at({0, 0, 0})[0].why == "저장된 답");
  CHECK(world.started == 1);

  AnswerRecord failed;
  failed.reply = Failure{Failure::Kind::timeout, 0, "no reply"};
  const Log errors = run_all(spec, world, {{Cell{0, 0, 0}, failed}});
  CHECK(errors.outcomes.at({0, 0, 0}).outcome == Outcome::error);
  CHECK(errors.answers == 0);
}

TEST_CASE("a stored answer whose passages are not in the dataset has them retrieved again") {
  EvalSpec spec = fake_spec(1, {"plain"});
  spec.retrievals[0].retriever = "remote";
  FakeTransport world;
  int searches = 0;
  world.serve = [&](const HttpRequest&) {
    ++searches;
    HttpResponse response;
    response.status = 200;
    response.body = "[]";
    return response;
  };
  AnswerRecord stored;
  stored.reply = Completion{};
  stored.passages = {"조각-17"};
  const Log log = run_all(spec, world, {{Cell{0, 0, 0}, stored}});
  CHECK(searches == 1);
  CHECK(log.finishes == 1);
  CHECK(log.answers == 0);
  CHECK_FALSE(world.vendors.contains("http://m1"));
}

TEST_CASE("equal requests are sent once, and paid for once") {
  EvalSpec spec = fake_spec(3);
  PromptTemplate twin = spec.prompts[0];  // another member's, word for word
  twin.member = "duri";
  spec.prompts.push_back(twin);
  for (Model& model : spec.models) model.price = Price{1.0, 1.0};
  expand(spec);
  REQUIRE(spec.systems.size() == 4);
  FakeTransport world;
  const Log log = run_all(spec, world);
  CHECK(log.done.size() == 12);
  CHECK(world.started == 6);
  int attempts = 0;
  double cost_usd = 0.0;
  for (const auto& [cell, record] : log.records) {
    attempts += record.attempts;
    cost_usd += record.cost_usd;
    CHECK(record.cost_known);
  }
  CHECK(attempts == 6);
  CHECK(cost_usd == doctest::Approx(6 * 110 / 1e6));

  spec.trials = 2;  // trials are different questions to ask
  FakeTransport again;
  run_all(spec, again);
  CHECK(again.started == 12);
}

TEST_CASE("a judge is asked once about equal answers, also when they come at different times") {
  EvalSpec spec = fake_spec(6, {"panel"});
  spec.limits.cells_open_max = 1;
  FakeTransport world;
  world.say = [](const Json& body) {  // the models agree with each other
    const std::string model = string_at(body, "model");
    return model == "judge" ? string_at(body["messages"][0], "content") : std::string("100만원입니다.");
  };
  const Log log = run_all(spec, world);
  CHECK(log.done.size() == 12);
  for (const auto& [cell, scores] : log.scores) CHECK(scores.at(0).why == "strict;mild;sure;");
  CHECK(world.started == 12 + 3);
}

TEST_CASE("a failure is not shared with who asks later") {
  EvalSpec spec = fake_spec(1);
  PromptTemplate twin = spec.prompts[0];
  twin.member = "duri";
  spec.prompts.push_back(twin);
  expand(spec);
  spec.limits.cells_open_max = 1;
  FakeTransport world(1, {.reject = 1.0});
  const Log log = run_all(spec, world);
  CHECK(log.failures == 4);
  CHECK(world.started == 4);
}

TEST_CASE("when the money is spent nothing more is asked; the cells left are empty") {
  EvalSpec spec = fake_spec(100);
  for (Model& model : spec.models) {
    model.price = Price{0.0, 1.0};
    model.parameters.tokens_max = 10;  // what a reply costs, and so what is held back for it
  }
  expand(spec);
  spec.limits.cost_max_usd = 20 * 10 / 1e6;
  spec.limits.in_flight_max = 4;
  spec.limits.cells_open_max = 10;
  FakeTransport world;
  Log log;
  auto engine = Engine::make(spec, world, log, fake_options());
  REQUIRE(engine);
  const auto complete = (*engine)->run(tasks_of(make_plan(spec, {})));
  REQUIRE(complete);
  CHECK_FALSE(*complete);
  CHECK((*engine)->over_budget());
  CHECK((*engine)->cost_usd() <= *spec.limits.cost_max_usd * 1.000001);
  CHECK((*engine)->cost_usd() > *spec.limits.cost_max_usd / 2);
  CHECK(log.answers == log.finishes);
  CHECK(log.finishes == 20);
  CHECK(log.failures == 0);
}

TEST_CASE(
    "when the money is spent while judges are asked, the answers are kept and the cells are not called finished") {
  EvalSpec spec = fake_spec(10, {"panel"});
  for (Model& model : spec.models) {
    model.price = Price{0.0, 1.0};
    model.parameters.tokens_max = 10;
  }
  expand(spec);
  spec.limits.cost_max_usd = 30 * 10 / 1e6;  // 20 answers, and ten of the sixty questions to the judge
  FakeTransport world;
  Log log;
  auto engine = Engine::make(spec, world, log, fake_options());
  REQUIRE(engine);
  const auto complete = (*engine)->run(tasks_of(make_plan(spec, {})));
  REQUIRE(complete);
  CHECK_FALSE(*complete);
  CHECK(log.answers == 20);
  CHECK(log.finishes < 20);
  CHECK((*engine)->cost_usd() <= *spec.limits.cost_max_usd * 1.000001);
}

TEST_CASE("what is held back for a reply follows the prompt's own limit, not the model's") {
  EvalSpec spec = fake_spec(20);
  for (Model& model : spec.models) {
    model.price = Price{0.0, 1.0};
    model.parameters.tokens_max = 1;
  }
  spec.prompts[0].parameters.tokens_max = 1'000;  // a reply may cost a thousand times what the model's limit says
  seal(spec.prompts[0]);
  expand(spec);
  spec.limits.cost_max_usd = 900 / 1e6;
  FakeTransport world;
  Log log;
  auto engine = Engine::make(spec, world, log, fake_options());
  REQUIRE(engine);
  CHECK_FALSE(*(*engine)->run(tasks_of(make_plan(spec, {}))));
  CHECK((*engine)->over_budget());
  CHECK(world.started == 0);
}

EvalSpec spec_with_tools() {
  EvalSpec spec = fake_spec(1);
  spec.models[0].provider = "calling";
  spec.prompts[0].models = {"m1"};
  spec.datasets[0].questions[0].tools = {{.name = "search", .output = "비밀-보상금 120만원"},
                                         {.name = "salary", .error = "시간 초과"}};
  for (Model& model : spec.models) model.price = Price{.input_usd = 1.0, .output_usd = 1.0};
  expand(spec);
  return spec;
}

TEST_CASE("tools are offered, calls are answered and recorded, and every request of the conversation is paid for") {
  const EvalSpec spec = spec_with_tools();
  FakeTransport world;
  std::vector<Json> bodies;
  world.say = [&](const Json& body) -> std::string {
    bodies.push_back(body);
    if (bodies.size() == 1) return "CALL search,salary";
    return bodies.size() == 2 ? "CALL search" : "보상금은 120만원입니다.";
  };
  const Log log = run_all(spec, world);
  REQUIRE(bodies.size() == 3);
  CHECK(bodies[0]["offered"] == Json({"search", "salary"}));
  CHECK(dump_json(bodies[0]).find("비밀") == std::string::npos);  // what a tool gives back is told when it is called
  CHECK(dump_json(bodies[1]).find("비밀-보상금 120만원") != std::string::npos);
  CHECK(bodies[0]["session"] == bodies[2]["session"]);
  const AnswerRecord& record = log.records.at({0, 0, 0});
  CHECK(record.attempts == 3);
  CHECK(record.cost_usd == doctest::Approx(3 * 110 / 1e6));
  const Completion& completion = completion_of(log, {0, 0, 0});
  CHECK(completion.text == "보상금은 120만원입니다.");
  REQUIRE(completion.tool_calls.size() == 3);
  CHECK(completion.tool_calls[1].failed);
  CHECK(completion.tool_calls[1].output == "시간 초과");
  CHECK(completion.usage.tokens_in == 300);
}

TEST_CASE("a conversation that breaks off half-way is an error with all its requests counted") {
  EvalSpec spec = spec_with_tools();
  spec.limits.attempts_max = 2;
  FakeTransport world;
  int asked = 0;
  world.say = [&](const Json&) -> std::string { return ++asked == 1 ? "CALL search" : ""; };
  const Log log = run_all(spec, world);
  CHECK(log.failures == 0);  // an empty text with a reason to stop is an answer
  CHECK(completion_of(log, {0, 0, 0}).text.empty());
  CHECK(log.records.at({0, 0, 0}).attempts == 2);
}

TEST_CASE("equal questions to a service that is told the session are equal requests, but not within a conversation") {
  for (const bool turns : {false, true}) {
    EvalSpec spec = fake_spec(2);
    spec.models[0].provider = "calling";
    spec.prompts[0].models = {"m1"};
    if (turns) spec.prompts[0].turns = {"안녕하세요"};
    seal(spec.prompts[0]);
    PromptTemplate twin = spec.prompts[0];
    twin.member = "duri";
    spec.prompts.push_back(twin);
    expand(spec);
    FakeTransport world;
    run_all(spec, world);
    CHECK(world.started == (turns ? 8 : 2));
  }
}

TEST_CASE("turns are asked one after the other in one session") {
  EvalSpec spec = fake_spec(2);
  spec.models[0].provider = "calling";
  spec.prompts[0].models = {"m1"};
  spec.prompts[0].turns = {"안녕하세요", "저는 {{question}}"};
  seal(spec.prompts[0]);
  expand(spec);
  FakeTransport world;
  std::map<std::string, int> sessions;
  world.say = [&](const Json& body) {
    ++sessions[string_at(body, "session")];
    return std::to_string(body["messages"].size());
  };
  const Log log = run_all(spec, world);
  CHECK(completion_of(log, {0, 0, 0}).text == "5");
  CHECK(sessions.size() == 2);
  CHECK(log.records.at({0, 1, 0}).attempts == 3);
}

TEST_CASE("an answer of a service that retrieves is measured against what it relied on") {
  EvalSpec spec = fake_spec(1);
  spec.models[0].provider = "calling";
  spec.prompts[0].models = {"m1"};
  expand(spec);
  FakeTransport world;
  world.say = [](const Json&) { return "FROM 챗봇이 찾은 글"; };
  const Log log = run_all(spec, world);
  const AnswerRecord& record = log.records.at({0, 0, 0});
  CHECK(record.passages == std::vector<std::string>{"own-1"});
  REQUIRE(completion_of(log, {0, 0, 0}).passages);
}

TEST_CASE("a part that cannot be had is named before anything runs") {
  EvalSpec spec = fake_spec(1);
  CHECK(error_of(spec) == "");
  spec.retrievals[0].retriever = "broken";
  CHECK(error_of(spec) == "retrieval 'gold', dataset 'postings': the index is missing");
  spec.retrievals[0].retriever = "nowhere";
  CHECK(error_of(spec) == "retrieval 'gold': no retriever 'nowhere'");
  spec = fake_spec(1, {"plain", "gues"});
  CHECK(error_of(spec) == "no scorer 'gues'");
  spec = fake_spec(1);
  spec.models[1].provider = "opnai";
  CHECK(error_of(spec) == "model 'm2': no provider 'opnai'");
}

}  // namespace
}  // namespace plumb
