#include "providers/rate_headers.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

#include "base/text.h"

namespace plumb {

using std::chrono::milliseconds;

namespace {

constexpr double k_ms_max = 365.0 * 24 * 3600 * 1000;

// In the order in which they are told apart: "ms" before "m".
constexpr std::array<std::pair<std::string_view, double>, 4> k_units = {{
    {"ms", 1.0},
    {"h", 3'600'000.0},
    {"m", 60'000.0},
    {"s", 1'000.0},
}};

// Takes a number without a sign from the front of the text.
std::optional<double> take_number(std::string_view& text) {
  double value = 0.0;
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

std::optional<double> take_unit(std::string_view& text) {
  for (const auto& [name, ms] : k_units) {
    if (!text.starts_with(name)) continue;
    text.remove_prefix(name.size());
    return ms;
  }
  return std::nullopt;
}

std::string_view header(const HttpResponse& response, const std::string& name) {
  const auto it = response.headers.find(name);
  return it == response.headers.end() ? std::string_view() : trim(it->second);
}

}  // namespace

std::optional<milliseconds> parse_duration(std::string_view text) {
  double ms = 0.0;
  bool first = true;
  do {
    const auto number = take_number(text);
    if (!number) return std::nullopt;
    const auto unit = text.empty() && first ? 1'000.0 : take_unit(text);
    if (!unit) return std::nullopt;
    ms += *number * *unit;
    first = false;
  } while (!text.empty());
  if (!(ms <= k_ms_max)) return std::nullopt;
  return milliseconds(static_cast<milliseconds::rep>(ms));
}

std::optional<milliseconds> window_reset(const HttpResponse& response) {
  const auto requests = parse_duration(header(response, "x-ratelimit-reset-requests"));
  const auto tokens = parse_duration(header(response, "x-ratelimit-reset-tokens"));
  const bool no_requests = header(response, "x-ratelimit-remaining-requests") == "0";
  const bool no_tokens = header(response, "x-ratelimit-remaining-tokens") == "0";
  if (no_requests && no_tokens && requests && tokens) return std::max(*requests, *tokens);
  if (no_requests) return requests;
  return tokens ? tokens : no_tokens ? std::nullopt : requests;
}

}  // namespace plumb
