// Sends requests so that the promises of domain/ledger.h hold: each is written down before it is sent, and nobody
// sees its reply before that is written down. Without a ledger the same at once; an errand is never written down.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "domain/ledger.h"
#include "engine/pending.h"
#include "engine/transport.h"

namespace plumb {

// The way of a request: begin; out of started(), send or unsend; out of ended(). Any error is the ledger's, and
// after one nothing may be done but to forget.
class RecordedTransport {
 public:
  // `ledger` may be null. Both outlive this.
  RecordedTransport(Transport& transport, Ledger* ledger) : transport_(transport), ledger_(ledger) {}

  Status begin(PendingPtr);
  // Those whose start is durable by now, in the order begun.
  Result<std::vector<PendingPtr>> started();
  void send(PendingPtr, std::chrono::milliseconds timeout);
  // Its start stands written, and nothing was sent.
  Status unsend(Pending&);
  // Waits as Transport::wait does, and hands over what ended; tells of each before anything reads it.
  Status wait(Instant deadline, const std::function<void(const Pending&)>& came);
  // Those whose end is durable by now, in the order in which they came.
  Result<std::vector<PendingPtr>> ended();

  // Cancels and forgets everything; tells of each how far it was.
  enum class Stage { begun, sent, came };
  void abandon(const std::function<void(Pending&, Stage)>&);

 private:
  Status end(Transfer, const std::function<void(const Pending&)>& came);
  Result<std::vector<PendingPtr>> take_durable(std::deque<PendingPtr>&) const;

  Transport& transport_;
  Ledger* const ledger_;
  std::deque<PendingPtr> starting_;                          // until their start is durable, in the ledger's order
  std::unordered_map<std::uint64_t, PendingPtr> in_flight_;  // by transfer
  std::deque<PendingPtr> ending_;                            // until their end is durable, in the ledger's order
};

}  // namespace plumb
