// Keeps from asking where nothing answers: after many requests in a row without any reply the account pauses, and
// then one request at a time feels its way until something comes back.
#pragma once

#include "engine/transport.h"

namespace plumb {

class Breaker {
 public:
  // `in_flight`: of the account, without the one that would start.
  bool may_start(Instant now, int in_flight) const { return !broken_ || (until_ <= now && in_flight == 0); }
  // The end of the pause; in the past where there is none.
  Instant until() const { return until_; }

  // Something came back, whatever it was.
  void answered() {
    silent_ = probes_ = 0;
    broken_ = false;
    ever_answered_ = true;
    until_ = Instant(0);
  }

  // Nothing came back.
  void silent(Instant now) {
    ++silent_;
    if (broken_ && now >= until_) ++probes_;
    if (silent_ < k_silent_max || now < until_) return;
    broken_ = true;
    until_ = now + k_pause;
  }

  // Nothing has ever answered, and pauses did not help: an address that is wrong, or a server that does not run.
  bool hopeless() const { return !ever_answered_ && probes_ >= k_probes_max; }

 private:
  static constexpr int k_silent_max = 20;
  static constexpr int k_probes_max = 3;
  static constexpr std::chrono::seconds k_pause{30};

  int silent_ = 0;  // in a row
  int probes_ = 0;  // that failed, in a row
  bool broken_ = false;
  bool ever_answered_ = false;
  Instant until_{0};
};

}  // namespace plumb
