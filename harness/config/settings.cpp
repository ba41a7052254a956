#include "config/settings.h"

#include <fmt/format.h>

#include <algorithm>

namespace plumb {

namespace {

constexpr double k_cost_max_usd = 1e9;  // shown as "or more"

// +09:00 as minutes east of UTC; from -12:00 to +14:00, the offsets in use.
std::optional<int> minutes_of_offset(std::string_view text) {
  const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
  const bool shaped = text.size() == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':' && digit(1) &&
                      digit(2) && digit(4) && digit(5);
  if (!shaped) return {};
  const int hours = (text[1] - '0') * 10 + (text[2] - '0');
  const int minutes = (text[4] - '0') * 10 + (text[5] - '0');
  const int offset = (text[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
  if (minutes > 59 || offset < -12 * 60 || offset > 14 * 60) return {};
  return offset;
}

}  // namespace

Limits read_limits(const YamlNode& node, FileReport& report) {
  const MapReader map(node, limits_keys(), report);
  Limits limits;
  limits.in_flight_max = static_cast<int>(map.integer("in_flight_max", 1, 10'000).value_or(limits.in_flight_max));
  limits.cells_open_max = std::max(limits.cells_open_max, limits.in_flight_max);
  limits.attempts_max = static_cast<int>(map.integer("attempts_max", 1, 20).value_or(limits.attempts_max));
  limits.resend = static_cast<int>(map.integer("resend", 0, 3).value_or(limits.resend));
  limits.tool_rounds_max = static_cast<int>(map.integer("tool_rounds_max", 1, 32).value_or(limits.tool_rounds_max));
  if (const auto seconds = map.number("timeout_s", 0.1, 3'600.0)) {
    limits.request_timeout = std::chrono::milliseconds(static_cast<std::int64_t>(*seconds * 1'000.0));
  }
  limits.cost_max_usd = map.number("cost_max_usd", 0.0, k_cost_max_usd);
  return limits;
}

Season read_season(const YamlNode& node, FileReport& report) {
  const MapReader map(node, season_keys(), report);
  Season season;
  season.number = static_cast<int>(map.integer("number", 1, 10'000).value_or(season.number));
  season.starts = map.day("starts");
  season.sessions = static_cast<int>(map.integer("sessions", 1, 100).value_or(season.sessions));
  season.days_between = static_cast<int>(map.integer("days_between", 1, 366).value_or(season.days_between));
  if (const YamlNode* offset = map.find("utc_offset")) {
    const auto minutes = minutes_of_offset(offset->text);
    if (minutes) {
      season.utc_offset_minutes = *minutes;
    } else {
      report.error(offset->place,
                   fmt::format("utc_offset must be as +09:00, from -12:00 to +14:00; found {}", describe(*offset)));
    }
  }
  return season;
}

Gate read_gate(const YamlNode& node, FileReport& report) {
  const MapReader map(node, gate_keys(), report);
  return {.hallucination_rate_max = map.number("hallucination_rate_max", 0.0, 1.0),
          .hallucination_rise_max = map.number("hallucination_rise_max", 0.0, 1.0),
          .answer_rate_min = map.number("answer_rate_min", 0.0, 1.0),
          .cost_max_usd = map.number("cost_max_usd", 0.0, k_cost_max_usd)};
}

}  // namespace plumb
