// Chunks as streamGenerateContent of v1beta sends them with alt=sse, shortened.
#include "exchange.h"

namespace plumb {
namespace {

using std::chrono::milliseconds;
using test::events;
using test::response;
using Stop = Completion::Stop;

const Provider& gemini() { return test::provider("gemini"); }
Completion decoded(std::string body) { return test::decoded(gemini(), std::move(body)); }
std::string error_of(std::string body) { return test::error_of(gemini(), std::move(body)); }

std::string chunk(const std::string& parts, const std::string& rest = "") {
  return R"({"candidates": [{"content": {"parts": )" + parts + R"(,"role": "model"},"index": 0)" + rest +
         R"(}],"usageMetadata": {"promptTokenCount": 21,"candidatesTokenCount": 4,"totalTokenCount": 30,)"
         R"("thoughtsTokenCount": 5},"modelVersion": "gemini-2.5-flash","responseId": "mAitaLmk"})";
}

constexpr const char* k_end = R"(,"finishReason": "STOP")";

TEST_CASE("Gemini streamed: the same completion as whole, and the time to the first token") {
  HttpResponse sent = response(200,
                               events({chunk(R"([{"text": "합격보"}])"), chunk(R"([{"text": "상금은 100만"}])"),
                                       chunk(R"([{"text": "원입니다."}])", k_end)}),
                               {{"content-type", "text/event-stream"}});
  sent.first_byte = milliseconds(75);
  const auto completion = gemini().decode(sent);
  REQUIRE(completion);
  CHECK(completion->text == "합격보상금은 100만원입니다.");
  CHECK(completion->stop == Stop::finished);
  CHECK(completion->usage.tokens_in == 21);
  CHECK(completion->usage.tokens_out == 9);
  CHECK(completion->model_answered == "gemini-2.5-flash");
  CHECK(completion->request_id == "mAitaLmk");
  CHECK(completion->first_token == milliseconds(75));
  CHECK(completion->echo.empty());
}

TEST_CASE("Gemini streamed: parallel calls over chunks, with the signature of the first") {
  const Completion completion = decoded(
      events({chunk(R"([{"text":"직급별로?","thought":true}])"),
              chunk(R"([{"functionCall":{"id":"c1","name":"fee","args":{"rank":"과장"}},"thoughtSignature":"CikB"}])"),
              chunk(R"([{"functionCall":{"name":"today"}}])"), chunk("[]", k_end)}));
  CHECK(completion.stop == Stop::tool_calls);
  CHECK(completion.text.empty());
  REQUIRE(completion.tool_calls.size() == 2);
  CHECK(completion.tool_calls[0].id == "c1");
  CHECK(completion.tool_calls[0].arguments == R"({"rank":"과장"})");
  CHECK(completion.tool_calls[1].name == "today");
  CHECK(completion.tool_calls[1].arguments == "{}");
  CHECK(completion.echo ==
        R"([{"text":"직급별로?","thought":true},)"
        R"({"functionCall":{"id":"c1","name":"fee","args":{"rank":"과장"}},"thoughtSignature":"CikB"},)"
        R"({"functionCall":{"name":"today"}}])");
}

TEST_CASE("Gemini streamed: a signature may come alone at the end, and texts are joined around it") {
  CHECK(decoded(events({chunk(R"([{"text":"백"}])"), chunk(R"([{"text":"만"},{"text":"원"}])"),
                        chunk(R"([{"text":"","thoughtSignature":"AY89"}])", k_end)}))
            .echo == R"([{"text":"백만원"},{"text":"","thoughtSignature":"AY89"}])");
}

TEST_CASE("Gemini streamed: a stream without a finishReason is no answer") {
  CHECK(error_of(events({chunk(R"([{"text":"백만"}])")})) == "the stream broke off");
  CHECK(error_of(events({R"({"usageMetadata":{"promptTokenCount":3}})"})) == "the stream broke off");
  CHECK(error_of("data: " + chunk(R"([{"text":"백만"}])", k_end)) == "the stream broke off");
}

TEST_CASE("Gemini streamed: a blocked prompt is filtered, a cut answer too") {
  const Completion blocked = decoded(events({R"({"promptFeedback":{"blockReason":"SAFETY"},"responseId":"r"})"}));
  CHECK(blocked.stop == Stop::filtered);
  CHECK(blocked.request_id == "r");
  const Completion cut =
      decoded(events({chunk(R"([{"text":"백"}])"), R"({"candidates":[{"finishReason":"RECITATION","index":0}]})"}));
  CHECK(cut.stop == Stop::filtered);
  CHECK(cut.text == "백");
}

TEST_CASE("Gemini streamed: missing usage, an unknown reason, and a late error") {
  const Completion bare =
      decoded(events({R"({"candidates":[{"content":{"parts":[{"text":"네"}]},"finishReason":"SOMETHING_NEW"}]})"}));
  CHECK(bare.stop == Stop::unknown);
  CHECK_FALSE(bare.usage.tokens_in);
  const std::string late =
      events({chunk(R"([{"text":"백"}])"),
              R"({"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}})"});
  CHECK(error_of(late) == "The model is overloaded.");
  CHECK(gemini().classify(response(200, late)).kind == Retry::Kind::transient);
}

TEST_CASE("Gemini streamed: the logarithms of all chunks") {
  const auto with = [](const char* logprob, const char* rest) {
    return chunk(R"([{"text":"백"}])", std::string(rest) +
                                           R"(,"logprobsResult":{"chosenCandidates":[{"token":"백",)"
                                           R"("logProbability":)" +
                                           logprob + "}]}");
  };
  const auto logprobs = decoded(events({with("-0.5", ""), with("-1.0", k_end)})).logprobs;
  REQUIRE(logprobs);
  CHECK(logprobs->tokens == 2);
  CHECK(logprobs->mean == doctest::Approx(-0.75));
}

TEST_CASE("Gemini streamed: hostile chunks are errors or answers, never crashes") {
  CHECK(error_of(events({R"({"candidates":"x"})"})) == "a chunk's candidates are no list");
  CHECK(error_of(events({R"({"candidates":[7]})"})) == "a candidate is no object");
  CHECK(error_of(events({chunk(R"("x")", k_end)})) == "a chunk's parts are no list");
  CHECK(error_of(events({std::string(100'000, '[')})) != "");
  test::check_survives_wrong_types(
      gemini(),
      chunk(R"([{"text":"네"},{"functionCall":{"id":"c","name":"f","args":{"a":1}},"thoughtSignature":"S"}])",
            R"(,"logprobsResult":{"chosenCandidates":[{"logProbability":-1.0}]})"),
      [](const std::string& hostile) {
        return events({chunk(R"([{"text":"가"}])"), hostile, chunk("[]", k_end)});
      });
}

}  // namespace
}  // namespace plumb
