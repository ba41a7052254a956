#include "engine/recent_replies.h"

#include <doctest/doctest.h>

namespace plumb {
namespace {

AnswerRecord record(const std::string& text, std::size_t bytes = 100) {
  Completion completion;
  completion.text = text;
  AnswerRecord record;
  record.reply = completion;
  record.raw_body = std::string(bytes, 'x');
  return record;
}

TEST_CASE("what was answered is found again by its key") {
  RecentReplies recent;
  CHECK(recent.find("a") == nullptr);
  recent.remember("a", record("답"));
  REQUIRE(recent.find("a"));
  CHECK(std::get<Completion>(recent.find("a")->reply).text == "답");
  CHECK(recent.find("b") == nullptr);
}

TEST_CASE("failures and very long replies are not kept") {
  RecentReplies recent;
  AnswerRecord failed;
  failed.reply = Failure{};
  recent.remember("a", failed);
  recent.remember("b", record("길다", 1 << 20));
  CHECK(recent.find("a") == nullptr);
  CHECK(recent.find("b") == nullptr);
}

TEST_CASE("the oldest goes first") {
  RecentReplies recent;
  for (int i = 0; i < 3'000; ++i) recent.remember(std::to_string(i), record("답"));
  CHECK(recent.find("0") == nullptr);
  CHECK(recent.find("951") == nullptr);
  CHECK(recent.find("952"));
  CHECK(recent.find("2999"));
}

}  // namespace
}  // namespace plumb
