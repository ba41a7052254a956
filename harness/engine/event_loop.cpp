#include "engine/event_loop.h"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>

namespace plumb {

Result<std::unique_ptr<EventLoop>> EventLoop::make() {
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  const int bell = epoll < 0 ? -1 : eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = bell;
  if (bell < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, bell, &event) != 0) {
    const std::string why = std::generic_category().message(errno);
    for (const int fd : {epoll, bell}) {
      if (fd >= 0) close(fd);
    }
    return Error{fmt::format("cannot wait for replies: {}", why)};
  }
  return std::unique_ptr<EventLoop>(new EventLoop(epoll, bell));
}

EventLoop::EventLoop(int epoll, int bell) : epoll_(epoll), bell_(bell) {}

EventLoop::~EventLoop() {
  close(epoll_);
  close(bell_);
}

void EventLoop::watch(int fd, Readiness wanted, Watcher& watcher) {
  const auto at = static_cast<std::size_t>(fd);
  if (at >= watches_.size()) watches_.resize(at + 64);
  Watch& watch = watches_[at];
  const unsigned events = (wanted.in ? EPOLLIN : 0u) | (wanted.out ? EPOLLOUT : 0u);
  const bool known = watch.watcher != nullptr;
  watch.watcher = &watcher;
  if (known && watch.events == events) return;
  watch.events = events;
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  epoll_ctl(epoll_, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
}

void EventLoop::forget(int fd) {
  const auto at = static_cast<std::size_t>(fd);
  if (fd < 0 || at >= watches_.size() || !watches_[at].watcher) return;
  watches_[at] = {};
  epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
}

bool EventLoop::wait(std::chrono::milliseconds time) {
  std::array<epoll_event, 256> events;
  const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), static_cast<int>(time.count()));
  bool woken = false;
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (event.data.fd == bell_) {
      std::uint64_t rings = 0;
      woken = read(bell_, &rings, sizeof rings) > 0;
      rung_.exchange(false);
      continue;
    }
    const auto at = static_cast<std::size_t>(event.data.fd);
    Watcher* watcher = watches_[at].watcher;
    if (!watcher) continue;  // forgotten by one that was told before it
    watcher->ready(event.data.fd, {.in = (event.events & EPOLLIN) != 0,
                                   .out = (event.events & EPOLLOUT) != 0,
                                   .failed = (event.events & (EPOLLERR | EPOLLHUP)) != 0});
  }
  return woken;
}

void EventLoop::wake() {
  if (rung_.exchange(true)) return;  // not yet heard: one ring is as good as two
  const std::uint64_t one = 1;
  // Can fail only where 2^64 rings are unheard.
  [[maybe_unused]] const auto written = write(bell_, &one, sizeof one);
}

}  // namespace plumb
