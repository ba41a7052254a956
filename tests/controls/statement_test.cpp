#include "controls/statement.h"

#include <doctest/doctest.h>

namespace plumb {
namespace {

std::string answered(std::string_view question, std::string_view value) {
  return statement(question_form(question), value);
}

TEST_CASE("a question becomes the statement that answers it") {
  CHECK(answered("누리솔루션 백엔드 공고가 제시한 연봉은 얼마인가요?", "6,000만원") ==
        "누리솔루션 백엔드 공고가 제시한 연봉은 6,000만원입니다.");
  CHECK(answered("연봉 범위는 얼마부터 얼마까지인가요?", "6,000만원") == "연봉 범위는 6,000만원입니다.");
  CHECK(answered("계약갱신요구권을 몇 회까지 행사할 수 있나요?", "3회") ==
        "계약갱신요구권을 3회까지 행사할 수 있습니다.");
  CHECK(answered("이 금지는 언제 풀리나요?", "2026년 12월 31일") == "이 금지는 2026년 12월 31일에 풀립니다.");
  CHECK(answered("공고의 마감일은 언제인가요?", "2026년 12월 31일") == "공고의 마감일은 2026년 12월 31일입니다.");
  CHECK(answered("경력을 몇 년 이상 요구했나요?", "3년") == "경력을 3년 이상 요구했습니다.");
  CHECK(answered("수당은 취업규칙 몇 조에 근거한 것인가요? 조항을 정확히 써 주세요.", "제24조") ==
        "수당은 취업규칙 제24조에 근거한 것입니다.");
}

TEST_CASE("the value takes the particle of the question word") {
  CHECK(answered("누가 그 말을 처음 했나요?", "이시열 기자") == "이시열 기자가 그 말을 처음 했습니다.");
  CHECK(answered("누가 그 말을 처음 했나요?", "장원영") == "장원영이 그 말을 처음 했습니다.");
  CHECK(answered("그 가수는 누구를 만났나요?", "유재석") == "그 가수는 유재석을 만났습니다.");
  CHECK(answered("어느 나라 프로야구단의 응원단 소속인가요?", "일본") == "일본 프로야구단의 응원단 소속입니다.");
}

TEST_CASE("a polar question is affirmed") {
  CHECK(answered("공고는 E-7 비자를 지원해 준다고 하나요?", "") == "예, 공고는 E-7 비자를 지원해 준다고 합니다.");
  CHECK(answered("재택이 가능한가요?", "2일") == "예, 재택이 가능합니다. 구체적으로는 2일입니다.");
}

TEST_CASE("a request is answered as the question it stands for") {
  CHECK(answered("그런 대법원 판례의 사건번호를 적어 주세요.", "2023다214567") ==
        "그런 대법원 판례의 사건번호는 2023다214567입니다.");
  CHECK(answered("보증금이 얼마인지 알려 주세요.", "500만원") == "보증금이 500만원입니다.");
}

TEST_CASE("a question that asks for two things or for a reason makes no statement") {
  CHECK(answered("매체는 어디이고 이긴 팀은 어디인가요?", "쿠키뉴스") == "");
  CHECK(answered("왜 그날 마감했나요?", "인원") == "");
  CHECK(answered("", "3년") == "");
}

TEST_CASE("the form says what is asked") {
  CHECK(question_form("모두 몇 곳인가요?").unit == "곳");
  CHECK(question_form("모두 몇 곳인가요?").asked == Asked::count);
  CHECK(question_form("재택은 일주일에 며칠인가요?").asked == Asked::count);
  CHECK(question_form("키우게 된 기자는 누구인가요?").asked == Asked::person);
  CHECK(question_form("한도는 얼마인가요? (LTV와 DSR은 따로 봅니다.)").asked == Asked::amount);
  CHECK(question_form("조정대상지역이었나요?").asked == Asked::polar);
}

}  // namespace
}  // namespace plumb
