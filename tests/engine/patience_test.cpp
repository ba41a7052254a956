#include "engine/patience.h"

#include <doctest/doctest.h>

#include "engine/retry_budget.h"

namespace plumb {
namespace {

using Kind = Reading::Kind;
using std::chrono::milliseconds;

Reading reading(Kind kind) {
  Reading made;
  made.kind = kind;
  return made;
}

Pending after(int sent, int throttled = 0, int unclear = 0) {
  Pending pending;
  pending.sent = sent;
  pending.throttled = throttled;
  pending.unclear = unclear;
  return pending;
}

TEST_CASE("only what may come out otherwise is asked again") {
  const Limits limits;
  for (const Kind kind : {Kind::transient, Kind::throttled, Kind::unclear})
    CHECK(is_asked_again(after(1, kind == Kind::throttled, kind == Kind::unclear), reading(kind), limits));
  for (const Kind kind : {Kind::answered, Kind::refused, Kind::denied, Kind::stop})
    CHECK_FALSE(is_asked_again(after(1), reading(kind), limits));
  Pending errand = after(1);
  errand.job.errand = true;
  CHECK_FALSE(is_asked_again(errand, reading(Kind::transient), limits));
}

TEST_CASE("failures count up to attempts_max, being too fast up to twelve beside them, unclear replies up to resend") {
  Limits limits;
  limits.attempts_max = 3;
  limits.resend = 1;
  CHECK(is_asked_again(after(2), reading(Kind::transient), limits));
  CHECK_FALSE(is_asked_again(after(3), reading(Kind::transient), limits));
  CHECK(is_asked_again(after(12, 10), reading(Kind::transient), limits));
  CHECK(is_asked_again(after(13, 11), reading(Kind::throttled), limits));
  CHECK_FALSE(is_asked_again(after(12, 12), reading(Kind::throttled), limits));
  CHECK(is_asked_again(after(1, 0, 1), reading(Kind::unclear), limits));
  CHECK_FALSE(is_asked_again(after(2, 0, 2), reading(Kind::unclear), limits));
  CHECK_FALSE(is_asked_again(after(3, 0, 1), reading(Kind::unclear), limits));
}

TEST_CASE("the wait is random below a ceiling that doubles, from a quarter of a second or a second to a minute") {
  const double most = 0.9999999;
  const auto rest = [&](int sent, Kind kind, int status, double dice) {
    Pending pending = after(sent, kind == Kind::throttled ? sent : 0);
    pending.end.response.status = status;
    return rest_before_retry(pending, reading(kind), dice);
  };
  CHECK(rest(1, Kind::transient, 500, 0.0) == milliseconds(0));
  CHECK(rest(1, Kind::transient, 500, most) == milliseconds(249));
  CHECK(rest(2, Kind::transient, 500, most) == milliseconds(499));
  CHECK(rest(3, Kind::transient, 500, 0.5) == milliseconds(500));
  CHECK(rest(1, Kind::transient, 503, most) == milliseconds(999));
  CHECK(rest(1, Kind::throttled, 429, most) == milliseconds(999));
  CHECK(rest(7, Kind::throttled, 429, most) == milliseconds(59'999));
  CHECK(rest(1'000, Kind::throttled, 429, most) == milliseconds(59'999));
}

TEST_CASE("what the server asked to wait comes before the random part") {
  Reading told = reading(Kind::throttled);
  told.after = milliseconds(7'000);
  CHECK(rest_before_retry(after(1, 1), told, 0.0) == milliseconds(7'000));
  CHECK(rest_before_retry(after(1, 1), told, 0.5) == milliseconds(7'500));
}

TEST_CASE("a retry for speed costs less of the allowance than one for a failure") {
  CHECK(retry_cost(reading(Kind::throttled)) == RetryBudget::k_cost_throttled);
  CHECK(retry_cost(reading(Kind::transient)) == RetryBudget::k_cost_transient);
  CHECK(retry_cost(reading(Kind::unclear)) == RetryBudget::k_cost_transient);
}

}  // namespace
}  // namespace plumb
