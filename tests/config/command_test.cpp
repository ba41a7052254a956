#include "config/command.h"

#include <doctest/doctest.h>

namespace plumb {

namespace {

// Each word in brackets, or the error.
std::string words(std::string_view line) {
  const auto split = split_command(line);
  if (!split) return "error: " + split.error().message;
  std::string all;
  for (const std::string& word : *split) all += "[" + word + "]";
  return all;
}

}  // namespace

TEST_CASE("a command is split as a shell splits it") {
  CHECK(words("python3 bot.py") == "[python3][bot.py]");
  CHECK(words("  a\t b  ") == "[a][b]");
  CHECK(words("a 'b c' \"d e\"") == "[a][b c][d e]");
  CHECK(words("a b'c d'e") == "[a][bc de]");
  CHECK(words("a '' \"\"") == "[a][][]");
  CHECK(words(R"(a b\ c "d\"e" 'f\g')") == "[a][b c][d\"e][f\\g]");
  CHECK(words("a --x='하나 둘'") == "[a][--x=하나 둘]");
}

TEST_CASE("nothing is expanded") {
  CHECK(words("echo $HOME ~ *.py `id` $(id)") == "[echo][$HOME][~][*.py][`id`][$(id)]");
}

TEST_CASE("what only a shell could do is told") {
  CHECK(words("cd bots && python3 bot.py") ==
        "error: there is no shell that could read '&&'; write a script, and name it here");
  for (const char* line : {"a | b", "a > f", "a ; b", "a &"})
    CHECK(words(line).starts_with("error: there is no shell"));
  CHECK(words("grep '|' \\;") == "[grep][|][;]");
  CHECK(words("a 'b") == "error: a quote (') is not closed");
  CHECK(words("") == "error: there is no program to start");
  CHECK(words("'' a") == "error: there is no program to start");
}

}  // namespace plumb
