#include "engine/reading.h"

#include <fmt/format.h>

#include <utility>

#include "base/json.h"

namespace plumb {

using std::chrono::milliseconds;

namespace {

using Kind = Reading::Kind;

constexpr milliseconds k_wait_max{600'000};

bool is_success(const HttpResponse& response) { return response.status >= 200 && response.status < 300; }

// Sent whole, and nothing came back that is a reply. A gateway that gave up waiting is the same.
bool is_lost(const HttpResponse& response) {
  if (response.status == 0) return response.sent;
  if (response.status == 504 || response.status == 524) return true;
  return is_success(response) && response.body.empty() && !response.too_large;
}

// {"error": {...}} or Anthropic's {"type": "error", ...} with a status of success: read, and understood.
bool is_vendor_error(const HttpResponse& response) {
  const auto root = parse_json(response.body);
  if (!root || !root->is_object()) return false;
  const Json* error = find(*root, "error");
  return (error && !error->is_null()) || string_at(*root, "type") == "error";
}

std::string words_of(const HttpResponse& response, const Provider* provider) {
  if (is_success(response)) return response.error.empty() ? "an empty reply" : response.error;
  return provider ? provider->error_message(response) : describe_http_error(response);
}

Kind kind_of(const HttpResponse& response, Retry::Kind retry) {
  switch (retry) {
    case Retry::Kind::give_up:
      return Kind::refused;
    case Retry::Kind::transient:
      return response.distrusted ? Kind::refused : Kind::transient;
    case Retry::Kind::throttled:
      return Kind::throttled;
    case Retry::Kind::stop:
      // One alone may concern one input or one model; that the money is gone concerns all.
      return response.status == 401 || response.status == 403 ? Kind::denied : Kind::stop;
  }
  return Kind::refused;
}

Failure::Kind failure_kind(const HttpResponse& response, Kind kind) {
  if (response.distrusted) return Failure::Kind::network;
  if (kind == Kind::throttled) return Failure::Kind::throttled;
  if (kind != Kind::transient) return Failure::Kind::rejected;
  return response.timed_out || response.status == 408 ? Failure::Kind::timeout : Failure::Kind::network;
}

Reading failed(Kind kind, Failure::Kind failure, const HttpResponse& response, std::string words) {
  return {.kind = kind, .failure = {failure, response.status, std::move(words)}};
}

// What the vendor says of itself, with how long to wait. A wait that is too long to be waited ends the request.
Reading refusal(const HttpResponse& response, const Retry& retry, std::string words) {
  const Kind kind = kind_of(response, retry.kind);
  Reading reading = failed(kind, failure_kind(response, kind), response, std::move(words));
  if (!reading.may_ask_again() || !retry.after) return reading;
  if (*retry.after <= k_wait_max) {
    reading.after = std::max(*retry.after, milliseconds(0));
    return reading;
  }
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*retry.after).count();
  reading.kind = Kind::denied;
  reading.failure.kind = Failure::Kind::throttled;
  reading.failure.message = fmt::format("asks to wait {} s: {}", seconds, reading.failure.message);
  return reading;
}

Retry classify(const HttpResponse& response, const Provider* provider) {
  return provider ? provider->classify(response) : classify_http(response);
}

Reading read_success(const HttpResponse& response, const Provider* provider, const Model* model) {
  if (!response.error.empty()) return failed(Kind::unclear, Failure::Kind::malformed, response, response.error);
  if (!provider) return {};
  auto completion = model ? provider->decode_for(*model, response) : provider->decode(response);
  if (completion) return {.completion = *std::move(completion)};
  std::string words = std::move(completion).error().message;
  const Retry retry = provider->classify(response);  // vendors also refuse with a status of 200
  if (retry.kind != Retry::Kind::give_up || is_vendor_error(response))
    return refusal(response, retry, std::move(words));
  return failed(Kind::unclear, Failure::Kind::malformed, response, std::move(words));
}

}  // namespace

AttemptEnd::State state_of(const HttpResponse& response) {
  using State = AttemptEnd::State;
  if (response.status == 0 && !response.sent) return State::not_sent;
  if (is_lost(response) || (is_success(response) && !response.error.empty())) return State::unclear;
  return State::replied;
}

Reading read(const HttpResponse& response, const Provider* provider, const Model* model) {
  if (is_lost(response)) {
    Reading reading = failed(Kind::unclear, Failure::Kind::unclear, response, words_of(response, provider));
    if (const auto after = classify(response, provider).after; after && *after <= k_wait_max) reading.after = after;
    return reading;
  }
  if (!is_success(response)) return refusal(response, classify(response, provider), words_of(response, provider));
  if (response.too_large) return failed(Kind::refused, Failure::Kind::malformed, response, response.error);
  return read_success(response, provider, model);
}

}  // namespace plumb
