#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "scorers/support.h"

using namespace plumb;
using namespace plumb::testing;

namespace {

const std::vector<Passage> k_passages = {
    passage("backend", "누리솔루션 백엔드 개발자 (Kotlin)",
            "# 누리솔루션 백엔드 개발자\n"
            "누리솔루션은 서울 성동구에 있는 물류 회사입니다.\n"
            "## 자격요건\n- 서버 개발 경력 3년 이상\n- Kotlin 또는 Java 경험\n"
            "## 혜택\n- 자기계발비는 연 120만원을 지급합니다.\n- 점심 식대는 월 20만원입니다.\n"
            "합격보상금은 100만원이며 지원자와 추천인이 50만원씩 받습니다.\n"
            "수습 기간은 3개월이고 급여의 90%를 지급합니다.\n"
            "접수 마감일은 2026년 12월 15일입니다.\n"
            "보충역 신규편입은 가능하며, 현역 전직은 불가합니다.\n"
            "재택근무는 지원하지 않습니다.\n"),
    passage("meme", "꽁꽁 얼어붙은 한강",
            "이 문장은 2021년 12월 27일 MBN 뉴스7의 동파 사고 보도에 나왔다. 이시열 기자가 보도를 읽었다. "
            "고양이를 찍은 이동학 영상기자는 2025년 1월 고양이를 입양했다. 대출 한도는 3억 5천만원이다. "
            "서울 인구는 약 933만 명이다. 회사에는 직원 2,500명이 일한다."),
    passage("table", "오름모빌리티 급여표(만원)",
            "| 직급 | 경력 | 기본급 |\n|---|---|---|\n| L2 | 1~3년 | 4,200~5,400 |\n| L3 | 3~6년 | 5,200~6,900 |\n"),
};

Score grounded(const std::string& answer, const std::string& asked = "무엇인가요?") {
  return score("groundedness", question(asked), k_passages, answer);
}

void supported(const std::vector<std::string>& answers) {
  for (const std::string& answer : answers) {
    const Score s = grounded(answer);
    CAPTURE(answer);
    CAPTURE(s.why);
    REQUIRE(s.value.has_value());
    CHECK(*s.value == 1.0);
  }
}

void unsupported(const std::vector<std::string>& answers) {
  for (const std::string& answer : answers) {
    const Score s = grounded(answer);
    CAPTURE(answer);
    REQUIRE(s.value.has_value());
    CHECK(*s.value < 1.0);
  }
}

void contradicted(const std::vector<std::string>& answers) {
  for (const std::string& answer : answers) {
    const Score s = grounded(answer);
    CAPTURE(answer);
    CAPTURE(s.why);
    CHECK(s.label == "contradicted");
  }
}

const std::vector<std::string> k_faithful = {
    "누리솔루션은 서울 성동구에 있는 물류 회사입니다.",
    "서버 개발 경력 3년 이상",
    "자기계발비는 연 120만원을 지급합니다.",
    "점심 식대는 월 20만원입니다.",
    "합격보상금은 100만원이며 지원자와 추천인이 50만원씩 받습니다.",
    "수습 기간은 3개월이고 급여의 90%를 지급합니다.",
    "접수 마감일은 2026년 12월 15일입니다.",
    "보충역 신규편입은 가능하며, 현역 전직은 불가합니다.",
    "재택근무는 지원하지 않습니다.",
    "이 문장은 2021년 12월 27일 MBN 뉴스7의 동파 사고 보도에 나왔다.",
    "고양이를 찍은 이동학 영상기자는 2025년 1월 고양이를 입양했다.",
    "대출 한도는 3억 5천만원이다.",
    "서울 인구는 약 933만 명이다.",
};

// --- no false alarms ---

TEST_CASE("a sentence of a passage is supported by it") { supported(k_faithful); }

TEST_CASE("spacing does not matter") {
  for (const std::string& sentence : k_faithful) supported({replace_all(sentence, " ", "")});
  supported({"합격 보상금은 100 만원이며 지원자 와 추천인 이 50만원 씩 받습니다.", "재택 근무는 지원 하지 않습니다."});
}

TEST_CASE("decomposed Hangul is the same text") {
  for (const std::string& sentence : k_faithful) supported({nfd(sentence)});
}

TEST_CASE("a date is the same in any spelling") {
  supported({"접수 마감일은 2026-12-15입니다.", "접수 마감일은 2026.12.15입니다.", "접수 마감일은 2026. 12. 15.입니다.",
             "접수 마감일은 '26. 12. 15.입니다.", "접수 마감일은 12월 15일입니다.",
             "접수 마감일은 2026년12월15일(화)입니다.", "접수 마감일은 26.12.15입니다.",
             "이 문장은 2021-12-27 MBN 뉴스7의 동파 사고 보도에 나왔다.",
             "이 문장은 2021년 12월 MBN 뉴스7의 동파 사고 보도에 나왔다.",
             "고양이를 찍은 이동학 영상기자는 2025-01 고양이를 입양했다.", "접수 마감일은 2026/12/15입니다."});
}

TEST_CASE("a number is the same in any spelling") {
  supported({"자기계발비는 연 1,200,000원을 지급합니다.", "자기계발비는 연 백이십만 원을 지급합니다.",
             "점심 식대는 월 200,000원입니다.", "점심 식대는 월 이십만 원입니다.",
             "합격보상금은 백만 원이며 지원자와 추천인이 오십만 원씩 받습니다.",
             "수습 기간은 석 달이고 급여의 90퍼센트를 지급합니다.",
             "수습 기간은 3개월이고 급여의 구십 퍼센트를 지급합니다.", "대출 한도는 350,000,000원이다.",
             "대출 한도는 3.5억원이다.", "대출 한도는 삼억 오천만 원이다.", "서버 개발 경력 36개월 이상",
             "회사에는 직원 2천500명이 일한다.", "자기계발비는 연 １２０만원을 지급합니다."});
}

TEST_CASE("endings and honorifics do not matter") {
  supported({"이시열 기자가 보도를 읽었습니다.", "이시열 기자가 보도를 읽었어요.",
             "이시열 기자께서 보도를 읽으셨습니다.", "이동학 영상기자가 고양이를 입양하였습니다.",
             "이동학 영상기자가 고양이를 입양함.", "자기계발비는 연 120만원을 지급해요.",
             "자기계발비는 연 120만원을 지급한다.", "재택근무는 지원하지 않아요.", "재택근무는 지원하지 않는다.",
             "합격보상금은 100만원이고 지원자와 추천인이 50만원씩 받아요.", "접수 마감일은 2026년 12월 15일이에요.",
             "누리솔루션은 서울 성동구에 있는 물류 회사이다."});
}

TEST_CASE("a compound that begins like a word of the source is no invention") {
  supported({"누리솔루션은 물류업체입니다.", "접수기간 마감일은 2026년 12월 15일입니다."});
}

TEST_CASE("other particles do not matter") {
  supported({"합격보상금이 100만원이며 지원자와 추천인은 50만원씩 받습니다.", "자기계발비가 연 120만원으로 지급됩니다.",
             "점심 식대가 월 20만원입니다.", "수습 기간이 3개월이고 급여는 90%로 지급합니다.",
             "접수 마감일이 2026년 12월 15일입니다.", "이시열 기자는 보도도 읽었다.",
             "고양이는 이동학 영상기자가 2025년 1월에 입양했다.", "재택근무를 지원하지 않습니다.",
             "누리솔루션이 서울 성동구에 있는 물류 회사입니다.", "대출 한도가 3억 5천만원이다.",
             "서울의 인구가 약 933만 명이다."});
}

TEST_CASE("an end of a range, a cell in the unit of its table, and a sum of two values are supported") {
  supported({"L3의 기본급은 5,200만원에서 6,900만원입니다.", "L3의 기본급은 최소 5,200만원입니다.",
             "L2의 경력은 1~3년입니다.", "자기계발비와 점심 식대의 차이는 100만원입니다.",
             "점심 식대는 1년에 240만원입니다."});
}

TEST_CASE("what the question says itself need not be in the passages") {
  CHECK(grounded("7년 경력자의 합격보상금은 100만원입니다.", "7년 경력자의 합격보상금은 얼마인가요?").value == 1.0);
}

TEST_CASE("declining claims nothing") {
  CHECK(grounded("연봉은 지문에 나와 있지 않습니다.").value == 1.0);
  CHECK(grounded("고양이의 품종은 알 수 없습니다.").value == 1.0);
}

TEST_CASE("what a claim denies by contrast is not held against it") {
  CHECK(grounded("합격보상금은 70만원이 아니라 100만원입니다.").label != "contradicted");
}

// --- what must be seen ---

TEST_CASE("a changed number is not supported, and contradicted where the source gives another") {
  unsupported({"서버 개발 경력 4년 이상", "자기계발비는 연 130만원을 지급합니다.", "점심 식대는 월 25만원입니다.",
               "합격보상금은 150만원이며 지원자와 추천인이 50만원씩 받습니다.",
               "수습 기간은 5개월이고 급여의 90%를 지급합니다.", "수습 기간은 3개월이고 급여의 80%를 지급합니다.",
               "대출 한도는 3억 5백만원이다.", "서울 인구는 약 943만 명이다.", "회사에는 직원 2,600명이 일한다.",
               "대출 한도는 3억 5천만 달러이다.", "L3의 기본급은 최소 5,300만원입니다."});
  contradicted({"자기계발비는 연 130만원을 지급합니다.", "대출 한도는 3억 6천만원이다.",
                "수습 기간은 3개월이고 급여의 80%를 지급합니다.", "서울 인구는 약 943만 명이다."});
}

TEST_CASE("a changed date is not supported, and contradicted where the source gives another") {
  unsupported({"접수 마감일은 2026년 12월 16일입니다.", "접수 마감일은 2025-12-15입니다.",
               "접수 마감일은 11월 15일입니다.", "이 문장은 2021년 11월 27일 MBN 뉴스7의 동파 사고 보도에 나왔다.",
               "이 문장은 2020년 MBN 뉴스7의 동파 사고 보도에 나왔다.",
               "고양이를 찍은 이동학 영상기자는 2024년 1월 고양이를 입양했다.", "접수 마감일은 '26. 12. 5.입니다.",
               "접수 마감일은 2027년 12월 15일입니다.", "고양이를 찍은 이동학 영상기자는 2025년 2월 고양이를 입양했다.",
               "접수 마감일은 12월 31일입니다."});
  contradicted(
      {"접수 마감일은 2026년 12월 16일입니다.", "고양이를 찍은 이동학 영상기자는 2025년 2월 고양이를 입양했다."});
}

TEST_CASE("a name that no passage has is not supported") {
  unsupported({"김철수 기자가 읽었습니다.", "고양이의 품종은 코리안 숏헤어입니다.", "근무지는 강남 테헤란로입니다.",
               "우대사항은 RabbitMQ와 Elasticsearch입니다.", "손흥민 선수가 처음 말했습니다.",
               "글로벌 협업 때문입니다.", "국립국어원이 선정했습니다.", "앤트워프 왕립예술학교를 졸업했습니다.",
               "부산 해운대구에서 일합니다.", "청년실업을 풍자합니다."});
}

TEST_CASE("a sentence of which most is not in the passages is not supported, though it names what is") {
  unsupported({"이시열 기자가 김철수와 박영희를 만났습니다."});
}

TEST_CASE("one clause that is invented is not outweighed by one that is copied") {
  unsupported({"고양이를 찍은 이동학 영상기자는 고양이를 입양했으며, 앤트워프 왕립예술학교를 졸업했습니다."});
}

TEST_CASE("the same statement turned round is contradicted") {
  contradicted({"재택근무는 지원합니다.", "현역 전직은 가능합니다.", "보충역 신규편입은 불가합니다.",
                "자기계발비는 연 120만원을 지급하지 않습니다.", "이시열 기자가 보도를 읽지 않았다.",
                "고양이를 찍은 이동학 영상기자는 2025년 1월 고양이를 입양하지 않았다.", "현역 전직은 가능하다."});
}

TEST_CASE("a bound turned round is contradicted") {
  contradicted({"서버 개발 경력 3년 미만", "서버 개발 경력 3년 이하"});
}

// --- how it is told ---

TEST_CASE("a contradiction names the value, the source's own, and the place") {
  const std::string answer = "자기계발비는 연 130만원을 지급합니다.";
  const Score s = grounded(answer);
  REQUIRE(s.claims.size() == 1);
  const Claim& claim = s.claims[0];
  CHECK(claim.verdict == Verdict::contradicted);
  CHECK(claim.why == "130만원이 지문에 없음; 지문: 120만원");
  CHECK(claim.passage_id == "backend");
  CHECK(claim.evidence.of(k_passages[0].text) == "120만원");
  CHECK(claim.span.of(answer) == answer);
  CHECK(s.why == claim.why);
}

TEST_CASE("a supported value points to where it stands, in the passage as shown") {
  const Score s = grounded("점심 식대는 월 200,000원입니다.");
  REQUIRE(s.claims.size() == 1);
  CHECK(s.claims[0].evidence.of(k_passages[0].text) == "20만원");
  const Score cell = grounded("L3의 기본급은 최소 5,200만원입니다.");
  REQUIRE(cell.claims.size() == 1);
  CHECK(cell.claims[0].passage_id == "table");
  CHECK(cell.claims[0].evidence.of(k_passages[2].text) == "5,200~6,900");
}

TEST_CASE("each sentence is a claim of its own and the value is the share supported") {
  const Score s = grounded("점심 식대는 월 20만원입니다. 사옥에는 수영장이 있습니다.");
  CHECK(s.claims.size() == 2);
  CHECK(s.value == 0.5);
  CHECK(s.label == "not_in_source");
}

TEST_CASE("without a passage, or without a claim, there is no value") {
  const Score closed = score("groundedness", question("무엇인가요?"), {}, "100만원입니다.");
  CHECK_FALSE(closed.value.has_value());
  CHECK(closed.label == "no_source");
  CHECK_FALSE(grounded("네.").value.has_value());
  CHECK_FALSE(grounded("").value.has_value());
  CHECK_FALSE(grounded("답변은 다음과 같습니다.").value.has_value());
}

TEST_CASE("the key is not looked at: equal answers get equal scores whatever the references") {
  Question q = question("식대는?", {NumberRef{"999만원", ""}}, {{NumberRef{"20만원", ""}, HallucinationKind::stale}});
  const Score with = score("groundedness", q, k_passages, "점심 식대는 월 20만원입니다.");
  const Score without = score("groundedness", question("식대는?"), k_passages, "점심 식대는 월 20만원입니다.");
  CHECK(with.value == without.value);
  CHECK(with.why == without.why);
}

TEST_CASE("what a tool gave is a source too") {
  Question q = question("출근 시간은?");
  q.tools.push_back({"commute", "출근 시간", "{}", "{\"minutes\": 34}", ""});
  q.tools.back().output = "대중교통 34분";
  CHECK(score("groundedness", q, k_passages, "대중교통으로 34분입니다.").value == 1.0);
  CHECK(*score("groundedness", q, k_passages, "대중교통으로 44분입니다.").value < 1.0);
}

}  // namespace
