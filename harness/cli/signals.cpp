#include "cli/signals.h"

#include <pthread.h>

#include <csignal>
#include <ctime>
#include <utility>

namespace plumb {

namespace {

sigset_t watched() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM}) sigaddset(&set, signal);
  // Under nohup a hang-up is ignored, and stays so: a blocked signal would be queued all the same.
  struct sigaction hang_up {};
  if (sigaction(SIGHUP, nullptr, &hang_up) == 0 && hang_up.sa_handler != SIG_IGN) sigaddset(&set, SIGHUP);
  return set;
}

}  // namespace

Signals::Signals(std::function<void(int)> on_signal) : on_signal_(std::move(on_signal)) {
  const sigset_t set = watched();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  thread_ = std::thread([this, set] {
    // A time limit instead of a signal to end the wait: there is none that nobody else could send.
    const timespec patience{0, 50'000'000};
    while (!stopping_) {
      if (sigtimedwait(&set, nullptr, &patience) > 0) on_signal_(++received_);
    }
  });
}

Signals::~Signals() {
  stopping_ = true;
  thread_.join();
  const sigset_t set = watched();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

}  // namespace plumb
