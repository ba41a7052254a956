#include "engine/workers.h"

#include <iterator>
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
  if (threads_.empty()) return here_.push_back(std::move(work));
  {
    std::lock_guard lock(mutex_);
    if (is_short()) return here_.push_back(std::move(work));
    todo_.push_back(std::move(work));
  }
  changed_.notify_one();
}

bool Workers::deliver() {
  std::deque<Then> ready;
  for (Work& work : std::exchange(here_, {})) {
    const auto began = std::chrono::steady_clock::now();
    ready.push_back(work());
    if (!threads_.empty()) learn(std::chrono::steady_clock::now() - began);
  }
  if (!threads_.empty()) {
    std::lock_guard lock(mutex_);
    ready.insert(ready.end(), std::make_move_iterator(ready_.begin()), std::make_move_iterator(ready_.end()));
    ready_.clear();
  }
  for (Then& then : ready) then();
  return !ready.empty();
}

void Workers::abandon() {
  here_.clear();
  std::unique_lock lock(mutex_);
  todo_.clear();
  abandoning_ = true;
  changed_.wait(lock, [this] { return running_ == 0; });
  abandoning_ = false;
  ready_.clear();
}

void Workers::learn(std::chrono::steady_clock::duration took) {
  const std::lock_guard lock(mutex_);
  usual_ += (took - usual_) / 16;
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
    const auto began = std::chrono::steady_clock::now();
    Then then = work();
    work = nullptr;
    const auto took = std::chrono::steady_clock::now() - began;
    lock.lock();
    usual_ += (took - usual_) / 16;
    --running_;
    const bool first = ready_.empty();
    ready_.push_back(std::move(then));
    if (abandoning_ && running_ == 0) changed_.notify_all();
    if (first) wake_loop_();  // it takes all there is
  }
}

}  // namespace plumb
