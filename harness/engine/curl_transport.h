// The real transport, over libcurl's multi interface. The only user of curl.
//
// No redirect is ever followed, no proxy taken from the environment, no body above the cap kept, and
// libcurl's silent second send of a POST on a reused connection is stopped: one start() is at most one
// request on the wire.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "engine/transport.h"

namespace plumb {

struct CurlOptions {
  std::size_t body_bytes_max = 8u << 20;  // decoded
  std::chrono::milliseconds connect_timeout{10'000};
  int connections_max = 256;
};

std::unique_ptr<Transport> make_curl_transport(CurlOptions = {});

std::string curl_version_line();  // for `plumb doctor`

}  // namespace plumb
