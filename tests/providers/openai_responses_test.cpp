// Bodies as OpenAI's reference of the Responses API shows them (object "response", 2025 to 2026), shortened.
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

Model responses_model() {
  Model model;
  model.id = "gpt-5-mini";
  model.api = "responses";
  return model;
}

std::string reply(const std::string& output, const std::string& rest = R"("status":"completed")") {
  return R"({"id":"resp_1","object":"response","created_at":1741476542,"error":null,"incomplete_details":null,)" +
         rest + R"(,"model":"gpt-5-mini-2025-08-07","output":)" + output +
         R"(,"usage":{"input_tokens":36,"input_tokens_details":{"cached_tokens":16},"output_tokens":87,)"
         R"("output_tokens_details":{"reasoning_tokens":64},"total_tokens":123}})";
}

std::string message(const std::string& text) {
  return R"({"type":"message","id":"msg_1","status":"completed","role":"assistant",)"
         R"("content":[{"type":"output_text","text":")" +
         text + R"(","annotations":[]}]})";
}

constexpr const char* k_reasoning = R"({"id":"rs_1","type":"reasoning","summary":[],"encrypted_content":"gAAAAABo"})";
constexpr const char* k_call =
    R"({"type":"function_call","id":"fc_1","call_id":"call_a","name":"fee","arguments":"{\"rank\":\"과장\"}",)"
    R"("status":"completed"})";

std::string list(std::initializer_list<std::string> items) {
  std::string all;
  for (const std::string& item : items) all += (all.empty() ? "" : ",") + item;
  return "[" + all + "]";
}

TEST_CASE("Responses: text, usage with its details, model and id") {
  const Completion completion = decoded(reply(list({k_reasoning, message("합격보상금은 100만원입니다.")})));
  CHECK(completion.text == "합격보상금은 100만원입니다.");
  CHECK(completion.stop == Stop::finished);
  CHECK(completion.usage.tokens_in == 36);
  CHECK(completion.usage.tokens_cached == 16);
  CHECK(completion.usage.tokens_out == 87);
  CHECK(completion.usage.tokens_reasoning == 64);
  CHECK(completion.model_answered == "gpt-5-mini-2025-08-07");
  CHECK(completion.request_id == "resp_1");
}

TEST_CASE("Responses: calls, and the reasoning that must come back with their results") {
  const std::string second =
      R"({"type":"function_call","id":"fc_2","call_id":"call_b","name":"today","arguments":"{}"})";
  const std::string output = list({k_reasoning, k_call, second});
  const Completion completion = decoded(reply(output));
  CHECK(completion.stop == Stop::tool_calls);
  REQUIRE(completion.tool_calls.size() == 2);
  CHECK(completion.tool_calls[0].id == "call_a");
  CHECK(completion.tool_calls[0].name == "fee");
  CHECK(completion.tool_calls[0].arguments == R"({"rank":"과장"})");
  CHECK(completion.tool_calls[1].id == "call_b");
  CHECK(completion.echo == output);
  // Nothing but text and calls: role, text and calls say it all.
  CHECK(decoded(reply(list({message("네"), k_call}))).echo.empty());
  // Reasoning that was not given cannot be referred to, since nothing is stored.
  CHECK(decoded(reply(list({R"({"id":"rs_1","type":"reasoning","summary":[]})", k_call}))).echo.empty());
  CHECK_FALSE(
      decoded(reply(list(
                  {R"({"id":"rs_1","type":"reasoning","content":[{"type":"reasoning_text","text":"음"}]})", k_call})))
          .echo.empty());
}

TEST_CASE("Responses: why it ended, and what was not finished") {
  const auto stop = [](const std::string& rest) { return decoded(reply(list({message("x")}), rest)).stop; };
  CHECK(stop(R"("status":"completed")") == Stop::finished);
  const auto with_details = [](const std::string& reason) {
    return decoded(R"({"object":"response","status":"incomplete","incomplete_details":{"reason":")" + reason +
                   R"("},"output":[)" + message("x") + "]}")
        .stop;
  };
  CHECK(with_details("max_output_tokens") == Stop::length);
  CHECK(with_details("content_filter") == Stop::filtered);
  CHECK(with_details("something_new") == Stop::unknown);
  CHECK(decoded(R"({"object":"response","output":[)" + message("x") + "]}").stop == Stop::unknown);
  for (const char* status : {"in_progress", "queued", "cancelled", "failed"}) {
    CHECK(error_of(reply("[]", std::string(R"("status":")") + status + "\"")) ==
          std::string("the response is '") + status + "'");
  }
  CHECK(error_of(R"({"object":"response","status":"failed","output":[],"error":{"code":"server_error",)"
                 R"("message":"The model failed to generate a response."}})") ==
        "The model failed to generate a response.");
}

TEST_CASE("Responses: a refusal is an answer of its own kind, commentary is no answer") {
  const Completion refused =
      decoded(reply(list({R"({"type":"message","content":[{"type":"refusal","refusal":"안 됩니다."}]})"})));
  CHECK(refused.stop == Stop::refused);
  CHECK(refused.text == "안 됩니다.");
  const std::string commentary =
      R"({"type":"message","phase":"commentary","content":[{"type":"output_text","text":"찾아보겠습니다."}]})";
  const std::string answer =
      R"({"type":"message","phase":"final_answer","content":[{"type":"output_text","text":"100만원"}]})";
  CHECK(decoded(reply(list({commentary, answer}))).text == "100만원");
  const Completion calling = decoded(reply(list({commentary, k_call})));
  CHECK(calling.text == "찾아보겠습니다.");
  CHECK(calling.echo == list({commentary, k_call}));
}

TEST_CASE("Responses: an answer may be empty if the reply says why it ended") {
  CHECK(decoded(reply("[]")).text.empty());
  CHECK(decoded(reply(list({k_reasoning}), R"("status":"completed")")).stop == Stop::finished);
  CHECK(error_of(R"({"object":"response","output":[]})") == "an empty response without a reason that says why");
}

TEST_CASE("Responses: the logarithms of all tokens of the answer") {
  const auto logprobs = decoded(reply(R"([{"type":"message","content":[{"type":"output_text","text":"백만",
    "logprobs":[{"token":"백","bytes":[],"logprob":-0.5,"top_logprobs":[]},{"token":"만","logprob":-0.1}]}]}])"))
                            .logprobs;
  REQUIRE(logprobs);
  CHECK(logprobs->tokens == 2);
  CHECK(logprobs->min == -0.5);
}

TEST_CASE("Responses: the request, with instructions apart and nothing stored") {
  const HttpRequest http = openai().encode(responses_model(), test::question(), "sk-1");
  CHECK(http.url == "https://api.openai.com/v1/responses");
  CHECK(http.body == R"({"model":"gpt-5-mini","instructions":"지문만 보세요.","input":[{"role":"user","content":)"
                     R"("보상금은 \"얼마\"인가요?\nYears of service 기준, 빈칸없이도."}],"store":false})");
  ChatRequest request = test::question_with_all_set();
  request.parameters.logprobs = true;
  Model model = responses_model();
  model.stream = true;
  const Json body = test::encoded(openai(), model, request);
  CHECK(body["max_output_tokens"] == 50);
  CHECK(body["temperature"] == 0.0);
  CHECK(body["top_p"] == 0.9);
  CHECK_FALSE(body.contains("seed"));  // the API has none
  CHECK(dump_json(body["include"]) == R"(["message.output_text.logprobs"])");
  CHECK(body["stream"] == true);
  CHECK_FALSE(body.contains("stream_options"));
}

TEST_CASE("Responses: calls and their results are items of their own; an echo stands for its message") {
  ChatRequest request = test::question_with_tools();
  const Json body = test::encoded(openai(), responses_model(), request);
  CHECK(
      dump_json(body["tools"]) ==
      R"([{"type":"function","name":"fee","description":"보상금을 찾는다","parameters":{"type":"object","properties":)"
      R"({"rank":{"type":"string"}}},"strict":false},)"
      R"({"type":"function","name":"today","parameters":{"type":"object","properties":{}},"strict":false}])");
  REQUIRE(body["input"].size() == 6);
  CHECK(dump_json(body["input"][1]) == R"({"role":"assistant","content":"찾아보겠습니다."})");
  CHECK(dump_json(body["input"][2]) ==
        R"({"type":"function_call","call_id":"call_1","name":"fee","arguments":"{\"rank\":\"과장\"}"})");
  CHECK(dump_json(body["input"][3]) ==
        R"({"type":"function_call","call_id":"call_2","name":"today","arguments":"{}"})");
  CHECK(dump_json(body["input"][4]) == R"({"type":"function_call_output","call_id":"call_1","output":"100만원"})");
  CHECK(dump_json(body["input"][5]) == R"({"type":"function_call_output","call_id":"call_2","output":"no clock"})");

  request.messages[2].echo = list({k_reasoning, k_call});
  const Json again = test::encoded(openai(), responses_model(), request);
  REQUIRE(again["input"].size() == 5);
  CHECK(dump_json(again["input"][1]) == k_reasoning);
  CHECK(dump_json(again["input"][2]) == k_call);
}

std::string event(const std::string& type, const std::string& rest) {
  return "event: " + type + "\ndata: {\"type\":\"" + type + "\",\"sequence_number\":1" + rest + "}\n\n";
}

TEST_CASE("Responses streamed: the last event is the whole; the deltas before it are not needed") {
  const std::string whole = reply(list({k_reasoning, message("합격보상금은 100만원")}));
  HttpResponse sent =
      response(200, event("response.created", R"(,"response":)" + reply("[]", R"("status":"in_progress")")) +
                        event("response.output_text.delta",
                              R"(,"item_id":"msg_1","output_index":1,"content_index":0,"delta":"합격보")") +
                        event("response.output_text.delta",
                              R"(,"item_id":"msg_1","output_index":1,"content_index":0,"delta":"상금은")") +
                        event("response.completed", R"(,"response":)" + whole));
  sent.first_byte = milliseconds(90);
  const auto completion = openai().decode(sent);
  REQUIRE(completion);
  const Completion unstreamed = decoded(whole);
  CHECK(completion->text == unstreamed.text);
  CHECK(completion->echo == unstreamed.echo);
  CHECK(completion->usage.tokens_out == 87);
  CHECK(completion->first_token == milliseconds(90));
}

TEST_CASE("Responses streamed: an output that is left out at the end is made of the items that were done") {
  const Completion completion =
      decoded(event("response.created", R"(,"response":{"status":"in_progress"})") +
              event("response.output_item.added", R"(,"output_index":0,"item":{"type":"message","content":[]})") +
              event("response.output_item.done", R"(,"output_index":0,"item":)" + message("100만원")) +
              event("response.completed", R"(,"response":)" + reply("[]")));
  CHECK(completion.text == "100만원");
  CHECK(completion.usage.tokens_in == 36);
}

TEST_CASE("Responses streamed: incomplete is an end, failure an error, silence a stream that broke off") {
  const std::string begun = event("response.created", R"(,"response":{"status":"in_progress","error":null})");
  CHECK(decoded(begun + event("response.incomplete",
                              R"(,"response":{"object":"response","status":"incomplete","incomplete_details":)"
                              R"({"reason":"max_output_tokens"},"output":[]})"))
            .stop == Stop::length);
  const std::string failed =
      begun + event("response.failed", R"(,"response":{"id":"resp_1","status":"failed","error":{"code":"server_error",)"
                                       R"("message":"An error occurred while processing your request."}})");
  CHECK(error_of(failed) == "An error occurred while processing your request.");
  CHECK(openai().classify(response(200, failed)).kind == Retry::Kind::transient);
  CHECK(error_of(begun + event("response.failed", R"(,"response":{})")) == "the response failed");
  const std::string too_fast =
      begun + event("error", R"(,"code":"rate_limit_exceeded","message":"Slow down","param":null)");
  CHECK(error_of(too_fast) == "Slow down");
  CHECK(openai().classify(response(200, too_fast)).kind == Retry::Kind::throttled);
  CHECK(error_of(begun) == "the stream broke off");
  CHECK(error_of(begun + event("response.output_item.done", R"(,"item":)" + message("x"))) == "the stream broke off");
}

TEST_CASE("Responses: hostile bodies are errors or answers, never crashes") {
  test::check_refuses(openai(), {
                                    R"({"object":"response","status":"completed"})",
                                    R"({"object":"response","status":"completed","output":null})",
                                    reply("{}"),
                                    reply("12"),
                                    reply("[null]"),
                                    reply("[[]]"),
                                    reply(R"([{"type":"message"}])"),
                                    reply(R"([{"type":"message","content":"x"}])"),
                                    reply(R"([{"type":"message","content":[{"type":"output_text"}]}])"),
                                    reply(R"([{"type":"message","content":[{"type":"output_text","text":"\ud800"}]}])"),
                                });
  const std::string whole = reply(list({k_reasoning, message("네"), k_call}));
  test::check_survives_wrong_types(openai(), whole, [](const std::string& hostile) { return hostile; });
  test::check_survives_wrong_types(openai(), whole, [](const std::string& hostile) {
    return event("response.created", "") + event("response.completed", R"(,"response":)" + hostile);
  });
}

}  // namespace
}  // namespace plumb
