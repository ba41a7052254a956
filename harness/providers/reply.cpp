#include "providers/reply.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "providers/event_stream.h"
#include "providers/provider.h"

namespace plumb {

namespace {

// What an object says of an error, in the ways that vendors do; null if it tells of none.
const Json* error_in(const Json& object) {
  if (const Json* error = find(object, "error"); error && !error->is_null()) return error;
  if (string_at(object, "type") == "error") return &object;
  const Json* response = find(object, "response");  // OpenAI's response.failed
  const Json* error = response ? find(*response, "error") : nullptr;
  return error && !error->is_null() ? error : nullptr;
}

std::string words_of(const Json& error) {
  HttpResponse response;
  response.status = 200;
  response.body = dump_json(Json{{"error", error}});
  return describe_http_error(response);
}

// An event that is named an error need not be JSON.
Json error_of_event(const ServerEvent& event) {
  auto object = parse_json(event.data);
  if (!object) return event.data;
  const Json* error = error_in(*object);
  return error ? *error : *std::move(object);
}

std::optional<Json> streamed_error(const HttpResponse& response) {
  const std::string body = repair_utf8(response.body);
  EventReader events(body);
  while (const auto event = events.next()) {
    if (event->type == "error") return error_of_event(*event);
    const auto object = parse_json(event->data);
    if (const Json* error = object ? error_in(*object) : nullptr) return *error;
  }
  return std::nullopt;
}

std::optional<Json> error_in_lines(const HttpResponse& response) {
  for (const std::string_view line : split(response.body, '\n')) {
    const auto object = parse_json(repair_utf8(trim(line)));
    if (const Json* error = object ? error_in(*object) : nullptr) return *error;
  }
  return std::nullopt;
}

}  // namespace

Result<Json> reply_object(const HttpResponse& response) {
  Json root = TRY(parse_json(repair_utf8(response.body)));
  const Json& whole = root.is_array() && !root.empty() ? root.front() : root;
  if (const Json* error = error_in(whole)) return Error{words_of(*error)};
  if (!root.is_object()) return Error{"the reply is no JSON object"};
  return root;
}

Result<bool> read_events(const HttpResponse& response, const TakeEvent& take) {
  const std::string body = repair_utf8(response.body);
  EventReader events(body);
  while (const auto event = events.next()) {
    if (trim(event->data) == "[DONE]") return true;
    if (event->type == "error") return Error{words_of(error_of_event(*event))};
    Json object = TRY(parse_json(event->data));
    if (const Json* error = error_in(object)) return Error{words_of(*error)};
    if (!object.is_object()) return Error{"an event is no JSON object"};
    TRY(take(event->type, object));
  }
  return false;
}

Status read_json_lines(const HttpResponse& response, const TakeEvent& take) {
  const std::string body = repair_utf8(response.body);
  std::string_view rest = trim(body);
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    auto object = parse_json(trim(rest.substr(0, end)));
    rest = end == std::string_view::npos ? std::string_view() : trim(rest.substr(end + 1));
    if (!object) return rest.empty() ? broke_off() : object.error();
    if (const Json* error = error_in(*object)) return Error{words_of(*error)};
    if (!object->is_object()) return Error{"a line is no JSON object"};
    TRY(take("", *object));
  }
  return Done{};
}

Error broke_off() { return Error{"the stream broke off"}; }

std::optional<Json> error_document(const HttpResponse& response) {
  if (auto root = parse_json(repair_utf8(response.body))) return *std::move(root);
  auto error = is_event_stream(response) ? streamed_error(response)
               : is_json_lines(response) ? error_in_lines(response)
                                         : std::nullopt;
  if (!error) return std::nullopt;
  return Json{{"error", *std::move(error)}};
}

bool tells_of_error(const HttpResponse& response) {
  const auto root = error_document(response);
  return root && error_in(root->is_array() && !root->empty() ? root->front() : *root);
}

Completion finish_completion(Completion completion, const HttpResponse& response, std::string id_in_body,
                             bool streamed) {
  completion.request_id = std::move(id_in_body);
  for (const char* name : {"x-request-id", "request-id"}) {
    const auto it = response.headers.find(name);
    if (it == response.headers.end() || it->second.empty()) continue;
    completion.request_id = it->second;
    break;
  }
  if (streamed && response.first_byte.count() > 0) completion.first_token = response.first_byte;
  using Stop = Completion::Stop;
  const bool ended = completion.stop == Stop::finished || completion.stop == Stop::unknown;
  if (ended && !completion.tool_calls.empty()) completion.stop = Stop::tool_calls;
  return completion;
}

void add_logprobs(std::optional<Logprobs>& sum, const Json* list, const char* key) {
  if (!list || !list->is_array()) return;
  for (const Json& token : *list) {
    const Json* value = find(token, key);
    if (!value || !value->is_number() || !std::isfinite(value->get<double>())) continue;
    const double logprob = std::min(0.0, value->get<double>());  // rounded up a little by some
    if (!sum) sum = Logprobs{.mean = 0.0, .min = logprob, .tokens = 0};
    ++sum->tokens;
    sum->mean += (logprob - sum->mean) / sum->tokens;
    sum->min = std::min(sum->min, logprob);
  }
}

}  // namespace plumb
