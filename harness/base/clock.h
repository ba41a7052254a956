// Wall-clock time, for display and for labels only; deadlines use the transport's monotonic clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plumb {

using UnixMillis = std::int64_t;

UnixMillis wall_clock();

// A calendar day, proleptic Gregorian.
struct Day {
  int year = 1970;
  int month = 1;  // 1 to 12
  int day = 1;    // 1 to 31
  auto operator<=>(const Day&) const = default;
};

std::optional<Day> parse_day(std::string_view iso);  // exactly YYYY-MM-DD, and a day that exists
std::string to_string(Day);
std::int64_t days_since_epoch(Day);
Day day_of(std::int64_t days_since_epoch);

// The offset is minutes east of UTC; the group's own is 540 (Seoul, no daylight saving time).
Day day_at(UnixMillis, int offset_minutes);
std::string iso_week(Day);                              // 2026-W47
std::string timestamp(UnixMillis, int offset_minutes);  // 2026-11-22 20:15
std::string timestamp_iso(UnixMillis);                  // 2026-11-22T11:15:30.123Z

}  // namespace plumb
