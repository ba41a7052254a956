// HTTP messages as values. Who sends them is engine/transport.h's business.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace plumb {

struct HttpRequest {
  std::string method = "POST";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

struct HttpResponse {
  int status = 0;                              // 0: no response at all; `error` then says why
  std::map<std::string, std::string> headers;  // lower-case names
  std::string body;
  std::string error;
  bool timed_out = false;
  std::chrono::milliseconds latency{};
  bool sent = false;  // with status 0: the request had gone out whole, so it may have been worked on, and billed
};

}  // namespace plumb
