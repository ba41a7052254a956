// How the engine gets requests answered: one after the other as fast as an account bears (dispatcher.h), or many
// at once through a vendor's batch interface (batch_lane.h).
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/http.h"
#include "base/result.h"
#include "domain/answer.h"
#include "domain/ledger.h"
#include "domain/spec.h"

namespace plumb {

class Provider;

struct Job {
  std::string account;  // requests of one account share its pace
  HttpRequest request;
  const Provider* provider = nullptr;  // reads and judges its replies; null: by status alone
  const Model* model = nullptr;        // whose price and rates count; null: none are known
  bool urgent = false;                 // goes before what is not: finishing a cell comes before starting one
  AttemptStart start;                  // as the ledger keeps it; the lane fills in `at` and `reserved_usd`
  std::string key;                     // taken out of whatever comes back, before anything keeps it; "" : none
  std::int64_t tokens_expected = 0;    // in and out, for an account's tokens per minute
  bool errand = false;  // answers no question and costs nothing: sent once, whatever comes back; not in the ledger
  std::optional<int> tokens_max;  // of the reply, as the request says; none: as the model's parameters say, if they do
};

struct Landing {
  HttpResponse response;                 // the last one; a 2xx with a body unless there is a failure
  std::optional<Completion> completion;  // what it says; none with a failure, and where the job has no provider
  std::optional<Failure> failure;
  int attempts = 0;          // requests sent
  int unclear = 0;           // of those: sent whole, no reply that can be read
  std::int64_t attempt = 0;  // the last one's, as the ledger numbers it; 0 where there is no ledger
  double cost_usd = 0.0;     // of all of them, as far as it is known
  bool cost_known = false;
};

class Lane {
 public:
  using Landed = std::function<void(Landing)>;

  virtual ~Lane() = default;

  // Callbacks run inside turn() or drain(), on the thread that calls it, and may submit more.
  virtual void submit(Job, Landed) = 0;

  // Starts what may start, waits for the first thing to happen, and handles it. An error is the ledger's: nothing
  // more was sent, and nothing more may be.
  virtual Status turn(bool may_wait) = 0;

  // Jobs that are not urgent end as Failure::cancelled, save those in flight, which end as they end but are not
  // asked again. Submit nothing but urgent ones afterwards.
  virtual void drain() = 0;

  // Cancels what is in flight and forgets all jobs; no callback runs.
  virtual void abandon() = 0;

  // What was spent, and what is held back for requests whose cost is not known yet, against the run's limit.
  virtual double cost_usd() const = 0;
  // No job can be started any more without passing Limits::cost_max_usd.
  virtual bool over_budget() const = 0;
};

}  // namespace plumb
