#include <doctest/doctest.h>

#include "language/korean.h"

namespace plumb {
namespace {

Abstention kind(std::string_view answer) { return find_abstention(answer).kind; }

TEST_CASE("a thing that is not in the source is a refusal") {
  for (const char* answer :
       {"공고에는 점심 식대가 없습니다.", "지문에는 설문 결과가 없습니다.", "표에는 검색량이 없습니다.",
        "제시된 자료에는 보증료율이 없습니다.", "자료에 웹 주소가 없어 적을 수 없습니다.",
        "지문에 구체적인 요율은 없습니다.", "예상 연봉은 공고에 없습니다."}) {
    CAPTURE(answer);
    CHECK(kind(answer) == Abstention::full);
  }
}

TEST_CASE("what a source may truly say there is none of is an answer") {
  for (const char* answer : {"이 공고에는 나이 제한이 없습니다.", "네, 공고 내용에는 제한이 없습니다.",
                             "지문에 따르면 거주의무가 없습니다.", "공고 내용에 따르면 지원자는 현역이 없습니다."}) {
    CAPTURE(answer);
    CHECK(kind(answer) == Abstention::none);
  }
}

TEST_CASE("yes or no first is an answer, unless it is about the source") {
  CHECK(kind("아니요, 공개되지 않았습니다.") == Abstention::none);
  CHECK(kind("아니요, 처음 말한 사람은 알려지지 않았고 기사 제목에서 나왔습니다.") == Abstention::none);
  CHECK(kind("아니요, 지문에 나와 있지 않습니다.") == Abstention::full);
  CHECK(kind("예금자 보호 한도는 지문에서 확인할 수 없습니다.") == Abstention::full);
  CHECK(kind("네이버 지도 주소는 나와 있지 않습니다.") == Abstention::full);
}

TEST_CASE("what else is said decides between full and partial") {
  CHECK(kind("공고에는 회사 내규에 따름이라고만 적혀 있고 금액은 나와 있지 않습니다.") == Abstention::full);
  CHECK(kind("점심 식대는 20만원만 적혀 있고 나머지는 나와 있지 않습니다.") == Abstention::partial);
  CHECK(kind("지문에 없지만 일반적으로 20만원입니다.") == Abstention::partial);
}

TEST_CASE("the evidence is the words that decline") {
  const std::string answer = "죄송하지만 공고에는 점심 식대가 없습니다.";
  CHECK(find_abstention(answer).evidence.of(answer) == "공고에는 점심 식대가 없");
}

}  // namespace
}  // namespace plumb
