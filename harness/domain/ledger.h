// What is written down of every request before it is sent and when it ended, so that a crash loses no answer that
// was paid for and hides no request that may have been.
//
// The promises, with the numbers that the tests use: I1 a request's start is durable before its first byte leaves.
// I2 its place among those in flight is given free only when its end is durable. I3 the reply's bytes are
// durable before anything reads them. I4 one start is at most one request on the wire. I5 a start without an end,
// and an end that is unclear, may have been paid for, and are counted. I8 after a write that failed nothing more is
// sent.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/http.h"
#include "base/result.h"
#include "domain/spec.h"

namespace plumb {

struct AttemptStart {
  enum class Purpose { answer, judge, retrieval };
  Cell cell;  // the one it is sent for; others may share its reply
  Purpose purpose = Purpose::answer;
  int step = 0;             // of the conversation, or of the judge's rounds: from 0
  std::string request_key;  // equal for equal bytes to the same account for the same trial; 32 hex digits
  UnixMillis at = 0;
  double reserved_usd = 0.0;  // what it may cost at most, as far as is known
};

struct AttemptEnd {
  enum class State {
    replied,   // a complete reply: a success, or a refusal
    unclear,   // sent whole, no reply that can be read: it may have been worked on
    not_sent,  // nothing left, or not all: the vendor cannot have worked on it
  };
  State state = State::replied;
  HttpResponse response;  // less the key, wherever the server echoed it
  UnixMillis at = 0;
};

// A reply that is there already, for a request that is to be sent.
struct KnownReply {
  HttpResponse response;
  bool of_this_run = false;  // paid for by this run, which was cut short before it was used
  std::int64_t attempt = 0;
  int attempts = 1;  // that this run made for it; 0 when it is of an earlier one
  int unclear = 0;   // of those
};

// Used by one thread, the engine's. What is handed over becomes durable in the order handed over.
class Ledger {
 public:
  // Grows with everything handed over.
  using Ticket = std::uint64_t;
  struct Started {
    std::int64_t attempt = 0;  // never used before
    Ticket ticket = 0;
  };

  virtual ~Ledger() = default;
  virtual Result<Started> start(const AttemptStart&) = 0;
  virtual Result<Ticket> end(std::int64_t attempt, const AttemptEnd&) = 0;

  // All that has a ticket up to this is durable. An error: a write failed, and nothing more can be kept.
  virtual Result<Ticket> durable() const = 0;
  // `advanced` is called from any thread whenever durable() has a new value; set before the first start. It must
  // neither wait nor call the ledger. An empty one ends that: none runs any more once this has returned.
  virtual void on_durable(std::function<void()> advanced) = 0;

  // A complete reply of status 2xx to this request: of this run, if its cell was never finished; or, where the
  // run may use what earlier runs were told, of any.
  virtual std::optional<KnownReply> find_reply(const std::string& request_key) = 0;
};

}  // namespace plumb
