// Bodies as the servers send them, shortened: OpenAI, vLLM, llama.cpp, LM Studio, Ollama, OpenRouter.
#include <doctest/doctest.h>

#include <algorithm>

#include "base/json.h"
#include "exchange.h"
#include "providers/provider.h"

namespace plumb {
namespace {

const Provider& openai() {
  const Provider* provider = find_provider("openai");
  REQUIRE(provider);
  return *provider;
}

HttpResponse ok(std::string body) {
  HttpResponse response;
  response.status = 200;
  response.body = std::move(body);
  return response;
}

Completion decoded(std::string body) {
  auto completion = openai().decode(ok(std::move(body)));
  if (!completion) FAIL(completion.error().message);
  return *std::move(completion);
}

std::string error_of(std::string body) {
  const auto completion = openai().decode(ok(std::move(body)));
  return completion ? "" : completion.error().message;
}

// A reply with this message and finish_reason.
std::string reply(const std::string& message, const std::string& reason = R"("stop")") {
  return R"({"id":"chatcmpl-1","model":"m","choices":[{"index":0,"message":)" + message + R"(,"finish_reason":)" +
         reason + "}]}";
}

Json encoded(const Model& model, const ChatRequest& request) {
  return *parse_json(openai().encode(model, request, "").body);
}

ChatRequest question() {
  ChatRequest request;
  request.messages = {{Message::Role::system, "지문만 보세요."}, {Message::Role::user, "보상금은 \"얼마\"인가요?\n"}};
  return request;
}

TEST_CASE("OpenAI: text, usage with its details, model and id") {
  const Completion completion = decoded(R"({
    "id": "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT", "object": "chat.completion", "created": 1741569952,
    "model": "gpt-4.1-2025-04-14",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "합격보상금은 100만원입니다.",
      "refusal": null, "annotations": []}, "logprobs": null, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 119, "completion_tokens": 40, "total_tokens": 159,
      "prompt_tokens_details": {"cached_tokens": 64, "audio_tokens": 0},
      "completion_tokens_details": {"reasoning_tokens": 16, "audio_tokens": 0, "accepted_prediction_tokens": 0,
        "rejected_prediction_tokens": 0}},
    "service_tier": "default", "system_fingerprint": "fp_1"})");
  CHECK(completion.text == "합격보상금은 100만원입니다.");
  CHECK(completion.stop == Completion::Stop::finished);
  CHECK(completion.usage.tokens_in == 119);
  CHECK(completion.usage.tokens_out == 40);
  CHECK(completion.usage.tokens_reasoning == 16);
  CHECK(completion.usage.tokens_cached == 64);
  CHECK(completion.model_answered == "gpt-4.1-2025-04-14");
  CHECK(completion.request_id == "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT");
}

TEST_CASE("vLLM: empty tool_calls, null details, reasoning beside the content") {
  const Completion completion = decoded(R"({
    "id": "chatcmpl-d525c45650de", "object": "chat.completion", "created": 1781744735,
    "model": "Qwen/Qwen2.5-7B-Instruct-AWQ",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "안녕하세요!", "refusal": null,
      "annotations": null, "audio": null, "function_call": null, "tool_calls": [], "reasoning_content": null},
      "logprobs": null, "finish_reason": "length", "stop_reason": null, "token_ids": null}],
    "service_tier": null, "system_fingerprint": null,
    "usage": {"prompt_tokens": 47, "total_tokens": 78, "completion_tokens": 31, "prompt_tokens_details": null},
    "prompt_logprobs": null, "prompt_token_ids": null, "kv_transfer_params": null})");
  CHECK(completion.text == "안녕하세요!");
  CHECK(completion.stop == Completion::Stop::length);
  CHECK(completion.usage.tokens_out == 31);
  CHECK_FALSE(completion.usage.tokens_cached);

  // All went into the thinking: an answer with nothing in it, not a broken reply.
  const Completion thought = decoded(reply(R"({"role":"assistant","content":null,"refusal":null,"tool_calls":[],
    "reasoning":"The video is a compilation"})"));
  CHECK(thought.text.empty());
  CHECK(thought.stop == Completion::Stop::finished);
}

TEST_CASE("llama.cpp: timings beside the usage, nulls where others leave out") {
  const Completion completion = decoded(R"({
    "id": "chatcmpl-3WGXkV6LFVBcTgUM2Mk6S1VWCdEd9m5K",
    "choices": [{"finish_reason": "stop", "index": 0, "logprobs": null,
      "message": {"content": "예 \n", "role": "assistant", "function_call": null, "tool_calls": null}}],
    "created": 1745310378, "model": "gemma2", "object": "chat.completion", "service_tier": null,
    "system_fingerprint": "b4741-9626d935",
    "usage": {"completion_tokens": 4, "prompt_tokens": 2143, "total_tokens": 2147},
    "timings": {"prompt_n": 17, "prompt_ms": 98.626, "predicted_n": 4, "predicted_ms": 57.514}})");
  CHECK(completion.text == "예 \n");
  CHECK(completion.usage.tokens_in == 2143);
}

TEST_CASE("LM Studio: an empty stats object") {
  const Completion completion = decoded(R"({
    "id": "chatcmpl-0wosrfs0yzbm9jozf5gye", "object": "chat.completion", "created": 1746721191,
    "model": "qwen2.5-7b-instruct",
    "choices": [{"index": 0, "logprobs": null, "finish_reason": "stop",
      "message": {"role": "assistant", "content": "100만원"}}],
    "usage": {"prompt_tokens": 30, "completion_tokens": 6, "total_tokens": 36}, "stats": {},
    "system_fingerprint": "qwen2.5-7b-instruct"})");
  CHECK(completion.text == "100만원");
  CHECK(completion.model_answered == "qwen2.5-7b-instruct");
}

TEST_CASE("Ollama: an answer, and the empty shell of a generation that was torn down") {
  CHECK(decoded(R"({"id":"chatcmpl-174","object":"chat.completion","created":1764405566,"model":"qwen3:8b",
    "system_fingerprint":"fp_ollama","choices":[{"index":0,"message":{"role":"assistant","content":"안녕하세요"},
    "finish_reason":"stop"}],"usage":{"prompt_tokens":16,"completion_tokens":24,"total_tokens":40}})")
            .text == "안녕하세요");
  CHECK(error_of(R"({"id":"chatcmpl-202","object":"chat.completion","created":-62135596800,"model":"",
    "system_fingerprint":"fp_ollama","choices":[{"index":0,"message":{"role":"","content":""},"finish_reason":null}],
    "usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}})") ==
        "an empty message without a finish_reason");
}

TEST_CASE("OpenRouter: an error inside a 200") {
  CHECK(error_of(R"({"error":{"code":502,"message":"Provider returned error","metadata":{}}})") ==
        "Provider returned error");
  CHECK(error_of(reply(R"({"role":"assistant","content":"반쯤"})", R"("error")")) ==
        "the model broke off with an error");
}

TEST_CASE("a refusal is an answer of its own kind, with its text") {
  const Completion completion =
      decoded(reply(R"({"role":"assistant","content":null,"refusal":"죄송하지만 도와드릴 수 없습니다."})"));
  CHECK(completion.stop == Completion::Stop::refused);
  CHECK(completion.text == "죄송하지만 도와드릴 수 없습니다.");
  const Completion part = decoded(reply(R"({"content":[{"type":"refusal","refusal":"No."}]})"));
  CHECK(part.stop == Completion::Stop::refused);
  CHECK(part.text == "No.");
}

TEST_CASE("every finish_reason has its stop; what is unknown is said to be") {
  using Stop = Completion::Stop;
  const std::vector<std::pair<std::string, Stop>> table = {
      {R"("stop")", Stop::finished},
      {R"("length")", Stop::length},
      {R"("content_filter")", Stop::filtered},
      {R"("tool_calls")", Stop::tool_calls},
      {R"("function_call")", Stop::tool_calls},
      {R"("recitation")", Stop::unknown},
      {"null", Stop::unknown},
      {"3", Stop::unknown},
  };
  for (const auto& [reason, stop] : table) {
    CAPTURE(reason);
    CHECK(decoded(reply(R"({"content":"x"})", reason)).stop == stop);
  }
  CHECK(decoded(reply(R"({"content":null,"tool_calls":[{"id":"c"}]})", R"("tool_calls")")).text.empty());
  CHECK(decoded(reply(R"({"content":""})", R"("content_filter")")).stop == Stop::filtered);
}

TEST_CASE("content may be a list of parts, of which the texts count") {
  CHECK(decoded(reply(R"({"content":[{"type":"thinking","thinking":[{"type":"text","text":"음"}]},
                                     {"type":"text","text":"보상금은 "},{"type":"text","text":"100만원"}]})"))
            .text == "보상금은 100만원");
  CHECK(decoded(reply(R"({"content":["가","나"]})")).text == "가나");
  CHECK(decoded(reply(R"({"content":[]})")).text.empty());
}

TEST_CASE("what was thought is not what was answered") {
  CHECK(decoded(reply(R"({"content":"<think>\n70만원? 아니다.\n</think>\n\n100만원입니다."})")).text ==
        "100만원입니다.");
  // the opening tag was written by the chat template
  CHECK(decoded(reply(R"({"content":"70만원? 아니다.\n</think>\n\n100만원입니다."})")).text == "100만원입니다.");
  CHECK(decoded(reply(R"({"content":"<think>\n70만원? 아"})", R"("length")")).text.empty());
  CHECK(decoded(reply(R"({"content":"생각하면 100만원"})")).text == "생각하면 100만원");
}

TEST_CASE("replies that break the contract are errors, never crashes") {
  const std::vector<std::string> bodies = {
      "",
      " ",
      "null",
      "[]",
      "12",
      "\"text\"",
      "{",
      "<html>",
      "{}",
      R"({"choices":null})",
      R"({"choices":{}})",
      R"({"choices":[]})",
      R"({"choices":[null]})",
      R"({"choices":["x"]})",
      R"({"choices":[{}]})",
      R"({"choices":[{"message":null}]})",
      R"({"choices":[{"message":"hi"}]})",
      R"({"choices":[{"message":[]}]})",
      reply(R"({"content":12})"),
      reply(R"({"content":{"text":"x"}})"),
      reply(R"({"content":true})"),
      reply(R"({})", "null"),
      reply(R"({"content":"x"})") + "}",
      R"({"choices":1e400})",
      reply(R"({"content":"\ud800"})"),
  };
  for (const std::string& body : bodies) {
    CAPTURE(body);
    CHECK(error_of(body) != "");
  }
  std::string deep;
  for (int i = 0; i < 1'000'000; ++i) deep += '[';
  CHECK(error_of(deep) != "");
  CHECK(error_of(R"({"choices":)" + deep) != "");
}

TEST_CASE("a text that is not UTF-8 is mended and answered") {
  CHECK(decoded(reply("{\"content\":\"100\xff만원\"}")).text == "100\xEF\xBF\xBD만원");
}

TEST_CASE("usage that makes no sense is unknown") {
  const auto usage = [](const std::string& given) {
    return decoded(R"({"choices":[{"message":{"content":"x"},"finish_reason":"stop"}],"usage":)" + given + "}").usage;
  };
  for (const char* given : {"null", "[]", "{}", R"({"prompt_tokens":-1})", R"({"prompt_tokens":"12"})",
                            R"({"prompt_tokens":18446744073709551615})", R"({"prompt_tokens":1e30})"}) {
    CAPTURE(given);
    CHECK_FALSE(usage(given).tokens_in);
  }
  CHECK(usage(R"({"prompt_tokens":0})").tokens_in == 0);
  CHECK(usage(R"({"prompt_cache_hit_tokens":5})").tokens_cached == 5);
}

TEST_CASE("the request: address, messages, and only the parameters that are set") {
  Model model;
  model.id = "gpt-4o-mini";
  const HttpRequest http = openai().encode(model, question(), "sk-1");
  CHECK(http.method == "POST");
  CHECK(http.url == "https://api.openai.com/v1/chat/completions");
  CHECK(std::ranges::find(http.headers, std::pair<std::string, std::string>("Authorization", "Bearer sk-1")) !=
        http.headers.end());
  CHECK(http.body == R"({"model":"gpt-4o-mini","messages":[{"role":"system","content":"지문만 보세요."},)"
                     R"({"role":"user","content":"보상금은 \"얼마\"인가요?\n"}]})");
  for (const auto& [name, value] : openai().encode(model, question(), "").headers) CHECK(name != "Authorization");

  ChatRequest request = question();
  request.parameters = {.temperature = 0.0, .top_p = 0.9, .tokens_max = 50, .seed = 3};
  const Json ours = encoded(model, request);
  CHECK(ours["temperature"] == 0.0);
  CHECK(ours["top_p"] == 0.9);
  CHECK(ours["seed"] == 3);
  CHECK(ours["max_completion_tokens"] == 50);
  CHECK_FALSE(ours.contains("max_tokens"));
  model.base_url = "http://127.0.0.1:8080/v1";
  const Json theirs = encoded(model, request);
  CHECK(theirs["max_tokens"] == 50);
  CHECK_FALSE(theirs.contains("max_completion_tokens"));
}

TEST_CASE("an address may end in a slash, or be the whole endpoint") {
  Model model;
  for (const char* url : {"http://h:1/v1", "http://h:1/v1/", "http://h:1/v1/chat/completions"}) {
    model.base_url = url;
    CHECK(openai().encode(model, question(), "").url == "http://h:1/v1/chat/completions");
  }
}

TEST_CASE("ill-formed text in a prompt does not break the request") {
  ChatRequest request;
  request.messages = {{Message::Role::user, "보상\xff금"}};
  const auto body = parse_json(openai().encode(Model{}, request, "").body);
  REQUIRE(body);
  CHECK(string_at((*body)["messages"][0], "content") == "보상\xEF\xBF\xBD금");
}

TEST_CASE("a refusal of one model or one input does not stop the account") {
  HttpResponse response;
  response.status = 403;
  CHECK(openai().classify(response).kind == Retry::Kind::stop);
  response.body = R"({"error":{"message":"Project `p` does not have access to model `m`","code":"model_not_found"}})";
  CHECK(openai().classify(response).kind == Retry::Kind::give_up);
  response.body =
      R"({"error":{"code":403,"message":"flagged","metadata":{"flagged_input":"x","reasons":["violence"]}}})";
  CHECK(openai().classify(response).kind == Retry::Kind::give_up);
  response.status = 500;
  response.body.clear();
  CHECK(openai().classify(response).kind == Retry::Kind::transient);
  response.body = R"({"error":{"code":500,"message":"too long","type":"exceed_context_size_error","n_ctx":256}})";
  CHECK(openai().classify(response).kind == Retry::Kind::give_up);
}

TEST_CASE("OpenAI: tools, calls and their results, in the shapes of chat completions") {
  const Json body = encoded(Model{}, test::question_with_tools());
  CHECK(dump_json(body["tools"]) ==
        R"([{"type":"function","function":{"name":"fee","description":"보상금을 찾는다","parameters":{"type":"object",)"
        R"("properties":{"rank":{"type":"string"}}}}},)"
        R"({"type":"function","function":{"name":"today","parameters":{"type":"object","properties":{}}}}])");
  CHECK(dump_json(body["messages"][2]) ==
        R"({"role":"assistant","content":"찾아보겠습니다.","tool_calls":[{"id":"call_1","type":"function","function":)"
        R"({"name":"fee","arguments":"{\"rank\":\"과장\"}"}},{"id":"call_2","type":"function","function":)"
        R"({"name":"today","arguments":"{}"}}]})");
  CHECK(dump_json(body["messages"][3]) == R"({"role":"tool","content":"100만원","tool_call_id":"call_1"})");
  CHECK(dump_json(body["messages"][4]) == R"({"role":"tool","content":"no clock","tool_call_id":"call_2"})");
  CHECK_FALSE(encoded(Model{}, question()).contains("tools"));

  ChatRequest silent = test::question_with_tools();
  silent.messages[2].text.clear();
  CHECK(encoded(Model{}, silent)["messages"][2]["content"].is_null());
  silent.messages[2].echo = R"({"role":"assistant","content":null,"reasoning_content":"음","tool_calls":[]})";
  CHECK(dump_json(encoded(Model{}, silent)["messages"][2]) == silent.messages[2].echo);
}

TEST_CASE("OpenAI: calls of tools are read as the model wrote them, whatever the finish_reason says") {
  const Completion completion = decoded(reply(R"({"role":"assistant","content":null,"tool_calls":[
    {"id":"call_a","type":"function","function":{"name":"fee","arguments":"{\"rank\": "}},
    {"id":"call_b","type":"function","function":{"name":"지어낸 도구","arguments":{"a":[1]}}},
    {"type":"function"}, null]})"));
  CHECK(completion.stop == Completion::Stop::tool_calls);
  REQUIRE(completion.tool_calls.size() == 3);
  CHECK(completion.tool_calls[0].id == "call_a");
  CHECK(completion.tool_calls[0].arguments == R"({"rank": )");
  CHECK(completion.tool_calls[1].name == "지어낸 도구");
  CHECK(completion.tool_calls[1].arguments == R"({"a":[1]})");
  CHECK(completion.tool_calls[2].name.empty());
  CHECK(completion.echo.empty());
  CHECK(decoded(reply(R"({"content":"반","tool_calls":[{"id":"c"}]})", R"("length")")).stop ==
        Completion::Stop::length);
}

TEST_CASE("OpenAI: what must be sent back with the results is kept, and only then") {
  const std::string calls = R"("tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}])";
  CHECK(decoded(reply(R"({"role":"assistant","content":"","refusal":null,"reasoning_content":"음",)" + calls + "}"))
            .echo == R"({"role":"assistant","content":"",)" + calls + R"(,"reasoning_content":"음"})");
  CHECK(decoded(reply(R"({"content":"","reasoning_content":null,"reasoning_details":[],)" + calls + "}")).echo.empty());
  CHECK(decoded(reply(R"({"content":"네","reasoning_content":"음"})")).echo.empty());
}

TEST_CASE("OpenAI: streaming and probabilities are asked for when they are wanted") {
  Model model;
  model.stream = true;
  ChatRequest request = question();
  request.parameters.logprobs = true;
  const Json body = encoded(model, request);
  CHECK(body["stream"] == true);
  CHECK(dump_json(body["stream_options"]) == R"({"include_usage":true})");
  CHECK(body["logprobs"] == true);
  request.parameters.logprobs = false;
  CHECK_FALSE(encoded(Model{}, request).contains("logprobs"));
  CHECK_FALSE(encoded(Model{}, request).contains("stream"));
}

TEST_CASE("OpenAI: the logarithms of the answer's tokens") {
  const auto logprobs = decoded(R"({"choices":[{"message":{"content":"백만"},"finish_reason":"stop","logprobs":
    {"content":[{"token":"백","logprob":-0.2,"bytes":null,"top_logprobs":[]},{"token":"만","logprob":-0.4}],
     "refusal":null}}]})")
                            .logprobs;
  REQUIRE(logprobs);
  CHECK(logprobs->tokens == 2);
  CHECK(logprobs->mean == doctest::Approx(-0.3));
  CHECK(logprobs->min == -0.4);
}

TEST_CASE("OpenAI: a request that will never fit is not asked again, though it is refused as too fast") {
  const auto kind = [](int status, const std::string& error) {
    HttpResponse response;
    response.status = status;
    response.body = R"({"error":)" + error + "}";
    return openai().classify(response).kind;
  };
  CHECK(
      kind(429,
           R"({"message":"Request too large for gpt-4o in organization org-1 on tokens per min (TPM): )"
           R"(Limit 30000, Requested 38000. The input or output tokens must be reduced in order to run successfully.",)"
           R"("type":"tokens",
    "param":null,"code":"rate_limit_exceeded"})") == Retry::Kind::give_up);
  CHECK(kind(429, R"({"message":"Rate limit reached for gpt-4o in organization org-1 on tokens per min (TPM): Limit 1.",
    "type":"tokens","param":null,"code":"rate_limit_exceeded"
})") == Retry::Kind::throttled);
  CHECK(kind(429, R"({"message":"You exceeded your current quota","type":"insufficient_quota","param":null,
    "code":"insufficient_quota"})") == Retry::Kind::stop);
}

TEST_CASE("OpenAI: a prompt longer than the context is refused in the vendor's words") {
  HttpResponse response;
  response.status = 400;
  response.body = R"({"error":{"message":"This model's maximum context length is 8192 tokens. However, your messages )"
                  R"(resulted in 9001 tokens.","type":"invalid_request_error","param":"messages",)"
                  R"("code":"context_length_exceeded"}})";
  CHECK(openai().classify(response).kind == Retry::Kind::give_up);
  CHECK(openai().error_message(response).starts_with("This model's maximum context length is 8192 tokens."));
}

TEST_CASE("OpenAI: a wrong type anywhere in a reply is an error or an answer, never a crash") {
  test::check_survives_wrong_types(
      openai(),
      R"({"id":"chatcmpl-1","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"네",
        "refusal":"아니요","reasoning_content":"음","tool_calls":[{"id":"c","type":"function","function":{"name":"f",
        "arguments":"{}"}}]},"logprobs":{"content":[{"logprob":-1.0}]},"finish_reason":"stop"}],
        "usage":{"prompt_tokens":1,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":1},
        "completion_tokens_details":{"reasoning_tokens":1}}})",
      [](const std::string& hostile) { return hostile; });
}

}  // namespace
}  // namespace plumb
