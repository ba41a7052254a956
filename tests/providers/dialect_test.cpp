#include "providers/dialect.h"

#include <doctest/doctest.h>

namespace plumb {
namespace {

std::string endpoint_at(const std::string& base_url) {
  Model model;
  model.base_url = base_url;
  return endpoint(model, "https://vendor.com", "/v1/messages");
}

TEST_CASE("an address may end in slashes, and hold the path in part or in whole") {
  CHECK(endpoint_at("") == "https://vendor.com/v1/messages");
  for (const char* url : {"http://h:1", "http://h:1/", "http://h:1//", "http://h:1/v1", "http://h:1/v1/",
                          "http://h:1/v1/messages", "http://h:1/v1/messages/"}) {
    CAPTURE(url);
    CHECK(endpoint_at(url) == "http://h:1/v1/messages");
  }
  CHECK(endpoint_at("https://proxy.com/anthropic") == "https://proxy.com/anthropic/v1/messages");
  CHECK(endpoint_at("https://h/v10") == "https://h/v10/v1/messages");
  CHECK(endpoint_at("https://h/messages") == "https://h/messages/v1/messages");
}

TEST_CASE("an error is an object, alone or in a list") {
  CHECK(error_object(*parse_json(R"({"error":{"type":"x"}})")));
  CHECK(error_object(*parse_json(R"([{"error":{"type":"x"}}])")));
  for (const char* body : {"{}", "[]", "null", "12", R"({"error":"x"})", R"({"error":null})", R"(["error"])"}) {
    CAPTURE(body);
    CHECK_FALSE(error_object(*parse_json(body)));
  }
}

TEST_CASE("a count of tokens is a whole number that can be") {
  const auto tokens = [](const std::string& value) {
    const auto object = parse_json("{\"n\":" + value + "}");
    REQUIRE(object);
    return tokens_at(&*object, "n");
  };
  CHECK(tokens("0") == 0);
  CHECK(tokens("1000000000000") == 1'000'000'000'000);
  for (const char* value : {"1000000000001", "-1", "1.0", "\"1\"", "null", "18446744073709551615", "[1]"}) {
    CAPTURE(value);
    CHECK_FALSE(tokens(value));
  }
  CHECK_FALSE(tokens_at(nullptr, "n"));
}

TEST_CASE("a sum with what is unknown is what is known") {
  CHECK(sum_of_known(1, 2) == 3);
  CHECK(sum_of_known(1, std::nullopt) == 1);
  CHECK(sum_of_known(std::nullopt, 2) == 2);
  CHECK_FALSE(sum_of_known(std::nullopt, std::nullopt));
}

Json requested(const std::string& extra_json) {
  Json body = {{"model", "m"}, {"messages", Json::array({"말"})}, {"temperature", 0.5}, {"options", {{"seed", 3}}}};
  const HttpRequest http = json_request("http://h", std::move(body), {.extra_json = extra_json});
  return *parse_json(http.body);
}

TEST_CASE("what only one vendor knows is merged into the body, member by member; null takes a member out") {
  CHECK(dump_json(requested(R"({"top_k":5,"options":{"num_ctx":8192,"seed":null},"temperature":1})")) ==
        R"({"model":"m","messages":["말"],"temperature":1,"options":{"num_ctx":8192},"top_k":5})");
  CHECK(requested("") == requested("{}"));
}

TEST_CASE("what is asked, of whom, and how, is not changed by it; what is no object changes nothing") {
  const Json as_it_was = requested("");
  for (const char* key :
       {"model", "messages", "input", "contents", "system", "instructions", "systemInstruction", "stream", "tools"}) {
    CAPTURE(key);
    CHECK(requested("{\"" + std::string(key) + "\":[\"other\"]}") == as_it_was);
    CHECK(requested("{\"" + std::string(key) + "\":null}") == as_it_was);
  }
  for (const char* extra : {"[]", "null", "{", "12", "\"x\"", "{\"a\":1,\"a\":2}"}) {
    CAPTURE(extra);
    CHECK(requested(extra) == as_it_was);
  }
}

TEST_CASE("arguments are an object for vendors that want one, even if the model wrote none") {
  CHECK(dump_json(arguments_object(R"({"a":1})")) == R"({"a":1})");
  CHECK(dump_json(arguments_object("")) == "{}");
  CHECK(dump_json(arguments_object(" ")) == "{}");
  for (const char* text : {"{\"a\":", "[1]", "null", "말", "\"x\""}) {
    CAPTURE(text);
    CHECK(string_at(arguments_object(text), "INVALID_JSON") == text);
  }
}

TEST_CASE("arguments are kept as they were written, and made text where they are not") {
  const auto text_of = [](const char* json) {
    const auto parsed = parse_json(json);
    return arguments_text(&*parsed);
  };
  CHECK(text_of(R"("{\"a\": 1")") == "{\"a\": 1");
  CHECK(text_of(R"({"a": 1})") == R"({"a":1})");
  CHECK(text_of("null").empty());
  CHECK(arguments_text(nullptr).empty());
}

TEST_CASE("a tool whose schema is none takes an object without members") {
  for (const char* schema : {"", "[]", "{", "null"}) {
    CAPTURE(schema);
    CHECK(dump_json(tool_schema({.name = "f", .description = "", .parameters_json = schema})) ==
          R"({"type":"object","properties":{}})");
  }
}

}  // namespace
}  // namespace plumb
