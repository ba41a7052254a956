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
#include "engine/transport.h"
#include "providers/provider.h"

namespace plumb {

struct Job {
  std::string account;  // requests of one account share its pace
  HttpRequest request;
  const Provider* provider = nullptr;  // judges what is no success; null: by status alone
  bool urgent = false;                 // goes before what is not: finishing a cell comes before starting one
};

struct Landing {
  HttpResponse response;  // the last one; a 2xx with a body unless there is a failure
  int attempts = 0;       // requests sent
  std::optional<Failure> failure;
};

class Dispatcher {
 public:
  using Done = std::function<void(Landing)>;
  // An account waits this long from now, more than a second, and why.
  using Waiting = std::function<void(std::chrono::milliseconds, const std::string& why)>;

  Dispatcher(Transport&, const Limits&, std::uint64_t seed, Waiting);
  ~Dispatcher();

  // Callbacks run inside turn() or drain(), on the thread that calls it, and may submit more.
  void submit(Job, Done);

  // Starts what may start, waits for the first thing to happen, and handles it.
  void turn(bool may_wait);

  // Jobs that are not urgent end as Failure::cancelled, save those in flight, which end as they end but are not
  // asked again. Submit nothing but urgent ones afterwards.
  void drain();

  // Cancels what is in flight and forgets all jobs; no callback runs.
  void abandon();

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
  std::mt19937_64 random_;
  std::uint64_t next_number_ = 1;
  bool draining_ = false;
  bool any_stopped_ = false;
  std::map<std::string, std::unique_ptr<Lane>> lanes_;  // by account
  std::map<std::uint64_t, AttemptPtr> in_flight_;       // by number
  std::multimap<Instant, AttemptPtr> resting_;          // between attempts, by when the next may start
};

}  // namespace plumb
