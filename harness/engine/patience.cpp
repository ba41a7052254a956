#include "engine/patience.h"

#include <algorithm>

#include "engine/retry_budget.h"

namespace plumb {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds k_slow{1'000};
constexpr milliseconds k_quick{250};
constexpr milliseconds k_ceiling_max{60'000};
constexpr int k_doublings_max = 16;
constexpr int k_throttles_max = 12;

bool is_throttled(const Reading& reading) { return reading.kind == Reading::Kind::throttled; }

}  // namespace

bool is_asked_again(const Pending& pending, const Reading& reading, const Limits& limits) {
  if (!reading.may_ask_again() || pending.job.errand) return false;
  if (is_throttled(reading)) return pending.throttled < k_throttles_max;
  if (reading.kind == Reading::Kind::unclear && pending.unclear > limits.resend) return false;
  return pending.sent - pending.throttled < limits.attempts_max;
}

// Full jitter: clients that failed together come back apart.
milliseconds rest_before_retry(const Pending& pending, const Reading& reading, double dice) {
  const bool slow = is_throttled(reading) || pending.end.response.status == 503;
  const int failures = is_throttled(reading) ? pending.throttled : pending.sent - pending.throttled;
  const int doublings = std::clamp(failures - 1, 0, k_doublings_max);
  const milliseconds ceiling = std::min(k_ceiling_max, (slow ? k_slow : k_quick) * (1 << doublings));
  const milliseconds jitter(static_cast<milliseconds::rep>(dice * static_cast<double>(ceiling.count())));
  return reading.after.value_or(milliseconds(0)) + jitter;
}

int retry_cost(const Reading& reading) {
  return is_throttled(reading) ? RetryBudget::k_cost_throttled : RetryBudget::k_cost_transient;
}

}  // namespace plumb
