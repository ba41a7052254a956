#include "engine/breaker.h"

#include <doctest/doctest.h>

namespace plumb {
namespace {

using std::chrono::milliseconds;

void be_silent(Breaker& breaker, Instant now, int times) {
  for (int i = 0; i < times; ++i) breaker.silent(now);
}

TEST_CASE("twenty without any answer make a pause of half a minute, nineteen do not") {
  Breaker breaker;
  be_silent(breaker, Instant(5), 19);
  CHECK(breaker.may_start(Instant(5), 100));
  breaker.silent(Instant(5));
  CHECK_FALSE(breaker.may_start(Instant(5), 0));
  CHECK_FALSE(breaker.may_start(Instant(30'004), 0));
  CHECK(breaker.until() == Instant(30'005));
}

TEST_CASE("an answer in between starts the count anew") {
  Breaker breaker;
  be_silent(breaker, Instant(0), 19);
  breaker.answered();
  be_silent(breaker, Instant(0), 19);
  CHECK(breaker.may_start(Instant(0), 0));
}

TEST_CASE("after the pause one at a time is tried; if it fails, there is another pause; any answer ends it") {
  Breaker breaker;
  be_silent(breaker, Instant(0), 20);
  CHECK(breaker.may_start(Instant(30'000), 0));
  CHECK_FALSE(breaker.may_start(Instant(30'000), 1));
  breaker.silent(Instant(31'000));
  CHECK_FALSE(breaker.may_start(Instant(60'999), 0));
  CHECK(breaker.may_start(Instant(61'000), 0));
  breaker.answered();
  CHECK(breaker.may_start(Instant(61'000), 100));
}

TEST_CASE("what was under way when the pause began does not lengthen it") {
  Breaker breaker;
  be_silent(breaker, Instant(0), 20);
  be_silent(breaker, Instant(20'000), 50);
  CHECK(breaker.until() == Instant(30'000));
  CHECK_FALSE(breaker.hopeless());
}

TEST_CASE("it is hopeless where nothing has ever answered, and only there") {
  for (const bool answered_once : {false, true}) {
    Breaker breaker;
    if (answered_once) breaker.answered();
    be_silent(breaker, Instant(0), 20);
    for (int probe = 1; probe <= 3; ++probe) {
      CHECK_FALSE(breaker.hopeless());
      breaker.silent(Instant(probe * 30'000));
    }
    CHECK(breaker.hopeless() == !answered_once);
  }
}

}  // namespace
}  // namespace plumb
