// Bodies as the API reference and the vendor's own SDK show them, shortened.
#include "exchange.h"

namespace plumb {
namespace {

using test::question;
using test::response;
using Stop = Completion::Stop;

const Provider& anthropic() { return test::provider("anthropic"); }
Completion decoded(std::string body, std::map<std::string, std::string> headers = {}) {
  return test::decoded(anthropic(), std::move(body), std::move(headers));
}
std::string error_of(std::string body) { return test::error_of(anthropic(), std::move(body)); }

std::string reply(const std::string& content, const std::string& reason = R"("end_turn")") {
  return R"({"id":"msg_1","type":"message","role":"assistant","model":"m","content":)" + content +
         R"(,"stop_reason":)" + reason + R"(,"stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}})";
}

std::string refusal(const std::string& type, const std::string& message) {
  return R"({"type":"error","error":{"type":")" + type + R"(","message":")" + message +
         R"("},"request_id":"req_011CSHoEeqs5C35K2UUqR7Fy"})";
}

Retry::Kind kind(int status, const std::string& type, const std::string& message = "x") {
  return anthropic().classify(response(status, refusal(type, message))).kind;
}

TEST_CASE("Anthropic: text, usage, model and id") {
  const Completion completion = decoded(R"({
    "id": "msg_013Zva2CMHLNnXjNJJKqJ2EF", "type": "message", "role": "assistant",
    "model": "claude-sonnet-4-5-20250929",
    "content": [{"type": "text", "text": "합격보상금은 100만원입니다.", "citations": null}],
    "stop_reason": "end_turn", "stop_sequence": null, "stop_details": null,
    "usage": {"cache_creation_input_tokens": 0, "cache_read_input_tokens": 0, "input_tokens": 2095,
      "output_tokens": 503, "cache_creation": {"ephemeral_1h_input_tokens": 0, "ephemeral_5m_input_tokens": 0},
      "output_tokens_details": {"thinking_tokens": 310}, "server_tool_use": null, "service_tier": "standard"}})",
                                        {{"request-id", "req_1"}});
  CHECK(completion.text == "합격보상금은 100만원입니다.");
  CHECK(completion.stop == Stop::finished);
  CHECK(completion.usage.tokens_in == 2095);
  CHECK(completion.usage.tokens_out == 503);
  CHECK(completion.usage.tokens_reasoning == 310);
  CHECK(completion.usage.tokens_cached == 0);
  CHECK(completion.model_answered == "claude-sonnet-4-5-20250929");
  CHECK(completion.request_id == "req_1");  // which the vendor's support asks for
  CHECK_FALSE(completion.first_token);
}

TEST_CASE("Anthropic: without the header, the id is that of the message") {
  const char* body = R"({"id":"msg_1","content":[{"type":"text","text":"x"}],"stop_reason":"end_turn"})";
  CHECK(decoded(body, {{"request-id", "req_018EeWyXxfu5pfWkrYcMdjWG"}}).request_id == "req_018EeWyXxfu5pfWkrYcMdjWG");
  CHECK(decoded(body).request_id == "msg_1");
}

TEST_CASE("Anthropic: the prompt is what was read anew, from the cache and into it") {
  const auto usage = [](const std::string& given) {
    return decoded(R"({"content":[],"stop_reason":"end_turn","usage":)" + given + "}").usage;
  };
  const Usage cached = usage(R"({"input_tokens":21,"cache_creation_input_tokens":188,"cache_read_input_tokens":1800,
                                 "output_tokens":393})");
  CHECK(cached.tokens_in == 2009);
  CHECK(cached.tokens_cached == 1800);
  CHECK(usage(R"({"input_tokens":21,"cache_creation_input_tokens":null})").tokens_in == 21);
  for (const char* given :
       {"null", "[]", "{}", R"({"input_tokens":-1})", R"({"input_tokens":"12"})",
        R"({"input_tokens":18446744073709551615})", R"({"input_tokens":1e30})", R"({"cache_read_input_tokens":5})"}) {
    CAPTURE(given);
    CHECK_FALSE(usage(given).tokens_in);
    CHECK_FALSE(usage(given).tokens_out);
  }
}

TEST_CASE("Anthropic: the blocks of text count, thinking and tools do not") {
  CHECK(decoded(reply(R"([{"type":"thinking","thinking":"70만원? 아니다.","signature":"EqQB"},
                          {"type":"redacted_thinking","data":"Emw"},
                          {"type":"text","text":"보상금은 "},
                          {"type":"tool_use","id":"toolu_1","name":"f","input":{"text":"아니오"}},
                          {"type":"text","text":"100만원"}])"))
            .text == "보상금은 100만원");
}

TEST_CASE("Anthropic: every stop_reason has its stop; what is unknown is said to be") {
  const std::vector<std::pair<std::string, Stop>> table = {
      {R"("end_turn")", Stop::finished},
      {R"("stop_sequence")", Stop::finished},
      {R"("max_tokens")", Stop::length},
      {R"("model_context_window_exceeded")", Stop::length},
      {R"("refusal")", Stop::refused},
      {R"("tool_use")", Stop::tool_calls},
      {R"("pause_turn")", Stop::unknown},
      {R"("something_new")", Stop::unknown},
      {"null", Stop::unknown},
      {"3", Stop::unknown},
  };
  for (const auto& [reason, stop] : table) {
    CAPTURE(reason);
    CHECK(decoded(reply(R"([{"type":"text","text":"x"}])", reason)).stop == stop);
  }
}

TEST_CASE("Anthropic: an answer may be empty if the reply says why it ended") {
  CHECK(decoded(reply("[]")).text.empty());
  CHECK(decoded(reply("[]", R"("refusal")")).stop == Stop::refused);
  CHECK(decoded(reply(R"([{"type":"thinking","thinking":"음"}])", R"("max_tokens")")).stop == Stop::length);
  CHECK(error_of(reply("[]", "null")) == "an empty message without a stop_reason that says why");
}

TEST_CASE("Anthropic: replies that break the contract are errors, never crashes") {
  test::check_refuses_what_is_no_reply(anthropic());
  test::check_refuses(anthropic(), {
                                       R"({"type":"message"})",
                                       reply("null"),
                                       reply("{}"),
                                       reply(R"("text")"),
                                       reply("[null]"),
                                       reply(R"(["text"])"),
                                       reply("[[]]"),
                                       reply(R"([{"type":"text"}])"),
                                       reply(R"([{"type":"text","text":null}])"),
                                       reply(R"([{"type":"text","text":12}])"),
                                       reply(R"([{"type":"text","text":{"text":"x"}}])"),
                                       reply(R"([{"type":"text","text":"\ud800"}])"),
                                       reply(R"([{"type":"text","text":"x"}])") + "}",
                                   });
  CHECK(error_of(refusal("api_error", "Internal server error")) == "Internal server error");
}

TEST_CASE("Anthropic: a text that is not UTF-8 is mended and answered") {
  CHECK(decoded(reply("[{\"type\":\"text\",\"text\":\"100\xff만원\"}]")).text == "100\xEF\xBF\xBD만원");
}

TEST_CASE("Anthropic: the request, with the system message apart and max_tokens always set") {
  Model model;
  model.id = "claude-haiku-4-5";
  const HttpRequest http = anthropic().encode(model, question(), "sk-ant-1");
  CHECK(http.method == "POST");
  CHECK(http.url == "https://api.anthropic.com/v1/messages");
  const std::vector<std::pair<std::string, std::string>> headers = {
      {"Content-Type", "application/json"}, {"anthropic-version", "2023-06-01"}, {"x-api-key", "sk-ant-1"}};
  CHECK(http.headers == headers);
  CHECK(http.body == R"({"model":"claude-haiku-4-5","max_tokens":1024,"system":"지문만 보세요.",)"
                     R"("messages":[{"role":"user","content":"보상금은 \"얼마\"인가요?\n)"
                     R"(Years of service 기준, 빈칸없이도."}]})");
}

TEST_CASE("Anthropic: only the parameters that are set and that it knows") {
  const Json body = test::encoded(anthropic(), Model{}, test::question_with_all_set());
  CHECK(body["max_tokens"] == 50);
  CHECK(body["temperature"] == 0.0);
  CHECK(body["top_p"] == 0.9);
  CHECK_FALSE(body.contains("seed"));
}

TEST_CASE("Anthropic: several system messages are one, turns keep their order, ill-formed text is mended") {
  ChatRequest request;
  request.messages = {{Message::Role::system, "하나"},
                      {Message::Role::user, std::string(test::k_nfd)},
                      {Message::Role::assistant, "100\xff만원"},
                      {Message::Role::system, "둘"},
                      {Message::Role::tool, "{\"ok\":true}"}};
  const Json body = test::encoded(anthropic(), Model{}, request);
  CHECK(body["system"] == "하나\n\n둘");
  REQUIRE(body["messages"].size() == 3);
  CHECK(string_at(body["messages"][0], "content") == test::k_nfd);
  CHECK(string_at(body["messages"][1], "role") == "assistant");
  CHECK(string_at(body["messages"][1], "content") == "100\xEF\xBF\xBD만원");
  CHECK(string_at(body["messages"][2], "role") == "user");
  request.messages = {{Message::Role::system, ""}, {Message::Role::user, "x"}};
  CHECK_FALSE(test::encoded(anthropic(), Model{}, request).contains("system"));
}

TEST_CASE("Anthropic: the key is in one header, and equal requests are equal bytes") {
  test::check_key_is_in(anthropic(), "x-api-key");
  test::check_equal_requests_give_equal_bytes(anthropic());
}

TEST_CASE("Anthropic: a refusal is sorted by its type") {
  using Kind = Retry::Kind;
  CHECK(kind(429, "rate_limit_error") == Kind::throttled);
  CHECK(kind(529, "overloaded_error") == Kind::throttled);
  CHECK(kind(500, "overloaded_error") == Kind::throttled);
  CHECK(kind(401, "authentication_error") == Kind::stop);
  CHECK(kind(403, "permission_error") == Kind::stop);
  CHECK(kind(402, "billing_error") == Kind::stop);
  CHECK(kind(400, "billing_error") == Kind::stop);
  for (const char* type : {"authentication_error", "permission_error", "billing_error"}) {
    CAPTURE(type);
    CHECK(kind(404, type) == Kind::stop);  // the type decides, not the status
  }
  CHECK(kind(400, "invalid_request_error") == Kind::give_up);
  CHECK(kind(404, "not_found_error") == Kind::give_up);
  CHECK(kind(413, "request_too_large") == Kind::give_up);
  CHECK(kind(500, "api_error") == Kind::transient);
  CHECK(kind(504, "timeout_error") == Kind::transient);
  CHECK(anthropic().classify(response(529, "")).kind == Kind::throttled);
  CHECK(anthropic().classify(response(401, "<html>")).kind == Kind::stop);
  CHECK(anthropic().classify(response(400, "{\"error\":12}")).kind == Kind::give_up);
  CHECK(anthropic().classify(response(0, "")).kind == Kind::transient);
}

TEST_CASE("Anthropic: an account without money stops, though it comes as a request that is wrong") {
  using Kind = Retry::Kind;
  CHECK(kind(400, "invalid_request_error",
             "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or "
             "purchase credits.") == Kind::stop);
  CHECK(kind(400, "invalid_request_error",
             "You have reached your specified API usage limits. You will regain access on 2026-04-01 at 00:00 UTC.") ==
        Kind::stop);
  CHECK(kind(400, "invalid_request_error", "messages.0: Your credit balance is too low") == Kind::give_up);
  CHECK(kind(500, "api_error", "Your credit balance is too low") == Kind::transient);
}

TEST_CASE("Anthropic: what the server asks to wait is waited, and its words are told") {
  const std::string body = refusal("rate_limit_error", "This request would exceed your account's rate limit.");
  const HttpResponse limited = response(429, body, {{"retry-after", "7"}});
  CHECK(anthropic().classify(limited).after == std::chrono::milliseconds(7'000));
  CHECK(anthropic().error_message(limited) == "This request would exceed your account's rate limit.");
  CHECK(anthropic().error_message(response(529, refusal("overloaded_error", "Overloaded"))) == "Overloaded");
}

TEST_CASE("Anthropic: tools, calls, and the results of all calls in one message, failed ones marked") {
  ChatRequest request = test::question_with_tools();
  request.messages.push_back({.role = Message::Role::user, .text = "확실한가요?"});
  const Json body = test::encoded(anthropic(), Model{}, request);
  CHECK(dump_json(body["tools"]) ==
        R"([{"name":"fee","description":"보상금을 찾는다","input_schema":{"type":"object","properties":{"rank":)"
        R"({"type":"string"}}}},{"name":"today","input_schema":{"type":"object","properties":{}}}])");
  REQUIRE(body["messages"].size() == 4);
  CHECK(dump_json(body["messages"][1]) ==
        R"({"role":"assistant","content":[{"type":"text","text":"찾아보겠습니다."},{"type":"tool_use","id":"call_1",)"
        R"("name":"fee","input":{"rank":"과장"}},{"type":"tool_use","id":"call_2","name":"today","input":{}}]})");
  CHECK(dump_json(body["messages"][2]) ==
        R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"call_1","content":"100만원"},)"
        R"({"type":"tool_result","tool_use_id":"call_2","content":"no clock","is_error":true}]})");
  CHECK(body["messages"][3]["content"] == "확실한가요?");
}

TEST_CASE("Anthropic: an echo stands for its message; without a text, only the calls are sent") {
  ChatRequest request = test::question_with_tools();
  request.messages[2].text.clear();
  CHECK(test::encoded(anthropic(), Model{}, request)["messages"][1]["content"].size() == 2);
  request.messages[2].echo = R"([{"type":"thinking","thinking":"음","signature":"EqQB"}])";
  CHECK(dump_json(test::encoded(anthropic(), Model{}, request)["messages"][1]["content"]) == request.messages[2].echo);
}

TEST_CASE("Anthropic: calls are read, and signed thinking is kept to be sent back") {
  const std::string content = R"([{"type":"thinking","thinking":"음","signature":"EqQB"},)"
                              R"({"type":"text","text":"찾아보겠습니다."},)"
                              R"({"type":"tool_use","id":"toolu_1","name":"fee","input":{"rank":"과장"}},)"
                              R"({"type":"tool_use","id":"toolu_2","name":"today","input":{}}])";
  const Completion completion = decoded(reply(content, R"("tool_use")"));
  CHECK(completion.stop == Stop::tool_calls);
  REQUIRE(completion.tool_calls.size() == 2);
  CHECK(completion.tool_calls[0].id == "toolu_1");
  CHECK(completion.tool_calls[0].name == "fee");
  CHECK(completion.tool_calls[0].arguments == R"({"rank":"과장"})");
  CHECK(completion.tool_calls[1].arguments == "{}");
  CHECK(completion.echo == content);
  CHECK(decoded(reply(R"([{"type":"tool_use","id":"t","name":"f","input":{}}])", R"("tool_use")")).echo.empty());
}

TEST_CASE("Anthropic: streaming is asked for, probabilities are not, for there are none") {
  Model model;
  model.stream = true;
  ChatRequest request = question();
  request.parameters.logprobs = true;
  const Json body = test::encoded(anthropic(), model, request);
  CHECK(body["stream"] == true);
  CHECK_FALSE(body.contains("logprobs"));
  CHECK_FALSE(test::encoded(anthropic(), Model{}, request).contains("stream"));
}

TEST_CASE("Anthropic: a wrong type anywhere in a reply is an error or an answer, never a crash") {
  test::check_survives_wrong_types(
      anthropic(), reply(R"([{"type":"text","text":"네"},{"type":"thinking","thinking":"음","signature":"E"},
                {"type":"tool_use","id":"t","name":"f","input":{"a":1}}])"),
      [](const std::string& hostile) { return hostile; });
}

}  // namespace
}  // namespace plumb
