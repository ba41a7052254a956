#include "config/reader.h"

#include <doctest/doctest.h>

#include "config/text_file.h"

namespace plumb {

namespace {

const KeyTable k_table{"a thing",
                       {{"need", true}, {"text"}, {"texts"}, {"flag"}, {"count"}, {"share"}, {"day"}, {"word"}}};

struct Reading {
  YamlNode root;
  std::vector<Diagnostic> diagnostics;
  FileReport report{"f.yaml", diagnostics};

  explicit Reading(std::string_view yaml) { root = parse_yaml(yaml, report).value(); }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;
  MapReader map() { return {root, k_table, report}; }
  std::string told() const {
    std::string all;
    for (const Diagnostic& diagnostic : diagnostics) all += to_string(diagnostic) + "\n";
    return all;
  }
};

}  // namespace

TEST_CASE("what is absent is nothing, and told only if it is required") {
  Reading reading("text: a\n");
  const MapReader map = reading.map();
  CHECK(reading.told() == "f.yaml:1:1: error: a thing needs the key 'need'\n");
  CHECK(map.text("need") == "");
  CHECK(map.texts("texts").empty());
  CHECK_FALSE(map.flag("flag"));
  CHECK_FALSE(map.integer("count", 0, 9));
  CHECK_FALSE(map.number("share", 0, 1));
  CHECK_FALSE(map.day("day"));
  CHECK_FALSE(map.word("word", {"a", "b"}));
  CHECK(map.list("texts").empty());
  CHECK(map.place("day") == Place{1, 1});
  CHECK(reading.diagnostics.size() == 1);
}

TEST_CASE("each type is read as people write it") {
  Reading reading(
      "need: '  가  '\ntexts: [1, '2', 3%]\nflag: false\ncount: +7\nshare: 1e-1\nday: '2026-02-28'\nword: b\n");
  const MapReader map = reading.map();
  CHECK(map.text("need") == "가");
  CHECK(map.texts("texts") == std::vector<std::string>{"1", "2", "3%"});
  CHECK(map.places("texts") == std::vector<Place>{{2, 9}, {2, 12}, {2, 17}});
  CHECK(map.flag("flag") == false);
  CHECK(map.integer("count", 0, 9) == 7);
  CHECK(map.number("share", 0, 1) == 0.1);
  CHECK(map.day("day") == Day{2026, 2, 28});
  CHECK(map.word("word", {"a", "b"}) == "b");
  CHECK(reading.told() == "");
}

TEST_CASE("the ends of a range belong to it") {
  Reading reading("need: a\ncount: 9\nshare: 0\n");
  const MapReader map = reading.map();
  CHECK(map.integer("count", 9, 9) == 9);
  CHECK(map.number("share", 0, 1) == 0.0);
  CHECK_FALSE(map.integer("count", 0, 8));
  CHECK(reading.told() == "f.yaml:2:8: error: count must be a whole number from 0 to 8; found '9'\n");
}

TEST_CASE("what has been told as an alias is not told again as missing or of a wrong type") {
  Reading reading("text: &a 1\nneed: *a\n");
  const int before = reading.report.errors();
  const MapReader map = reading.map();
  CHECK(map.text("need") == "");
  CHECK_FALSE(map.has("need"));
  CHECK(before == 2);
  CHECK(reading.report.errors() == 2);
}

TEST_CASE("a message shows little of a long text, and nothing that steers a terminal") {
  Reading reading(
      "need: a\nword: 가나다라마바사아자차카타파하가나다라마바사아자차카타파하\nflag: \"\\e[31m\\u202Ered\"\n");
  const MapReader map = reading.map();
  CHECK_FALSE(map.word("word", {"x"}));
  CHECK_FALSE(map.flag("flag"));
  CHECK(reading.told() ==
        "f.yaml:2:7: error: unknown word '가나다라마바사아자차카타파하가나다라마…'; one of x\n"
        "f.yaml:3:7: error: flag must be true or false without quotes; found 'red'\n");
}

TEST_CASE("a file's name cannot steer a terminal either") {
  CHECK(to_string({Diagnostic::Severity::warning, "a\x1b[31m.md", 3, 0, "\u202Eb"}) == "a.md:3: warning: b");
}

TEST_CASE("what has the shape of a key is a secret, what only begins like one is a word") {
  CHECK(holds_secret("sk-proj-Abc123Def456Ghi789"));
  CHECK(holds_secret("Bearer sk-ant-api03-AbCdEf123456"));
  CHECK(holds_secret("key=AIzaSyA1234567890abcdefghij"));
  CHECK_FALSE(holds_secret("sk-learn"));
  CHECK_FALSE(holds_secret("task-1-of-a-very-long-list-of-things"));
  CHECK_FALSE(holds_secret("sk-this-is-only-a-very-long-word"));
  CHECK_FALSE(holds_secret(""));
}

TEST_CASE("diagnostics come in the order of files and lines") {
  std::vector<Diagnostic> all;
  FileReport b("b", all);
  FileReport a("a", all);
  b.error({2, 1}, "2");
  a.error({1, 1}, "1");
  b.warning({1, 9}, "9");
  b.error({1, 2}, "2");
  b.error({}, "0");
  sort_diagnostics(all);
  std::string told;
  for (const Diagnostic& diagnostic : all) told += to_string(diagnostic) + "\n";
  CHECK(told == "b: error: 0\nb:1:2: error: 2\nb:1:9: warning: 9\nb:2:1: error: 2\na:1:1: error: 1\n");
  CHECK(has_errors(all));
  CHECK(b.errors() == 3);
  all.erase(all.begin(), all.begin() + 2);
  all.resize(1);
  CHECK_FALSE(has_errors(all));
  CHECK_FALSE(has_errors({}));
}

}  // namespace plumb
