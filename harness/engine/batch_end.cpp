#include "engine/batch_end.h"

#include <utility>

#include "domain/cost.h"
#include "engine/reading.h"
#include "providers/provider.h"

namespace plumb {

namespace {

constexpr const char* k_may_have_been_billed = " (may have been billed)";

BatchVerdict cancelled(std::string why = "cancelled") {
  return {.landing = {.failure = Failure{Failure::Kind::cancelled, 0, std::move(why)}, .cost_known = true}};
}

BatchVerdict unasked(BatchVerdict::Then then) { return {.then = then, .landing = {.cost_known = true}}; }

BatchVerdict read_reply(const HttpResponse& response, const Job& job, std::int64_t attempt, bool draining) {
  Reading reading = read(response, job.provider, job.model);
  BatchVerdict verdict;
  Landing& landing = verdict.landing;
  landing = {.response = response, .attempts = 1, .attempt = attempt, .cost_known = true};
  if (reading.completion) {
    const auto alone_usd = cost_of(job.model->price, reading.completion->usage);
    landing.cost_known = alone_usd.has_value();
    landing.cost_usd = alone_usd.value_or(0.0) * job.provider->batch()->price_factor();
    landing.completion = std::move(reading.completion);
    return verdict;
  }
  const bool unreadable = response.status >= 200 && response.status < 300 && reading.kind == Reading::Kind::unclear;
  if (!unreadable && reading.may_ask_again()) {  // an error within a batch costs nothing
    if (draining) return cancelled();
    verdict.then = BatchVerdict::Then::direct;
    return verdict;
  }
  landing.unclear = unreadable ? 1 : 0;
  landing.cost_known = !unreadable;
  landing.failure = std::move(reading.failure);
  return verdict;
}

BatchVerdict judge_result(const BatchResult& result, const Job& job, std::int64_t attempt, bool draining) {
  if (result.kind == BatchResult::Kind::replied) return read_reply(result.response, job, attempt, draining);
  // Somebody stopped the batch on purpose: that is no reason to pay the full price.
  if (result.kind == BatchResult::Kind::cancelled) return cancelled(result.response.error);
  if (draining) return cancelled();
  return unasked(BatchVerdict::Then::direct);
}

}  // namespace

BatchEnd batch_end(BatchResult result) {
  const bool replied = result.kind == BatchResult::Kind::replied;
  BatchEnd end;
  end.state = replied ? state_of(result.response) : AttemptEnd::State::not_sent;
  end.result = std::move(result);
  return end;
}

BatchEnd batch_end_without_result(std::optional<BatchResult::Kind> rest) {
  BatchEnd end;
  if (rest) {
    end.state = AttemptEnd::State::not_sent;
    end.result.kind = *rest;
    end.result.response.error = *rest == BatchResult::Kind::expired ? "the batch expired" : "the batch was cancelled";
    return end;
  }
  end.fate = BatchEnd::Fate::failed;
  end.state = AttemptEnd::State::unclear;
  end.failure = {Failure::Kind::unclear, 0,
                 std::string("the batch ended without a result of this request") + k_may_have_been_billed};
  return end;
}

BatchVerdict judge(const BatchEnd& end, const Job& job, std::int64_t attempt, bool draining) {
  switch (end.fate) {
    case BatchEnd::Fate::result:
      return judge_result(end.result, job, attempt, draining);
    case BatchEnd::Fate::direct:
      return draining ? cancelled() : unasked(BatchVerdict::Then::direct);
    case BatchEnd::Fate::again:
      return draining ? cancelled() : unasked(BatchVerdict::Then::again);
    case BatchEnd::Fate::later:
      return draining ? cancelled() : unasked(BatchVerdict::Then::later);
    case BatchEnd::Fate::failed:
      break;
  }
  const bool unclear = end.state == AttemptEnd::State::unclear;
  return {.landing = {.failure = end.failure,
                      .attempts = unclear ? 1 : 0,
                      .unclear = unclear ? 1 : 0,
                      .attempt = attempt,
                      .cost_known = !unclear}};
}

}  // namespace plumb
