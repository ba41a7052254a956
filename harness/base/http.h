// HTTP messages as values. Who sends them is engine/transport.h's business.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace plumb {

// A local program that answers in a server's place: one line to its standard input, one line of its standard output.
struct Program {
  std::vector<std::string> command;  // never through a shell
  std::string folder;                // where it runs; "" : here
  int memory_mb_max = 0;             // of its address space; 0: no limit
};

struct HttpRequest {
  std::string method = "POST";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::shared_ptr<const Program> program;  // set: the body goes to this program, and the url only names it
  std::size_t reply_bytes_max = 0;         // decoded; 0: what the transport keeps of any
};

struct HttpResponse {
  int status = 0;                              // 0: no response at all; `error` then says why
  std::map<std::string, std::string> headers;  // lower-case names
  std::string body;
  std::string error;
  bool timed_out = false;
  bool too_large = false;   // above what is kept of a reply; `body` may hold its beginning
  bool distrusted = false;  // with status 0: the server's certificate does not hold; nothing was sent
  std::chrono::milliseconds latency{};
  std::chrono::milliseconds first_byte{};  // of the body, since the start; 0 where there was none
  bool sent = false;  // with status 0: the request had gone out whole, so it may have been worked on, and billed
};

}  // namespace plumb
