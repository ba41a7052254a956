#include "mock_request.h"

#include <strings.h>

#include <cstdlib>

namespace plumb::mock {

namespace {

bool equal_names(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

Head read_head(std::string_view head) {
  Head read;
  std::size_t line_at = head.find("\r\n");
  read.request_line = head.substr(0, line_at);
  while (line_at != head.npos) {
    const std::size_t from = line_at + 2;
    line_at = head.find("\r\n", from);
    const std::string_view line = head.substr(from, line_at == head.npos ? head.npos : line_at - from);
    const std::size_t colon = line.find(':');
    if (colon == line.npos) continue;
    const std::string_view name = line.substr(0, colon);
    std::string_view value = line.substr(colon + 1);
    while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
    if (equal_names(name, "content-length")) read.length = std::strtoull(std::string(value).c_str(), nullptr, 10);
    if (equal_names(name, "transfer-encoding")) read.chunked = equal_names(value, "chunked");
    if (equal_names(name, "expect")) read.expects = true;
    if (equal_names(name, "connection")) read.wants_close = equal_names(value, "close");
  }
  return read;
}

bool unchunk(std::string_view text, std::string& out, std::size_t& used) {
  std::size_t at = 0;
  while (true) {
    const std::size_t line_end = text.find("\r\n", at);
    if (line_end == text.npos) return false;
    const std::size_t size = std::strtoull(std::string(text.substr(at, line_end - at)).c_str(), nullptr, 16);
    at = line_end + 2;
    if (text.size() < at + size + 2) return false;
    out.append(text.substr(at, size));
    at += size + 2;
    if (size == 0) {
      used = at;
      return true;
    }
  }
}

}  // namespace plumb::mock
