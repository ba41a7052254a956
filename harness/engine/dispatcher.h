// Gets a request answered: queues it, writes it down, sends it, decides what its reply means, and says in the end
// what came of it.
//
// All policy about being a good client lives here and in account_queue.h, and nowhere else; there is no second
// retry layer. What is refused is not asked again. What was lost on the way is asked up to attempts_max times,
// after a random wait that doubles; but a request that had gone out whole and got no reply that can be read may
// have been worked on and billed, and is asked again `resend` times only. Being told to slow down is no failure of
// the request: it counts apart, and much longer. When the vendor says that the account cannot work at all (no
// credit, a bad key), everything queued for it ends unasked.
//
// One request's way, with a ledger: a place in its account is taken and its start handed over; durable, it is sent;
// its reply is handed over; durable, its place is free, and it is read. Without one, the same at once.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "domain/answer.h"
#include "domain/spec.h"
#include "engine/account_queue.h"
#include "engine/budget.h"
#include "engine/lane.h"
#include "engine/recorded_transport.h"
#include "engine/transport.h"

namespace plumb {

class Dispatcher final : public Lane {
 public:
  struct News {
    // An account waits this long from now, more than a second, and why.
    std::function<void(std::chrono::milliseconds, const std::string& why)> waiting;
    // No more can be asked of an account: its address and the vendor's words. Once for each account.
    std::function<void(const std::string& why)> stopped;
  };

  // `spent_usd`: by the run before, against Limits::cost_max_usd. `ledger` may be null: then nothing is written
  // down. It wakes nobody: whoever made it calls Transport::wake from Ledger::on_durable. All outlive the dispatcher.
  Dispatcher(Transport&, const Limits&, std::uint64_t seed, News, Ledger* ledger = nullptr, double spent_usd = 0.0);
  ~Dispatcher() override;

  void submit(Job, Landed) override;
  Status turn(bool may_wait) override;
  void drain() override;
  void abandon() override;
  double cost_usd() const override { return budget_.cost_usd(); }
  bool over_budget() const override { return over_budget_; }

  // For a lane that charges to it what it sends by other ways.
  Budget& budget() { return budget_; }

 private:
  AccountQueue& queue_for(const Job&);

  // The way of a request, in order.
  Status launch();
  Status settle();
  Status send(PendingPtr, std::vector<PendingPtr>& held_up);
  Status unsend(Pending&);
  void land(PendingPtr);
  void rest(PendingPtr, const Reading&);
  void charge(Pending&, const Reading&);

  // What is not sent any more.
  std::optional<Failure> why_unwanted(const Pending&) const;
  void cancel(PendingPtr, const Failure&);
  void end_hopeless();
  void drop(Pending&, bool came);
  template <class Wanted>
  std::vector<PendingPtr> take_resting(const Wanted&);

  void stop_account(const AccountQueue&);
  void tell_waiting(AccountQueue&, const std::string& why);
  Instant next_deadline();
  Status heed(Status);
  double dice() { return std::uniform_real_distribution<>(0.0, 1.0)(random_); }

  Transport& transport_;
  const Limits limits_;
  News news_;
  RecordedTransport wire_;
  Budget budget_;
  std::mt19937_64 random_;
  std::uint64_t next_number_ = 1;
  std::uint64_t landings_ = 0;
  bool draining_ = false;
  bool any_stopped_ = false;
  bool over_budget_ = false;
  std::optional<Error> broken_;  // the ledger's: nothing is sent any more

  std::vector<std::unique_ptr<AccountQueue>> queues_;                      // in the order of their first job
  std::unordered_map<std::string, std::vector<AccountQueue*>> queues_of_;  // by account: one for each set of rates
  std::multimap<Instant, PendingPtr> resting_;  // between attempts, by when the next may start
};

}  // namespace plumb
