// One batch at a vendor, from its upload to its results: which call comes next, when, and what its reply means.
//
// It sends nothing and remembers nothing beyond its own life. A call that may have made a batch is never repeated:
// the vendor's list is looked at first, and what is not known for certain to be absent counts as there.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/http.h"
#include "engine/lane.h"
#include "engine/transport.h"
#include "providers/batch.h"

namespace plumb {

// What a reply came to.
struct BatchNews {
  enum class Kind {
    nothing,      // go on
    created,      // the vendor has it, by `id`
    working,      // asked, and it is not done: see status()
    results,      // all there will be; of `rest`, what became of the requests that have none
    refused,      // not created, in the vendor's words: nothing was worked on
    too_many,     // likewise, because too much is enqueued: later, or less at a time
    unavailable,  // the server knows of no such interface
    absent,       // it is certain now that the vendor has no such batch
    lost,         // it cannot be known any more what the vendor did
    halted,       // it is there and goes on, but this account, or this program, cannot get at it now
  };
  Kind kind = Kind::nothing;
  Failure failure;  // of those that end it, in the vendor's words; cancelled: the account cannot be asked at all
  std::string id;   // with created, and with results that told which batch it is
  std::vector<BatchResult> results;
  std::optional<BatchResult::Kind> rest;
};

class BatchTask {
 public:
  struct Pace {
    std::chrono::milliseconds poll_first{5'000};
    std::chrono::milliseconds poll_max{60'000};
    std::chrono::milliseconds look_again{30'000};  // a list may lag behind what it lists
  };

  struct Setup {
    const BatchDialect* dialect = nullptr;
    HttpRequest like;  // any request of the batch
    std::string name;
    std::string vendor_id;           // "" : not known to have been created
    std::set<std::string> keys;      // of its requests, or of some of them
    std::size_t requests = 0;        // how many it has
    std::vector<std::string> lines;  // of a new batch; with none and no id, it is looked for before all else
    UnixMillis at = 0;               // when it was written down
    Pace pace;
  };
  explicit BatchTask(Setup);

  // The call to make now; none: not before due(). After a call, none until its reply is told.
  std::optional<HttpRequest> call(Instant now);
  Instant due() const { return due_; }
  BatchNews replied(Instant now, const Landing&);

  // A batch of ours that the vendor's list may show: not to be taken for this one.
  void not_this_one(const std::string& vendor_id) { others_.insert(vendor_id); }

  const BatchStatus& status() const { return status_; }
  std::chrono::milliseconds interval() const { return interval_; }
  bool fetching() const { return step_ == Step::fetch; }
  // False: it is certain that the vendor has no such batch yet.
  bool may_be_created() const { return step_ != Step::upload && step_ != Step::create; }
  bool created() const { return !status_.id.empty() && candidates_.empty(); }

 private:
  enum class Step { upload, create, look, probe, poll, fetch };

  HttpRequest request() const;
  BatchNews uploaded(Instant now, const Landing&);
  BatchNews create_replied(Instant now, const Landing&);
  BatchNews listed(Instant now, const Landing&);
  BatchNews polled(Instant now, const Landing&);
  BatchNews fetched(Instant now, const Landing&);
  BatchNews not_this_candidate(Instant now);
  BatchNews try_candidate(Instant now);
  BatchNews found(Instant now, const BatchStatus&);
  BatchNews all_results();
  BatchNews again(Instant now, BatchNews otherwise);
  void look(Instant now, std::chrono::milliseconds wait);
  void go_on(Step, Instant when);

  Setup setup_;  // the lines are let go of once the batch is created

  Step step_ = Step::upload;
  Instant due_{0};
  bool waiting_for_reply_ = false;
  int failures_ = 0;  // of this step, one after the other
  std::string upload_id_;
  BatchStatus status_;
  std::chrono::milliseconds interval_;
  std::string page_;
  int pages_ = 0;
  int looks_ = 0;
  std::set<std::string> others_;
  std::vector<std::string> candidates_;  // without names: batches that may be this one; the last is being asked
  std::size_t results_at_ = 0;
  std::vector<BatchResult> results_;
};

}  // namespace plumb
