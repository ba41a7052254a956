#include "providers/provider.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "providers/dialect.h"
#include "providers/reply.h"

namespace plumb {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t k_message_bytes_max = 300;
constexpr double k_wait_ms_absurd = 10 * 365.0 * 24 * 3600 * 1000;  // a year is a wait, however long

// Decided by type and code only. The sentence of OpenAI's empty account ("You exceeded your current quota,
// please check your plan and billing details") is also what Gemini says to a client that is merely too fast.
constexpr std::array k_spend_caps = {
    "insufficient_quota",  "billing_hard_limit_reached",   "billing_not_active",   "billing_error",
    "spend_limit_reached", "enforced_spend_limit_reached", "insufficient_balance", "insufficient_credits",
};

// The object that holds the error, or the root itself.
const Json& object_of_error(const Json& root) {
  const Json* error = error_object(root);
  return error ? *error : root.is_array() && !root.empty() ? root.front() : root;
}

std::string words_of(const Json& root) {
  const Json& whole = root.is_array() && !root.empty() ? root.front() : root;
  if (const Json* error = find(whole, "error"); error && error->is_string()) return error->get<std::string>();
  const Json& object = object_of_error(root);
  if (std::string words = string_at(object, "message"); !words.empty()) return words;
  const Json* detail = find(object, "detail");  // FastAPI: a string, or a list of {"msg": ...}
  if (!detail) return "";
  if (detail->is_string()) return detail->get<std::string>();
  return detail->is_array() && !detail->empty() ? string_at(detail->front(), "msg") : "";
}

bool is_success(const HttpResponse& response) { return response.status >= 200 && response.status < 300; }

bool names_spend_cap(const HttpResponse& response) {
  const auto root = error_document(response);
  if (!root) return false;
  const Json& error = object_of_error(*root);
  const std::string type = string_at(error, "type");
  const std::string code = string_at(error, "code");
  return std::ranges::any_of(k_spend_caps, [&](const char* cap) { return type == cap || code == cap; });
}

std::string shortened(std::string_view text) {
  std::string clean = printable(trim(repair_utf8(text.substr(0, 4 * k_message_bytes_max))));
  if (clean.size() <= k_message_bytes_max) return clean;
  std::size_t end = k_message_bytes_max;
  while (end > 0 && (static_cast<unsigned char>(clean[end]) & 0xC0) == 0x80) --end;  // not inside a character
  return clean.substr(0, end) + "…";
}

std::optional<double> number_of(std::string_view text) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<int> whole_number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// IMF-fixdate (RFC 9110, 5.6.7) in Unix seconds: "Sun, 06 Nov 1994 08:49:37 GMT".
std::optional<long long> http_date(std::string_view text) {
  constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() != 29 || text.substr(25) != " GMT" || text[3] != ',') return std::nullopt;
  const std::size_t month = months.find(text.substr(8, 3));
  const auto day = whole_number(text.substr(5, 2)), year = whole_number(text.substr(12, 4));
  const auto hour = whole_number(text.substr(17, 2)), minute = whole_number(text.substr(20, 2)),
             second = whole_number(text.substr(23, 2));
  if (month == std::string_view::npos || month % 3 != 0 || !day || !year || !hour || !minute || !second) {
    return std::nullopt;
  }
  const auto date = parse_day(fmt::format("{:04}-{:02}-{:02}", *year, month / 3 + 1, *day));
  if (!date) return std::nullopt;
  return days_since_epoch(*date) * 86'400 + *hour * 3'600LL + *minute * 60LL + *second;
}

// The status that an error inside a success gives as its code, as OpenRouter and vLLM do and Google in a stream;
// else that of the response.
int told_status(const HttpResponse& response) {
  if (!is_success(response)) return response.status;
  const auto root = error_document(response);
  const Json* error = root ? error_object(*root) : nullptr;
  const long long code = error ? integer_at(*error, "code") : 0;
  return code >= 400 && code < 600 ? static_cast<int>(code) : response.status;
}

std::optional<milliseconds> wait_of(double ms) {
  if (!(ms >= 0.0 && ms < k_wait_ms_absurd)) return std::nullopt;  // NaN too
  return milliseconds(static_cast<milliseconds::rep>(ms));
}

}  // namespace

std::optional<milliseconds> retry_after(const HttpResponse& response, long long now) {
  if (const auto it = response.headers.find("retry-after-ms"); it != response.headers.end()) {
    if (const auto ms = number_of(trim(it->second))) return wait_of(*ms);
  }
  const auto it = response.headers.find("retry-after");
  if (it == response.headers.end()) return std::nullopt;
  const std::string_view text = trim(it->second);
  if (const auto seconds = number_of(text)) return wait_of(*seconds * 1000.0);
  if (const auto date = http_date(text)) return wait_of(static_cast<double>(std::max(0LL, *date - now)) * 1000.0);
  return std::nullopt;
}

Retry classify_http(const HttpResponse& response) {
  const auto after = retry_after(response, wall_clock() / 1000);
  const int status = told_status(response);
  switch (status) {
    case 401:
    case 402:
    case 403:
      return {Retry::Kind::stop, std::nullopt};
    case 429:
      if (names_spend_cap(response)) return {Retry::Kind::stop, std::nullopt};
      return {Retry::Kind::throttled, after};
    case 529:
      return {Retry::Kind::throttled, after};
    case 0:
    case 408:
    case 425:
      return {Retry::Kind::transient, after};
    default:
      if (status >= 500) return {Retry::Kind::transient, after};
      if ((status == 400 || is_success(response)) && names_spend_cap(response))
        return {Retry::Kind::stop, std::nullopt};
      return {Retry::Kind::give_up, std::nullopt};
  }
}

std::string describe_http_error(const HttpResponse& response) {
  if (response.status == 0) return response.error.empty() ? "no response" : shortened(response.error);
  const std::string status = is_success(response) ? "an error without words" : fmt::format("HTTP {}", response.status);
  if (response.status >= 300 && response.status < 400) return status + ": a redirect, which is never followed";
  if (const auto root = error_document(response)) {
    const std::string words = shortened(words_of(*root));
    return words.empty() ? status : words;
  }
  const std::string_view text = trim(response.body);
  const bool is_page = text.starts_with('<') || text.starts_with('{');
  const std::string words = text.empty() || is_page ? "" : shortened(text);
  return words.empty() ? status : words;
}

HttpRequest Provider::probe(const Model& model, std::string_view key) const {
  HttpRequest http{"GET", endpoint(model, default_base_url(), "/models"), {}, "", nullptr};
  add_key(http, "Authorization", key, "Bearer ");
  return http;
}

std::string Provider::error_message(const HttpResponse& response) const { return describe_http_error(response); }

Retry Provider::classify(const HttpResponse& response) const { return classify_http(response); }

}  // namespace plumb
