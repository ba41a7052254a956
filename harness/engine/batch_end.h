// What became of one request of a batch, and what that means for who waits for it. Pure.
#pragma once

#include <cstdint>

#include "domain/answer.h"
#include "domain/ledger.h"
#include "engine/lane.h"
#include "providers/batch.h"

namespace plumb {

struct BatchEnd {
  enum class Fate {
    result,  // the vendor says: `result`
    direct,  // nothing was worked on, and no batch will be taken: ask directly
    again,   // it turned out that there is no such batch: into another one
    later,   // the vendor has no room for it now: into another one
    failed,  // `failure`
  };
  Fate fate = Fate::result;
  AttemptEnd::State state = AttemptEnd::State::replied;  // for the ledger
  BatchResult result;
  Failure failure;
};

// Of what a result says: replied, or the vendor never got to it.
BatchEnd batch_end(BatchResult);
// The batch ended, and no result tells of this one.
BatchEnd batch_end_without_result(std::optional<BatchResult::Kind> rest);

struct BatchVerdict {
  enum class Then { land, direct, again, later };
  Then then = Then::land;
  Landing landing;  // with Then::direct: so far
};

// `attempt` as the ledger numbers it. A fault that may pass, and what expired, is asked directly, once: it does not
// come back here. While `draining` nothing is asked, and such a request ends as cancelled.
BatchVerdict judge(const BatchEnd&, const Job&, std::int64_t attempt, bool draining);

}  // namespace plumb
