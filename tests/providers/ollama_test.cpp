// Bodies as Ollama's own docs and users show them, shortened.
#include "exchange.h"

namespace plumb {
namespace {

using test::question;
using test::response;
using Kind = Retry::Kind;
using Stop = Completion::Stop;

const Provider& ollama() { return test::provider("ollama"); }
Completion decoded(std::string body) { return test::decoded(ollama(), std::move(body)); }
std::string error_of(std::string body) { return test::error_of(ollama(), std::move(body)); }

std::string reply(const std::string& message, const std::string& rest = R"("done_reason":"stop","done":true)") {
  return R"({"model":"m","created_at":"2025-11-03T05:33:47.149505368Z","message":)" + message + "," + rest + "}";
}

TEST_CASE("Ollama: text, usage and model") {
  const Completion completion = decoded(
      R"({"model":"qwen3:4b-instruct","created_at":"2025-11-03T05:33:47.149505368Z",
      "message":{"role":"assistant","content":"합격보상금은 **100만원**입니다."},"done":true,"done_reason":"stop",
      "total_duration":3241137160,"load_duration":3106878899,"prompt_eval_count":19,"prompt_eval_duration":18088408,
      "eval_count":14,"eval_duration":94230297})");
  CHECK(completion.text == "합격보상금은 **100만원**입니다.");
  CHECK(completion.stop == Stop::finished);
  CHECK(completion.usage.tokens_in == 19);
  CHECK(completion.usage.tokens_out == 14);
  CHECK_FALSE(completion.usage.tokens_cached);
  CHECK(completion.model_answered == "qwen3:4b-instruct");
}

TEST_CASE("Ollama: what was thought is not what was answered") {
  CHECK(decoded(reply(R"({"role":"assistant","content":"100만원입니다.","thinking":"70만원? 아니다."})")).text ==
        "100만원입니다.");
  CHECK(decoded(reply(R"({"content":"<think>\n70만원? 아니다.\n</think>\n\n100만원입니다."})")).text ==
        "100만원입니다.");
  const Completion all_thought =
      decoded(reply(R"({"content":"","thinking":"지문에는"})", R"("done_reason":"length","done":true)"));
  CHECK(all_thought.text.empty());
  CHECK(all_thought.stop == Stop::length);
}

TEST_CASE("Ollama: every done_reason has its stop; what is unknown is said to be") {
  const std::vector<std::pair<std::string, Stop>> table = {
      {R"("done_reason":"stop",)", Stop::finished}, {R"("done_reason":"length",)", Stop::length},
      {R"("done_reason":"load",)", Stop::unknown},  {R"("done_reason":"",)", Stop::unknown},
      {R"("done_reason":null,)", Stop::unknown},    {"", Stop::unknown},
  };
  for (const auto& [reason, stop] : table) {
    CAPTURE(reason);
    CHECK(decoded(reply(R"({"content":"x"})", reason + R"("done":true)")).stop == stop);
  }
  CHECK(decoded(reply(R"({"content":"","tool_calls":[{"function":{"name":"f","arguments":{}}}]})")).stop ==
        Stop::tool_calls);
  CHECK(decoded(reply(R"({"content":"x","tool_calls":[]})")).stop == Stop::finished);
}

TEST_CASE("Ollama: a reply that is not the end of an answer is none") {
  CHECK(error_of(reply(R"({"content":"반쯤"})", R"("done":false)")) == "the reply ends before the model was done");
  CHECK(error_of(reply(R"({"content":""})", R"("done_reason":"load","done":true)")) ==
        "an empty message without a done_reason that says why");
  CHECK(error_of(R"({"error":"llama runner process no longer running: 2"})") ==
        "llama runner process no longer running: 2");
  CHECK(decoded(reply(R"({"content":""})")).text.empty());
}

TEST_CASE("Ollama: replies that break the contract are errors, never crashes") {
  test::check_refuses_what_is_no_reply(ollama());
  test::check_refuses(ollama(), {
                                    R"({"done":true})",
                                    reply("null"),
                                    reply(R"("x")"),
                                    reply("[]"),
                                    reply("{}"),
                                    reply(R"({"content":null})"),
                                    reply(R"({"content":12})"),
                                    reply(R"({"content":["x"]})"),
                                    reply(R"({"content":{"text":"x"}})"),
                                    reply(R"({"content":"\ud800"})"),
                                    reply(R"({"content":"x"})", R"("done_reason":"stop")"),
                                    reply(R"({"content":"x"})", R"("done":"true")"),
                                    reply(R"({"content":"x"})") + "\n" + reply(R"({"content":"y"})"),
                                });
}

TEST_CASE("Ollama: usage that makes no sense is unknown") {
  for (const char* given : {"null", "-1", "\"12\"", "18446744073709551615", "1e30", "[]"}) {
    CAPTURE(given);
    CHECK_FALSE(decoded(reply(R"({"content":"x"})", R"("done":true,"prompt_eval_count":)" + std::string(given)))
                    .usage.tokens_in);
  }
}

TEST_CASE("Ollama: a text that is not UTF-8 is mended and answered") {
  CHECK(decoded(reply("{\"content\":\"100\xff만원\"}")).text == "100\xEF\xBF\xBD만원");
}

TEST_CASE("Ollama: the request, which may not be shortened") {
  Model model;
  model.id = "qwen3:8b";
  const HttpRequest http = ollama().encode(model, question(), "");
  CHECK(http.method == "POST");
  CHECK(http.url == "http://127.0.0.1:11434/api/chat");
  const std::vector<std::pair<std::string, std::string>> headers = {{"Content-Type", "application/json"}};
  CHECK(http.headers == headers);
  CHECK(http.body == R"({"model":"qwen3:8b","messages":[{"role":"system","content":"지문만 보세요."},)"
                     R"({"role":"user","content":"보상금은 \"얼마\"인가요?\nYears of service 기준, 빈칸없이도."}],)"
                     R"("stream":false,"truncate":false,"shift":false})");
  CHECK(dump_json(test::encoded(ollama(), model, test::question_with_all_set())["options"]) ==
        R"({"temperature":0.0,"top_p":0.9,"num_predict":50,"seed":3})");
}

TEST_CASE("Ollama: Korean arrives as it was written") {
  ChatRequest request;
  request.messages = {{Message::Role::user, std::string(test::k_nfd)}, {Message::Role::assistant, "100\xff만원"}};
  const Json body = test::encoded(ollama(), Model{}, request);
  CHECK(string_at(body["messages"][0], "content") == test::k_nfd);
  CHECK(string_at(body["messages"][1], "role") == "assistant");
  CHECK(string_at(body["messages"][1], "content") == "100\xEF\xBF\xBD만원");
}

TEST_CASE("Ollama: the key is in one header, and equal requests are equal bytes") {
  test::check_key_is_in(ollama(), "Authorization", "Bearer ");
  test::check_equal_requests_give_equal_bytes(ollama());
}

TEST_CASE("Ollama: a model that is not there is given up in Ollama's own words") {
  const HttpResponse missing = response(404, R"({"error":"model 'llama9' not found, try pulling it first"})");
  CHECK(ollama().classify(missing).kind == Kind::give_up);
  CHECK(ollama().error_message(missing) == "model 'llama9' not found, try pulling it first");
}

TEST_CASE("Ollama: a full queue asks to slow down; the rest is as everywhere") {
  const HttpResponse full =
      response(503, R"({"error":"server busy, please try again.  maximum pending requests exceeded"})");
  CHECK(ollama().classify(full).kind == Kind::throttled);
  CHECK(ollama().classify(response(503, "", {{"retry-after", "2"}})).after == std::chrono::milliseconds(2'000));
  CHECK(ollama().classify(response(500, R"({"error":"llama runner process has terminated"})")).kind == Kind::transient);
  CHECK(ollama().classify(response(400, R"({"error":"the input length exceeds the context length"})")).kind ==
        Kind::give_up);
  CHECK(ollama().classify(response(401, R"({"error":"unauthorized"})")).kind == Kind::stop);
  CHECK(ollama().classify(response(0, "")).kind == Kind::transient);
}

TEST_CASE("Ollama: tools, calls with objects as arguments, and results by the tool's name") {
  ChatRequest request = test::question_with_tools();
  const Json body = test::encoded(ollama(), Model{}, request);
  CHECK(body["tools"].size() == 2);
  CHECK(dump_json(body["tools"][1]) ==
        R"({"type":"function","function":{"name":"today","parameters":{"type":"object","properties":{}}}})");
  CHECK(dump_json(body["messages"][2]) ==
        R"({"role":"assistant","content":"찾아보겠습니다.","tool_calls":[{"id":"call_1","function":{"name":"fee",)"
        R"("arguments":{"rank":"과장"}}},{"id":"call_2","function":{"name":"today","arguments":{}}}]})");
  CHECK(dump_json(body["messages"][3]) ==
        R"({"role":"tool","content":"100만원","tool_name":"fee","tool_call_id":"call_1"})");
  request.messages[2].echo = R"({"role":"assistant","content":"","thinking":"음","tool_calls":[]})";
  request.messages[3].tool_calls[0].id.clear();
  const Json again = test::encoded(ollama(), Model{}, request);
  CHECK(dump_json(again["messages"][2]) == request.messages[2].echo);
  CHECK_FALSE(again["messages"][3].contains("tool_call_id"));
}

TEST_CASE("Ollama: calls are read, with the thinking they came of") {
  const std::string message =
      R"({"role":"assistant","content":"","thinking":"직급별로?","tool_calls":[{"id":"call_x","function":{"index":0,)"
      R"("name":"fee","arguments":{"rank":"과장"}}},{"function":{"name":"today","arguments":{}}}]})";
  const Completion completion =
      decoded(R"({"model":"qwen3:8b","message":)" + message + R"(,"done_reason":"stop","done":true,"eval_count":9})");
  CHECK(completion.stop == Stop::tool_calls);
  REQUIRE(completion.tool_calls.size() == 2);
  CHECK(completion.tool_calls[0].id == "call_x");
  CHECK(completion.tool_calls[0].name == "fee");
  CHECK(completion.tool_calls[0].arguments == R"({"rank":"과장"})");
  CHECK(completion.tool_calls[1].id.empty());
  CHECK(completion.echo == message);
}

std::string line(const std::string& message, const std::string& rest = R"("done":false)") {
  return R"({"model":"qwen3:8b","created_at":"2025-05-27T22:54:57.641643Z","message":)" + message + "," + rest + "}\n";
}

std::string said(const std::string& text) { return line(R"({"role":"assistant","content":")" + text + R"("})"); }

constexpr const char* k_done =
    R"("done_reason":"stop","done":true,"total_duration":1,"prompt_eval_count":31,"eval_count":12)";

TEST_CASE("Ollama streamed: the same completion as whole, and the time to the first token") {
  HttpResponse sent =
      response(200, said("합격보") + said("상금은 100만") + said("원") + line(R"({"content":""})", k_done),
               {{"content-type", "application/x-ndjson"}});
  sent.first_byte = std::chrono::milliseconds(40);
  const auto completion = ollama().decode(sent);
  REQUIRE(completion);
  CHECK(completion->text == "합격보상금은 100만원");
  CHECK(completion->stop == Stop::finished);
  CHECK(completion->usage.tokens_in == 31);
  CHECK(completion->usage.tokens_out == 12);
  CHECK(completion->model_answered == "qwen3:8b");
  CHECK(completion->first_token == std::chrono::milliseconds(40));
  CHECK_FALSE(decoded(line(R"({"content":"네"})", k_done)).first_token);
  // The last line of old versions has no message.
  CHECK(decoded(said("네") + R"({"model":"m","done":true,"eval_count":1})").text == "네");
  Model model;
  model.stream = true;
  CHECK(test::encoded(ollama(), model, question())["stream"] == true);
}

TEST_CASE("Ollama streamed: calls in several lines, and thinking that came before them") {
  const Completion completion =
      decoded(line(R"({"content":"","thinking":"직급"})") + line(R"({"content":"","thinking":"별로?"})") +
              line(R"({"content":"","tool_calls":[{"function":{"name":"fee","arguments":{"rank":"과장"}}}]})") +
              line(R"({"content":"","tool_calls":[{"function":{"name":"today","arguments":{}}}]})") +
              line(R"({"content":""})", k_done));
  CHECK(completion.stop == Stop::tool_calls);
  REQUIRE(completion.tool_calls.size() == 2);
  CHECK(completion.tool_calls[1].name == "today");
  CHECK(
      completion.echo ==
      R"({"role":"assistant","content":"","thinking":"직급별로?","tool_calls":[{"function":{"name":"fee","arguments":)"
      R"({"rank":"과장"}}},{"function":{"name":"today","arguments":{}}}]})");
}

TEST_CASE("Ollama streamed: no end is no answer, an error is one in its words, and after the end comes nothing") {
  CHECK(error_of(said("백") + said("만")) == "the stream broke off");
  CHECK(error_of(said("백") + said("만").substr(0, 40)) == "the stream broke off");
  CHECK(error_of(said("백") + R"({"error":"an error was encountered while running the model"})" + "\n") ==
        "an error was encountered while running the model");
  CHECK(error_of(line(R"({"content":"네"})", k_done) + said("또")) == "more lines after the last one");
}

TEST_CASE("Ollama: a wrong type anywhere in a reply is an error or an answer, never a crash") {
  const std::string reply =
      R"({"model":"m","message":{"role":"assistant","content":"네","thinking":"음","tool_calls":[{"id":"c","function":
        {"name":"f","arguments":{"a":1}}}]},"done_reason":"stop","done":true,"prompt_eval_count":1,"eval_count":1})";
  test::check_survives_wrong_types(ollama(), reply, [](const std::string& hostile) { return hostile; });
  test::check_survives_wrong_types(ollama(), reply, [](const std::string& hostile) { return said("가") + hostile; });
  CHECK(error_of(said("백") + std::string(100'000, '[') + "\n" + said("만")) != "");
}

}  // namespace
}  // namespace plumb
