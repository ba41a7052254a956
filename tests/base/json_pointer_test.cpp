#include "base/json_pointer.h"

#include <doctest/doctest.h>

namespace plumb {
namespace {

Json json(std::string_view text) {
  auto parsed = parse_json(text);
  REQUIRE(parsed);
  return *std::move(parsed);
}

// The value's JSON, or the error in brackets.
std::string at(const Json& document, std::string_view pointer) {
  const auto value = value_at(document, pointer);
  CHECK((value ? *value : nullptr) == find_at(document, pointer));
  return value ? dump_json(**value) : "(" + value.error().message + ")";
}

// The examples of RFC 6901, section 5.
TEST_CASE("a pointer names what RFC 6901 says") {
  const Json document =
      json(R"({"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8})");
  CHECK(at(document, "") == dump_json(document));
  CHECK(at(document, "/foo") == R"(["bar","baz"])");
  CHECK(at(document, "/foo/0") == R"("bar")");
  CHECK(at(document, "/") == "0");
  CHECK(at(document, "/a~1b") == "1");
  CHECK(at(document, "/c%d") == "2");
  CHECK(at(document, "/e^f") == "3");
  CHECK(at(document, "/g|h") == "4");
  CHECK(at(document, "/i\\j") == "5");
  CHECK(at(document, "/k\"l") == "6");
  CHECK(at(document, "/ ") == "7");
  CHECK(at(document, "/m~0n") == "8");
}

TEST_CASE("~01 is a tilde before a one, never a slash") { CHECK(at(json(R"({"~1":1,"/":2})"), "/~01") == "1"); }

TEST_CASE("what is not there is told with what is") {
  const Json document = json(R"({"data":{"text":"x","sources":[1,2]},"n":1,"none":{}})");
  CHECK(at(document, "/answer") == "(nothing at '/answer': the reply has the keys data, n, none)");
  CHECK(at(document, "/data/answer") == "(nothing at '/data/answer': '/data' has the keys text, sources)");
  CHECK(at(document, "/data/sources/2") == "(nothing at '/data/sources/2': '/data/sources' is a list of 2 items)");
  CHECK(at(document, "/data/sources/-") == "(nothing at '/data/sources/-': '/data/sources' is a list of 2 items)");
  CHECK(at(document, "/data/sources/01") == "(nothing at '/data/sources/01': '/data/sources' is a list of 2 items)");
  CHECK(at(document, "/n/x") == "(nothing at '/n/x': '/n' is a number)");
  CHECK(at(document, "/none/x") == "(nothing at '/none/x': '/none' has no keys)");
  CHECK(at(json("[]"), "/0") == "(nothing at '/0': the reply is a list of 0 items)");
}

TEST_CASE("a long list of keys is cut, and what cannot be shown is not") {
  std::string text = "{";
  for (int i = 0; i < 50; ++i) text += (i > 0 ? ",\"k" : "\"k") + std::to_string(i) + "\":0";
  CHECK(at(json(text + "}"), "/x") ==
        "(nothing at '/x': the reply has the keys k0, k1, k2, k3, k4, k5, k6, k7, k8, "
        "k9, k10, k11, …)");
  CHECK(at(json(R"({"\u001b[31mred":0})"), "/x") == "(nothing at '/x': the reply has the key red)");
}

TEST_CASE("a pointer is empty or begins with a slash, and escapes only tilde and slash") {
  for (const char* good : {"", "/", "/a", "/a/0", "/a~0~1", "//"}) CHECK(is_json_pointer(good));
  for (const char* bad : {"a", "answer", "#/a", "/a~", "/a~2", "/~", "$.a"}) CHECK_FALSE(is_json_pointer(bad));
  CHECK(find_at(json("{}"), "a") == nullptr);
}

}  // namespace
}  // namespace plumb
