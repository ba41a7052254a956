// The real outside world: requests over HTTP and to local programs, on one loop.
#pragma once

#include <memory>

#include "base/result.h"
#include "engine/curl_transport.h"
#include "engine/program_transport.h"
#include "engine/transport.h"

namespace plumb {

struct TransportOptions {
  CurlOptions http;
  ProgramOptions programs;
  bool needs_http = true;  // false: libcurl is loaded by the first request over HTTP, which fails if it is missing
};

// Raises this process's own limit of open files, as far as it may, to what http.connections_max needs.
Result<std::unique_ptr<Transport>> make_transport(const TransportOptions& = {});

}  // namespace plumb
