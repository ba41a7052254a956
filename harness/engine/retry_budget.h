// How many retries one account may have: an allowance that retries use up and successes restore, so that clients
// do not multiply the load of a vendor who is down.
//
// The amounts are those of the AWS SDKs' retry quota (500 tokens; 14 for what was lost or failed at the server, 5
// for what came too fast; 1 for each success at the first try, and a retry that succeeds gets its own back).
#pragma once

#include <algorithm>

namespace plumb {

class RetryBudget {
 public:
  static constexpr int k_tokens_max = 500;
  static constexpr int k_cost_transient = 14;
  static constexpr int k_cost_throttled = 5;

  // False: too little is left, and nothing was taken.
  bool pay(int cost) {
    if (tokens_ < cost) return false;
    tokens_ -= cost;
    return true;
  }

  // `retry_cost`: of the try that succeeded, paid or not; 0 for a first try.
  void succeeded(int retry_cost) { tokens_ = std::min(k_tokens_max, tokens_ + std::max(1, retry_cost)); }

  int tokens() const { return tokens_; }

 private:
  int tokens_ = k_tokens_max;
};

}  // namespace plumb
