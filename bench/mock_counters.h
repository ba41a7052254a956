// The vendor's side of the books: what it was asked, and what it did.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "mock_options.h"

namespace plumb::mock {

struct Counters {
  std::uint64_t requests = 0, chat = 0, judge = 0, models = 0, other = 0, bad = 0;
  std::uint64_t in_flight = 0, in_flight_peak = 0;
  std::uint64_t connections = 0, connections_open = 0, connections_peak = 0;
  std::uint64_t client_gone = 0;  // left before its reply was sent
  std::uint64_t rate_limited = 0;
  std::array<std::uint64_t, k_fault_names.size()> faults{};
  std::uint64_t bytes_in = 0, bytes_out = 0;
  std::uint64_t bodies_distinct = 0;  // with track_bodies
  std::uint64_t bodies_repeated = 0;  // requests beyond the first of their body
  std::uint64_t body_times_max = 0;
  std::uint64_t uploads = 0, batches = 0, batch_requests = 0;  // batch_requests: answered within batches
};

// One line of JSON, with the CPU time and the memory of this process; of bodies only if they were tracked.
std::string to_json(const Counters&, bool with_bodies);

}  // namespace plumb::mock
