#include "base/clock.h"

#include <fmt/format.h>

#include <chrono>

namespace plumb {

namespace {

constexpr std::int64_t k_day_ms = 86'400'000;

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

}  // namespace

UnixMillis wall_clock() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::int64_t days_since_epoch(Day day) {
  using namespace std::chrono;
  return sys_days(year(day.year) / month(static_cast<unsigned>(day.month)) /
                  std::chrono::day(static_cast<unsigned>(day.day)))
      .time_since_epoch()
      .count();
}

Day day_of(std::int64_t days) {
  using namespace std::chrono;
  const year_month_day date{sys_days(std::chrono::days(days))};
  return {static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day()))};
}

std::optional<Day> parse_day(std::string_view iso) {
  if (iso.size() != 10 || iso[4] != '-' || iso[7] != '-') return std::nullopt;
  const auto number = [&](std::size_t from, std::size_t count) {
    int value = 0;
    for (std::size_t i = from; i < from + count; ++i) {
      if (iso[i] < '0' || iso[i] > '9') return -1;
      value = value * 10 + (iso[i] - '0');
    }
    return value;
  };
  const Day day{number(0, 4), number(5, 2), number(8, 2)};
  if (day.year < 1 || day.month < 1 || day.day < 1) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(day.year),
                                         std::chrono::month(static_cast<unsigned>(day.month)),
                                         std::chrono::day(static_cast<unsigned>(day.day))};
  if (!date.ok()) return std::nullopt;
  return day;
}

std::string to_string(Day day) { return fmt::format("{:04}-{:02}-{:02}", day.year, day.month, day.day); }

Day day_at(UnixMillis time, int offset_minutes) {
  return day_of(floor_div(time + offset_minutes * 60'000LL, k_day_ms));
}

std::string iso_week(Day day) {
  // ISO 8601: the week belongs to the year that its Thursday is in.
  const std::int64_t days = days_since_epoch(day);
  const std::int64_t weekday = ((days + 3) % 7 + 7) % 7;  // Monday is 0
  const Day thursday = day_of(days - weekday + 3);
  const std::int64_t first = days_since_epoch({thursday.year, 1, 1});
  return fmt::format("{:04}-W{:02}", thursday.year, (days_since_epoch(thursday) - first) / 7 + 1);
}

std::string timestamp(UnixMillis time, int offset_minutes) {
  const std::int64_t local = time + offset_minutes * 60'000LL;
  const std::int64_t minutes = floor_div(local, 60'000) - floor_div(local, k_day_ms) * 1'440;
  return fmt::format("{} {:02}:{:02}", to_string(day_at(time, offset_minutes)), minutes / 60, minutes % 60);
}

std::string timestamp_iso(UnixMillis time) {
  const std::int64_t ms = time - floor_div(time, k_day_ms) * k_day_ms;
  return fmt::format("{}T{:02}:{:02}:{:02}.{:03}Z", to_string(day_at(time, 0)), ms / 3'600'000, ms / 60'000 % 60,
                     ms / 1'000 % 60, ms % 1'000);
}

}  // namespace plumb
