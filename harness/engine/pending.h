// A job on its way to a landing, with the attempt that is due or under way.
#pragma once

#include <cstdint>
#include <memory>

#include "domain/ledger.h"
#include "engine/lane.h"

namespace plumb {

class AccountQueue;

struct Pending {
  Job job;
  Lane::Landed landed;
  AccountQueue* queue = nullptr;
  int sent = 0;
  int throttled = 0;  // of those sent
  int unclear = 0;    // of those sent
  double cost_usd = 0.0;
  bool cost_known = true;
  std::int64_t last_attempt = 0;  // the ledger's number of the last that was sent
  int retry_cost = 0;             // of the attempt that is due, against the account's allowance; 0 for the first

  std::uint64_t number = 0;   // grows with every place taken
  std::int64_t attempt = 0;   // the ledger's; 0: not in it
  Ledger::Ticket ticket = 0;  // of what was last handed over
  double held_usd = 0.0;
  std::uint64_t requests_slot = 0, tokens_slot = 0;  // Pace::sent
  AttemptEnd end;
};
using PendingPtr = std::unique_ptr<Pending>;

}  // namespace plumb
