// Bodies as the API reference shows them and as users reported them, shortened.
#include "exchange.h"

namespace plumb {
namespace {

using std::chrono::milliseconds;
using test::question;
using test::response;
using Kind = Retry::Kind;
using Stop = Completion::Stop;

const Provider& gemini() { return test::provider("gemini"); }
Completion decoded(std::string body) { return test::decoded(gemini(), std::move(body)); }
std::string error_of(std::string body) { return test::error_of(gemini(), std::move(body)); }

std::string reply(const std::string& candidate) { return R"({"candidates":[)" + candidate + "]}"; }

std::string said(const std::string& parts, const std::string& reason = R"("STOP")") {
  return reply(R"({"content":{"parts":)" + parts + R"(,"role":"model"},"finishReason":)" + reason + R"(,"index":0})");
}

std::string refusal(int code, const std::string& status, const std::string& details = "[]") {
  return R"({"error":{"code":)" + std::to_string(code) + R"(,"message":"words","status":")" + status +
         R"(","details":)" + details + "}}";
}

std::string retry_in(const std::string& delay) {
  return R"([{"@type":"type.googleapis.com/google.rpc.Help","links":[]},null,7,
             {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":)" +
         delay + "}]";
}

std::string url_of(const std::string& id, const std::string& base_url = "") {
  Model model;
  model.id = id;
  model.base_url = base_url;
  return gemini().encode(model, question(), "").url;
}

TEST_CASE("Gemini: text, usage with its thoughts, model and id") {
  const Completion completion = decoded(R"({
    "candidates": [{"content": {"parts": [{"text": "합격보상금은 100만원입니다."}], "role": "model"},
      "finishReason": "STOP", "index": 0, "avgLogprobs": -0.1, "safetyRatings": []}],
    "usageMetadata": {"promptTokenCount": 2120, "candidatesTokenCount": 12, "totalTokenCount": 2980,
      "cachedContentTokenCount": 1024, "thoughtsTokenCount": 848,
      "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 2120}]},
    "modelVersion": "gemini-2.5-flash", "responseId": "mAitaLmkHPPlz7IPvtfUqQ4"})");
  CHECK(completion.text == "합격보상금은 100만원입니다.");
  CHECK(completion.stop == Stop::finished);
  CHECK(completion.usage.tokens_in == 2120);
  CHECK(completion.usage.tokens_out == 860);
  CHECK(completion.usage.tokens_reasoning == 848);
  CHECK(completion.usage.tokens_cached == 1024);
  CHECK(completion.model_answered == "gemini-2.5-flash");
  CHECK(completion.request_id == "mAitaLmkHPPlz7IPvtfUqQ4");
}

TEST_CASE("Gemini: the parts are joined, less those that think") {
  CHECK(decoded(said(R"([{"text":"70만원? 아니다.","thought":true},{"text":"보상금은 "},
                         {"functionCall":{"name":"f","args":{}}},
                         {"text":"100만원","thought":false,"thoughtSignature":"CikB"}])"))
            .text == "보상금은 100만원");
}

TEST_CASE("Gemini: a prompt that a filter stopped is filtered, not broken") {
  for (const char* candidates : {"", R"("candidates":[],)", R"("candidates":null,)"}) {
    CAPTURE(candidates);
    const Completion completion =
        decoded(std::string("{") + candidates + R"("promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},
          "usageMetadata":{"promptTokenCount":13,"totalTokenCount":13},"modelVersion":"gemini-2.5-flash"})");
    CHECK(completion.stop == Stop::filtered);
    CHECK(completion.text.empty());
    CHECK(completion.usage.tokens_in == 13);
    CHECK(completion.usage.tokens_out == 0);
    CHECK(completion.model_answered == "gemini-2.5-flash");
  }
  CHECK(error_of(R"({"promptFeedback":{"safetyRatings":[]}})") == "the reply has no list 'candidates'");
  // Ratings of a prompt that passed.
  CHECK(decoded(R"({"candidates":[{"content":{"parts":[{"text":"네"}]},"finishReason":"STOP"}],
                    "promptFeedback":{"safetyRatings":[]}})")
            .text == "네");
}

TEST_CASE("Gemini: every finishReason has its stop; what is unknown is said to be") {
  const std::vector<std::pair<std::string, Stop>> table = {
      {R"("STOP")", Stop::finished},
      {R"("MAX_TOKENS")", Stop::length},
      {R"("SAFETY")", Stop::filtered},
      {R"("RECITATION")", Stop::filtered},
      {R"("LANGUAGE")", Stop::filtered},
      {R"("BLOCKLIST")", Stop::filtered},
      {R"("PROHIBITED_CONTENT")", Stop::filtered},
      {R"("SPII")", Stop::filtered},
      {R"("MALFORMED_FUNCTION_CALL")", Stop::tool_calls},
      {R"("UNEXPECTED_TOOL_CALL")", Stop::tool_calls},
      {R"("OTHER")", Stop::unknown},
      {R"("FINISH_REASON_UNSPECIFIED")", Stop::unknown},
      {"null", Stop::unknown},
      {"1", Stop::unknown},
  };
  for (const auto& [reason, stop] : table) {
    CAPTURE(reason);
    CHECK(decoded(said(R"([{"text":"x"}])", reason)).stop == stop);
  }
}

TEST_CASE("Gemini: a candidate stopped before it began is empty, if it says by what") {
  CHECK(decoded(reply(R"({"finishReason":"SAFETY","index":0,"safetyRatings":[{"category":"HARM_CATEGORY_HARASSMENT",
                          "probability":"HIGH","blocked":true}]})"))
            .stop == Stop::filtered);
  // All went into the thinking.
  const Completion thought = decoded(R"({"candidates":[{"content":{"role":"model"},"finishReason":"MAX_TOKENS"}],
    "usageMetadata":{"promptTokenCount":700,"totalTokenCount":8891,"thoughtsTokenCount":8191}})");
  CHECK(thought.stop == Stop::length);
  CHECK(thought.text.empty());
  CHECK(thought.usage.tokens_out == 8191);
  CHECK(decoded(said("[]")).stop == Stop::finished);
  CHECK(error_of(reply(R"({"finishReason":"OTHER"})")) == "an empty candidate, stopped by 'OTHER'");
  CHECK(error_of(reply(R"({"index":0})")) == "an empty candidate without a finishReason");
}

TEST_CASE("Gemini: replies that break the contract are errors, never crashes") {
  test::check_refuses_what_is_no_reply(gemini());
  test::check_refuses(gemini(), {
                                    R"({"candidates":null})",
                                    R"({"candidates":{}})",
                                    R"({"candidates":"x"})",
                                    R"({"candidates":[]})",
                                    R"({"candidates":[],"promptFeedback":null})",
                                    R"({"candidates":[],"promptFeedback":{"blockReason":3}})",
                                    reply("null"),
                                    reply(R"("x")"),
                                    reply("[]"),
                                    reply("{}"),
                                    reply(R"({"content":null,"finishReason":"STOP"})"),
                                    reply(R"({"content":"x","finishReason":"STOP"})"),
                                    reply(R"({"content":[],"finishReason":"STOP"})"),
                                    said("null"),
                                    said("{}"),
                                    said(R"("x")"),
                                    said("[null]"),
                                    said(R"(["x"])"),
                                    said(R"([{"text":null}])"),
                                    said(R"([{"text":12}])"),
                                    said(R"([{"text":["x"]}])"),
                                    said(R"([{"text":"\ud800"}])"),
                                    said(R"([{"text":"x"}])") + "}",
                                });
  CHECK(error_of(refusal(500, "INTERNAL")) == "words");
}

TEST_CASE("Gemini: usage that makes no sense is unknown") {
  for (const char* given :
       {"null", "[]", "{}", R"({"promptTokenCount":-1,"totalTokenCount":-1})",
        R"({"promptTokenCount":"12","totalTokenCount":"12"})", R"({"promptTokenCount":18446744073709551615})",
        R"({"promptTokenCount":1e30})", R"({"totalTokenCount":12})"}) {
    CAPTURE(given);
    const Usage usage = decoded(R"({"candidates":[{"content":{"parts":[{"text":"x"}]},"finishReason":"STOP"}],
                                    "usageMetadata":)" +
                                std::string(given) + "}")
                            .usage;
    CHECK_FALSE(usage.tokens_in);
    CHECK_FALSE(usage.tokens_out);
  }
}

TEST_CASE("Gemini: a text that is not UTF-8 is mended and answered") {
  CHECK(decoded(said("[{\"text\":\"100\xff만원\"}]")).text == "100\xEF\xBF\xBD만원");
}

TEST_CASE("Gemini: the request, with the system message apart and nothing that was not set") {
  Model model;
  model.id = "gemini-2.5-flash";
  const HttpRequest http = gemini().encode(model, question(), "AIza1");
  CHECK(http.method == "POST");
  CHECK(http.url == "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent");
  const std::vector<std::pair<std::string, std::string>> headers = {{"Content-Type", "application/json"},
                                                                    {"x-goog-api-key", "AIza1"}};
  CHECK(http.headers == headers);
  CHECK(http.body == R"({"systemInstruction":{"parts":[{"text":"지문만 보세요."}]},)"
                     R"("contents":[{"role":"user","parts":[{"text":"보상금은 \"얼마\"인가요?\n)"
                     R"(Years of service 기준, 빈칸없이도."}]}]})");
  CHECK(dump_json(test::encoded(gemini(), model, test::question_with_all_set())["generationConfig"]) ==
        R"({"temperature":0.0,"topP":0.9,"maxOutputTokens":50,"seed":3})");
}

TEST_CASE("Gemini: several system messages are one, assistants are models, ill-formed text is mended") {
  ChatRequest request;
  request.messages = {{Message::Role::system, "하나"},
                      {Message::Role::user, std::string(test::k_nfd)},
                      {Message::Role::assistant, "100\xff만원"},
                      {Message::Role::system, "둘"},
                      {Message::Role::user, "정말?"}};
  const Json body = test::encoded(gemini(), Model{}, request);
  CHECK(body["systemInstruction"]["parts"][0]["text"] == "하나\n\n둘");
  REQUIRE(body["contents"].size() == 3);
  CHECK(string_at(body["contents"][0]["parts"][0], "text") == test::k_nfd);
  CHECK(string_at(body["contents"][1], "role") == "model");
  CHECK(string_at(body["contents"][1]["parts"][0], "text") == "100\xEF\xBF\xBD만원");
  CHECK(string_at(body["contents"][2], "role") == "user");
  request.messages = {{Message::Role::user, "x"}};
  CHECK_FALSE(test::encoded(gemini(), Model{}, request).contains("systemInstruction"));
}

TEST_CASE("Gemini: an id may name its collection, and cannot leave its place in the address") {
  constexpr const char* end = ":generateContent";
  CHECK(url_of("models/gemini-2.5-pro") == url_of("gemini-2.5-pro"));
  CHECK(url_of("tunedModels/나의-1", "http://h:1") ==
        std::string("http://h:1/v1beta/tunedModels/%EB%82%98%EC%9D%98-1") + end);
  CHECK(url_of("m?key=1#x y", "http://h:1/") == std::string("http://h:1/v1beta/models/m%3Fkey%3D1%23x%20y") + end);
  CHECK(url_of("m", "http://h:1/v1beta") == std::string("http://h:1/v1beta/models/m") + end);
}

TEST_CASE("Gemini: the key is in one header, and equal requests are equal bytes") {
  test::check_key_is_in(gemini(), "x-goog-api-key");
  test::check_equal_requests_give_equal_bytes(gemini());
}

TEST_CASE("Gemini: a refusal is sorted by its status") {
  const auto kind = [](int code, const std::string& status) {
    return gemini().classify(response(code, refusal(code, status))).kind;
  };
  CHECK(kind(429, "RESOURCE_EXHAUSTED") == Kind::throttled);
  CHECK(kind(503, "RESOURCE_EXHAUSTED") == Kind::throttled);
  CHECK(kind(400, "INVALID_ARGUMENT") == Kind::give_up);
  CHECK(kind(404, "NOT_FOUND") == Kind::give_up);
  CHECK(kind(400, "FAILED_PRECONDITION") == Kind::stop);  // a country without the free tier
  CHECK(kind(401, "UNAUTHENTICATED") == Kind::stop);
  CHECK(kind(403, "PERMISSION_DENIED") == Kind::stop);
  CHECK(kind(500, "INTERNAL") == Kind::transient);
  CHECK(kind(503, "UNAVAILABLE") == Kind::transient);
  CHECK(kind(504, "DEADLINE_EXCEEDED") == Kind::transient);
  CHECK(gemini().classify(response(429, "")).kind == Kind::throttled);
  CHECK(gemini().classify(response(400, R"({"error":"x"})")).kind == Kind::give_up);
}

TEST_CASE("Gemini: a key that is not valid stops, though it comes as an argument that is wrong") {
  const HttpResponse refused = response(400, R"({"error": {"code": 400,
    "message": "API key not valid. Please pass a valid API key.", "status": "INVALID_ARGUMENT", "details": [
      {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com",
       "metadata": {"service": "generativelanguage.googleapis.com"}},
      {"@type": "type.googleapis.com/google.rpc.LocalizedMessage", "locale": "en-US",
       "message": "API key not valid. Please pass a valid API key."}]}})");
  CHECK(gemini().classify(refused).kind == Kind::stop);
  CHECK(gemini().error_message(refused) == "API key not valid. Please pass a valid API key.");
}

TEST_CASE("Gemini: too fast is no lack of money, and RetryInfo says how long to wait") {
  const std::string body = R"({"error": {"code": 429, "message": "You exceeded your current quota, please check your )"
                           R"(plan and billing details.", "status": "RESOURCE_EXHAUSTED", "details": [
      {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{
        "quotaMetric": "generativelanguage.googleapis.com/generate_content_free_tier_input_token_count",
        "quotaId": "GenerateContentInputTokensPerModelPerMinute-FreeTier",
        "quotaDimensions": {"location": "global", "model": "gemini-2.5-flash"}, "quotaValue": "250000"}]},
      {"@type": "type.googleapis.com/google.rpc.Help", "links": [{"description": "Learn more about Gemini API quotas",
        "url": "https://ai.google.dev/gemini-api/docs/rate-limits"}]},
      {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "26s"}]}})";
  for (const std::string& sent : {body, "[" + body + "]"}) {
    const Retry retry = gemini().classify(response(429, sent));
    CHECK(retry.kind == Kind::throttled);
    CHECK(retry.after == milliseconds(26'000));
    CHECK(gemini().error_message(response(429, sent)) ==
          "You exceeded your current quota, please check your plan and billing details.");
  }
}

TEST_CASE("Gemini: a delay has fractions, may come with any transient refusal, and is none if absurd") {
  const auto after = [](int code, const std::string& status, const std::string& delay) {
    return gemini().classify(response(code, refusal(code, status, retry_in(delay)))).after;
  };
  CHECK(after(429, "RESOURCE_EXHAUSTED", R"("45.837906927s")") == milliseconds(45'837));
  CHECK(after(429, "RESOURCE_EXHAUSTED", R"("0s")") == milliseconds(0));
  CHECK(after(503, "UNAVAILABLE", R"("12s")") == milliseconds(12'000));
  CHECK_FALSE(after(400, "INVALID_ARGUMENT", R"("12s")"));
  for (const char* delay : {R"("")", R"("s")", R"("-1s")", R"("12")", R"("12m")", R"("1e30s")", R"("nans")",
                            R"("infs")", R"("twos")", "12", "null", R"({"seconds":12})"}) {
    CAPTURE(delay);
    CHECK_FALSE(after(429, "RESOURCE_EXHAUSTED", delay));
  }
  const HttpResponse by_header = response(429, refusal(429, "RESOURCE_EXHAUSTED", "7"), {{"retry-after", "3"}});
  CHECK(gemini().classify(by_header).after == milliseconds(3'000));
}

TEST_CASE("Gemini: tools, calls, and the results of all calls in one message, as output or as error") {
  ChatRequest request = test::question_with_tools();
  const Json body = test::encoded(gemini(), Model{}, request);
  CHECK(dump_json(body["tools"]) ==
        R"([{"functionDeclarations":[{"name":"fee","description":"보상금을 찾는다","parametersJsonSchema":)"
        R"({"type":"object","properties":{"rank":{"type":"string"}}}},{"name":"today","description":""}]}])");
  REQUIRE(body["contents"].size() == 3);
  CHECK(dump_json(body["contents"][1]) ==
        R"({"role":"model","parts":[{"text":"찾아보겠습니다."},{"functionCall":{"id":"call_1","name":"fee","args":)"
        R"({"rank":"과장"}}},{"functionCall":{"id":"call_2","name":"today","args":{}}}]})");
  CHECK(dump_json(body["contents"][2]) ==
        R"({"role":"user","parts":[{"functionResponse":{"id":"call_1","name":"fee","response":{"output":"100만원"}}},)"
        R"({"functionResponse":{"id":"call_2","name":"today","response":{"error":"no clock"}}}]})");
  request.messages[2].text.clear();
  CHECK(test::encoded(gemini(), Model{}, request)["contents"][1]["parts"].size() == 2);
  request.messages[2].echo = R"([{"functionCall":{"name":"fee"},"thoughtSignature":"CikB"}])";
  CHECK(dump_json(test::encoded(gemini(), Model{}, request)["contents"][1]["parts"]) == request.messages[2].echo);
}

TEST_CASE("Gemini: calls are read though the finishReason is STOP, and signed parts kept to be sent back") {
  const std::string parts = R"([{"functionCall":{"name":"fee","args":{"rank":"과장"}},"thoughtSignature":"CikB"},)"
                            R"({"functionCall":{"id":"c2","name":"today"}}])";
  const Completion completion = decoded(said(parts));
  CHECK(completion.stop == Stop::tool_calls);
  REQUIRE(completion.tool_calls.size() == 2);
  CHECK(completion.tool_calls[0].id.empty());
  CHECK(completion.tool_calls[0].name == "fee");
  CHECK(completion.tool_calls[0].arguments == R"({"rank":"과장"})");
  CHECK(completion.tool_calls[1].id == "c2");
  CHECK(completion.tool_calls[1].arguments == "{}");
  CHECK(completion.echo == parts);
  CHECK(decoded(said(R"([{"functionCall":{"name":"fee"}}])")).echo.empty());
}

TEST_CASE("Gemini: streaming is another address, and probabilities are asked for in the configuration") {
  Model model;
  model.id = "gemini-2.5-flash";
  model.stream = true;
  ChatRequest request = question();
  request.parameters.logprobs = true;
  const HttpRequest http = gemini().encode(model, request, "");
  CHECK(http.url ==
        "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse");
  const Json body = test::encoded(gemini(), model, request);
  CHECK_FALSE(body.contains("stream"));
  CHECK(dump_json(body["generationConfig"]) == R"({"responseLogprobs":true})");
}

TEST_CASE("Gemini: the logarithms of the chosen tokens") {
  const auto logprobs = decoded(reply(R"({"content":{"parts":[{"text":"백만"}]},"finishReason":"STOP",
    "avgLogprobs":-0.3,"logprobsResult":{"topCandidates":[{"candidates":[]}],"chosenCandidates":[
      {"token":"백","tokenId":1,"logProbability":-0.2},{"token":"만","tokenId":2,"logProbability":-0.4}]}})"))
                            .logprobs;
  REQUIRE(logprobs);
  CHECK(logprobs->tokens == 2);
  CHECK(logprobs->mean == doctest::Approx(-0.3));
  CHECK(logprobs->min == -0.4);
}

TEST_CASE("Gemini: what only it knows is merged into its configuration, member by member") {
  ChatRequest request = test::question_with_all_set();
  request.parameters.extra_json =
      R"({"generationConfig":{"thinkingConfig":{"thinkingBudget":0},"topP":null},"contents":[],"safetySettings":[]})";
  const Json body = test::encoded(gemini(), Model{}, request);
  CHECK(dump_json(body["generationConfig"]) ==
        R"({"temperature":0.0,"maxOutputTokens":50,"seed":3,"thinkingConfig":{"thinkingBudget":0}})");
  CHECK(body["contents"].size() == 1);
  CHECK(body.contains("safetySettings"));
}

TEST_CASE("Gemini: a wrong type anywhere in a reply is an error or an answer, never a crash") {
  test::check_survives_wrong_types(
      gemini(),
      R"({"candidates":[{"content":{"parts":[{"text":"네","thought":false},{"functionCall":{"id":"c","name":"f",
        "args":{"a":1}},"thoughtSignature":"S"}]},"finishReason":"STOP","logprobsResult":{"chosenCandidates":[
        {"logProbability":-1.0}]}}],"promptFeedback":{"blockReason":""},"usageMetadata":{"promptTokenCount":1}})",
      [](const std::string& hostile) { return hostile; });
}

}  // namespace
}  // namespace plumb
