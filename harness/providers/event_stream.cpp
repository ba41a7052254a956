#include "providers/event_stream.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace plumb {

namespace {

constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";
constexpr std::array<std::string_view, 5> k_beginnings = {"data:", "event:", "id:", "retry:", ":"};

struct Line {
  std::string_view text;
  bool ended = false;  // by CRLF, LF or CR
};

Line take_line(std::string_view& rest) {
  const std::size_t end = rest.find_first_of("\r\n");
  if (end == std::string_view::npos) return {std::exchange(rest, {}), false};
  const Line line{rest.substr(0, end), true};
  rest.remove_prefix(end + (rest.substr(end).starts_with("\r\n") ? 2 : 1));
  return line;
}

std::string_view without_mark(std::string_view body) {
  if (body.starts_with(k_byte_order_mark)) body.remove_prefix(k_byte_order_mark.size());
  return body;
}

bool content_type_holds(const HttpResponse& response, std::string_view part) {
  const auto it = response.headers.find("content-type");
  if (it == response.headers.end()) return false;
  std::string type = it->second;
  std::ranges::transform(type, type.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return contains(type, part);
}

}  // namespace

EventReader::EventReader(std::string_view body) : rest_(without_mark(body)) {}

std::optional<ServerEvent> EventReader::next() {
  ServerEvent event;
  bool any_data = false;
  while (!rest_.empty()) {
    const Line line = take_line(rest_);
    if (!line.ended) return std::nullopt;
    if (line.text.empty()) {
      if (!event.data.empty()) return event;
      event = {};
      any_data = false;
      continue;
    }
    const std::size_t colon = line.text.find(':');
    const std::string_view field = line.text.substr(0, colon);
    std::string_view value = colon == std::string_view::npos ? std::string_view() : line.text.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (field == "data") {
      if (any_data) event.data += '\n';
      event.data += value;
      any_data = true;
    } else if (field == "event") {
      event.type = value.empty() ? "message" : value;
    }  // id and retry are for those who connect again; a comment's field is empty
  }
  return std::nullopt;
}

bool is_event_stream(const HttpResponse& response) {
  const std::string_view body = trim(without_mark(response.body));
  if (body.starts_with('{') || body.starts_with('[')) return false;
  return content_type_holds(response, "text/event-stream") ||
         std::ranges::any_of(k_beginnings, [&](std::string_view each) { return body.starts_with(each); });
}

bool is_json_lines(const HttpResponse& response) {
  if (content_type_holds(response, "ndjson")) return true;
  std::string_view rest = trim(response.body);
  const std::string_view first = trim(take_line(rest).text);
  return first.starts_with('{') && first.ends_with('}') && !rest.empty();
}

}  // namespace plumb
