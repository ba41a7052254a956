#include "base/json.h"

#include <doctest/doctest.h>

namespace plumb {
namespace {

TEST_CASE("what would overflow the stack later is refused at once") {
  CHECK_FALSE(parse_json(std::string(1'000'000, '[')));
  CHECK(parse_json(std::string(60, '[') + std::string(60, ']')));
  CHECK_FALSE(parse_json(std::string(70, '[') + std::string(70, ']')));
}

TEST_CASE("duplicate keys, trailing words and broken text are errors") {
  CHECK(parse_json(R"({"a":1,"a":2})").error().message.find("duplicate key 'a'") != std::string::npos);
  CHECK_FALSE(parse_json("{} x"));
  CHECK_FALSE(parse_json("{\"a\":"));
  CHECK_FALSE(parse_json(""));
  CHECK_FALSE(parse_json("\"\xFF\""));
}

TEST_CASE("a value read is the value written") {
  const std::string text = R"({"b":[1,2.5,null,true,"서울"],"a":{}})";
  const auto json = parse_json(text);
  REQUIRE(json);
  CHECK(dump_json(*json) == text);
}

TEST_CASE("writing never throws on ill-formed text") {
  CHECK(dump_json(Json{{"a", "x\xFF"}}) == "{\"a\":\"x\uFFFD\"}");
}

TEST_CASE("members of another type give the fallback") {
  const auto json = parse_json(R"({"s":"x","n":2})");
  REQUIRE(json);
  CHECK(string_at(*json, "s") == "x");
  CHECK(string_at(*json, "n", "?") == "?");
  CHECK(integer_at(*json, "n") == 2);
  CHECK(integer_at(*json, "s", -1) == -1);
  CHECK(find(Json("text"), "s") == nullptr);
}

}  // namespace
}  // namespace plumb
