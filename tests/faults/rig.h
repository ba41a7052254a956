// Runs the real engine over the real transport into the real store against a vendor that misbehaves, and gathers
// what all sides say about it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domain/answer.h"
#include "engine/engine.h"
#include "store/store.h"
#include "support/faults.h"

namespace plumb::test {

enum class Place {
  vendor,
  closed_port,    // where nobody listens
  full_port,      // where connections are never completed
  no_host,        // a name that cannot be one
  https,          // the vendor, which knows nothing of TLS
  dead_handshake  // hangs up on the first bytes of a handshake
};

struct Plan {
  std::string fault;  // a name in support/faults.h
  Place place = Place::vendor;
  std::string provider = "openai";
  bool stream = false;
  int questions = 1;
  int in_flight_max = 4;
  int timeout_ms = 20'000;
  int resend = 1;
  bool judged = false;  // the fault is the judge's; answers are as they should be
};

// A row of the table replies, or an attempt without one.
struct AttemptSeen {
  int purpose = 0;           // 0 answer, 1 judge
  std::optional<int> state;  // 0 replied, 1 unclear, 2 not sent; none: not ended
  int status = 0;
  std::string body, error;
};

struct Seen {
  std::string trouble;  // why nothing could be seen
  bool complete = false;
  int planned = 0;
  std::vector<StoredCell> cells;
  std::vector<AttemptSeen> attempts;
  Spending spending;
  std::map<std::string, Books> items;
  Books vendor;
  int sockets = 0;
  std::int64_t bytes_sent = 0;
  std::vector<std::string> stopped;  // accounts, in the vendor's words
};

Seen run_against(const Plan&);

}  // namespace plumb::test
