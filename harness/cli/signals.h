// Ctrl-C and SIGTERM as calls on a thread of their own, where anything may be done.
#pragma once

#include <atomic>
#include <functional>
#include <thread>

namespace plumb {

// While it lives, SIGINT, SIGTERM and SIGHUP call `on_signal` (with 1 for the first, 2 for the second...)
// instead of ending the process. Make it before any other thread: threads inherit what is blocked.
class Signals {
 public:
  explicit Signals(std::function<void(int count)> on_signal);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  int received() const { return received_; }

 private:
  std::function<void(int)> on_signal_;
  std::atomic<int> received_ = 0;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace plumb
