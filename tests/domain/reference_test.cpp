#include "domain/reference.h"

#include <doctest/doctest.h>

#include <string>

using namespace plumb;

namespace {

ReferenceMatch match(const Reference& reference, std::string_view text) {
  return match_reference(reference, read_text(text));
}

bool met(const Reference& reference, std::string_view text) { return match(reference, text).met(); }

bool forbidden(const Reference& value, std::string_view text) {
  return states_forbidden({value, HallucinationKind::invented}, read_text(text));
}

TEST_CASE("a text is met by any alias, and says where") {
  const std::string text = "2차 면접은 컬쳐핏입니다.";
  const ReferenceMatch found = match(TextRef{{"컬처핏", "컬쳐핏"}}, text);
  CHECK(found.met());
  REQUIRE(found.where.size() == 1);
  CHECK(found.where[0].of(text) == "컬쳐핏");
  CHECK(found.missing.empty());
  CHECK(match(TextRef{{"컬처핏", "컬쳐핏"}}, "임원면접입니다.").missing == "컬처핏 / 컬쳐핏");
}

TEST_CASE("a value in a contrast is not what the text states") {
  CHECK(met(NumberRef{"3년", ""}, "5년이 아니라 3년입니다."));
  CHECK_FALSE(met(NumberRef{"5년", ""}, "5년이 아니라 3년입니다."));
  CHECK_FALSE(met(TextRef{{"컬처핏"}}, "컬처핏이 아니라 임원면접입니다."));
  CHECK(met(TextRef{{"회사내규"}}, "회사내규에 따르며 금액은 나와 있지 않습니다."));
}

TEST_CASE("a number is met however it is written, within its tolerance") {
  CHECK(met(NumberRef{"120만원", ""}, "연 1,200,000원입니다."));
  CHECK(met(NumberRef{"1,170만원", ""}, "합계는 천백칠십만 원입니다."));
  CHECK(met(NumberRef{"120만원", "1만원"}, "약 119만원입니다."));
  CHECK_FALSE(met(NumberRef{"120만원", "1만원"}, "약 118만원입니다."));
  CHECK_FALSE(met(NumberRef{"120만원", ""}, "120달러입니다."));
  CHECK(match(NumberRef{"120만원", "1만원"}, "모릅니다").missing == "120만원 (±1만원)");
}

TEST_CASE("a day, a month, a year") {
  CHECK(met(DateRef{"2026-12-15"}, "마감은 2026. 12. 15.입니다."));
  CHECK(met(DateRef{"2026-12-15"}, "12월 15일까지입니다."));
  CHECK(met(DateRef{"2018-06"}, "2018년 6월 방송에서 나왔습니다."));
  CHECK(met(DateRef{"2024"}, "2024년 상반기입니다."));
  CHECK_FALSE(met(DateRef{"2026-12-15"}, "2026-12-31입니다."));
  CHECK_FALSE(met(DateRef{"2026-12-15"}, "2026년 12월입니다."));
}

TEST_CASE("yes and no") {
  CHECK(met(YesNoRef{true}, "네, 가능합니다."));
  CHECK(met(YesNoRef{false}, "현역은 전직할 수 없습니다."));
  CHECK_FALSE(met(YesNoRef{false}, "네, 가능합니다."));
  CHECK_FALSE(met(YesNoRef{true}, "합격보상금은 100만원입니다."));
}

TEST_CASE("a set is met by all of its items in any order, and in part by some") {
  const SetRef both{{{"Kafka"}, {"웹 접근성", "접근성"}}};
  CHECK(met(both, "접근성, 그리고 Kafka 경험입니다."));
  const ReferenceMatch half = match(both, "Kafka 경험입니다.");
  CHECK(half.share == 0.5);
  CHECK(half.missing == "웹 접근성");
  CHECK(match(both, "없습니다").share == 0.0);
}

TEST_CASE("a list is met in its order only") {
  const ListRef steps{{{"서류"}, {"코딩테스트", "코딩 테스트"}, {"실무"}, {"컬처핏"}}};
  CHECK(met(steps, "서류 → 코딩 테스트 → 1차 실무 → 2차 컬처핏 순입니다."));
  const ReferenceMatch swapped = match(steps, "서류, 실무, 코딩테스트, 컬처핏 순입니다.");
  CHECK(swapped.share == 0.75);
  CHECK(swapped.missing.find("(순서)") != std::string::npos);
  CHECK(match(steps, "서류와 컬처핏").share == 0.5);
}

TEST_CASE("a list that repeats a word early still finds the later ones") {
  const ListRef steps{{{"서류"}, {"면접"}}};
  CHECK(met(steps, "면접 전에 서류를 보고 그다음 면접을 봅니다."));
}

TEST_CASE("a forbidden value counts only where it is asserted") {
  CHECK(forbidden(NumberRef{"70만원", ""}, "합격보상금은 70만원입니다."));
  CHECK_FALSE(forbidden(NumberRef{"70만원", ""}, "70만원이 아니라 100만원입니다."));
  CHECK_FALSE(forbidden(TextRef{{"상시채용"}}, "상시채용이라는 말은 없습니다."));
  CHECK(forbidden(TextRef{{"상시채용"}}, "상시 채용입니다."));
  CHECK(forbidden(YesNoRef{true}, "네, 가능합니다."));
  CHECK_FALSE(forbidden(YesNoRef{true}, "아니요."));
  CHECK(forbidden(DateRef{"2026-10-31"}, "10월 31일 마감입니다."));
}

TEST_CASE("references are described as people write them") {
  CHECK(describe(TextRef{{"컬처핏", "컬쳐핏"}}) == "컬처핏 / 컬쳐핏");
  CHECK(describe(NumberRef{"120만원", ""}) == "120만원");
  CHECK(describe(DateRef{"2026-12-15"}) == "2026-12-15");
  CHECK(describe(YesNoRef{false}) == "아니요");
  CHECK(describe(ListRef{{{"서류"}, {"면접"}}}) == "서류 → 면접");
}

TEST_CASE("nothing meets nothing") {
  CHECK_FALSE(met(TextRef{{"컬처핏"}}, ""));
  CHECK_FALSE(met(NumberRef{"3년", ""}, ""));
  CHECK(match(SetRef{}, "").share == 1.0);
}

}  // namespace
