// Canonical values in Korean and English text: what a figure or a date says, however it is written.
//
// 3억 5천만원 = 350,000,000원 = 삼억 오천만 원; 만 19세 is an age; 24.7.8 is a date and not the number 24.7.
// Every value carries the bytes of the original text that say it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/text.h"

namespace plumb {

// What is counted or measured. Values of different dimensions are never equal.
enum class Dimension {
  plain,  // a number without a unit
  won,
  dollar,
  euro,
  yen,
  yuan,
  percent,  // 5 %, 5 퍼센트, 5프로; 1/20 as 20분의 1
  percent_point,
  area_m2,  // ㎡, 제곱미터; 평 times 400/121
  length_m,
  months,    // 년 times 12, 개월, 달: durations by calendar
  days,      // 일 (as a duration), 주 times 7
  seconds,   // 시간, 분, 초
  age,       // 세, 살, 만 19세
  people,    // 명, 인, 분 after a native numeral
  times,     // 회, 번, 차례
  points,    // 점
  ordinal,   // 제3차, 세 번째, 1순위, 3위, 3호, 3단계
  article,   // 제6조의3 제1항: see `text` for the canonical spelling "6조의3 1항"
  multiple,  // 1.3배
  ratio,     // 5:1, 5 대 1
  count,     // any other counter: 개, 건, 곳, 가구, 마리, ...; `unit` says which
};

// How the text bounds the value: 이상, 이하, 초과, 미만; 약, 여.
enum class Bound { exact, at_least, at_most, above, below, about };

struct Quantity {
  double value = 0.0;          // in the unit of the dimension: won, percent, square metres, months, ...
  std::optional<double> high;  // a range 3~5년: value 36, high 60
  Dimension dimension = Dimension::plain;
  Bound bound = Bound::exact;
  std::string unit;       // the counter as written, folded: 만원 -> 원, 명, 개, 조
  std::string canonical;  // articles, versions, phone numbers: compared as text
  Span span;              // in the text given
};

// A calendar date, or as much of one as is said. Fields are 0 when not said.
struct Date {
  int year = 0;
  int month = 0;
  int day = 0;
  Span span;
};

struct Values {
  std::vector<Quantity> quantities;  // in order of appearance; none inside a date
  std::vector<Date> dates;
};

// `as_of` resolves 올해, 지난해, 작년, 내년, 이번 달, 오늘; without it those are skipped.
Values find_values(std::string_view text, std::optional<Day> as_of = {});

// The one quantity that `text` consists of ("120만원", "4.5%", "84㎡"); none if there is not exactly one.
std::optional<Quantity> parse_quantity(std::string_view text);

// YYYY, YYYY-MM or YYYY-MM-DD.
std::optional<Date> parse_date(std::string_view iso);

// Equal dimension, and values within `tolerance` (in the unit of the dimension) or 1e-9 relative.
// A plain number equals a number of any dimension except a date's if `unit_optional`.
bool same_quantity(const Quantity&, const Quantity&, double tolerance = 0.0, bool unit_optional = false);

// Every field that `wanted` says is said alike by `found`; a found date without a year matches on the rest.
bool same_date(const Date& wanted, const Date& found);

// As people write it: 1억4,500만원, 4.5%, 2026년 12월 15일.
std::string to_korean(const Quantity&);
std::string to_korean(const Date&);

}  // namespace plumb
