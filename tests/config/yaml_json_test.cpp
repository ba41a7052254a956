#include "config/yaml_json.h"

#include <doctest/doctest.h>

namespace plumb {

namespace {

std::string json_of(std::string_view yaml) {
  std::vector<Diagnostic> diagnostics;
  FileReport report("f", diagnostics);
  const auto node = parse_yaml(yaml, report);
  REQUIRE(node);
  return dump_json(to_json(*node));
}

}  // namespace

TEST_CASE("numbers, flags and nothing stay what they are; quotes make text of them") {
  CHECK(json_of("{a: 1, b: -2.5, c: 1e3, d: true, e: null, f: , g: ~, h: x}") ==
        R"({"a":1,"b":-2.5,"c":1000.0,"d":true,"e":null,"f":null,"g":null,"h":"x"})");
  CHECK(json_of("{a: '1', b: \"true\", c: 'null'}") == R"({"a":"1","b":"true","c":"null"})");
}

TEST_CASE("what JSON would not take as a number is text") {
  CHECK(json_of("[010, 1_000, .5, +1, yes, 1e999]") == R"(["010","1_000",".5","+1","yes","1e999"])");
}

TEST_CASE("maps keep the order of the file, at any depth") {
  CHECK(json_of("b:\n  - z: 1\n    a: [가, {}]\na: []\n") == R"({"b":[{"z":1,"a":["가",{}]}],"a":[]})");
}

}  // namespace plumb
