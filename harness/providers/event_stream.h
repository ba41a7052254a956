// Streamed bodies: server-sent events, as the HTML standard of the WHATWG has them read (9.2.6, "Interpreting an event
// stream"), and lines of JSON. The transport hands a body over whole, so all that is here is told apart and cut up.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/http.h"

namespace plumb {

struct ServerEvent {
  std::string type = "message";
  std::string data;  // its lines, joined by "\n"; never empty
};

// One event after the other, in time linear in the body, which must be UTF-8 and outlive the reader.
class EventReader {
 public:
  // A byte order mark at the beginning is skipped.
  explicit EventReader(std::string_view body);

  // None at the end. What no blank line follows broke off, and is no event.
  std::optional<ServerEvent> next();

 private:
  std::string_view rest_;
};

// By content type, or by how the body begins; one that begins as JSON does is none, whatever its type says.
bool is_event_stream(const HttpResponse&);

// By content type, or because the first line is an object of its own and not the last line.
bool is_json_lines(const HttpResponse&);

}  // namespace plumb
