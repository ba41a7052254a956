#include <doctest/doctest.h>

#include "scorers/support.h"

using namespace plumb;
using namespace plumb::testing;

namespace {

const std::vector<Passage> k_passages = {
    passage("backend", "누리솔루션 백엔드", "합격보상금 100만원(지원자 50만원, 추천인 50만원). 경력 3-7년."),
    passage("frontend", "누리솔루션 프론트엔드", "합격보상금 70만원. 마감 2026-12-15."),
};

Score correctness(const Question& q, const std::string& answer) { return score("correctness", q, k_passages, answer); }

Question reward() { return question("백엔드 공고의 합격보상금은 얼마인가요?", {NumberRef{"100만원", ""}}); }

TEST_CASE("every reference met is correct, however the value is written") {
  for (const char* answer : {"합격보상금은 100만원입니다.", "1,000,000원이에요", "백만 원입니다.",
                             "합격보상금은 총 100만 원(지원자 50만원, 추천인 50만원)입니다."}) {
    CAPTURE(answer);
    const Score s = correctness(reward(), answer);
    CHECK(s.value == 1.0);
    CHECK(s.label == "correct");
    CHECK_FALSE(s.kind.has_value());
  }
  CHECK(correctness(reward(), nfd("합격보상금은 100만원입니다.")).value == 1.0);
}

TEST_CASE("another value of the kind asked for is wrong: swapped if a passage has it, else invented") {
  const Score swapped = correctness(reward(), "합격보상금은 70만원입니다.");
  CHECK(swapped.value == 0.0);
  CHECK(swapped.label == "wrong_value");
  CHECK(swapped.kind == HallucinationKind::swapped);
  CHECK(swapped.why == "100만원이 답에 없음; 답: 70만원");
  const Score invented = correctness(reward(), "합격보상금은 200만원입니다.");
  CHECK(invented.kind == HallucinationKind::invented);
  const Question deadline = question("마감일은?", {DateRef{"2026-12-15"}});
  CHECK(correctness(deadline, "2026년 12월 31일입니다.").kind == HallucinationKind::invented);
  CHECK(correctness(deadline, "2026년 12월 15일입니다.").label == "correct");
  CHECK(correctness(deadline, "2026년 12월입니다.").label == "no_value");  // says less, not something else
}

TEST_CASE("no value of the kind asked for is no hallucination") {
  const Score s = correctness(reward(), "합격보상금이 있습니다.");
  CHECK(s.value == 0.0);
  CHECK(s.label == "no_value");
  CHECK_FALSE(s.kind.has_value());
  CHECK(correctness(reward(), "지문에 나와 있지 않습니다.").label == "no_value");
  CHECK(correctness(reward(), "").label == "no_value");
}

TEST_CASE("a value that only repeats the question is not what the answer states") {
  const Question q = question("30만원을 낸 지원자의 합격보상금은 얼마인가요?", {NumberRef{"100만원", ""}});
  CHECK(correctness(q, "30만원을 낸 지원자에게도 합격보상금이 있습니다.").label == "no_value");
  CHECK(correctness(q, "30만원을 낸 지원자의 합격보상금은 40만원입니다.").label == "wrong_value");
}

TEST_CASE("a value the answer denies is not its answer") {
  const Question years =
      question("최소 경력은?", {NumberRef{"3년", ""}}, {{NumberRef{"5년", ""}, HallucinationKind::stale}});
  CHECK(correctness(years, "5년이 아니라 3년입니다.").label == "correct");
  const Score wrong = correctness(years, "3년이 아니라 5년입니다.");
  CHECK(wrong.label == "forbidden");
  CHECK(wrong.kind == HallucinationKind::stale);
}

TEST_CASE("a forbidden value decides even beside the right one, and gives its kind") {
  Question q = reward();
  q.forbidden = {{NumberRef{"70만원", ""}, HallucinationKind::swapped}};
  const Score s = correctness(q, "백엔드는 100만원이고 합격보상금 합계는 70만원입니다.");
  CHECK(s.value == 0.0);
  CHECK(s.label == "forbidden");
  CHECK(s.kind == HallucinationKind::swapped);
  CHECK(s.why.find("70만원") != std::string::npos);
}

TEST_CASE("a forbidden value that the question names may be turned down by name") {
  Question q = question("전면 재택인데 사무실은 왜 부산인가요?", {},
                        {{TextRef{{"전면 재택"}}, HallucinationKind::false_premise}});
  q.answerable = false;
  CHECK(correctness(q, "전면 재택이라는 내용은 지문에 없습니다.").label == "no_reference");
  CHECK(correctness(q, "전면 재택이라서 사무실은 글로벌 협업용입니다.").label == "forbidden");
}

TEST_CASE("what another source says may be told in an answer that gives the key's value") {
  const Question q =
      question("언제 방영했나요?", {NumberRef{"2010", ""}}, {{DateRef{"2011"}, HallucinationKind::contradicted}});
  CHECK(correctness(q, "한 위키는 2011년이라고 하지만 2010년에 방영했습니다.").label == "correct");
  CHECK(correctness(q, "2011년에 방영했습니다.").label == "forbidden");
}

TEST_CASE("a wrong value said of what it is true of does not spoil the right one") {
  Question q = reward();
  q.forbidden = {{NumberRef{"70만원", ""}, HallucinationKind::swapped}};
  CHECK(correctness(q, "프론트엔드는 70만원이지만 백엔드는 100만원입니다.").label == "correct");
  CHECK(correctness(q, "백엔드는 70만원이지만 프론트엔드는 100만원입니다.").label == "forbidden");
  CHECK(correctness(q, "프론트엔드는 70만원입니다.").label == "forbidden");  // and what was asked for is not told

  const std::vector<Passage> pay = {
      passage("pay", "급여표", "| 직급 | 사이닝(만원) |\n|---|---|\n| L3 | 300 |\n| L4 | 500 |\n")};
  const Question row = question("L3의 사이닝은 얼마인가요?", {NumberRef{"300만원", ""}},
                                {{NumberRef{"500만원", ""}, HallucinationKind::swapped}});
  CHECK(score("correctness", row, pay, "L4는 500만원이지만 L3는 300만원입니다.").label == "correct");
  CHECK(score("correctness", row, pay, "L3는 500만원이지만 300만원일 수도 있습니다.").label == "forbidden");
}

TEST_CASE("offering the right value as one of several is not correct") {
  for (const char* answer : {"100만원 또는 70만원입니다.", "70만원이나 100만원입니다.", "100만원 혹은 200만원"}) {
    CAPTURE(answer);
    const Score s = correctness(reward(), answer);
    CHECK(s.value == 0.0);
    CHECK(s.label == "wrong_value");
  }
  // Explained arithmetic and parts are no hedges.
  for (const char* answer :
       {"50만원과 50만원을 더해 100만원입니다.", "지원자 50만원, 추천인 50만원으로 모두 100만원입니다.",
        "프론트엔드는 70만원이지만 백엔드는 100만원입니다."}) {
    CAPTURE(answer);
    CHECK(correctness(reward(), answer).label == "correct");
  }
}

TEST_CASE("partial credit is the mean share, and only where the question gives it") {
  Question q = question("우대사항은?", {SetRef{{{"Kafka"}, {"웹 접근성"}}}, TextRef{{"Next.js"}}});
  CHECK(correctness(q, "Kafka입니다.").value == 0.0);
  CHECK(correctness(q, "Kafka입니다.").label == "partial");
  q.partial_credit = true;
  CHECK(correctness(q, "Kafka입니다.").value == 0.25);
  CHECK(correctness(q, "Kafka, 웹 접근성, Next.js입니다.").value == 1.0);
  CHECK(correctness(q, "없음").label == "no_value");
}

TEST_CASE("the opposite of the yes or no asked for is wrong") {
  const Question q = question("현역도 전직할 수 있나요?", {YesNoRef{false}});
  CHECK(correctness(q, "아니요, 현역 전직은 불가합니다.").label == "correct");
  const Score s = correctness(q, "네, 가능합니다.");
  CHECK(s.label == "wrong_value");
  CHECK(s.kind == HallucinationKind::contradicted);
  CHECK(correctness(q, "보충역만 적혀 있습니다.").label == "no_value");
}

TEST_CASE("without references there is nothing to score") {
  Question q = question("연봉은?");
  q.answerable = false;
  const Score s = correctness(q, "5천만원입니다.");
  CHECK_FALSE(s.value.has_value());
  CHECK(s.label == "no_reference");
}

TEST_CASE("an unanswerable question whose parts are all met counts as right; another value is not called invented") {
  Question q = question("2년 연장됐는데 새 종료일은?", {NumberRef{"3년", ""}});
  q.answerable = false;
  CHECK(correctness(q, "폐지가 아니라 3년 유예되었습니다.").label == "correct");
  const Score s = correctness(q, "5년입니다.");
  CHECK(s.value == 0.0);
  CHECK_FALSE(s.kind.has_value());
}

TEST_CASE("an answer in another language than asked for is not correct; names and figures are no language") {
  CHECK(correctness(reward(), "The reward is 1,000,000 won, and it is paid to the applicant.").label ==
        "wrong_language");
  const Question stack = question("기술 스택은?", {SetRef{{{"Kotlin"}, {"Kafka"}}}});
  CHECK(correctness(stack, "Kotlin, Spring Boot, Kafka, AWS").label == "correct");
  Question english = question("What is the reward?", {NumberRef{"100만원", ""}});
  english.language = "en";
  CHECK(correctness(english, "합격보상금은 100만원입니다.").label == "wrong_language");
  CHECK(correctness(english, "The reward is 1 million won.").label == "correct");
  Question any = reward();
  any.language = "any";
  CHECK(correctness(any, "The reward is 1,000,000 won, and that is it.").label == "correct");
}

}  // namespace
