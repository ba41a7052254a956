#include "engine/batch_lane.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <utility>

#include "engine/batch_words.h"
#include "engine/open_batch.h"

namespace plumb {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds k_idle_wait{60'000};
constexpr milliseconds k_telling{600'000};
constexpr std::size_t k_key_length = 32;

std::string random_name() {
  std::random_device device;
  std::string name = "plumb-";
  for (int i = 0; i < 4; ++i) name += fmt::format("{:08x}", device());
  return name;
}

bool is_key(const std::string& key) {
  return key.size() == k_key_length &&
         std::ranges::all_of(key, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

Result<std::unique_ptr<BatchLane>> BatchLane::make(World world, Told told, BatchOptions options) {
  if (!options.clock) options.clock = wall_clock;
  if (!options.unique_name) options.unique_name = random_name;
  std::unique_ptr<BatchLane> lane(new BatchLane(world, std::move(told), std::move(options)));
  for (std::string& id : TRY(world.book.vendor_ids())) lane->vendor_ids_.insert(std::move(id));
  for (BatchNote& note : TRY(world.book.open_batches())) {
    if (note.items.empty()) {  // stopped between its last answer and this
      TRY(world.book.close(note.name));
    } else {
      lane->take_up(std::move(note));
    }
  }
  return lane;
}

BatchLane::BatchLane(World world, Told told, BatchOptions options)
    : world_(world), told_(std::move(told)), options_(std::move(options)), queue_(options_.limits) {}

BatchLane::~BatchLane() = default;

void BatchLane::take_up(BatchNote note) {
  auto batch = std::make_unique<OpenBatch>();
  for (const BatchItem& item : note.items) {
    batch->items[item.request_key].attempt = item.attempt;
    batch_of_[item.request_key] = batch.get();
  }
  batch->note = std::move(note);
  const std::string& name = batch->note.name;
  batches_.emplace(name, std::move(batch));
}

// ---- the lane

void BatchLane::submit(Job job, Landed landed) {
  BatchWaiter waiter{.job = std::move(job), .landed = std::move(landed)};
  const auto known = batch_of_.find(waiter.job.start.request_key);
  if (known != batch_of_.end() && known->second && dialect_of(waiter.job)) {
    OpenBatch::Item& item = known->second->items.at(known->first);
    if (!item.waiter) return attach(*known->second, item, std::move(waiter));
  }
  may_gather(waiter.job) ? gather(std::move(waiter)) : to_live(std::move(waiter), {.cost_known = true});
}

Status BatchLane::turn(bool may_wait) {
  heed(settle());
  if (run_landings()) may_wait = false;
  if (!draining_ && !error_) send_gathered();
  for (auto it = batches_.begin(); it != batches_.end() && !error_;) {
    heed(advance(*it->second));
    it = it->second->ended && it->second->items.empty() ? batches_.erase(it) : std::next(it);
  }
  if (error_) return *error_;
  if (!landings_.empty()) may_wait = false;
  if (live_jobs_ > 0) {  // it wakes within a minute, so that no errand comes much too late
    heed(world_.live.turn(may_wait));
  } else if (may_wait) {
    world_.transport.wait(next_due());  // of nothing but time, and of other threads
  }
  if (error_) return *error_;
  return Done{};
}

void BatchLane::drain() {
  draining_ = true;
  for (BatchWaiter& waiter : queue_.take_all()) {
    batch_of_.erase(waiter.job.start.request_key);
    land(std::move(waiter.landed), {.failure = batch_cancelled(), .cost_known = true});
  }
  for (auto& [name, batch] : batches_) {
    if (batch->ended) continue;
    const bool may_be_there = !batch->task || batch->task->may_be_created();
    const bool let_it_end = batch->under_way && (!may_be_there || batch->task->fetching());
    if (let_it_end) continue;  // what it does at the vendor, or brings, is worth the wait
    batch->recording.reset();
    may_be_there ? let_go(*batch, batch_cancelled())
                 : end_all(*batch, batch_not_sent(BatchEnd::Fate::failed, batch_cancelled()));
  }
  run_landings();
  world_.live.drain();
}

void BatchLane::abandon() {
  world_.live.abandon();
  live_jobs_ = 0;
  static_cast<void>(queue_.take_all());
  batches_.clear();
  batch_of_.clear();
  settling_.clear();
  landings_.clear();
}

Instant BatchLane::next_due() const {
  const Instant now = world_.transport.now();
  Instant due = now + k_idle_wait;
  for (const auto& [name, batch] : batches_) {
    const bool calls = batch->task && !batch->recording && !batch->parked && !batch->ended && !draining_;
    if (calls) due = std::min(due, batch->task->due());
  }
  // What is due already and did not leave waits for money, not for time.
  const auto leaves = queue_.due(live_jobs_ > 0);
  if (leaves && *leaves > now) due = std::min(due, *leaves);
  return std::max(due, now);
}

void BatchLane::heed(Status status) {
  if (!status && !error_) error_ = std::move(status).error();
}

// ---- ways to be answered

bool BatchLane::may_gather(const Job& job) const {
  const BatchDialect* dialect = dialect_of(job);
  const std::string& key = job.start.request_key;
  return options_.gather && dialect && !draining_ && !job.urgent && is_key(key) && !batch_of_.contains(key) &&
         dialect->takes(*job.model, job.request) && !direct_.contains(BatchQueue::group_of(job));
}

void BatchLane::gather(BatchWaiter waiter) {
  batch_of_[waiter.job.start.request_key] = nullptr;
  queue_.add(std::move(waiter), world_.transport.now());
}

// What came of it before is added to what comes of it there.
void BatchLane::to_live(BatchWaiter waiter, Landing so_far) {
  ++live_jobs_;
  world_.live.submit(std::move(waiter.job),
                     [this, landed = std::move(waiter.landed), so_far = std::move(so_far)](Landing landing) {
                       --live_jobs_;
                       landing.attempts += so_far.attempts;
                       landing.unclear += so_far.unclear;
                       landing.cost_usd += so_far.cost_usd;
                       landing.cost_known = landing.cost_known && so_far.cost_known;
                       landed(std::move(landing));
                     });
}

void BatchLane::attach(OpenBatch& batch, OpenBatch::Item& item, BatchWaiter waiter) {
  if (draining_ || batch.parked) {
    return land(std::move(waiter.landed),
                {.failure = draining_ ? batch_cancelled() : *batch.parked, .cost_known = true});
  }
  const Job& job = waiter.job;
  if (!batch.task) {
    BatchTask::Setup setup{.dialect = dialect_of(job), .like = job.request};
    setup.like.body.clear();
    setup.vendor_id = batch.note.vendor_id;
    batch.account = job.account;
    batch.key = job.key;
    batch.group = BatchQueue::group_of(job);
    start_task(batch, std::move(setup));
    tell(batch.note.vendor_id.empty()
             ? fmt::format("a batch of {} requests was begun before: looking for it", batch.items.size())
             : fmt::format("batch {} is there from before: its {} requests are not sent again", batch.note.vendor_id,
                           batch.items.size()));
  }
  item.held_usd = cost_at_most_in_batch(job);
  world_.budget.hold(item.held_usd);
  const std::string key = job.start.request_key;
  item.waiter = std::move(waiter);
  if (item.settled) conclude(batch, key);
}

// Callbacks run in turn() and drain() only, and never while a container that they may change is being walked.
void BatchLane::land(Landed landed, Landing landing) {
  landings_.emplace_back(
      [landed = std::move(landed), landing = std::move(landing)]() mutable { landed(std::move(landing)); });
}

bool BatchLane::run_landings() {
  const auto landings = std::exchange(landings_, {});
  for (const auto& landing : landings) landing();
  return !landings.empty();
}

// ---- what people are told

BatchCounts BatchLane::counts() const {
  BatchCounts counts{.queued = queue_.size(), .completed = completed_, .failed = failed_};
  for (const auto& [name, batch] : batches_) {
    for (const auto& [key, item] : batch->items) counts.in_batch += item.waiter && !item.settled;
  }
  return counts;
}

// A day of waiting is not told minute by minute: only what is new, and every ten minutes that it goes on.
void BatchLane::tell_progress(OpenBatch& batch) {
  if (!batch.task->created()) return;  // one that may be ours
  const BatchStatus& status = batch.task->status();
  const Instant now = world_.transport.now();
  const std::size_t done = status.completed + status.failed;
  if (batch.told_done == done && now < batch.told_at + k_telling) return;
  batch.told_done = done;
  batch.told_at = now;
  tell(words_of_progress(status, batch.task->due() - now));
}

void BatchLane::tell(const std::string& words) {
  if (told_) told_(counts(), words);
}

}  // namespace plumb
