// Whether a request is asked again, when, and at what cost to its account's allowance of retries.
#pragma once

#include <chrono>

#include "domain/spec.h"
#include "engine/pending.h"
#include "engine/reading.h"

namespace plumb {

// `pending` counts the attempt that was read. Too fast counts apart and up to twelve times, which outwaits a
// minute's window; all else up to attempts_max, and what is unclear `resend` times beyond the first.
bool is_asked_again(const Pending&, const Reading&, const Limits&);

// How long to rest before that: what the server asked for, and a random time below a ceiling that doubles with every
// failure from a second, or a quarter where the server is not slow, to a minute. `dice` is uniform in [0, 1).
std::chrono::milliseconds rest_before_retry(const Pending&, const Reading&, double dice);

int retry_cost(const Reading&);

}  // namespace plumb
