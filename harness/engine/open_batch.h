// A batch as the lane knows it: its note, its requests with who waits for each, and how far it is.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "domain/batch_book.h"
#include "domain/ledger.h"
#include "engine/batch_end.h"
#include "engine/batch_queue.h"
#include "engine/batch_task.h"
#include "engine/budget.h"
#include "engine/transport.h"
#include "providers/provider.h"

namespace plumb {

struct OpenBatch {
  struct Item {
    std::int64_t attempt = 0;
    std::optional<BatchWaiter> waiter;
    double held_usd = 0.0;
    std::optional<BatchEnd> end;
    bool settled = false;  // the ledger has the end
  };

  BatchNote note;
  std::string group;
  std::map<std::string, Item> items;        // by request key; those that nobody will ask for any more are gone
  std::optional<BatchTask> task;            // none: nothing of it is wanted yet
  std::string account, key;                 // for its errands
  std::optional<Ledger::Ticket> recording;  // when its starts are durable, it is written down, and sent
  bool under_way = false;                   // an errand is out
  std::optional<Failure> parked;            // the vendor has it, and it cannot be got at in this session
  bool ended = false;                       // every item has its end
  std::size_t unsettled = 0;                // items whose end the ledger does not have yet
  std::size_t answered = 0;                 // of those that are settled
  std::optional<std::size_t> told_done;     // what people were told last, and when
  Instant told_at{0};

  bool is_awaited() const {
    return std::ranges::any_of(items, [](const auto& each) { return each.second.waiter.has_value(); });
  }
};

// Null: it cannot go into any batch.
inline const BatchDialect* dialect_of(const Job& job) {
  return job.provider && job.model ? job.provider->batch() : nullptr;
}

// Of a job that has a dialect.
inline double cost_at_most_in_batch(const Job& job) { return cost_at_most(job) * dialect_of(job)->price_factor(); }

inline Failure batch_cancelled() { return {Failure::Kind::cancelled, 0, "cancelled"}; }

inline BatchEnd batch_not_sent(BatchEnd::Fate fate, Failure failure = {}) {
  return {.fate = fate, .state = AttemptEnd::State::not_sent, .result = {}, .failure = std::move(failure)};
}

}  // namespace plumb
