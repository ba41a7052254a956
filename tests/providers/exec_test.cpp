// A program of one's own: one line of JSON in, one line of JSON out.
#include "base/text.h"
#include "exchange.h"

namespace plumb {
namespace {

const Provider& exec() { return test::provider("exec"); }

Model bot() {
  Model model;
  model.name = "우리 봇";
  model.provider = "exec";
  model.id = "bot";
  model.program = std::make_shared<Program>(Program{{"python3", "bot.py"}, "/tmp", 0});
  return model;
}

TEST_CASE("a program is sent one line with all there is to know") {
  ChatRequest request = test::question_with_all_set();
  request.parameters.logprobs = true;
  request.parameters.extra_json = R"({"style":"short"})";
  request.question = "보상금은?";
  request.session = "s-1";
  Passage passage;
  passage.id = "p1";
  passage.title = "공고";
  passage.text = "보상금 100만원";
  request.passages = {passage};
  request.tools = {{"search", "찾는다", R"({"type":"object"})"}, {"now", "", ""}};
  const HttpRequest sent = exec().encode(bot(), request, "k-Secret-0123456789");
  CHECK(sent.url == "exec:우리 봇");
  CHECK(sent.program->command.front() == "python3");
  CHECK(sent.headers.empty());
  CHECK(sent.body.find('\n') == std::string::npos);
  CHECK(sent.body.find("k-Secret") == std::string::npos);
  const auto line = parse_json(sent.body);
  REQUIRE(line);
  CHECK(line->at("id") == "s-1/2");
  CHECK(line->at("model") == "bot");
  CHECK(line->at("messages").size() == 2);
  CHECK(line->at("messages")[0] == Json{{"role", "system"}, {"content", "지문만 보세요."}});
  CHECK(line->at("question") == "보상금은?");
  CHECK(line->at("passages")[0] == Json{{"id", "p1"}, {"title", "공고"}, {"text", "보상금 100만원"}});
  CHECK(line->at("parameters") == Json{{"temperature", 0.0},
                                       {"top_p", 0.9},
                                       {"tokens_max", 50},
                                       {"seed", 3},
                                       {"logprobs", true},
                                       {"style", "short"}});
  CHECK(line->at("tools")[0] ==
        Json{{"name", "search"}, {"description", "찾는다"}, {"parameters", {{"type", "object"}}}});
  CHECK(line->at("tools")[1]["parameters"] == Json::object());
  CHECK(line->at("session") == "s-1");
}

TEST_CASE("equal requests are equal lines, and each turn has an id of its own") {
  test::check_equal_requests_give_equal_bytes(exec());
  ChatRequest later = test::question();
  later.messages.push_back({.role = Message::Role::assistant, .text = "답"});
  CHECK(test::encoded(exec(), bot(), test::question())["id"] != test::encoded(exec(), bot(), later)["id"]);
}

TEST_CASE("a reply is read with all it may hold") {
  const Completion full = test::decoded(exec(), R"({"answer":"100만원","model":"bot-2","extra":1,
      "usage":{"tokens_in":12,"tokens_out":3},
      "passages":[{"id":"d1","text":"보상금 100만원"}],
      "tool_calls":[{"name":"search","arguments":{"q":"x"},"output":"hit"}]})");
  CHECK(full.text == "100만원");
  CHECK(full.stop == Completion::Stop::finished);
  CHECK(full.model_answered == "bot-2");
  CHECK(full.usage.tokens_in == 12);
  CHECK(full.usage.tokens_out == 3);
  REQUIRE(full.passages);
  CHECK(full.passages->at(0).id == "d1");
  CHECK(full.passages->at(0).digest != "");
  REQUIRE(full.tool_calls.size() == 1);
  CHECK(full.tool_calls[0].output == "hit");
  const Completion least = test::decoded(exec(), R"({"text":"짧게"})");
  CHECK(least.text == "짧게");
  CHECK_FALSE(least.passages);
  CHECK_FALSE(least.usage.tokens_in);
  CHECK(test::decoded(exec(), R"({"answer":"x","usage":{"tokens_in":-1,"tokens_out":"2"}})").usage.tokens_in ==
        std::nullopt);
}

TEST_CASE("what is no reply is told as the program's author needs it") {
  CHECK(test::error_of(exec(), "Loading model...") ==
        "the reply is no JSON; it begins with 'Loading model...'; what a program has to say to people belongs on its "
        "standard error");
  CHECK(test::error_of(exec(), R"({"reply":"x"})") == "the reply has the key reply, but no 'answer' (or 'text')");
  CHECK(test::error_of(exec(), R"({"error":"no index"})") == "the program says: no index");
  CHECK(test::error_of(exec(), R"({"error":{"message":"no \u001b[31mindex"}})") == "the program says: no index");
  CHECK(test::error_of(exec(), R"({"answer":null})") ==
        "the answer is null, not a string, a number or a list of strings");
  CHECK(test::decoded(exec(), R"({"answer":"x","error":null})").text == "x");
  test::check_refuses_what_is_no_reply(exec());
}

TEST_CASE("a long complaint is cut between characters") {
  std::string words;
  for (int i = 0; i < 1'000; ++i) words += "가";
  const std::string told = test::error_of(exec(), "{\"error\":\"" + words + "\"}");
  CHECK(told.size() < 1'000);
  CHECK_FALSE(find_invalid_utf8(told));
}

}  // namespace
}  // namespace plumb
