// One way for requests to travel: over HTTP (curl_transport.h) or to local programs (program_transport.h). Those of
// one process share a loop, and are one Transport (transports.h).
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "engine/transport.h"

namespace plumb {

class Carrier {
 public:
  using Clock = std::chrono::steady_clock;

  virtual ~Carrier() = default;

  virtual void start(std::uint64_t id, const HttpRequest&, std::chrono::milliseconds timeout) = 0;
  // Nothing will come of this request; no effect if it is another's.
  virtual void cancel(std::uint64_t id) = 0;

  // To be called before and after the loop waits: does what has become due. Returns when that will be next.
  virtual Clock::time_point tick() = 0;

  // Appends what ended, in the order in which it ended.
  virtual void take_ended(std::vector<Transfer>&) = 0;
};

}  // namespace plumb
