#include "providers/reply.h"

#include <cmath>

#include "exchange.h"

namespace plumb {
namespace {

using test::events;
using test::response;

std::string error_of_object(std::string body) {
  const auto object = reply_object(response(200, std::move(body)));
  return object ? "" : object.error().message;
}

std::string error_of_events(std::string body) {
  const auto done = read_events(response(200, std::move(body)), [](const std::string&, Json&) { return Done{}; });
  return done ? "" : done.error().message;
}

TEST_CASE("an error told of inside a success is an error in the vendor's words, in whatever form") {
  CHECK(error_of_object(R"({"error":{"message":"Overloaded","type":"x"}})") == "Overloaded");
  CHECK(error_of_object(R"({"error":"model 'x' not found"})") == "model 'x' not found");
  CHECK(error_of_object(R"([{"error":{"message":"words"}}])") == "words");
  CHECK(error_of_object(R"({"type":"error","message":"words"})") == "words");
  CHECK(error_of_object(R"({"error":{}})") == "an error without words");
  CHECK(error_of_object(R"({"error":7})") == "an error without words");
  CHECK(error_of_object(R"({"error":null})") == "");
  CHECK(error_of_object("[]") == "the reply is no JSON object");
  CHECK(error_of_object("") != "");
}

TEST_CASE("an error in a stream is an error in the vendor's words, whatever came before it") {
  const std::string text = R"({"choices":[]})";
  CHECK(error_of_events(events({text, R"({"error":{"message":"Overloaded"}})"})) == "Overloaded");
  CHECK(error_of_events("event: error\ndata: {\"error\":{\"type\":\"api_error\",\"message\":\"words\"}}\n\n") ==
        "words");
  CHECK(error_of_events("event: error\ndata: out of memory\n\n") == "out of memory");
  CHECK(error_of_events("event: error\ndata: {}\n\n") == "an error without words");
  CHECK(error_of_events(events({R"({"type":"error","code":"server_error","message":"words"})"})) == "words");
  CHECK(error_of_events(events({R"({"type":"response.failed","response":{"error":{"message":"words"}}})"})) == "words");
  CHECK(error_of_events(events({text, "12"})) == "an event is no JSON object");
  CHECK(error_of_events(events({text, "{"})) != "");
  CHECK(error_of_events(events({text, text})) == "");
}

TEST_CASE("a stream is read up to its mark, and what follows that is not read") {
  int taken = 0;
  const auto count = [&](const std::string&, Json&) {
    ++taken;
    return Status(Done{});
  };
  CHECK(*read_events(response(200, events({"{}", "{}", "[DONE]", "{}", "nonsense"})), count));
  CHECK(taken == 2);
  CHECK_FALSE(*read_events(response(200, events({"{}"})), count));
}

TEST_CASE("a line that is cut off is a stream that broke off; one that is wrong in the middle is wrong") {
  const auto error_of = [](std::string body) {
    const auto status =
        read_json_lines(response(200, std::move(body)), [](const std::string&, Json&) { return Done{}; });
    return status ? "" : status.error().message;
  };
  CHECK(error_of("{\"a\":1}\r\n{\"b\":2}\n\n") == "");
  CHECK(error_of("{\"a\":1}\n{\"b\":") == "the stream broke off");
  CHECK(error_of("{\"a\":\n{\"b\":2}") != "the stream broke off");
  CHECK(error_of("{\"a\":1}\n{\"error\":\"an error was encountered while running the model\"}\n") ==
        "an error was encountered while running the model");
  CHECK(error_of("{}\n[]\n") == "a line is no JSON object");
}

TEST_CASE("an error inside a success is judged by the status it gives; one without, not asked again") {
  using Kind = Retry::Kind;
  const auto kind = [](const std::string& body) { return classify_http(response(200, body)).kind; };
  CHECK(kind(R"({"error":{"code":502,"message":"Provider returned error"}})") == Kind::transient);
  CHECK(kind(events({R"({"choices":[]})", R"({"error":{"code":429,"message":"x"}})"})) == Kind::throttled);
  CHECK(kind(events({R"({"error":{"code":400,"message":"x"}})"})) == Kind::give_up);
  CHECK(kind(events({R"({"error":{"code":"insufficient_quota","message":"x"}})"})) == Kind::stop);
  CHECK(kind("{\"message\":{}}\n{\"error\":{\"code\":503}}\n") == Kind::transient);
  CHECK(kind(R"({"error":{"code":99999999999}})") == Kind::give_up);
  CHECK(kind(R"({"error":"x"})") == Kind::give_up);
  CHECK(kind(events({"{}"})) == Kind::give_up);
  CHECK(kind("") == Kind::give_up);
  CHECK(describe_http_error(response(200, events({"{}", R"({"error":{"message":"words"}})"}))) == "words");
}

TEST_CASE("an error is told of in a body of any form, or it is not") {
  for (const std::string& body :
       {std::string(R"({"error":"x"})"), std::string(R"([{"error":{"code":400}}])"), std::string(R"({"type":"error"})"),
        events({"{}", R"({"error":{"code":400}})"}), std::string("event: error\ndata: x\n\n"),
        std::string("{\"a\":1}\n{\"error\":\"x\"}\n")}) {
    CAPTURE(body);
    CHECK(tells_of_error(response(200, body)));
  }
  for (const std::string& body :
       {std::string(), std::string("<html>"), std::string("[]"), std::string("{\"error\":null}"), events({"{}"}),
        std::string("{\"a\":1}\n{\"b\":2}\n")}) {
    CAPTURE(body);
    CHECK_FALSE(tells_of_error(response(200, body)));
  }
}

TEST_CASE("the id in the header wins, the time to the first token is that of the first byte of a stream") {
  HttpResponse sent = response(200, "");
  sent.first_byte = std::chrono::milliseconds(120);
  CHECK(finish_completion({}, sent, "in-body", false).request_id == "in-body");
  CHECK_FALSE(finish_completion({}, sent, "", false).first_token);
  CHECK(finish_completion({}, sent, "", true).first_token == std::chrono::milliseconds(120));
  sent.headers["request-id"] = "req_1";
  CHECK(finish_completion({}, sent, "in-body", false).request_id == "req_1");
  sent.headers["x-request-id"] = "req_2";
  CHECK(finish_completion({}, sent, "in-body", false).request_id == "req_2");
  sent.first_byte = {};
  CHECK_FALSE(finish_completion({}, sent, "", true).first_token);
}

TEST_CASE("calls are why a message ended, unless it was cut or refused") {
  using Stop = Completion::Stop;
  const auto stop = [](Stop given, bool calls) {
    Completion completion;
    completion.stop = given;
    if (calls) completion.tool_calls.push_back({.id = "1", .name = "f", .arguments = "{}"});
    return finish_completion(completion, {}, "", false).stop;
  };
  CHECK(stop(Stop::finished, true) == Stop::tool_calls);
  CHECK(stop(Stop::unknown, true) == Stop::tool_calls);
  CHECK(stop(Stop::length, true) == Stop::length);
  CHECK(stop(Stop::filtered, true) == Stop::filtered);
  CHECK(stop(Stop::refused, true) == Stop::refused);
  CHECK(stop(Stop::finished, false) == Stop::finished);
}

TEST_CASE("the logarithms of all tokens are summed up, less what is no number") {
  const auto sum_of = [](const std::string& list) {
    std::optional<Logprobs> sum;
    const auto json = parse_json(list);
    REQUIRE(json);
    add_logprobs(sum, &*json, "logprob");
    return sum;
  };
  const auto sum = sum_of(R"([{"logprob":-0.5},{"logprob":-1.5},{"logprob":null},7,{},{"logprob":"-1"}])");
  REQUIRE(sum);
  CHECK(sum->tokens == 2);
  CHECK(sum->mean == doctest::Approx(-1.0));
  CHECK(sum->min == -1.5);
  CHECK(sum_of(R"([{"logprob":0.0000001},{"logprob":-9999.0}])")->min == -9999.0);
  CHECK(sum_of(R"([{"logprob":0.0000001}])")->mean == 0.0);
  CHECK_FALSE(sum_of("[]"));
  CHECK_FALSE(sum_of("{}"));
  CHECK_FALSE(sum_of(R"([{"logprob":null}])"));
  std::optional<Logprobs> none;
  add_logprobs(none, nullptr, "logprob");
  CHECK_FALSE(none);
}

}  // namespace
}  // namespace plumb
