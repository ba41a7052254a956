// What a run may cost in tokens, money and time, before any of it is paid.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "domain/spec.h"

namespace plumb {

struct Estimate {
  std::size_t cells = 0;
  std::int64_t requests = 0;                   // over the network: to models that are not built in
  std::int64_t tokens_in = 0, tokens_out = 0;  // of these
  double cost_usd = 0.0;                       // of those whose price is known
  bool price_unknown = false;                  // of some of them
  std::string prices_as_of;                    // the day of plumb's own table, where it was used
  std::chrono::seconds time{0};                // at the concurrency and the rates that eval.yaml allows
};

// Of the whole grid, as if none of it were stored. Within a factor of two at best: tokens are guessed from letters,
// answers are taken to be 150 tokens long and to come within a few seconds.
Estimate estimate(const EvalSpec&);

// "over the network: 1,164 requests, about 812,000 tokens in, 175,000 out, $0.23 (prices of 2026-11-22), 2 min".
std::string describe(const Estimate&);

}  // namespace plumb
