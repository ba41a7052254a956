// Gets a request answered: queues it, paces it, retries it, and says in the end what came of it.
//
// All policy about being a good client lives here and in account.h, and nowhere else; there is no second
// retry layer. What is refused is not asked again. What was lost on the way is asked up to attempts_max times,
// after a random wait that doubles; but a request that had gone out whole and got no complete reply may have
// been worked on and billed, and is asked once more only. Being told to slow down is no failure of the request:
// it counts apart, and much longer. When the vendor says that the account cannot work at all (no credit, a bad
// key), everything queued for it fails at once with the vendor's words.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include "domain/answer.h"
#include "domain/spec.h"
#include "engine/account.h"
#include "engine/lane.h"
#include "engine/transport.h"
#include "providers/provider.h"

namespace plumb {

class Dispatcher final : public Lane {
 public:
  // An account waits this long from now, more than a second, and why.
  using Waiting = std::function<void(std::chrono::milliseconds, const std::string& why)>;

  // `ledger` may be null: then nothing is written down. All outlive the dispatcher.
  Dispatcher(Transport&, const Limits&, std::uint64_t seed, Waiting, Ledger* ledger = nullptr);
  ~Dispatcher() override;

  void submit(Job, Landed) override;
  Status turn(bool may_wait) override;
  void drain() override;
  void abandon() override;
  double cost_usd() const override { return cost_usd_; }
  bool over_budget() const override;

 private:
  struct Attempt;
  struct Lane;
  using AttemptPtr = std::unique_ptr<Attempt>;

  void launch();
  bool fail_stopped();
  void land(Transfer);
  void tell_waiting(Lane&, const std::string& why);
  Instant next_deadline() const;
  double dice() { return std::uniform_real_distribution<>(0.0, 1.0)(random_); }

  Transport& transport_;
  const Limits limits_;
  Waiting waiting_;
  Ledger* const ledger_;
  double cost_usd_ = 0.0;
  std::mt19937_64 random_;
  std::uint64_t next_number_ = 1;
  bool draining_ = false;
  bool any_stopped_ = false;
  std::map<std::string, std::unique_ptr<Lane>> lanes_;  // by account
  std::map<std::uint64_t, AttemptPtr> in_flight_;       // by number
  std::multimap<Instant, AttemptPtr> resting_;          // between attempts, by when the next may start
};

}  // namespace plumb
