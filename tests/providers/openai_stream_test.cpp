// Chunks as OpenAI's reference of chat completions shows them (object chat.completion.chunk), and as vLLM, OpenRouter,
// Mistral and Gemini's OpenAI-compatible address send them; shortened.
#include "exchange.h"

namespace plumb {
namespace {

using std::chrono::milliseconds;
using test::events;
using test::response;
using Stop = Completion::Stop;

const Provider& openai() { return test::provider("openai"); }
Completion decoded(std::string body) { return test::decoded(openai(), std::move(body)); }
std::string error_of(std::string body) { return test::error_of(openai(), std::move(body)); }

std::string chunk(const std::string& delta, const std::string& reason = "null") {
  return R"({"id":"chatcmpl-123","object":"chat.completion.chunk","created":1694268190,"model":"gpt-4o-mini",)"
         R"("system_fingerprint":"fp_44709d6fcb","choices":[{"index":0,"delta":)" +
         delta + R"(,"logprobs":null,"finish_reason":)" + reason + "}]}";
}

std::string said(const std::string& text) { return chunk(R"({"content":")" + text + R"("})"); }

constexpr const char* k_usage =
    R"({"id":"chatcmpl-123","object":"chat.completion.chunk","model":"gpt-4o-mini","choices":[],"usage":)"
    R"({"prompt_tokens":19,"completion_tokens":10,"total_tokens":29,"prompt_tokens_details":{"cached_tokens":8},)"
    R"("completion_tokens_details":{"reasoning_tokens":4}}})";

TEST_CASE("OpenAI streamed: the same completion as whole, and the time to the first token") {
  HttpResponse sent =
      response(200,
               events({chunk(R"({"role":"assistant","content":"","refusal":null})"), said("합격보"),
                       said("상금은 100만"), said("원입니다."), chunk("{}", R"("stop")"), k_usage, "[DONE]"}),
               {{"content-type", "text/event-stream"}, {"x-request-id", "req_abc"}});
  sent.first_byte = milliseconds(180);
  const auto completion = openai().decode(sent);
  REQUIRE(completion);
  CHECK(completion->text == "합격보상금은 100만원입니다.");
  CHECK(completion->stop == Stop::finished);
  CHECK(completion->usage.tokens_in == 19);
  CHECK(completion->usage.tokens_out == 10);
  CHECK(completion->usage.tokens_cached == 8);
  CHECK(completion->usage.tokens_reasoning == 4);
  CHECK(completion->model_answered == "gpt-4o-mini");
  CHECK(completion->request_id == "req_abc");
  CHECK(completion->first_token == milliseconds(180));
  CHECK(completion->echo.empty());
  CHECK_FALSE(completion->logprobs);
}

TEST_CASE("OpenAI streamed: parallel calls of tools are put together by their index") {
  const Completion completion = decoded(events(
      {chunk(R"({"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_a","type":"function",)"
             R"("function":{"name":"fee","arguments":""}}]})"),
       chunk(R"({"tool_calls":[{"index":0,"function":{"arguments":"{\"rank\":"}}]})"),
       chunk(
           R"({"tool_calls":[{"index":1,"id":"call_b","type":"function","function":{"name":"today","arguments":"{}"}}]})"),
       chunk(R"({"tool_calls":[{"index":0,"function":{"arguments":"\"과장\"}"}}]})"), chunk("{}", R"("tool_calls")"),
       "[DONE]"}));
  CHECK(completion.stop == Stop::tool_calls);
  CHECK(completion.text.empty());
  REQUIRE(completion.tool_calls.size() == 2);
  CHECK(completion.tool_calls[0].id == "call_a");
  CHECK(completion.tool_calls[0].name == "fee");
  CHECK(completion.tool_calls[0].arguments == R"({"rank":"과장"})");
  CHECK(completion.tool_calls[1].id == "call_b");
  CHECK(completion.tool_calls[1].arguments == "{}");
}

TEST_CASE("OpenAI streamed: calls without an index, all with the same, or with an id in every chunk") {
  const auto names = [](const std::vector<std::string>& calls) {
    std::vector<std::string> chunks;
    for (const std::string& call : calls) chunks.push_back(chunk(R"({"tool_calls":[)" + call + "]}"));
    chunks.push_back(chunk("{}", R"("stop")"));
    std::string all;
    for (const ToolCall& call : decoded(events(chunks)).tool_calls) all += call.name + call.arguments + " ";
    return all;
  };
  CHECK(names({R"({"id":"1","function":{"name":"f","arguments":"{"}})", R"({"function":{"arguments":"}"}})",
               R"({"id":"2","function":{"name":"g","arguments":"{}"}})"}) == "f{} g{} ");
  CHECK(names({R"({"index":0,"id":"1","function":{"name":"f","arguments":"{}"}})",
               R"({"index":0,"id":"2","function":{"name":"f","arguments":"{}"}})"}) == "f{} f{} ");
  CHECK(names({R"({"index":0,"id":"1","function":{"name":"f","arguments":"{"}})",
               R"({"index":0,"id":"7","function":{"arguments":"}"}})",
               R"({"index":0,"id":"1","function":{"name":"f"}})"}) == "f{} ");
  CHECK(names({R"({"index":9223372036854775807,"id":"1","function":{"name":"f","arguments":{"a":1}}})", "null",
               R"({"index":-5,"function":{}})"}) == "f{\"a\":1} ");
}

TEST_CASE("OpenAI streamed: a stream without its end is no answer") {
  CHECK(error_of(events({said("100만")})) == "the stream broke off");
  CHECK(error_of(events({k_usage})) == "the stream broke off");
  CHECK(error_of("data: " + said("100만") + "\n\ndata: {\"id\":\"chat") == "the stream broke off");
  CHECK(error_of(": OPENROUTER PROCESSING\n\n") == "the stream broke off");
  CHECK(error_of("data:") == "the stream broke off");
  // Either end will do.
  CHECK(decoded(events({said("네"), chunk("{}", R"("length")")})).stop == Stop::length);
  CHECK(decoded(events({said("네"), "[DONE]"})).stop == Stop::unknown);
  CHECK(error_of(events({"[DONE]"})) == "'choices' is empty");
}

TEST_CASE("OpenAI streamed: a missing usage, and a finish_reason that is not known") {
  const Completion completion = decoded(events({said("네"), chunk("{}", R"("recitation")"), "[DONE]"}));
  CHECK(completion.stop == Stop::unknown);
  CHECK(completion.text == "네");
  CHECK_FALSE(completion.usage.tokens_in);
  CHECK(decoded(events({said("네"), chunk("{}", R"("stop")"), R"({"choices":null,"usage":{"prompt_tokens":3}})"}))
            .usage.tokens_in == 3);
}

TEST_CASE("OpenAI streamed: an error after the beginning has the vendor's words, and a kind") {
  // OpenRouter.
  const std::string body =
      events({said("반쯤"), R"({"id":"gen-1","error":{"code":502,"message":"Provider disconnected"},)"
                            R"("choices":[{"index":0,"delta":{},"finish_reason":"error"}]})"});
  CHECK(error_of(body) == "Provider disconnected");
  CHECK(openai().classify(response(200, body)).kind == Retry::Kind::transient);
  CHECK(openai().error_message(response(200, body)) == "Provider disconnected");
  CHECK(error_of(events({said("반쯤"), chunk("{}", R"("error")"), "[DONE]"})) == "the model broke off with an error");
}

TEST_CASE("OpenAI streamed: refusals, parts in lists, thinking, and other choices") {
  const Completion refused = decoded(
      events({chunk(R"({"refusal":"도와드릴 "})"), chunk(R"({"refusal":"수 없습니다."})"), chunk("{}", R"("stop")")}));
  CHECK(refused.stop == Stop::refused);
  CHECK(refused.text == "도와드릴 수 없습니다.");
  // Mistral's Magistral.
  CHECK(decoded(events({chunk(R"({"content":[{"type":"thinking","thinking":[{"type":"text","text":"음"}]}]})"),
                        said("100"), said("만원"), chunk(R"({"content":[{"type":"text","text":"."}]})", R"("stop")")}))
            .text == "100만원.");
  CHECK(decoded(events({said("<think>70만"), said("원?</thi"), said("nk> 100만원"), chunk("{}", R"("stop")")})).text ==
        "100만원");
  CHECK(decoded(events({R"({"choices":[{"index":1,"delta":{"content":"둘"},"finish_reason":"stop"},)"
                        R"({"index":0,"delta":{"content":"하나"},"finish_reason":"stop"}]})"}))
            .text == "하나");
}

TEST_CASE("OpenAI streamed: the logarithms of all chunks") {
  const auto with = [](const char* token, const char* logprob) {
    return std::string(R"({"choices":[{"index":0,"delta":{"content":")") + token +
           R"("},"logprobs":{"content":[{"token":"x","bytes":[1],"logprob":)" + logprob +
           R"(,"top_logprobs":[]}],"refusal":null},"finish_reason":null}]})";
  };
  const auto logprobs =
      decoded(events({with("백", "-0.25"), with("만", "-0.75"), chunk("{}", R"("stop")"), "[DONE]"})).logprobs;
  REQUIRE(logprobs);
  CHECK(logprobs->tokens == 2);
  CHECK(logprobs->mean == doctest::Approx(-0.5));
  CHECK(logprobs->min == -0.75);
}

TEST_CASE("OpenAI streamed: what must be sent back with the results is kept") {
  const Completion completion = decoded(
      events({chunk(R"({"role":"assistant","content":null,"reasoning_content":"직급별로 "})"),
              chunk(R"({"reasoning_content":"다르다."})"),
              chunk(R"({"tool_calls":[{"index":0,"id":"c","extra_content":{"google":{"thought_signature":"Cs"}},)"
                    R"("function":{"name":"f","arguments":"{}"}}]})"),
              chunk("{}", R"("tool_calls")")}));
  CHECK(completion.echo ==
        R"({"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f",)"
        R"("arguments":"{}"},"extra_content":{"google":{"thought_signature":"Cs"}}}],)"
        R"("reasoning_content":"직급별로 다르다."})");
}

TEST_CASE("OpenAI streamed: hostile chunks are errors or answers, never crashes") {
  CHECK(error_of(events({chunk(R"({"content":12})")})) == "a delta's content is a number");
  CHECK(error_of(events({chunk(R"({"content":true})")})) == "a delta's content is a boolean");
  CHECK(error_of(events({said("x"), std::string(100'000, '[')})) != "");
  CHECK(error_of(events({chunk(R"({"content":"\ud800"})")})) != "");
  CHECK(error_of(events({R"({"choices":1e400})"})) != "");
  CHECK(decoded(events({said("\\u0000"), chunk("{}", R"("stop")")})).text == std::string("\0", 1));
  CHECK(decoded(events({said("100\xff만원"), chunk("{}", R"("stop")")})).text == "100\xEF\xBF\xBD만원");
  const std::string call =
      R"({"content":"네","tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{}"}}]})";
  test::check_survives_wrong_types(openai(), chunk(call), [](const std::string& hostile) {
    return events({said("가"), hostile, chunk("{}", R"("stop")"), k_usage, "[DONE]"});
  });
}

}  // namespace
}  // namespace plumb
