#include "language/match.h"

#include <doctest/doctest.h>

#include <string>

using namespace plumb;

namespace {

std::string where(std::string_view text, const std::vector<std::string>& aliases) {
  const auto found = find_alias(read_text(text), aliases);
  return found ? std::string(found->of(text)) : "-";
}

std::string quantity(std::string_view text, std::string_view wanted, double tolerance = 0.0) {
  const auto found = find_quantity(read_text(text), *parse_quantity(wanted), tolerance);
  return found ? std::string(found->of(text)) : "-";
}

std::string date(std::string_view text, std::string_view iso) {
  const auto found = find_date(read_text(text), *parse_date(iso));
  return found ? std::string(found->of(text)) : "-";
}

TEST_CASE("an alias is found whatever its spaces, width, case and Unicode form") {
  CHECK(where("2차는 컬처 핏 면접입니다", {"컬처핏"}) == "컬처 핏");
  CHECK(where("ＫＯＴＬＩＮ을 씁니다", {"Kotlin"}) == "ＫＯＴＬＩＮ");
  CHECK(where("\u1107\u116e\u1109\u1161\u11ab입니다", {"부산"}) == "\u1107\u116e\u1109\u1161\u11ab");
  CHECK(where("spring-boot 경험", {"Spring Boot"}) == "spring-boot");
  CHECK(where("컬쳐핏입니다", {"컬처핏", "컬쳐핏"}) == "컬쳐핏");
  CHECK(where("임원면접입니다", {"컬처핏"}) == "-");
  CHECK(where("", {"컬처핏"}) == "-");
  CHECK(where("무엇이든", {""}) == "-");
}

TEST_CASE("a Latin alias must not go on in letters or digits") {
  CHECK(where("T10이 이겼다", {"T1"}) == "-");
  CHECK(where("T1이 이겼다", {"T1"}) == "T1");
  CHECK(where("T1, 0점", {"T1"}) == "T1");
  CHECK(where("Java와 JavaScript", {"Java"}) == "Java");
  CHECK(where("JavaScript만", {"Java"}) == "-");
  CHECK(where("C++ 경험", {"C"}) == "-");
  CHECK(where("C와 C++", {"C"}) == "C");
}

TEST_CASE("a number is not found inside a longer one") {
  CHECK(where("15년", {"5년"}) == "-");
  CHECK(where("120240", {"2024"}) == "-");
  CHECK(where("1,200", {"200"}) == "-");
  CHECK(where("3.5%", {"5%"}) == "-");
  CHECK(where("2024년", {"2024"}) == "2024");
  CHECK(where("제7조의2", {"제7조"}) == "제7조");
}

TEST_CASE("a word turned round by its prefix does not state the word") {
  CHECK(where("재택 불가능", {"가능"}) == "-");
  CHECK(where("비과세입니다", {"과세"}) == "-");
  CHECK(where("불가능이 아니라 가능", {"가능"}) == "가능");
  CHECK(where("준비과정", {"과정"}) == "과정");
}

TEST_CASE("a quantity is found however it is written") {
  CHECK(quantity("매년 1,200,000원입니다", "120만원") == "1,200,000원");
  CHECK(quantity("백이십만 원을 줍니다", "120만원") == "백이십만 원");
  CHECK(quantity("약 118만원", "120만원", 50'000) == "118만원");
  CHECK(quantity("118만원", "120만원") == "-");
  CHECK(quantity("최대 7년", "7년") == "7년");
  CHECK(quantity("1억4,500만/4,800만", "4,800만원") == "4,800만");
}

TEST_CASE("figures without a unit answer only questions without one") {
  CHECK(quantity("120입니다", "120만원") == "-");
  CHECK(quantity("11입니다", "11") == "11");
  CHECK(quantity("11년입니다", "11") == "11년");
  CHECK(quantity("3입니다", "3년") == "-");
}

TEST_CASE("a range is stated by a range or by its two ends, not by one of them") {
  CHECK(quantity("4,500만원에서 6,000만원 사이", "4,500~6,000만원") == "4,500만원에서 6,000만원");
  CHECK(quantity("4,500~6,000만 원", "4,500~6,000만원") == "4,500~6,000만 원");
  CHECK(quantity("4,500만원입니다", "4,500~6,000만원") == "-");
  CHECK(quantity("3~7년", "3년") == "-");
}

TEST_CASE("an article with its paragraph states the article, not the other way round") {
  CHECK(quantity("제7조 제2항입니다", "제7조") == "제7조 제2항");
  CHECK(quantity("제7조입니다", "제7조 제2항") == "-");
  CHECK(quantity("7조의2", "제7조 제2항") == "-");
}

TEST_CASE("a date is found however it is written") {
  CHECK(date("마감은 2026. 12. 15.입니다", "2026-12-15") == "2026. 12. 15.");
  CHECK(date("12월 15일까지", "2026-12-15") == "12월 15일");
  CHECK(date("2026년 12월", "2026-12-15") == "-");
  CHECK(date("2026년 12월 15일", "2026-12") == "2026년 12월 15일");
  CHECK(date("'26.12.15", "2026-12-15") == "'26.12.15");
}

TEST_CASE("all places are found, in order") {
  const ReadText read = read_text("3년, 36개월, 그리고 세 명");
  CHECK(find_quantities(read, *parse_quantity("3년"), 0.0).size() == 2);
  CHECK(find_aliases(read, {"년", "개월"}).size() == 2);
}

}  // namespace
