#include "scorers/source_cache.h"

#include <doctest/doctest.h>

namespace plumb {
namespace {

std::vector<Passage> passages(const std::string& text) { return {{.id = "p", .title = "공고", .text = text}}; }

TEST_CASE("equal passages are read once, whatever they are called") {
  const auto first = source_index_of(passages("보상금은 100만원이다."), std::nullopt);
  auto renamed = passages("보상금은 100만원이다.");
  renamed[0].id = "q";
  CHECK(source_index_of(renamed, std::nullopt) == first);
}

TEST_CASE("another text, another order or another day is another index") {
  const auto one = source_index_of(passages("마감은 15일이다."), std::nullopt);
  CHECK(source_index_of(passages("마감은 16일이다."), std::nullopt) != one);
  CHECK(source_index_of(passages("마감은 15일이다."), Day{2026, 11, 22}) != one);
  auto two = passages("가");
  two.push_back(passages("나")[0]);
  const auto forward = source_index_of(two, std::nullopt);
  std::swap(two[0], two[1]);
  CHECK(source_index_of(two, std::nullopt) != forward);
}

TEST_CASE("an index that was pushed out by others stays good for who holds it") {
  const auto held = source_index_of(passages("합격자는 3명이다."), std::nullopt);
  for (int i = 0; i < 200; ++i) source_index_of(passages("지문 " + std::to_string(i)), std::nullopt);
  CHECK(held->pieces().back().text == "합격자는 3명이다.");
  CHECK(source_index_of(passages("합격자는 3명이다."), std::nullopt) != held);
}

}  // namespace
}  // namespace plumb
