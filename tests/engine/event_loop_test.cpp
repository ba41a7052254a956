#include "engine/event_loop.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <functional>
#include <thread>

namespace plumb {
namespace {

using std::chrono::milliseconds;

struct Ear final : EventLoop::Watcher {
  int calls = 0;
  Readiness last;
  std::function<void()> then = [] {};
  void ready(int, Readiness readiness) override {
    ++calls;
    last = readiness;
    then();
  }
};

struct Pipe {
  Pipe() { REQUIRE(pipe2(ends, O_NONBLOCK | O_CLOEXEC) == 0); }
  ~Pipe() {
    close(ends[0]);
    hang_up();
  }
  void put() { REQUIRE(write(ends[1], "x", 1) == 1); }
  void take() {
    char byte = 0;
    REQUIRE(read(ends[0], &byte, 1) == 1);
  }
  void hang_up() {
    if (ends[1] >= 0) close(ends[1]);
    ends[1] = -1;
  }
  int ends[2] = {-1, -1};
};

TEST_CASE("a watcher is told as long as there is something to read, until it is forgotten") {
  const auto loop = *EventLoop::make();
  Pipe pipe;
  Ear ear;
  loop->watch(pipe.ends[0], {.in = true}, ear);
  CHECK_FALSE(loop->wait(milliseconds(0)));
  CHECK(ear.calls == 0);
  pipe.put();
  loop->wait(milliseconds(5'000));
  loop->wait(milliseconds(5'000));  // it was not read
  CHECK(ear.calls == 2);
  CHECK(ear.last.in);
  CHECK_FALSE(ear.last.out);
  pipe.take();
  loop->wait(milliseconds(0));
  CHECK(ear.calls == 2);
  pipe.hang_up();
  loop->wait(milliseconds(5'000));
  CHECK(ear.last.failed);
  loop->forget(pipe.ends[0]);
  loop->wait(milliseconds(0));
  CHECK(ear.calls == 3);
}

TEST_CASE("what is watched for can change, and so can the watcher") {
  const auto loop = *EventLoop::make();
  Pipe pipe;
  Ear first, second;
  loop->watch(pipe.ends[1], {.out = true}, first);
  loop->wait(milliseconds(5'000));
  CHECK(first.last.out);
  loop->watch(pipe.ends[1], {.out = true}, second);
  loop->wait(milliseconds(5'000));
  CHECK(first.calls == 1);
  CHECK(second.calls == 1);
  loop->watch(pipe.ends[1], {.in = true}, second);
  loop->wait(milliseconds(0));
  CHECK(second.calls == 1);
}

TEST_CASE("a watcher may forget another that is to be told next") {
  const auto loop = *EventLoop::make();
  Pipe a, b;
  Ear first, second;
  loop->watch(a.ends[0], {.in = true}, first);
  loop->watch(b.ends[0], {.in = true}, second);
  first.then = [&] { loop->forget(b.ends[0]); };
  second.then = [&] { loop->forget(a.ends[0]); };
  a.put();
  b.put();
  loop->wait(milliseconds(5'000));
  loop->wait(milliseconds(0));
  CHECK((first.calls == 0 || second.calls == 0));
  CHECK(first.calls + second.calls >= 1);
}

TEST_CASE("waking ends a wait, also one that has not begun, and many rings are one") {
  const auto loop = *EventLoop::make();
  loop->wake();
  loop->wake();
  CHECK(loop->wait(milliseconds(60'000)));
  CHECK_FALSE(loop->wait(milliseconds(0)));
  std::jthread other([&] {
    std::this_thread::sleep_for(milliseconds(20));
    loop->wake();
  });
  CHECK(loop->wait(milliseconds(60'000)));
}

}  // namespace
}  // namespace plumb
