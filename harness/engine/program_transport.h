// Requests to local programs that stay alive: a line to the standard input, a line of the standard output in reply.
//
// A program answers one request at a time; for several at once it is started several times, and one that is idle is
// used again. What it writes to its errors is kept for the words of a failure. No request can read what another
// left over: a program that says more than it was asked is ended.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "engine/carrier.h"
#include "engine/event_loop.h"

namespace plumb {

struct ProgramOptions {
  std::vector<std::string> hidden_variables;  // of our environment: names of those that hold keys
  std::size_t reply_bytes_max = 8u << 20;     // of a longer one the first 64 KB are kept
  std::chrono::milliseconds farewell{2'000};  // from the end of their input until they are ended by force
};

// SIGPIPE is ignored from now on. The loop outlives it.
std::unique_ptr<Carrier> make_program_carrier(EventLoop&, const ProgramOptions&);

}  // namespace plumb
