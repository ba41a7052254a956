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

}  // namespace
}  // namespace plumb
