#include "language/quantity.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace plumb;

namespace {

Quantity one(std::string_view text) {
  const Values values = find_values(text);
  CAPTURE(std::string(text));
  REQUIRE(values.quantities.size() == 1);
  return values.quantities.front();
}

void same(std::string_view a, std::string_view b) {
  CAPTURE(std::string(a));
  CAPTURE(std::string(b));
  const Quantity left = one(a);
  const Quantity right = one(b);
  CAPTURE(left.value);
  CAPTURE(right.value);
  CHECK(same_quantity(left, right));
}

void differs(std::string_view a, std::string_view b) {
  CAPTURE(std::string(a));
  CAPTURE(std::string(b));
  CHECK_FALSE(same_quantity(one(a), one(b)));
}

void no_quantity(std::string_view text) {
  const Values values = find_values(text);
  CAPTURE(std::string(text));
  if (!values.quantities.empty()) CAPTURE(to_korean(values.quantities.front()));
  CHECK(values.quantities.empty());
}

// "2024-07-08" for each date, "7월" as "0-7-0".
std::vector<std::string> dates(std::string_view text, std::optional<Day> as_of = {}) {
  std::vector<std::string> out;
  for (const Date& d : find_values(text, as_of).dates) {
    out.push_back(std::to_string(d.year) + "-" + std::to_string(d.month) + "-" + std::to_string(d.day));
  }
  return out;
}

std::vector<std::string> shown(std::string_view text) {
  std::vector<std::string> out;
  for (const Quantity& q : find_values(text).quantities) out.push_back(to_korean(q));
  return out;
}

using Strings = std::vector<std::string>;

TEST_CASE("a sum of money is the same however it is written") {
  same("3억 5천만원", "350,000,000원");
  same("3억5000만원", "삼억 오천만 원");
  same("3억 5천만원", "3.5억원");
  same("3억 5천만 원", "３억 ５천만원");
  same("120만원", "1,200,000원");
  same("120만원", "백이십만 원");
  same("120 만원", "120만 원");
  same("1억4,500만", "1억 4500만원");
  same("5만 원", "오만 원");
  same("3조 5천억원", "3,500,000,000,000원");
  same("1.2조 원", "1조2천억원");
  same("₩1,200,000", "120만원");
  same("1만 2,000원", "12,000원");
  same("4천500만원", "4,500만원");
  same("5,000달러", "$5,000");
  same("3 million won", "300만원");
  CHECK(one("1억4,500만").value == 145'000'000);
  CHECK(one("이천오백만 원").value == 25'000'000);
}

TEST_CASE("other sums, other currencies and other dimensions are not the same") {
  differs("120만원", "120원");
  differs("100만원", "70만원");
  differs("5천만원", "5천만 달러");
  differs("5천만원", "5억원");
  differs("3년", "3개월");
  differs("5%", "5%p");
  differs("3명", "3회");
  differs("84㎡", "84평");
  differs("3위", "3차");
  differs("85㎡ 초과", "85㎡ 이하");
  differs("3년 이상", "3년 미만");
}

TEST_CASE("people, counts and times, with native and Sino-Korean numerals before a counter") {
  same("2천500명", "2,500명");
  same("1만 2천 개", "12,000개");
  same("열두 명", "12명");
  same("스물세 살", "23세");
  same("세 번째", "제3차");
  same("한 번", "1회");
  same("두 달", "2개월");
  same("석 달", "3개월");
  same("두 사람", "2명");
  same("약 3천 명", "3,000명");
  same("세 가지", "3개");
  same("4단계", "네 단계");
  same("4개 단계", "4단계");
  same("1순위", "제1순위");
  same("두 배", "2배");
  CHECK(one("약 3천 명").bound == Bound::about);
  CHECK(one("100여 명").bound == Bound::about);
  CHECK(one("백 명").value == 100);
}

TEST_CASE("만 before an age is not ten thousand") {
  const Quantity q = one("만 19세 이상");
  CHECK(q.value == 19);
  CHECK(q.dimension == Dimension::age);
  CHECK(q.bound == Bound::at_least);
  same("만 34세", "34세");
}

TEST_CASE("numerals that are words of their own are not read") {
  for (const char* text : {"이 회사는 일이 많다",
                           "사회 문제와 구호 활동",
                           "이번 공고",
                           "세 부담이 크다",
                           "네, 맞습니다",
                           "한편 두고 보자",
                           "만일의 사태",
                           "오점을 남겼다",
                           "천장이 높다",
                           "한국의 수도",
                           "다섯이라는 이름",
                           "이 점이 중요하다",
                           "사원 모집",
                           "이 건에 대하여",
                           "조사 결과",
                           "일부 지역",
                           "억울하다",
                           "시도별 현황",
                           "이 단계에서",
                           "네이버",
                           "하나의 사례",
                           "한 회사",
                           "세대원",
                           "만족도",
                           "구인 공고",
                           "이주은 치어리더",
                           "수십 명이 모였다",
                           "몇 백 명쯤"}) {
    no_quantity(text);
  }
}

TEST_CASE("figures inside names are not values") {
  for (const char* text :
       {"T1이 이겼다", "L3 직급", "5G 서비스", "RE-013 카드", "COVID-19", "GPT-4 모델", "3·1운동", "6·25전쟁",
        "10·15 대출한도", "3.1절", "제2금융권", "근거 [1] 참조", "https://example.com/wd/345678 참고", "너 T야?",
        "뉴스7", "1. 서류 전형을 봅니다", "M-4 연표"}) {
    no_quantity(text);
  }
}

TEST_CASE("shares: percent, 프로, fractions, points") {
  same("3.5%", "3.5 퍼센트");
  same("30%", "삼십 퍼센트");
  same("30%", "30프로");
  same("5%", "20분의 1");
  same("50%", "1/2");
  same("50%", "½");
  same("3.5%p", "3.5%포인트");
  CHECK(one("2.0％").value == 2.0);
  CHECK(one("-3.5% 하락").value == 3.5);
  CHECK(one("성장률은 -3.5%").value == -3.5);
}

TEST_CASE("durations are whole: 2년 4개월 is one value") {
  same("2년 4개월", "28개월");
  same("1년 반", "18개월");
  same("9년 6개월", "9년6개월");
  same("일주일", "7일");
  same("2주", "14일");
  same("열흘", "10일");
  same("1시간 30분", "90분");
  same("반년", "6개월");
  same("삼 년", "3년");
  CHECK(one("2년 4개월").value == 28);
}

TEST_CASE("the unit after a range belongs to both ends") {
  Quantity q = one("3~5년");
  CHECK(q.value == 36);
  CHECK(q.high == 60);
  q = one("4,200~5,400만원");
  CHECK(q.value == 42'000'000);
  CHECK(q.high == 54'000'000);
  same("3-7년", "3년~7년");
  same("3∼7년", "3～7년");
  same("4,500~6,000만원", "4,500만원 ~ 6,000만 원");
  same("2만~30만원", "2~30만원");
  same("8천만~1.3억", "8,000만~1억3,000만");
  differs("3~7년", "5~7년");
  differs("3~7년", "3년");
  CHECK(shown("3년 이상 7년 이하") == Strings{"3년 이상", "7년 이하"});
}

TEST_CASE("a list with one unit is as many values") {
  CHECK(shown("10/20/30만원") == Strings{"10만원", "20만원", "30만원"});
  CHECK(shown("1억4,500만/4,800만") == Strings{"1억4,500만", "4,800만"});
  CHECK(shown("지원자 50·추천인 50") == Strings{"50", "50"});
  CHECK(shown("1·2순위") == Strings{"1순위", "2순위"});
}

TEST_CASE("areas, ages, points, multiples, ratios") {
  same("84㎡", "84m²");
  same("84㎡", "84제곱미터");
  same("121평", "400㎡");
  same("5:1", "5 대 1");
  same("1.3배", "1.3 배");
  same("35점", "35 점");
  same("18:30", "오후 6시 30분");
  same("오전 9시", "9:00");
  differs("오후 3시", "오전 3시");
}

TEST_CASE("articles of statutes are compared as text") {
  same("제6조의3 제1항", "6조의3①");
  same("제7조 제2항", "7조2항");
  same("제 7 조", "7조");
  differs("제7조의2", "제7조 제2항");
  CHECK(one("제6조의3 제1항").canonical == "6조의3 1항");
  CHECK(one("취업규칙 제24조").canonical == "24조");
  CHECK(one("3조원").dimension == Dimension::won);
  CHECK(one("제2026-412호").canonical == "2026-412호");
  CHECK(one("제33254호").value == 33254);
}

TEST_CASE("dates in all spellings") {
  for (const char* text :
       {"2024년 7월 8일", "2024-07-08", "2024.7.8", "24.7.8", "'24. 7. 8.", "’24.07.08", "2024. 7. 8.", "2024/07/08",
        "24년 7월 8일", "2024년7월8일", "July 8, 2024", "8 July 2024", "２０２４년 ７월 ８일"}) {
    CAPTURE(text);
    CHECK(dates(text) == Strings{"2024-7-8"});
    no_quantity(text);
  }
  CHECK(dates("7월 8일(월)") == Strings{"0-7-8"});
  CHECK(dates("7/8(월)까지") == Strings{"0-7-8"});
  CHECK(dates("2024년 상반기") == Strings{"2024-0-0"});
  CHECK(dates("2024-03") == Strings{"2024-3-0"});
  CHECK(dates("2024. 7.") == Strings{"2024-7-0"});
  CHECK(dates("2018년 6월") == Strings{"2018-6-0"});
  CHECK(dates("2026년도 예산") == Strings{"2026-0-0"});
  CHECK(dates("2010년에 방영") == Strings{"2010-0-0"});
  CHECK(dates("2011입니다") == Strings{"2011-0-0"});
  CHECK(dates("2010이라고 적혀 있다") == Strings{"2010-0-0"});
  CHECK(dates("1990년생") == Strings{"1990-0-0"});
  CHECK(dates("May 2024") == Strings{"2024-5-0"});
}

TEST_CASE("date ranges inherit what the second date leaves out") {
  CHECK(dates("2025-06-28~10-15") == Strings{"2025-6-28", "2025-10-15"});
  CHECK(dates("7월 1일~15일") == Strings{"0-7-1", "0-7-15"});
  CHECK(dates("2022~2024년") == Strings{"2022-0-0", "2024-0-0"});
  CHECK(dates("2026. 7. 5.부터 2027-12-31까지") == Strings{"2026-7-5", "2027-12-31"});
  CHECK(dates("2023년 10월 ~ 2024년 3월") == Strings{"2023-10-0", "2024-3-0"});
}

TEST_CASE("what looks like a date and is none") {
  CHECK(dates("3·1운동").empty());
  CHECK(dates("24년 동안 일했다").empty());
  CHECK(dates("3.5%").empty());
  CHECK(dates("iOS 17.4.1 버전").empty());
  CHECK(dates("02-1234-5678").empty());
  CHECK(dates("월 20만원").empty());
  CHECK(dates("1990년대").empty());
  CHECK(one("24년").value == 288);
}

TEST_CASE("relative dates need the day of asking") {
  CHECK(dates("올해 3월").size() == 1);
  CHECK(dates("올해 예산").empty());
  const Day day{2026, 11, 22};
  CHECK(dates("올해 3월", day) == Strings{"2026-3-0"});
  CHECK(dates("지난해", day) == Strings{"2025-0-0"});
  CHECK(dates("내년 1월", day) == Strings{"2027-1-0"});
  CHECK(dates("다음 달", day) == Strings{"2026-12-0"});
  CHECK(dates("어제 발표", day) == Strings{"2026-11-21"});
}

TEST_CASE("spans are bytes of the original, NFD included") {
  const std::string text = "보상금은 120만원입니다";
  CHECK(one(text).span.of(text) == "120만원");
  const std::string nfd = "\u1107\u1169\u1109\u1161\u11bc 120\u1106\u1161\u11ab\u110b\u116f\u11ab입니다";
  const Quantity q = one(nfd);
  CHECK(q.value == 1'200'000);
  CHECK(q.span.of(nfd) == "120\u1106\u1161\u11ab\u110b\u116f\u11ab");
  const std::string dated = "마감은 2026년 12월 15일(화)이다";
  CHECK(find_values(dated).dates.at(0).span.of(dated) == "2026년 12월 15일");
}

TEST_CASE("parse_quantity takes one quantity and nothing else") {
  CHECK(parse_quantity("120만원")->value == 1'200'000);
  CHECK(parse_quantity(" 4.5% ")->value == 4.5);
  CHECK(parse_quantity("84㎡")->dimension == Dimension::area_m2);
  CHECK(parse_quantity("35점")->dimension == Dimension::points);
  CHECK(parse_quantity("4단계")->unit == "단계");
  CHECK(parse_quantity("11")->dimension == Dimension::plain);
  CHECK(parse_quantity("2010")->value == 2010);
  CHECK(parse_quantity("제7조 제2항")->canonical == "7조 2항");
  CHECK_FALSE(parse_quantity("120만원 정도의 보상"));
  CHECK_FALSE(parse_quantity("3년과 5년"));
  CHECK_FALSE(parse_quantity("2026년 3월"));
  CHECK_FALSE(parse_quantity("협의"));
  CHECK_FALSE(parse_quantity(""));
}

TEST_CASE("parse_date takes ISO only") {
  CHECK(parse_date("2026-12-15")->day == 15);
  CHECK(parse_date("2026-12")->month == 12);
  CHECK(parse_date("2026")->year == 2026);
  CHECK_FALSE(parse_date("2026-02-30"));
  CHECK_FALSE(parse_date("2026-13"));
  CHECK_FALSE(parse_date("26-12-15"));
}

TEST_CASE("a date states another if it says all that is wanted") {
  const auto found = [](std::string_view text) { return find_values(text).dates.at(0); };
  CHECK(same_date(*parse_date("2026-12-15"), found("12월 15일")));
  CHECK(same_date(*parse_date("2026-12"), found("2026년 12월 15일")));
  CHECK(same_date(*parse_date("2026"), found("2026-12-15")));
  CHECK_FALSE(same_date(*parse_date("2026-12-15"), found("2026년 12월")));
  CHECK_FALSE(same_date(*parse_date("2026-12-15"), found("2025-12-15")));
  CHECK_FALSE(same_date(*parse_date("2026"), found("12월 15일")));
}

TEST_CASE("values are shown as people write them") {
  CHECK(to_korean(one("145000000원")) == "1억4,500만원");
  CHECK(to_korean(one("4.5%")) == "4.5%");
  CHECK(to_korean(*parse_date("2026-12-15")) == "2026년 12월 15일");
  CHECK(to_korean(one("28개월")) == "2년 4개월");
  CHECK(to_korean(one("2,500명")) == "2,500명");
}

TEST_CASE("without text there are no values") {
  CHECK(find_values("").quantities.empty());
  CHECK(find_values("").dates.empty());
  CHECK(find_values("회사내규에 따름").quantities.empty());
}

}  // namespace
