#include "engine/workers.h"

#include <utility>

namespace plumb {

Workers::Workers(int threads, std::function<void()> wake_loop) : wake_loop_(std::move(wake_loop)) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

Workers::~Workers() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
}

void Workers::run(Work work) {
  {
    std::lock_guard lock(mutex_);
    todo_.push_back(std::move(work));
  }
  changed_.notify_one();
}

bool Workers::deliver() {
  std::deque<Then> ready;
  if (threads_.empty()) {
    for (Work& work : std::exchange(todo_, {})) ready.push_back(work());
  } else {
    std::lock_guard lock(mutex_);
    ready.swap(ready_);
  }
  for (Then& then : ready) then();
  return !ready.empty();
}

void Workers::abandon() {
  std::unique_lock lock(mutex_);
  todo_.clear();
  changed_.wait(lock, [this] { return running_ == 0; });
  ready_.clear();
}

void Workers::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !todo_.empty(); });
    if (stopping_) return;
    Work work = std::move(todo_.front());
    todo_.pop_front();
    ++running_;
    lock.unlock();
    Then then = work();
    work = nullptr;
    lock.lock();
    --running_;
    ready_.push_back(std::move(then));
    if (running_ == 0) changed_.notify_all();
    wake_loop_();
  }
}

}  // namespace plumb
