// What a run may cost, and what it has: no request starts that could take it past its limit.
//
// Before a request starts, what it may cost at most is held back. Its input is taken as one token a byte of the
// request's body, which no tokenizer passes that falls back on bytes, and is two to four times what text comes to;
// its output as the limit of tokens that it names, or 4,096 where it names none. Models without a price are free.
#pragma once

#include <optional>

#include "engine/lane.h"

namespace plumb {

// In US dollars; 0 where there is no price.
double cost_at_most(const Job&);

class Budget {
 public:
  Budget(std::optional<double> cost_max_usd, double spent_usd) : cost_max_usd_(cost_max_usd), spent_usd_(spent_usd) {}

  bool fits(double usd) const;
  // Nothing is held back that could still turn out to be free.
  bool settled() const { return holders_ == 0; }

  void hold(double usd);
  // The request is over, and this is what it cost; what was held for it where that cannot be known.
  void settle(double held_usd, double cost_usd);

  // Spent and held back.
  double cost_usd() const { return spent_usd_ + held_usd_; }

 private:
  std::optional<double> cost_max_usd_;
  double spent_usd_;
  double held_usd_ = 0.0;
  int holders_ = 0;
};

}  // namespace plumb
