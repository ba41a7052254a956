// Gets requests answered for less, and later: gathers those whose vendor has a batch interface, sends them together,
// waits, and lands each as if it had been asked alone. All else goes to the live lane at once.
//
// What the vendor was given is in the book (domain/batch_book.h) before it leaves, and each request's start is in the
// ledger before that. A request that is part of a batch in the book is never sent again: it waits for that batch. The
// calls that move batches are errands of the live lane, which answer nothing and cost nothing. What expired, and what
// met a fault that may pass, is asked once more through the live lane, at the full price.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "domain/batch_book.h"
#include "engine/batch_end.h"
#include "engine/batch_queue.h"
#include "engine/batch_task.h"
#include "engine/budget.h"
#include "engine/lane.h"
#include "engine/open_batch.h"
#include "engine/transport.h"

namespace plumb {

struct BatchCounts {
  std::size_t queued = 0;     // gathered, not sent yet
  std::size_t in_batch = 0;   // awaited from a vendor
  std::size_t completed = 0;  // of all batches of this session: answered
  std::size_t failed = 0;     // refused, expired, cancelled or lost
};

struct BatchOptions {
  bool gather = true;  // false: sends no batch, but waits for those in the book
  BatchLimits limits;
  BatchTask::Pace pace;
  std::function<UnixMillis()> clock;         // empty: the wall clock
  std::function<std::string()> unique_name;  // of a batch; empty: "plumb-" and 32 random hex digits
};

class BatchLane final : public Lane {
 public:
  // What happened to a batch, and how far all are; for people.
  using Told = std::function<void(const BatchCounts&, const std::string& words)>;

  // What a lane works with; all outlive it. The ledger may be null, and is the live lane's too, as is the budget.
  struct World {
    Lane& live;
    Transport& transport;
    Budget& budget;
    BatchBook& book;
    Ledger* ledger = nullptr;
  };
  // Fails where the book cannot be read.
  static Result<std::unique_ptr<BatchLane>> make(World, Told, BatchOptions);
  ~BatchLane() override;

  void submit(Job, Landed) override;
  // An error may be the book's, too.
  Status turn(bool may_wait) override;
  // What the vendors have stays with them, for the next run to fetch: its jobs end as cancelled here.
  void drain() override;
  void abandon() override;
  double cost_usd() const override { return world_.budget.cost_usd(); }
  bool over_budget() const override { return over_budget_ || world_.live.over_budget(); }

 private:
  BatchLane(World, Told, BatchOptions);
  void take_up(BatchNote);

  // Ways to be answered.
  bool may_gather(const Job&) const;
  void gather(BatchWaiter);
  void to_live(BatchWaiter, Landing so_far);
  void attach(OpenBatch&, OpenBatch::Item&, BatchWaiter);
  void land(Landed, Landing);
  bool run_landings();

  // The life of a batch, in order.
  void send_gathered();
  void send(BatchLoad);
  void start_task(OpenBatch&, BatchTask::Setup);
  Status advance(OpenBatch&);
  void errand(OpenBatch&, HttpRequest);
  void heard(const std::string& name, const Landing&);
  void take(OpenBatch&, BatchNews);
  void created(OpenBatch&, const std::string& vendor_id);
  void too_many(OpenBatch&, Failure);
  void take_results(OpenBatch&, BatchNews);
  void end_all(OpenBatch&, const BatchEnd&);
  void end(OpenBatch&, const std::string& key, OpenBatch::Item&, BatchEnd);
  Status settle();
  void conclude(OpenBatch&, const std::string& key);
  void close_if_done(OpenBatch&);
  void let_go(OpenBatch&, const Failure&);

  Instant next_due() const;
  void end_what_cannot_be_paid();
  BatchCounts counts() const;
  void tell_progress(OpenBatch&);
  void tell(const std::string& words);
  void heed(Status);

  const World world_;
  const Told told_;
  const BatchOptions options_;

  BatchQueue queue_;
  std::map<std::string, std::unique_ptr<OpenBatch>> batches_;  // by name
  std::unordered_map<std::string, OpenBatch*> batch_of_;       // by request key; null: gathered
  std::set<std::string> vendor_ids_;                           // of all batches that the book has ever known
  std::set<std::string> direct_;                               // groups whose server takes no batches
  struct Settling {
    Ledger::Ticket ticket = 0;
    std::string batch, key;
  };
  std::deque<Settling> settling_;                // in the order of their tickets
  std::vector<std::function<void()>> landings_;  // run by the next turn
  std::size_t live_jobs_ = 0;                    // of the live lane, errands among them
  std::size_t completed_ = 0, failed_ = 0;
  bool draining_ = false;
  bool over_budget_ = false;
  std::optional<Error> error_;
};

}  // namespace plumb
