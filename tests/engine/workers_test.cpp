#include "engine/workers.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <string>

namespace plumb {
namespace {

TEST_CASE("without threads work runs inside deliver, in the order given") {
  Workers workers(0, [] {});
  std::string order;
  for (const char name : std::string("abc")) {
    workers.run([&order, name]() -> Workers::Then {
      order += name;
      return [&order, name] { order += static_cast<char>(name - 'a' + 'A'); };
    });
  }
  CHECK(order.empty());
  CHECK(workers.deliver());
  CHECK(order == "abcABC");
  CHECK_FALSE(workers.deliver());
}

TEST_CASE("results come back to the thread that delivers") {
  std::atomic<int> wakes = 0;
  Workers workers(3, [&] { ++wakes; });
  const auto here = std::this_thread::get_id();
  int delivered = 0, elsewhere = 0;
  for (int i = 0; i < 200; ++i) {
    workers.run([&, here]() -> Workers::Then {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      const bool other = std::this_thread::get_id() != here;
      return [&delivered, &elsewhere, here, other] {
        ++delivered;
        elsewhere += other;
        CHECK(std::this_thread::get_id() == here);
      };
    });
  }
  while (delivered < 200) workers.deliver();
  CHECK(elsewhere == 200);
  CHECK(wakes > 0);
}

TEST_CASE("work that has been short of late is done where it is asked for; long work is not") {
  Workers workers(2, [] {});
  const auto here = std::this_thread::get_id();
  int delivered = 0;
  bool at_home = false;
  for (int i = 0; i < 20'000 && !at_home; ++i) {
    workers.run([&, here]() -> Workers::Then {
      const bool mine = std::this_thread::get_id() == here;
      return [&delivered, &at_home, mine] {
        ++delivered;
        at_home = at_home || mine;
      };
    });
    while (delivered <= i) workers.deliver();
  }
  CHECK(at_home);
  for (int i = 0; i < 200 && at_home; ++i) {
    const int before = delivered;
    workers.run([&, here]() -> Workers::Then {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      const bool mine = std::this_thread::get_id() == here;
      return [&delivered, &at_home, mine] {
        ++delivered;
        at_home = mine;
      };
    });
    while (delivered == before) workers.deliver();
  }
  CHECK_FALSE(at_home);
}

TEST_CASE("abandoned work neither runs nor reports, and what ran is over") {
  for (const int threads : {0, 2}) {
    Workers workers(threads, [] {});
    std::atomic<int> begun = 0, running = 0;
    int delivered = 0;
    for (int i = 0; i < 50; ++i) {
      workers.run([&]() -> Workers::Then {
        ++running;
        ++begun;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        --running;
        return [&] { ++delivered; };
      });
    }
    while (threads > 0 && begun == 0) std::this_thread::yield();
    workers.abandon();
    CHECK(running == 0);
    CHECK(begun < 50);
    CHECK_FALSE(workers.deliver());
    CHECK(delivered == 0);
  }
}

}  // namespace
}  // namespace plumb
