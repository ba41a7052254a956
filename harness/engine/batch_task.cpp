#include "engine/batch_task.h"

#include <algorithm>
#include <utility>

namespace plumb {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds k_retry_first{2'000};
constexpr milliseconds k_retry_max{60'000};
constexpr int k_failures_max = 6;  // two minutes
constexpr int k_looks_max = 2;
constexpr int k_pages_max = 200;
constexpr milliseconds k_look_first{10'000};
constexpr UnixMillis k_clock_skew_ms = 10 * 60'000;
constexpr double k_poll_growth = 1.5;
constexpr std::size_t k_results_bytes_max = std::size_t{1} << 30;

bool is_refusal(const Landing& landing) {
  return landing.failure && landing.response.status >= 400 && landing.response.status < 500 &&
         landing.response.status != 408 && landing.response.status != 425 && landing.response.status != 429;
}

bool is_about_the_account(int status) { return status == 401 || status == 402 || status == 403; }
bool is_no_such_thing(int status) { return status == 404 || status == 405 || status == 410 || status == 501; }

// Nothing of it can have had an effect: not sent whole, or told to come back later.
bool had_no_effect(const Landing& landing) {
  return landing.response.status == 429 || (landing.response.status == 0 && !landing.response.sent);
}

BatchNews news(BatchNews::Kind kind, Failure::Kind failure = Failure::Kind::rejected, std::string why = "") {
  BatchNews made;
  made.kind = kind;
  made.failure = {failure, 0, std::move(why)};
  return made;
}

BatchNews news(BatchNews::Kind kind, const Landing& landing) {
  BatchNews made;
  made.kind = kind;
  if (landing.failure) made.failure = *landing.failure;
  if (is_about_the_account(landing.response.status)) made.failure.kind = Failure::Kind::cancelled;
  return made;
}

}  // namespace

BatchTask::BatchTask(Setup setup)
    : setup_(std::move(setup)),
      step_(!setup_.vendor_id.empty() ? Step::poll
            : setup_.lines.empty()    ? Step::look
                                      : Step::upload),
      interval_(setup_.pace.poll_first) {
  status_.id = setup_.vendor_id;
  status_.total = setup_.requests;
}

void BatchTask::go_on(Step step, Instant when) {
  step_ = step;
  due_ = when;
  failures_ = 0;
}

std::optional<HttpRequest> BatchTask::call(Instant now) {
  if (waiting_for_reply_ || now < due_) return std::nullopt;
  if (step_ == Step::upload) {
    if (auto request = setup_.dialect->upload(setup_.like, setup_.name, setup_.lines)) {
      waiting_for_reply_ = true;
      return request;
    }
    go_on(Step::create, now);
  }
  waiting_for_reply_ = true;
  return request();
}

HttpRequest BatchTask::request() const {
  switch (step_) {
    case Step::upload:
    case Step::create:
      return setup_.dialect->create(setup_.like, setup_.name, upload_id_, setup_.lines);
    case Step::look:
      return setup_.dialect->list(setup_.like, page_);
    case Step::probe:
      return setup_.dialect->poll(setup_.like, candidates_.back());
    case Step::poll:
      return setup_.dialect->poll(setup_.like, status_.id);
    case Step::fetch: {
      HttpRequest request = setup_.dialect->fetch(setup_.like, status_, status_.results[results_at_]);
      request.reply_bytes_max = k_results_bytes_max;
      return request;
    }
  }
  return {};
}

BatchNews BatchTask::replied(Instant now, const Landing& landing) {
  waiting_for_reply_ = false;
  const bool unwanted = landing.failure && (landing.failure->kind == Failure::Kind::cancelled ||
                                            landing.failure->kind == Failure::Kind::over_budget);
  if (unwanted) {  // it was not sent, and will not be
    const bool made = step_ != Step::upload && step_ != Step::create;
    return news(made ? BatchNews::Kind::halted : BatchNews::Kind::refused, landing);
  }
  switch (step_) {
    case Step::upload:
      return uploaded(now, landing);
    case Step::create:
      return create_replied(now, landing);
    case Step::look:
      return listed(now, landing);
    case Step::probe:
    case Step::poll:
      return polled(now, landing);
    case Step::fetch:
      return fetched(now, landing);
  }
  return {};
}

// The same call after a while; `otherwise` when that has been tried often enough.
BatchNews BatchTask::again(Instant now, BatchNews otherwise) {
  if (++failures_ >= k_failures_max) return otherwise;
  due_ = now + std::min(k_retry_max, k_retry_first * (1 << failures_));
  return {};
}

BatchNews BatchTask::uploaded(Instant now, const Landing& landing) {
  if (landing.failure) {
    if (is_no_such_thing(landing.response.status)) return news(BatchNews::Kind::unavailable, landing);
    if (is_refusal(landing)) return news(BatchNews::Kind::refused, landing);
    return again(now, news(BatchNews::Kind::refused, landing));  // an upload alone has no price
  }
  auto id = setup_.dialect->read_upload(landing.response);
  if (!id) return again(now, news(BatchNews::Kind::refused, Failure::Kind::malformed, id.error().message));
  upload_id_ = *std::move(id);
  go_on(Step::create, now);
  return {};
}

BatchNews BatchTask::create_replied(Instant now, const Landing& landing) {
  if (landing.failure) {
    if (is_no_such_thing(landing.response.status)) return news(BatchNews::Kind::unavailable, landing);
    if (is_refusal(landing)) return news(BatchNews::Kind::refused, landing);
    if (had_no_effect(landing)) return again(now, news(BatchNews::Kind::refused, landing));
    look(now, k_look_first);
    return {};
  }
  const auto status = setup_.dialect->read_status(landing.response);
  if (status) return found(now, *status);
  look(now, k_look_first);
  return {};
}

BatchNews BatchTask::found(Instant now, const BatchStatus& status) {
  const std::size_t total = std::max(status.total, status_.total);
  status_ = status;
  status_.total = total;
  setup_.lines = {};
  go_on(Step::poll, now + interval_);
  BatchNews made = news(BatchNews::Kind::created);
  made.id = status.id;
  return made;
}

void BatchTask::look(Instant now, milliseconds wait) {
  page_.clear();
  pages_ = 0;
  candidates_.clear();
  go_on(Step::look, now + wait);
}

BatchNews BatchTask::listed(Instant now, const Landing& landing) {
  if (is_refusal(landing)) {
    return news(is_about_the_account(landing.response.status) ? BatchNews::Kind::halted : BatchNews::Kind::lost,
                landing);
  }
  if (landing.failure) {  // as long as it takes: sending again without having looked may cost twice
    due_ = now + setup_.pace.poll_max;
    return {};
  }
  const auto page = setup_.dialect->read_list(landing.response);
  if (!page) return again(now, news(BatchNews::Kind::lost, Failure::Kind::unclear, page.error().message));
  for (const BatchStatus& each : page->batches) {
    if (others_.contains(each.id)) continue;
    if (setup_.dialect->keeps_names()) {
      if (each.name == setup_.name) return found(now, each);
    } else if (each.total == status_.total &&
               (each.created_at == 0 || each.created_at >= setup_.at - k_clock_skew_ms)) {
      candidates_.push_back(each.id);
    }
  }
  if (!page->next.empty()) {  // to the end: not every vendor says in which order it lists
    constexpr const char* too_long = "the vendor's list of batches is too long";
    if (++pages_ >= k_pages_max) return news(BatchNews::Kind::lost, Failure::Kind::unclear, too_long);
    page_ = page->next;
    return {};
  }
  return try_candidate(now);
}

BatchNews BatchTask::not_this_candidate(Instant now) {
  others_.insert(candidates_.back());
  candidates_.pop_back();
  status_.id.clear();
  return try_candidate(now);
}

BatchNews BatchTask::try_candidate(Instant now) {
  if (!candidates_.empty()) {
    go_on(Step::probe, now);
    return {};
  }
  constexpr const char* none = "the vendor has no such batch";
  if (++looks_ >= k_looks_max) return news(BatchNews::Kind::absent, Failure::Kind::network, none);
  look(now, setup_.pace.look_again);
  return {};
}

BatchNews BatchTask::polled(Instant now, const Landing& landing) {
  const bool probing = step_ == Step::probe;
  if (landing.failure) {
    const int status = landing.response.status;
    if (is_no_such_thing(status)) return probing ? not_this_candidate(now) : news(BatchNews::Kind::lost, landing);
    if (is_refusal(landing)) return news(BatchNews::Kind::halted, landing);
    due_ = now + setup_.pace.poll_max;  // the batch goes on without us
    return {};
  }
  auto status = setup_.dialect->read_status(landing.response);
  if (!status) return again(now, news(BatchNews::Kind::halted, Failure::Kind::malformed, status.error().message));
  const std::size_t total = std::max(status->total, status_.total);
  const std::string id = probing ? candidates_.back() : status_.id;
  status_ = *std::move(status);
  status_.id = id;
  status_.total = total;
  if (status_.state == BatchStatus::State::failed) {
    return news(status_.too_many ? BatchNews::Kind::too_many : BatchNews::Kind::refused, Failure::Kind::rejected,
                status_.why);
  }
  if (status_.state == BatchStatus::State::ended) {
    results_.clear();
    results_at_ = 0;
    if (status_.results.empty()) return all_results();
    go_on(Step::fetch, now);
    return {};
  }
  failures_ = 0;
  due_ = now + interval_;
  interval_ =
      std::min(setup_.pace.poll_max,
               milliseconds(static_cast<milliseconds::rep>(static_cast<double>(interval_.count()) * k_poll_growth)));
  return news(BatchNews::Kind::working);
}

BatchNews BatchTask::fetched(Instant now, const Landing& landing) {
  if (landing.failure) {
    if (is_no_such_thing(landing.response.status)) {
      return candidates_.empty() ? news(BatchNews::Kind::lost, landing) : not_this_candidate(now);
    }
    const bool too_large = landing.response.status == 200 && landing.failure->kind == Failure::Kind::malformed;
    if (is_refusal(landing) || too_large) return news(BatchNews::Kind::halted, landing);
    return again(now, news(BatchNews::Kind::halted, landing));
  }
  auto results = setup_.dialect->read_results(landing.response);
  std::ranges::move(results, std::back_inserter(results_));
  if (++results_at_ < status_.results.size()) {
    go_on(Step::fetch, now);
    return {};
  }
  const bool ours = candidates_.empty() || std::ranges::any_of(results_, [&](const BatchResult& result) {
                      return setup_.keys.contains(result.request_key);
                    });
  if (!ours) return not_this_candidate(now);
  return all_results();
}

BatchNews BatchTask::all_results() {
  BatchNews made = news(BatchNews::Kind::results);
  made.id = status_.id;
  made.results = std::exchange(results_, {});
  made.rest = status_.rest;
  return made;
}

}  // namespace plumb
