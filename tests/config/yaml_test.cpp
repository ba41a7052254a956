#include "config/yaml.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "config/text_file.h"
#include "temp_folder.h"

namespace plumb {

namespace {

struct Parsed {
  std::optional<YamlNode> root;
  std::vector<Diagnostic> diagnostics;
  std::string told;
};

Parsed parse(std::string_view bytes, YamlLimits limits = {}) {
  Parsed parsed;
  FileReport report("f.yaml", parsed.diagnostics);
  const auto text = clean_text(bytes, 8u << 20, report);
  if (text) parsed.root = parse_yaml(*text, report, 1, limits);
  for (const Diagnostic& diagnostic : parsed.diagnostics) parsed.told += to_string(diagnostic) + "\n";
  return parsed;
}

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace

TEST_CASE("a tree knows where every key and value stands, in code points") {
  const Parsed parsed = parse("이름: 홍길동\n목록:\n  - 하나\n  - {가: 나, 다: [라, 마]}\n");
  REQUIRE(parsed.root);
  CHECK(parsed.told == "");
  const YamlNode& root = *parsed.root;
  REQUIRE(root.kind == YamlNode::Kind::map);
  REQUIRE(root.entries.size() == 2);
  CHECK(root.entries[0].key == "이름");
  CHECK(root.entries[0].place == Place{1, 1});
  CHECK(root.entries[0].value.text == "홍길동");
  CHECK(root.entries[0].value.place == Place{1, 5});
  const YamlNode& list = root.entries[1].value;
  REQUIRE(list.items.size() == 2);
  CHECK(list.items[0].place == Place{3, 5});
  const YamlNode& map = list.items[1];
  CHECK(map.place == Place{4, 5});
  CHECK(map.find("다")->place == Place{4, 12});
  CHECK(map.find("다")->value.items[1].place == Place{4, 19});
  CHECK(map.find("바") == nullptr);
}

TEST_CASE("quoted and block text is never a number or a flag") {
  const Parsed parsed = parse("a: 2024\nb: '2024'\nc: \"true\"\nd: |\n  2024\ne:\nf: ~\ng: ''\n");
  REQUIRE(parsed.root);
  const auto value = [&](const char* key) { return parsed.root->find(key)->value; };
  CHECK_FALSE(value("a").quoted);
  CHECK(value("a").text == "2024");
  CHECK(value("b").quoted);
  CHECK(value("c").quoted);
  CHECK(value("d").quoted);
  CHECK(value("d").text == "2024\n");
  CHECK(value("e").kind == YamlNode::Kind::nothing);
  CHECK(value("f").kind == YamlNode::Kind::nothing);
  CHECK(value("g").kind == YamlNode::Kind::text);
}

TEST_CASE("an empty file is nothing, and not an error") {
  for (const char* text : {"", "\n", "# nur ein Kommentar\n", "\xEF\xBB\xBF"}) {
    const Parsed parsed = parse(text);
    CHECK(parsed.told == "");
    REQUIRE(parsed.root);
    CHECK(parsed.root->kind == YamlNode::Kind::nothing);
    CHECK(parsed.root->place == Place{1, 1});
  }
}

TEST_CASE("a byte order mark and CRLF change neither text nor places") {
  const Parsed parsed = parse(
      "\xEF\xBB\xBF"
      "a: b\r\nc: |\r\n  가\r\n  나\r\nd: e\r\n");
  REQUIRE(parsed.root);
  CHECK(parsed.root->find("a")->place == Place{1, 1});
  CHECK(parsed.root->find("a")->value.place == Place{1, 4});
  CHECK(parsed.root->find("c")->value.text == "가\n나\n");
  CHECK(parsed.root->find("d")->place == Place{5, 1});
}

TEST_CASE("what is outside the subset is told with its place") {
  const std::vector<test::Mistake> mistakes = {
      {"an anchor", "a: &x 1\nb: 2\n", "f.yaml:1:4: error: anchors (&name) are not supported; remove it\n"},
      {"an alias", "a: &x 1\nb: *x\n",
       "f.yaml:1:4: error: anchors (&name) are not supported; remove it\n"
       "f.yaml:2:4: error: aliases (*name) are not supported; write the value out\n"},
      {"an alias of nothing", "가: 1\n나: *없음\n",
       "f.yaml:2:4: error: aliases (*name) are not supported; write the value out, or put it in quotes\n"},
      {"an alias of itself", "a: &a [*a]\n",
       "f.yaml:1:4: error: anchors (&name) are not supported; remove it\n"
       "f.yaml:1:8: error: aliases (*name) are not supported; write the value out\n"},
      {"a tag", "a: !!int 1\n", "f.yaml:1:4: error: tags (!name) are not supported; remove it, or use quotes\n"},
      {"the tag that says nothing", "a: ! x\n",
       "f.yaml:1:4: error: tags (!name) are not supported; remove it, or use quotes\n"},
      {"a merge key", "a: {b: 1}\nc:\n  <<: {b: 1}\n",
       "f.yaml:3:3: error: merge keys (<<) are not supported; write the keys out\n"},
      {"a second document", "a: 1\n---\nb: 2\n", "f.yaml:2:1: error: a second document (---); a file holds one\n"},
      {"a key given twice", "a: 1\nb: 2\na: 3\n", "f.yaml:3:1: error: key 'a' is given twice; first on line 1\n"},
      {"a list as a key", "? [a, b]\n: 1\n", "f.yaml:1:3: error: a key must be text, not a list or a map\n"},
      {"no key", "~: 1\n", "f.yaml:1:1: error: a key is missing before the ':'\n"},
      {"an empty key", "'': 1\n", "f.yaml:1:1: error: a key is missing before the ':'\n"},
      {"an open quote", "a: \"b\nc: d\n", "f.yaml:1:4: error: this quote is not closed\n"},
      {"an open quote with an escaped one in it", "a: \"b\\\" c\n", "f.yaml:1:4: error: this quote is not closed\n"},
      {"an open single quote", "a: 'it''s\nb: 1",
       "f.yaml:2:5: error: a quote is not closed before the end of the file\n"},
      {"an open single quote with one that is doubled", "a: 'it''s\n", "f.yaml:1:4: error: this quote is not closed\n"},
      {"an open quote as a key", "a: 1\n'b: 2\n", "f.yaml:2:1: error: this quote is not closed\n"},
      {"an open bracket", "a: [b, c\nd: e\n", "f.yaml:2:2: error: this [ is not closed, or a comma is missing\n"},
      {"a colon in a value", "a: b: c\n", "f.yaml:1:5: error: a ': ' inside a value; put the value in quotes\n"},
      {"a value that begins with @", "a: @b\n",
       "f.yaml:1:4: error: a value cannot begin with this character; put it in quotes\n"},
      {"a wrong indentation", "a: 1\n  b: 2\n", "f.yaml:2:4: error: a ': ' inside a value; put the value in quotes\n"},
      {"a stray bracket", "a: ]\n", "f.yaml:1:4: error: a ] or } that nothing opened\n"},
      {"a wrong escape", "a: \"\\q\"\n",
       "f.yaml:1:7: error: unknown escape after a backslash; use single quotes, or write \\\\ for a backslash\n"},
  };
  for (const test::Mistake& mistake : mistakes) {
    CAPTURE(mistake.rule);
    CHECK(parse(mistake.text).told == mistake.told);
  }
}

TEST_CASE("quotes that hold quotes are closed") {
  CHECK(parse("a: 'it''s'\nb: \"say \\\"ja\\\"\"\nc: \"\\\\\"\n'd': \"\"\n").told == "");
}

TEST_CASE("after a key given twice the rest is read, and the first stays") {
  const Parsed parsed = parse("a: 1\na: [2, 3]\nb: 4\n");
  REQUIRE(parsed.root);
  REQUIRE(parsed.root->entries.size() == 2);
  CHECK(parsed.root->find("a")->value.text == "1");
  CHECK(parsed.root->find("b")->value.text == "4");
}

TEST_CASE("bytes that are not text are told with their place") {
  CHECK(parse("a: 가\nb: \xC3\x28\n").told == "f.yaml:2:4: error: not UTF-8 from here on; save the file as UTF-8\n");
  CHECK(parse("가나: \xED\xA0\x80\n").told == "f.yaml:1:5: error: not UTF-8 from here on; save the file as UTF-8\n");
  CHECK(parse(std::string_view("a: b\0c\n", 7)).told == "f.yaml:1:5: error: control character U+0000; remove it\n");
  CHECK(parse("a: \x1b[31m\n").told == "f.yaml:1:4: error: control character U+001B; remove it\n");
  CHECK(parse("a: b\rc: d\n").told == "f.yaml:1:5: error: control character U+000D; remove it\n");
  CHECK(parse("a: \x7F\n").told == "f.yaml:1:4: error: control character U+007F; remove it\n");
  CHECK(parse("a: \x04\n").told == "f.yaml:1:4: error: control character U+0004; remove it\n");
}

TEST_CASE("a bomb ends with an error, not with the machine's memory") {
  SUBCASE("aliases of aliases") {
    std::string text = "a: &a [x, x, x]\n";
    for (char c = 'b'; c <= 'z'; ++c) {
      text += fmt::format("{0}: &{0} [{1}]\n", c, repeated(fmt::format("*{}, ", static_cast<char>(c - 1)), 9));
    }
    const Parsed parsed = parse(text);
    CHECK_FALSE(parsed.root);
    CHECK(parsed.told.starts_with("f.yaml:1:4: error: anchors (&name) are not supported; remove it\n"));
    CHECK(parsed.told.ends_with("error: more of the kind below; the rest of this file was not read\n"));
    CHECK(parsed.diagnostics.size() == 21);
  }
  SUBCASE("brackets") {
    CHECK(parse(repeated("[", 100'000)).told == "f.yaml:1:1001: error: nested too deeply\n");
    CHECK(parse(repeated("{a: ", 100'000)).told == "f.yaml:1:4001: error: nested too deeply\n");
    CHECK(parse(repeated("[", 500) + repeated("]", 500)).told ==
          "f.yaml:1:33: error: nested too deeply; at most 32 levels\n");
    CHECK(parse(repeated("[\"]\", ", 100'000)).told.ends_with("error: nested too deeply\n"));
  }
  SUBCASE("dashes") {
    CHECK(parse(repeated("- ", 100'000)).told == "f.yaml:1:65: error: nested too deeply; at most 32 levels\n");
    CHECK(parse(repeated("? ", 100'000)).told.find("error: ") != std::string::npos);
  }
  SUBCASE("indentation") {
    std::string text;
    for (int i = 0; i < 1'000; ++i) text += repeated(" ", i) + "a:\n";
    CHECK(parse(text).told == "f.yaml:33:33: error: nested too deeply; at most 32 levels\n");
  }
  SUBCASE("values") {
    CHECK(parse("[" + repeated("a,", 200'001) + "]").told ==
          "f.yaml:1:400000: error: more than 200000 values in one file\n");
    CHECK(parse(repeated("- a\n", 200'001)).told == "f.yaml:200000:3: error: more than 200000 values in one file\n");
  }
  SUBCASE("keys") { CHECK(parse(repeated("a: 1\n", 100'000)).diagnostics.size() == 21); }
}

TEST_CASE("the deepest and the largest that are allowed are read") {
  CHECK(parse(repeated("[", 32) + repeated("]", 32)).told == "");
  CHECK(parse("[" + repeated("a,", 9) + "]", {.depth_max = 1, .nodes_max = 10}).told == "");
  CHECK(parse("[" + repeated("a,", 10) + "]", {.depth_max = 1, .nodes_max = 10}).told ==
        "f.yaml:1:20: error: more than 10 values in one file\n");
}

TEST_CASE("a file that is too large is not read") {
  std::vector<Diagnostic> diagnostics;
  FileReport report("f.yaml", diagnostics);
  CHECK_FALSE(clean_text("가나다", 8, report));
  REQUIRE(diagnostics.size() == 1);
  CHECK(to_string(diagnostics[0]) == "f.yaml: error: the file has 9 bytes; at most 8 are read");
}

}  // namespace plumb
