// Threads for pure computation. Results come back to the loop's thread, so nothing else needs a lock.
#pragma once

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

  std::function<void()> wake_loop_;
  std::mutex mutex_;  // guards the five below
  std::condition_variable changed_;
  std::deque<Work> todo_;
  std::deque<Then> ready_;
  int running_ = 0;
  bool stopping_ = false;

  std::vector<std::jthread> threads_;  // last: joined first
};

}  // namespace plumb
