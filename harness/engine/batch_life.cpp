// The life of a batch, as the lane leads it: from the queue to the last of its results.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/batch_lane.h"
#include "engine/batch_words.h"
#include "engine/open_batch.h"

namespace plumb {

namespace {

constexpr std::chrono::milliseconds k_held{60'000};  // until more is enqueued, after the vendor had too much
constexpr int k_absences_max = 3;

}  // namespace

void BatchLane::send_gathered() {
  const auto admit = [this](const Job& job) {
    const double usd = cost_at_most_in_batch(job);
    if (!world_.budget.fits(usd)) return false;
    world_.budget.hold(usd);
    return true;
  };
  const Instant now = world_.transport.now();
  while (!error_) {
    auto load = queue_.take(now, live_jobs_ > 0, admit);
    if (!load) break;
    send(*std::move(load));
  }
  end_what_cannot_be_paid();
}

// Nothing is out that could turn out to be cheaper, and yet there is no room for what waits and is due.
void BatchLane::end_what_cannot_be_paid() {
  const auto due = queue_.due(live_jobs_ > 0);
  const bool stuck =
      due && *due <= world_.transport.now() && live_jobs_ == 0 && settling_.empty() && world_.budget.settled();
  if (!stuck || error_) return;
  over_budget_ = true;
  for (BatchWaiter& waiter : queue_.take_all()) {
    batch_of_.erase(waiter.job.start.request_key);
    land(std::move(waiter.landed),
         {.failure = Failure{Failure::Kind::over_budget, 0, "would cost more than was allowed"}, .cost_known = true});
  }
}

void BatchLane::send(BatchLoad load) {
  auto batch = std::make_unique<OpenBatch>();
  BatchNote& note = batch->note;
  BatchTask::Setup setup{.dialect = load.dialect, .like = load.waiters.front().job.request};
  setup.like.body.clear();
  note = {.name = options_.unique_name(),
          .provider = std::string(load.dialect->name()),
          .url = setup.like.url,
          .at = options_.clock()};
  batch->group = load.group;
  batch->account = load.waiters.front().job.account;
  batch->key = load.waiters.front().job.key;
  batch->recording = 0;
  for (BatchWaiter& waiter : load.waiters) {
    OpenBatch::Item item{.held_usd = cost_at_most_in_batch(waiter.job)};
    const std::string key = waiter.job.start.request_key;
    if (world_.ledger) {
      AttemptStart start = waiter.job.start;
      start.at = note.at;
      start.reserved_usd = item.held_usd;
      auto started = world_.ledger->start(start);
      if (!started) return heed(started.error());
      item.attempt = started->attempt;
      batch->recording = started->ticket;
    }
    note.items.push_back({key, item.attempt});
    item.waiter = std::move(waiter);
    batch_of_[key] = batch.get();
    batch->items.emplace(key, std::move(item));
  }
  note.requests = note.items.size();
  setup.lines = std::move(load.lines);
  start_task(*batch, std::move(setup));
  tell(words_of_sending(batch->items.size(), load.bytes));
  const std::string name = note.name;
  batches_.emplace(name, std::move(batch));
}

void BatchLane::start_task(OpenBatch& batch, BatchTask::Setup setup) {
  setup.name = batch.note.name;
  setup.at = batch.note.at;
  setup.pace = options_.pace;
  setup.requests = batch.note.requests;
  for (const BatchItem& each : batch.note.items) setup.keys.insert(each.request_key);
  batch.task.emplace(std::move(setup));
  for (const std::string& id : vendor_ids_) {
    if (id != batch.note.vendor_id) batch.task->not_this_one(id);
  }
}

Status BatchLane::advance(OpenBatch& batch) {
  if (batch.recording) {
    if (world_.ledger && TRY(world_.ledger->durable()) < *batch.recording) return Done{};
    TRY(world_.book.add(batch.note));
    batch.recording.reset();
  }
  if (!batch.task || batch.under_way || batch.parked || batch.ended) return Done{};
  if (draining_ && !(batch.task->fetching() && batch.is_awaited())) return Done{};
  if (auto request = batch.task->call(world_.transport.now())) errand(batch, *std::move(request));
  return Done{};
}

void BatchLane::errand(OpenBatch& batch, HttpRequest request) {
  batch.under_way = true;
  ++live_jobs_;
  Job job{.account = batch.account, .request = std::move(request), .urgent = true, .key = batch.key, .errand = true};
  world_.live.submit(std::move(job), [this, name = batch.note.name](const Landing& landing) {
    --live_jobs_;
    heard(name, landing);
  });
}

void BatchLane::heard(const std::string& name, const Landing& landing) {
  const auto found = batches_.find(name);
  if (found == batches_.end()) return;
  OpenBatch& batch = *found->second;
  batch.under_way = false;
  take(batch, batch.task->replied(world_.transport.now(), landing));
  if (!draining_ || batch.ended || batch.task->fetching()) return;
  if (!batch.task->may_be_created()) return end_all(batch, batch_not_sent(BatchEnd::Fate::failed, batch_cancelled()));
  let_go(batch, batch_cancelled());
}

void BatchLane::take(OpenBatch& batch, BatchNews news) {
  using Kind = BatchNews::Kind;
  using Fate = BatchEnd::Fate;
  std::string& why = news.failure.message;
  switch (news.kind) {
    case Kind::nothing:
      return;
    case Kind::created:
      created(batch, news.id);
      return tell_progress(batch);
    case Kind::working:
      return tell_progress(batch);
    case Kind::results:
      return take_results(batch, std::move(news));
    case Kind::refused:
      tell(fmt::format("the batch was refused: {}", why));
      return end_all(batch, batch_not_sent(Fate::failed, std::move(news.failure)));
    case Kind::too_many:
      return too_many(batch, std::move(news.failure));
    case Kind::unavailable:
      tell(fmt::format("there is no batch interface at this address ({}): asking directly, at the full price", why));
      direct_.insert(batch.group);
      return end_all(batch, batch_not_sent(Fate::direct));
    case Kind::absent:
      tell(fmt::format("{}: its requests are sent again", why));
      return end_all(batch, batch_not_sent(Fate::again, std::move(news.failure)));
    case Kind::lost:
      news.failure.kind = Failure::Kind::unclear;
      why += " (may have been billed)";
      tell(fmt::format("a batch is lost: {}", why));
      return end_all(batch,
                     {.fate = Fate::failed, .state = AttemptEnd::State::unclear, .failure = std::move(news.failure)});
    case Kind::halted:
      tell(fmt::format("{}; {}", why, words_of_staying(batch.task->status())));
      batch.parked = std::move(news.failure);
      return let_go(batch, *batch.parked);
  }
}

void BatchLane::created(OpenBatch& batch, const std::string& vendor_id) {
  heed(world_.book.created(batch.note.name, vendor_id));
  batch.note.vendor_id = vendor_id;
  vendor_ids_.insert(vendor_id);
  for (auto& [name, other] : batches_) {
    if (other.get() != &batch && other->task) other->task->not_this_one(vendor_id);
  }
}

// More is enqueued than the account may have, by us or by others: later there is room, and for less sooner.
void BatchLane::too_many(OpenBatch& batch, Failure failure) {
  const bool others = std::ranges::any_of(batches_, [&](const auto& each) {
    return each.second.get() != &batch && each.second->group == batch.group && !each.second->ended;
  });
  if (!others && batch.items.size() <= 1)
    return end_all(batch, batch_not_sent(BatchEnd::Fate::failed, std::move(failure)));
  if (!others) queue_.limit(batch.group, batch.items.size() / 2);
  queue_.hold(batch.group, world_.transport.now() + k_held);
  tell(fmt::format("{} Trying again in a minute{}", failure.message, others ? "" : ", with half as many"));
  end_all(batch, batch_not_sent(BatchEnd::Fate::later));
}

void BatchLane::take_results(OpenBatch& batch, BatchNews news) {
  if (batch.note.vendor_id != news.id) created(batch, news.id);  // only its results told which one it is
  for (BatchResult& result : news.results) {
    const auto found = batch.items.find(result.request_key);
    if (found != batch.items.end() && !found->second.end) {
      end(batch, found->first, found->second, batch_end(std::move(result)));
    }
  }
  end_all(batch, batch_end_without_result(news.rest));
}

// Of those that have no end yet.
void BatchLane::end_all(OpenBatch& batch, const BatchEnd& what) {
  for (auto& [key, item] : batch.items) {
    if (!item.end) end(batch, key, item, what);
  }
  batch.ended = true;
  close_if_done(batch);
}

void BatchLane::end(OpenBatch& batch, const std::string& key, OpenBatch::Item& item, BatchEnd what) {
  item.end = std::move(what);
  ++batch.unsettled;
  Ledger::Ticket ticket = 0;
  if (world_.ledger && item.attempt != 0) {
    AttemptEnd written{.state = item.end->state, .response = item.end->result.response, .at = options_.clock()};
    if (item.end->fate != BatchEnd::Fate::result) written.response.error = item.end->failure.message;
    auto handed_over = world_.ledger->end(item.attempt, written);
    if (!handed_over) return heed(handed_over.error());
    ticket = *handed_over;
  }
  settling_.push_back({ticket, batch.note.name, key});
}

Status BatchLane::settle() {
  if (settling_.empty()) return Done{};
  const Ledger::Ticket durable = world_.ledger ? TRY(world_.ledger->durable()) : 0;
  while (!settling_.empty() && settling_.front().ticket <= durable) {
    const Settling done = std::move(settling_.front());
    settling_.pop_front();
    OpenBatch& batch = *batches_.at(done.batch);
    OpenBatch::Item& item = batch.items.at(done.key);
    item.settled = true;
    --batch.unsettled;
    const bool is_result = item.end->fate == BatchEnd::Fate::result;
    const bool answered = is_result && item.end->result.response.status == 200;
    ++(answered ? completed_ : failed_);
    batch.answered += answered;
    // A result that nobody asked for yet is kept for who will.
    if (item.waiter || !is_result) conclude(batch, done.key);
    close_if_done(batch);
  }
  return Done{};
}

// Who waits, if anybody does, hears of it; and the batch forgets it.
void BatchLane::conclude(OpenBatch& batch, const std::string& key) {
  OpenBatch::Item item = std::move(batch.items.extract(key).mapped());
  batch_of_.erase(key);
  if (!item.waiter) return;
  BatchWaiter waiter = *std::move(item.waiter);
  BatchVerdict verdict = judge(*item.end, waiter.job, item.attempt, draining_);
  world_.budget.settle(item.held_usd, verdict.landing.cost_known ? verdict.landing.cost_usd : item.held_usd);
  if (verdict.then == BatchVerdict::Then::again && ++waiter.absences >= k_absences_max) {
    verdict.then = BatchVerdict::Then::land;
    verdict.landing.failure = item.end->failure;
  }
  using Then = BatchVerdict::Then;
  const bool in_a_batch = verdict.then == Then::again || verdict.then == Then::later;
  if (in_a_batch && may_gather(waiter.job)) return gather(std::move(waiter));
  if (verdict.then != Then::land) return to_live(std::move(waiter), std::move(verdict.landing));
  land(std::move(waiter.landed), std::move(verdict.landing));
}

void BatchLane::close_if_done(OpenBatch& batch) {
  if (!batch.ended || batch.unsettled > 0) return;
  heed(world_.book.close(batch.note.name));
  if (batch.answered > 0) {
    tell(fmt::format("batch {} has ended: {} of {} answered", batch.note.vendor_id, batch.answered,
                     batch.note.items.size()));
  }
}

// Who waits hears this; the batch goes on at the vendor, and stays in the book.
void BatchLane::let_go(OpenBatch& batch, const Failure& failure) {
  if (batch.is_awaited() && batch.task->created() && !batch.parked) tell(words_of_staying(batch.task->status()));
  for (auto& [key, item] : batch.items) {
    if (!item.waiter || item.end) continue;
    land(std::move(item.waiter->landed), {.failure = failure, .cost_known = true});
    item.waiter.reset();
  }
}

}  // namespace plumb
