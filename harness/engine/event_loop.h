// One epoll set for all that the transports wait on, and the way to wake it from another thread.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <vector>

#include "base/result.h"

namespace plumb {

struct Readiness {
  bool in = false;
  bool out = false;
  bool failed = false;  // an error, or the other side is gone; reading or writing says which
};

class EventLoop {
 public:
  // Told on the loop's thread. May watch and forget descriptors, its own and others.
  class Watcher {
   public:
    virtual void ready(int fd, Readiness) = 0;

   protected:
    ~Watcher() = default;
  };

  static Result<std::unique_ptr<EventLoop>> make();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // From now on `watcher` is told as long as `fd` can be read or written; replaces what was asked for before.
  void watch(int fd, Readiness, Watcher& watcher);
  // To be called before `fd` is closed.
  void forget(int fd);

  // Waits for something to happen, `time` at the most, and tells the watchers. True after wake().
  bool wait(std::chrono::milliseconds time);

  // The only member that another thread may call.
  void wake();

 private:
  struct Watch {
    Watcher* watcher = nullptr;
    unsigned events = 0;
  };

  EventLoop(int epoll, int bell);

  const int epoll_;
  const int bell_;
  std::atomic<bool> rung_ = false;
  std::vector<Watch> watches_;  // by descriptor
};

}  // namespace plumb
