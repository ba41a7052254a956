// Reading HTTP/1.1 requests, as far as clients of a chat API send them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace plumb::mock {

struct Head {
  std::string_view request_line;
  std::uint64_t length = 0;
  bool chunked = false;
  bool expects = false;
  bool wants_close = false;
};

// Of a head without its final empty line.
Head read_head(std::string_view);

// Appends what is in the chunks, and says how many bytes they took. False until the last chunk is there.
bool unchunk(std::string_view text, std::string& out, std::size_t& used);

}  // namespace plumb::mock
