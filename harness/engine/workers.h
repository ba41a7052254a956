// Threads for pure computation. Results come back to the loop's thread, so nothing else needs a lock.
//
// Work that has been short of late is done on the loop's thread itself: handing it to another costs more than doing
// it. What is computed is the same wherever it is done.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace plumb {

class Workers {
 public:
  using Then = std::function<void()>;  // runs on the loop's thread
  using Work = std::function<Then()>;  // runs on a worker; touches nothing the loop may touch meanwhile

  // With no threads, work runs inside deliver(), in the order given: that is how the simulator stays
  // deterministic. `wake_loop` is called from a worker whenever a result is ready.
  Workers(int threads, std::function<void()> wake_loop);
  ~Workers();

  // The four below are for the loop's thread.
  void run(Work);
  bool deliver();  // runs what is ready; true if there was any
  void abandon();  // forgets what waits, and what is ready, once nothing runs any more

 private:
  void work();
  void learn(std::chrono::steady_clock::duration);
  bool is_short() const { return usual_ < k_short; }

  // What two threads spend on a hand-over and back.
  static constexpr std::chrono::nanoseconds k_short{60'000};

  std::function<void()> wake_loop_;
  std::deque<Work> here_;  // to be done on the loop's thread
  std::mutex mutex_;       // guards what follows
  std::condition_variable changed_;
  std::deque<Work> todo_;
  std::deque<Then> ready_;
  int running_ = 0;
  bool stopping_ = false;
  bool abandoning_ = false;
  std::chrono::nanoseconds usual_{1'000'000};  // how long work took of late; at first, nobody knows

  std::vector<std::jthread> threads_;  // last: joined first
};

}  // namespace plumb
