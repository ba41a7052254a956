// Streams as "Streaming messages" of the API reference shows them and the fixtures of the vendor's Python SDK
// (version 2023-06-01), shortened.
#include "exchange.h"

namespace plumb {
namespace {

using std::chrono::milliseconds;
using test::response;
using Stop = Completion::Stop;

const Provider& anthropic() { return test::provider("anthropic"); }
Completion decoded(std::string body) { return test::decoded(anthropic(), std::move(body)); }
std::string error_of(std::string body) { return test::error_of(anthropic(), std::move(body)); }

// `rest` begins with a comma, or is empty.
std::string event(const std::string& type, const std::string& rest = "") {
  return "event: " + type + "\ndata: {\"type\":\"" + type + "\"" + rest + "}\n\n";
}

std::string start() {
  return event("message_start",
               R"(,"message":{"id":"msg_019Q1hrJbZG26Fb9BQhrkHEr","type":"message","role":"assistant",)"
               R"("model":"claude-sonnet-4-20250514","content":[],"stop_reason":null,"stop_sequence":null,)"
               R"("usage":{"input_tokens":377,"cache_creation_input_tokens":0,"cache_read_input_tokens":100,)"
               R"("output_tokens":1,"service_tier":"standard"}})");
}

std::string block(int index, const std::string& begin, const std::vector<std::string>& deltas) {
  const std::string at = R"(,"index":)" + std::to_string(index);
  std::string all = event("content_block_start", at + R"(,"content_block":)" + begin);
  for (const std::string& delta : deltas) all += event("content_block_delta", at + R"(,"delta":)" + delta);
  return all + event("content_block_stop", at);
}

std::string text_block(int index, const std::vector<std::string>& pieces) {
  std::vector<std::string> deltas;
  for (const std::string& piece : pieces) deltas.push_back(R"({"type":"text_delta","text":")" + piece + R"("})");
  return block(index, R"({"type":"text","text":""})", deltas);
}

std::string end(const std::string& reason, const std::string& usage = R"({"output_tokens":65})") {
  return event("message_delta", R"(,"delta":{"stop_reason":)" + reason + R"(,"stop_sequence":null},"usage":)" + usage) +
         event("message_stop");
}

std::string input(const std::string& piece) {
  return R"({"type":"input_json_delta","partial_json":")" + piece + R"("})";
}

TEST_CASE("Anthropic streamed: the same completion as whole, and the time to the first token") {
  HttpResponse sent = response(
      200, start() + event("ping") + text_block(0, {"합격보", "상금은 100만", "원입니다."}) + end(R"("end_turn")"),
      {{"content-type", "text/event-stream; charset=utf-8"}, {"request-id", "req_1"}});
  sent.first_byte = milliseconds(310);
  const auto completion = anthropic().decode(sent);
  REQUIRE(completion);
  CHECK(completion->text == "합격보상금은 100만원입니다.");
  CHECK(completion->stop == Stop::finished);
  CHECK(completion->usage.tokens_in == 477);
  CHECK(completion->usage.tokens_cached == 100);
  CHECK(completion->usage.tokens_out == 65);
  CHECK(completion->model_answered == "claude-sonnet-4-20250514");
  CHECK(completion->request_id == "req_1");
  CHECK(completion->first_token == milliseconds(310));
  CHECK(completion->echo.empty());
}

TEST_CASE("Anthropic streamed: parallel calls, whose input comes in pieces") {
  const Completion completion =
      decoded(start() + text_block(0, {"I", "'ll check."}) +
              block(1, R"({"type":"tool_use","id":"toolu_01N","name":"fee","caller":{"type":"direct"},"input":{}})",
                    {input(""), input(R"({\"ra)"), input(R"(nk\": \"과)"), input(R"(장\"})")}) +
              block(2, R"({"type":"tool_use","id":"toolu_02N","name":"today","input":{}})", {input("")}) +
              end(R"("tool_use")"));
  CHECK(completion.text == "I'll check.");
  CHECK(completion.stop == Stop::tool_calls);
  REQUIRE(completion.tool_calls.size() == 2);
  CHECK(completion.tool_calls[0].id == "toolu_01N");
  CHECK(completion.tool_calls[0].name == "fee");
  CHECK(completion.tool_calls[0].arguments == R"({"rank":"과장"})");
  CHECK(completion.tool_calls[1].name == "today");
  CHECK(completion.tool_calls[1].arguments == "{}");
  CHECK(completion.echo.empty());
}

TEST_CASE("Anthropic streamed: thinking goes back signed and unchanged, without empty texts") {
  const Completion completion = decoded(
      start() +
      block(0, R"({"type":"thinking","thinking":"","signature":""})",
            {R"({"type":"thinking_delta","thinking":"직급별"})", R"({"type":"thinking_delta","thinking":"로?"})",
             R"({"type":"signature_delta","signature":"EqQBCgIYAhIM"})"}) +
      block(1, R"({"type":"redacted_thinking","data":"EmwKAhgB"})", {}) + text_block(2, {}) +
      block(3, R"({"type":"tool_use","id":"toolu_1","name":"fee","input":{}})", {input(R"({\"rank\":1})")}) +
      end(R"("tool_use")"));
  CHECK(completion.text.empty());
  CHECK(completion.echo == R"([{"type":"thinking","thinking":"직급별로?","signature":"EqQBCgIYAhIM"},)"
                           R"({"type":"redacted_thinking","data":"EmwKAhgB"},)"
                           R"({"type":"tool_use","id":"toolu_1","name":"fee","input":{"rank":1}}])");
}

TEST_CASE("Anthropic streamed: an input that is no JSON is read as it was written, and wrapped to go back") {
  const Completion completion =
      decoded(start() + block(0, R"({"type":"redacted_thinking","data":"E"})", {}) +
              block(1, R"({"type":"tool_use","id":"t","name":"f","input":{}})", {input(R"({\"rank\": \"과)")}) +
              end(R"("max_tokens")"));
  CHECK(completion.stop == Stop::length);
  REQUIRE(completion.tool_calls.size() == 1);
  CHECK(completion.tool_calls[0].arguments == R"({"rank": "과)");
  CHECK(completion.echo.find(R"("input":{"INVALID_JSON":"{\"rank\": \"과"})") != std::string::npos);
}

TEST_CASE("Anthropic streamed: the last counts stand, and may be the only ones") {
  CHECK(decoded(event("message_start", R"(,"message":{"id":"m","content":[],"stop_reason":null})") +
                text_block(0, {"hi"}) +
                end(R"("end_turn")", R"({"input_tokens":11,"output_tokens":1,"cache_creation_input_tokens":3,)"
                                     R"("cache_read_input_tokens":5})"))
            .usage.tokens_in == 19);
  const Usage none = decoded(event("message_start", R"(,"message":{"content":[]})") + text_block(0, {"hi"}) +
                             end(R"("end_turn")", "null"))
                         .usage;
  CHECK_FALSE(none.tokens_in);
  CHECK_FALSE(none.tokens_out);
}

TEST_CASE("Anthropic streamed: a refusal, and a reason that is not known") {
  CHECK(decoded(start() + text_block(0, {}) + end(R"("refusal")")).stop == Stop::refused);
  CHECK(decoded(start() + text_block(0, {"네"}) + end(R"("something_new")")).stop == Stop::unknown);
  CHECK(error_of(start() + end("null")) == "an empty message without a stop_reason that says why");
}

TEST_CASE("Anthropic streamed: overloaded in the middle is an error, and means to slow down") {
  const std::string body =
      start() + text_block(0, {"반쯤"}) +
      "event: error\ndata: {\"type\": \"error\", \"error\": {\"type\": \"overloaded_error\", \"message\": "
      "\"Overloaded\"}}\n\n";
  CHECK(error_of(body) == "Overloaded");
  CHECK(anthropic().classify(response(200, body)).kind == Retry::Kind::throttled);
  CHECK(anthropic().error_message(response(200, body)) == "Overloaded");
  const auto kind = [](const std::string& type) {
    return anthropic()
        .classify(response(200, event("error", R"(,"error":{"type":")" + type + R"(","message":"x"})")))
        .kind;
  };
  CHECK(kind("api_error") == Retry::Kind::transient);
  CHECK(kind("rate_limit_error") == Retry::Kind::throttled);
  CHECK(kind("authentication_error") == Retry::Kind::stop);
  CHECK(kind("invalid_request_error") == Retry::Kind::give_up);
}

TEST_CASE("Anthropic streamed: a stream without message_stop is no answer, wherever it ends") {
  const std::string whole = start() + text_block(0, {"합격보", "상금"}) + end(R"("end_turn")");
  CHECK(decoded(whole).text == "합격보상금");
  for (std::size_t size = 1; size < whole.size(); ++size) {
    const std::string error = error_of(whole.substr(0, size));
    CAPTURE(size);
    CHECK(error != "");
    if (size > 6) CHECK(error == "the stream broke off");
  }
}

TEST_CASE("Anthropic streamed: kinds that are yet to be invented are passed over") {
  CHECK(decoded(start() + event("weather", R"(,"index":0)") +
                block(0, R"({"type":"text","text":""})",
                      {R"({"type":"text_delta","text":"네"})", R"({"type":"new_delta","new":1})"}) +
                block(1, R"({"type":"new_block"})", {}) + end(R"("end_turn")"))
            .text == "네");
}

TEST_CASE("Anthropic streamed: hostile events are errors or answers, never crashes") {
  CHECK(error_of(start() + event("content_block_delta", R"(,"index":7,"delta":{"type":"text_delta","text":"x"})")) ==
        "a delta of a block that never began");
  CHECK(error_of(event("message_start", R"(,"message":[])")) == "message_start without a message");
  CHECK(error_of(start() + block(0, R"("x")", {})) == "content_block_start without a block");
  CHECK(error_of(start() + block(0, R"({"type":"text"})", {R"({"type":"text_delta","text":7})"})) ==
        "a delta without text");
  CHECK(error_of(start() + event("ping", ",\"x\":" + std::string(100'000, '['))) != "");
  CHECK(decoded(start() + block(9'000, R"({"type":"text","text":null})", {R"({"type":"text_delta","text":"네"})"}) +
                end(R"("end_turn")"))
            .text == "네");
  const auto inside = [](const std::string& type, const char* key, const std::string& value) {
    test::check_survives_wrong_types(anthropic(), value, [&](const std::string& hostile) {
      return start() + event(type, std::string(",\"index\":0,\"") + key + "\":" + hostile) + text_block(1, {"네"}) +
             end(R"("end_turn")");
    });
  };
  inside("message_start", "message", R"({"content":[],"usage":{"input_tokens":1}})");
  inside("content_block_start", "content_block", R"({"type":"tool_use","id":"t","name":"f","input":{"a":1}})");
  inside("message_delta", "delta", R"({"stop_reason":"end_turn","content":[]})");
  inside("message_delta", "usage", R"({"output_tokens":1})");
  test::check_survives_wrong_types(
      anthropic(), R"({"type":"input_json_delta","partial_json":"{"})", [](const std::string& hostile) {
        return start() + block(0, R"({"type":"tool_use","id":"t","name":"f","input":{}})", {hostile}) +
               end(R"("tool_use")");
      });
}

}  // namespace
}  // namespace plumb
