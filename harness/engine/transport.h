// The outside world as the engine sees it: transfers, and the passing of time.
//
// Waiting and the clock are one interface because whoever you wait on decides what time it is when
// you wake: curl the real one, tests a virtual one in which an hour of backoff takes no time.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "base/http.h"

namespace plumb {

using Instant = std::chrono::milliseconds;  // since the transport was made; monotonic

struct Transfer {
  std::uint64_t id = 0;
  HttpResponse response;
};

class Transport {
 public:
  virtual ~Transport() = default;

  virtual Instant now() const = 0;
  virtual void start(std::uint64_t id, const HttpRequest&, std::chrono::milliseconds timeout) = 0;
  virtual void cancel(std::uint64_t id) = 0;

  // Returns the transfers that ended, at `deadline` at the latest, and at once after wake().
  virtual std::vector<Transfer> wait(Instant deadline) = 0;

  // The only member that another thread, or a signal's handler thread, may call.
  virtual void wake() = 0;
};

}  // namespace plumb
