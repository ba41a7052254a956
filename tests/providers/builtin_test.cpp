#include <doctest/doctest.h>

#include "language/korean.h"
#include "language/table.h"
#include "providers/evidence_units.h"
#include "providers/extractive.h"
#include "providers/provider.h"
#include "providers/wanted_value.h"

namespace plumb {
namespace {

Passage passage(std::string id, std::string title, std::string text) {
  Passage made;
  made.id = std::move(id);
  made.title = std::move(title);
  made.text = std::move(text);
  return made;
}

const std::string k_posting = R"(# 누리솔루션 · 백엔드 개발자 (Kotlin)

경력 3~7년 · 정규직 · 서울 성동구

## 자격요건
- 서버 개발 경력 3년 이상 또는 이에 준하는 역량
- Kotlin으로 서비스를 출시해 보신 분

## 우대사항
- 대용량 트래픽 서비스 운영 5년 이상

## 혜택 및 복지
- 점심 식대 월 20만원
- 자기계발비 연 120만원

## 근무지
서울 성동구 가상로 12, 6층
)";

const std::string k_levels = R"(# 급여표

| 직급 | 연차 | 기본급(만원) | 사이닝(만원) |
|---|---|---|---|
| L3 | 3~6년 | 5,160 | 300 |
| L4 | 6~10년 | 7,200 | 500 |

표에 없는 직급은 협의합니다.
)";

const std::vector<Passage> k_posted = {passage("nuri", "누리솔루션 백엔드 개발자 (Kotlin)", k_posting)};

TEST_CASE("a passage is cut into lines that know their headings") {
  const std::vector<EvidenceUnit> units = evidence_units(k_posted[0]);
  REQUIRE(units.size() == 7);
  CHECK(units[1].text == "서버 개발 경력 3년 이상 또는 이에 준하는 역량");
  CHECK(contains(units[1].context, "자격요건"));
  CHECK_FALSE(contains(units[3].context, "자격요건"));
  CHECK(contains(units[3].context, "우대사항"));
  CHECK(contains(units[3].context, "누리솔루션"));
  CHECK(evidence_units(passage("empty", "", "")).empty());
}

TEST_CASE("a table row is one line with its header, however the table is written") {
  for (const TableFormat format : {TableFormat::markdown, TableFormat::html, TableFormat::csv}) {
    CAPTURE(static_cast<int>(format));
    const auto units = evidence_units(passage("levels", "급여표", with_tables_as(k_levels, format)));
    REQUIRE(units.size() == 3);
    CHECK(units[1].text == "직급: L4, 연차: 6~10년, 기본급(만원): 7,200, 사이닝(만원): 500");
    CHECK(units[1].cells == std::vector<std::string>{"L4", "6~10년", "7,200", "500"});
    CHECK(units[2].text == "표에 없는 직급은 협의합니다.");
  }
  const auto units = evidence_units(passage("levels", "급여표", with_tables_as(k_levels, TableFormat::text)));
  REQUIRE(units.size() == 3);
  CHECK(units[1].text == "직급: L4, 연차: 6~10년, 기본급(만원): 7,200, 사이닝(만원): 500");
}

TEST_CASE("lines of prose with commas are no table") {
  const auto units = evidence_units(passage("p", "", "서류, 면접 순서입니다\n사과, 배도 줍니다\n"));
  REQUIRE(units.size() == 2);
  CHECK(units[0].cells.empty());
}

TEST_CASE("the line that matches the question is quoted") {
  CHECK(extractive_answer("누리솔루션 백엔드 공고에 적힌 점심 식대는 월 얼마인가요?", k_posted) ==
        "점심 식대 월 20만원");
  CHECK(extractive_answer("자격요건에서 요구하는 서버 개발 경력은 몇 년 이상인가요?", k_posted) ==
        "서버 개발 경력 3년 이상 또는 이에 준하는 역량");
}

TEST_CASE("of a table the row and the column asked for are quoted, with the unit of the header") {
  const std::vector<Passage> shown = {passage("levels", "급여표", k_levels)};
  CHECK(extractive_answer("급여표에서 L4의 사이닝은 얼마인가요?", shown) == "L4, 사이닝: 500만원");
  CHECK(extractive_answer("급여표에서 L3의 기본급과 사이닝은 각각 얼마인가요?", shown) ==
        "직급: L3, 연차: 3~6년, 기본급: 5,160만원, 사이닝: 300만원");
}

TEST_CASE("a date is found however it is written") {
  const std::vector<Passage> shown = {passage(
      "chart", "유행 월 표",
      "| 밈 | 오른 달 |\n|---|---|\n| 슬릭백 | 2023-10 |\n| 삐끼삐끼 춤 | 2024-07 |\n| 마라탕후루 | 2024-05 |\n")};
  CHECK(contains(best_extract("2023년 10월에 오른 밈은 무엇인가요?", shown)->text, "슬릭백"));
  CHECK(contains(best_extract("2024년 5월에 오른 밈은 무엇인가요?", shown)->text, "마라탕후루"));
}

TEST_CASE("a line without a value of the kind asked for is no answer") {
  CHECK_FALSE(best_extract("Kotlin 서비스를 출시한 사람은 몇 명인가요?", k_posted).has_value());
  CHECK(best_extract("자격요건에서 Kotlin으로 무엇을 출시해야 하나요?", k_posted)->text ==
        "Kotlin으로 서비스를 출시해 보신 분");
}

TEST_CASE("what the question states is not the answer") {
  const WantedValue wanted = wanted_value("5년 이상 운영한 사람은 몇 년을 더 쉬나요?");
  REQUIRE(wanted.kind == WantedValue::Kind::quantity);
  EvidenceUnit unit;
  unit.text = "서비스 운영 5년 이상";
  CHECK(fit(unit, wanted, find_values("5년 이상 운영한 사람은 몇 년을 더 쉬나요?")) == 0.0);
  CHECK(fit(unit, wanted, {}) == 1.0);
}

TEST_CASE("the kind of value asked for is read off the question word") {
  CHECK(wanted_value("연봉은 얼마인가요?").kind == WantedValue::Kind::amount);
  CHECK(wanted_value("얼마나 자주 출장을 가나요?").kind == WantedValue::Kind::anything);
  CHECK(wanted_value("마감은 언제인가요?").kind == WantedValue::Kind::date);
  CHECK(wanted_value("어디에서 일하나요?").kind == WantedValue::Kind::place);
  CHECK(wanted_value("재택은 며칠인가요?").like->dimension == Dimension::days);
  CHECK(wanted_value("몇 명을 뽑나요?").like->dimension == Dimension::people);
}

TEST_CASE("where no line covers enough of the question, it declines") {
  const std::string_view question = "서버실 퇴직연금의 운용 방식과 스톡옵션 행사 조건은 무엇인가요?";
  REQUIRE(best_extract(question, k_posted).has_value());
  CHECK(best_extract(question, k_posted)->coverage < 0.2);
  const std::string answer = extractive_answer(question, k_posted);
  CHECK(answer == k_no_extract);
  CHECK(find_abstention(answer).kind == Abstention::full);
  CHECK(extractive_answer("식대는 얼마인가요?", {}) == k_no_extract);
  CHECK(extractive_answer("", k_posted) == k_no_extract);
}

TEST_CASE("the firm's name alone does not choose the line") {
  std::vector<Passage> two = k_posted;
  two.push_back(passage("gaon", "가온랩 백엔드 개발자", "## 혜택 및 복지\n- 점심 식대 월 15만원\n"));
  CHECK(best_extract("가온랩의 점심 식대는 월 얼마인가요?", two)->passage_id == "gaon");
  CHECK(best_extract("누리솔루션의 점심 식대는 월 얼마인가요?", two)->passage_id == "nuri");
}

TEST_CASE("NFD and full-width text are read as any other") {
  const std::vector<Passage> shown = {
      passage("nfd", "", "- \u1109\u1175\u11a8\u1103\u1162 월 ２０만원\n- 휴가 연 15일\n")};  // 식대
  CHECK(contains(best_extract("식대는 월 얼마인가요?", shown)->text, "２０만원"));
}

TEST_CASE("the builtin provider answers inside the process, from what is shown") {
  const Provider* builtin = find_provider("builtin");
  REQUIRE(builtin != nullptr);
  Model model;
  model.provider = "builtin";
  model.id = "extractive";
  ChatRequest request;
  request.question = "점심 식대는 월 얼마인가요?";
  request.passages = k_posted;
  const std::optional<Completion> completion = builtin->answer(model, request);
  REQUIRE(completion);
  CHECK(completion->text == "점심 식대 월 20만원");
  CHECK(completion->stop == Completion::Stop::finished);
  CHECK(completion->model_answered == "extractive");
  CHECK(builtin->default_base_url() == "");
  CHECK_FALSE(builtin->decode({}));
  model.id = "oracle";
  CHECK_FALSE(builtin->answer(model, request).has_value());
}

}  // namespace
}  // namespace plumb
