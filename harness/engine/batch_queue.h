// Requests that wait to be sent as a batch: which belong together, how many at a time, and when it is time.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/lane.h"
#include "engine/transport.h"
#include "providers/batch.h"

namespace plumb {

struct BatchWaiter {
  Job job;  // with a provider that has batches, and a model
  Lane::Landed landed;
  int absences = 0;  // batches that came to nothing with it
};

struct BatchLimits {
  std::size_t requests_max = 0;  // in a batch; 0: what the vendor takes
  // Of a batch's lines. Below what vendors take, so that a slow line can carry it in the time of one request.
  std::size_t bytes_max = std::size_t{32} << 20;
  // No request came for this long: then all that can be gathered is there. Longer while others are answered, since
  // each answer may bring one more.
  std::chrono::milliseconds quiet{1'000};
  std::chrono::milliseconds quiet_while_busy{30'000};
};

// The requests of one batch, at least one, each with its line.
struct BatchLoad {
  std::string group;
  const BatchDialect* dialect = nullptr;
  std::vector<BatchWaiter> waiters;
  std::vector<std::string> lines;
  std::size_t bytes = 0;  // of the lines
};

class BatchQueue {
 public:
  explicit BatchQueue(BatchLimits limits) : limits_(limits) {}

  // One batch is of one account and one address; and of one model, which is all that some vendors take.
  static std::string group_of(const Job&);

  void add(BatchWaiter, Instant now);
  // The next batch that is to leave: it is full, or nothing more is coming. `admit` is asked once for each request,
  // in order, until it refuses one: that one ends the batch, and stays.
  using Admit = std::function<bool(const Job&)>;
  std::optional<BatchLoad> take(Instant now, bool busy, const Admit& admit);
  // When take() may have something by the passing of time; none: when something comes.
  std::optional<Instant> due(bool busy) const;
  std::vector<BatchWaiter> take_all();
  std::size_t size() const;

  // Nothing of the group leaves before this; and no more than so many at a time from now on.
  void hold(const std::string& group, Instant until) { groups_[group].held_until = until; }
  void limit(const std::string& group, std::size_t requests_max) { groups_[group].requests_max = requests_max; }

 private:
  struct Group {
    const BatchDialect* dialect = nullptr;
    std::deque<BatchWaiter> waiters;
    std::size_t bytes = 0;         // of the lines, nearly
    std::size_t requests_max = 0;  // 0: none is known
    Instant last{0};               // when the last one came
    Instant held_until{0};
  };
  bool is_full(const Group&) const;
  std::chrono::milliseconds quiet(bool busy) const { return busy ? limits_.quiet_while_busy : limits_.quiet; }
  BatchLoad load(const std::string& name, Group&, const Admit&) const;

  const BatchLimits limits_;
  std::map<std::string, Group> groups_;
};

}  // namespace plumb
