#include "base/clock.h"

#include <doctest/doctest.h>

namespace plumb {
namespace {

TEST_CASE("weeks are ISO weeks, also at the turn of the year") {
  CHECK(iso_week({2026, 11, 22}) == "2026-W47");
  CHECK(iso_week({2026, 11, 23}) == "2026-W48");
  CHECK(iso_week({2027, 1, 1}) == "2026-W53");
  CHECK(iso_week({2024, 12, 30}) == "2025-W01");
  CHECK(iso_week({1969, 12, 31}) == "1970-W01");
}

TEST_CASE("days exist or are refused") {
  CHECK(parse_day("2024-02-29"));
  CHECK_FALSE(parse_day("2023-02-29"));
  CHECK_FALSE(parse_day("2023-13-01"));
  CHECK_FALSE(parse_day("2023-1-1"));
  CHECK_FALSE(parse_day("+023-01-01"));
  for (std::int64_t day = -1'000; day < 30'000; day += 37) CHECK(days_since_epoch(day_of(day)) == day);
}

TEST_CASE("the group's day is not the machine's") {
  const UnixMillis evening_in_utc = 1'795'388'400'000;  // 2026-11-22T23:00:00Z
  CHECK(timestamp_iso(evening_in_utc) == "2026-11-22T23:00:00.000Z");
  CHECK(day_at(evening_in_utc, 0) == Day{2026, 11, 22});
  CHECK(day_at(evening_in_utc, 540) == Day{2026, 11, 23});
  CHECK(timestamp(evening_in_utc, 540) == "2026-11-23 08:00");
  CHECK(timestamp_iso(-1) == "1969-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace plumb
