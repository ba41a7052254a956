// Requests over HTTP, with libcurl's multi interface.
//
// No redirect is ever followed, no proxy taken from the environment, no body above the cap kept, and
// libcurl's silent second send of a POST on a reused connection is stopped: one start() is at most one
// request on the wire. Where file descriptors run out, requests wait for others to end instead of failing.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "base/result.h"
#include "engine/carrier.h"
#include "engine/event_loop.h"

namespace plumb {

struct CurlOptions {
  std::size_t body_bytes_max = 8u << 20;  // decoded; of a longer body the first 64 KB are kept
  std::chrono::milliseconds connect_timeout{10'000};
  int connections_max = 256;  // requests beyond it wait; at least one
};

// libcurl is loaded by the first call; the error says what to install. The loop outlives it.
Result<std::unique_ptr<Carrier>> make_curl_carrier(EventLoop&, const CurlOptions&);

Result<std::string> curl_version_line();  // for `plumb doctor`

}  // namespace plumb
