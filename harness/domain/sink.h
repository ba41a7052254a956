// Where a run's news goes: the store, the progress line, a test.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "domain/answer.h"
#include "domain/score.h"
#include "domain/spec.h"

namespace plumb {

// All there is to know about one answer, as it came.
struct AnswerRecord {
  Reply reply;
  std::vector<std::string> passages;  // ids of those shown, in order
  std::string request_digest;
  std::string raw_body;      // the last reply as received; "" for models that run inside plumb
  int attempts = 0;          // requests sent for it
  int unclear = 0;           // of those: sent whole without a reply that can be read, so perhaps paid for in vain
  bool cached = false;       // the replies are those of an earlier run
  std::int64_t attempt = 0;  // of the last reply, as the ledger numbers it; 0: none
  UnixMillis answered_at = 0;
  double cost_usd = 0.0;  // 0 when the price is not known
  bool cost_known = false;
};

// Called on the engine's thread only, in the order things happened.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void run_started(std::size_t /*cells*/) {}
  // An error stops the run at once: what cannot be stored must not be paid for.
  virtual Status answered(const Cell&, const AnswerRecord&) { return Done{}; }
  virtual Status finished(const Cell&, const std::vector<Score>&, const OutcomeOf&) { return Done{}; }
  virtual void waiting(std::chrono::milliseconds /*how_long*/, const std::string& /*why*/) {}
  // What became of a batch at a vendor, and how far all are: one sentence.
  virtual void batch_told(const std::string& /*words*/) {}
  // No more can be asked of an account: why, in the vendor's words.
  virtual void account_stopped(const std::string& /*why*/) {}
  virtual void run_finished(bool /*complete*/) {}
};

}  // namespace plumb
