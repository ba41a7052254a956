// The promises of domain/ledger.h, kept by the dispatcher: one by one, and over many seeds of everything that goes
// wrong at once.
#include <doctest/doctest.h>

#include <set>

#include "engine/dispatcher.h"
#include "support/fake_ledger.h"

namespace plumb {
namespace {

using std::chrono::milliseconds;
using test::FakeLedger;
using test::FakeTransport;
using test::Faults;

constexpr const char* k_key = "sk-0123456789abcdef";

// A run's worth of requests to two accounts of one model each, with a ledger that takes its time.
struct Rig {
  Rig(std::uint64_t seed, const Faults& faults, Limits given, milliseconds commit)
      : world(seed, faults), ledger(world, commit), limits(given) {
    for (const char* name : {"m1", "m2"}) {
      Model& model = models.emplace_back();
      model.name = model.id = name;
      model.base_url = std::string("http://") + name + "/v1";
    }
    ledger.on_durable([this] { world.wake(); });
    world.on_send = [this](std::uint64_t transfer) {
      CHECK(ledger.has_durable_start(static_cast<std::int64_t>(transfer)));  // I1
    };
    restart(seed);
  }

  void restart(std::uint64_t seed) {
    dispatcher = std::make_unique<Dispatcher>(world, limits, seed, Dispatcher::News{}, &ledger);
  }

  Job job(int i) const {
    const Model& model = models[static_cast<std::size_t>(i) % 2];
    ChatRequest chat;
    chat.messages = {{Message::Role::user, std::to_string(i) + "번 공고의 합격보상금은 얼마인가요?"}};
    Job made;
    made.account = model.base_url;
    made.provider = find_provider("openai");
    made.model = &model;
    made.request = made.provider->encode(model, chat, k_key);
    made.key = k_key;
    made.urgent = i % 5 == 0;
    made.start.request_key = made.request.url + made.request.body;
    return made;
  }

  void submit(int i) {
    dispatcher->submit(job(i), [this, i](Landing landing) {
      if (landing.attempt > 0) CHECK(ledger.has_durable_end(landing.attempt));  // I3
      CHECK(landed.emplace(i, std::move(landing)).second);
    });
  }
  void submit_all(int count) {
    for (int i = 0; i < count; ++i) submit(i);
  }
  void run(std::size_t count) {
    for (int i = 0; i < 100'000 && landed.size() < count; ++i) REQUIRE(dispatcher->turn(true));
    CHECK(landed.size() == count);
  }

  // Written down, and never sent: not even tried.
  int never_sent() const {
    int count = 0;
    for (const auto& [attempt, row] : ledger.rows) {
      count += row.end && row.end->state == AttemptEnd::State::not_sent && row.end->response.error.empty();
    }
    return count;
  }

  void check_books() const {
    for (const auto& [transfer, times] : world.sends) {
      CHECK(times == 1);  // I4
      CHECK(ledger.rows.contains(static_cast<std::int64_t>(transfer)));
    }
    CHECK(world.started_while_told_to_wait == 0);
    for (const auto& [origin, vendor] : world.vendors) CHECK(vendor.in_flight_peak <= limits.in_flight_max);
    CHECK(ledger.open_peak <= 2 * limits.in_flight_max);  // I2
  }

  FakeTransport world;
  FakeLedger ledger;
  Limits limits;
  std::vector<Model> models;
  std::unique_ptr<Dispatcher> dispatcher;
  std::map<int, Landing> landed;
};

TEST_CASE("a request is sent when its start is durable, and its place is free when its end is") {
  Limits limits;
  limits.in_flight_max = 3;
  Rig rig(1, {}, limits, milliseconds(1'000));
  rig.submit_all(20);
  rig.run(20);
  rig.check_books();
  CHECK(rig.ledger.open_peak == 6);
  CHECK(rig.world.now() > milliseconds(20 / 6 * 2'000));  // two commits, and no more at a time
  for (const auto& [i, landing] : rig.landed) CHECK(landing.completion);
}

TEST_CASE("waiting for the ledger is waiting: no turn is made for nothing") {
  Limits limits;
  limits.in_flight_max = 1;
  Rig rig(1, {}, limits, milliseconds(1'000));
  rig.submit_all(10);
  int turns = 0;
  while (rig.landed.size() < 10) {
    REQUIRE(rig.dispatcher->turn(true));
    ++turns;
  }
  CHECK(turns <= 10 * 6);
}

TEST_CASE("the start says what may have to be paid, and the end what came, without the key") {
  Rig rig(1, {}, {}, milliseconds(5));
  rig.models[0].price = Price{.input_usd = 1.0, .output_usd = 10.0};
  rig.world.say = [](const Json&) { return std::string("your key is ") + k_key; };
  rig.submit(0);
  rig.run(1);
  const auto& row = rig.ledger.rows.at(1);
  CHECK(row.start.reserved_usd > 4'096 * 10.0 / 1e6);
  CHECK(row.start.at > 0);
  REQUIRE(row.end);
  CHECK(row.end->state == AttemptEnd::State::replied);
  CHECK(row.end->at >= row.start.at);
  CHECK(row.end->response.body.find(k_key) == std::string::npos);
  CHECK(row.end->response.body.find("your key is [key]") != std::string::npos);
  CHECK(rig.landed.at(0).completion->text == "your key is [key]");
  CHECK(rig.landed.at(0).attempt == 1);
}

TEST_CASE("after a write that failed nothing more is sent, and what is on its way is called back") {
  for (const int fail_at : {1, 2, 3, 5, 8}) {
    CAPTURE(fail_at);
    Rig rig(3, {}, {}, milliseconds(20));
    rig.ledger.fail_at = fail_at;
    rig.submit_all(100);
    Status status = Done{};
    for (int i = 0; i < 1'000 && status; ++i) status = rig.dispatcher->turn(true);
    REQUIRE_FALSE(status);
    CHECK(status.error().message == "disk full");
    const int started = rig.world.started;
    const auto landings = rig.landed.size();
    for (int i = 0; i < 10; ++i) CHECK_FALSE(rig.dispatcher->turn(true));
    CHECK(rig.world.started == started);
    CHECK(rig.landed.size() == landings);
    for (const auto& [origin, vendor] : rig.world.vendors) CHECK(vendor.in_flight == 0);
    if (fail_at == 1) CHECK(started == 0);
  }
}

TEST_CASE("what is cancelled before its start is durable ends as not sent") {
  Rig rig(3, {}, {}, milliseconds(1'000));
  rig.submit_all(20);
  REQUIRE(rig.dispatcher->turn(false));
  CHECK(rig.ledger.rows.size() == 16);
  rig.dispatcher->drain();
  rig.run(20);
  for (const auto& [i, landing] : rig.landed) {
    if (i % 5 == 0) {
      CHECK(landing.completion);
      continue;
    }
    REQUIRE(landing.failure);
    CHECK(landing.failure->kind == Failure::Kind::cancelled);
    CHECK(landing.attempts == 0);
  }
  CHECK(rig.world.started == 4);
  CHECK(rig.never_sent() == 12);
}

TEST_CASE("what is abandoned before it was sent is not counted as perhaps paid for") {
  Rig rig(3, {}, {}, milliseconds(1'000));
  rig.submit_all(20);
  REQUIRE(rig.dispatcher->turn(false));
  rig.dispatcher->abandon();
  CHECK(rig.never_sent() == 16);
  for (int i = 0; i < 10; ++i) REQUIRE(rig.dispatcher->turn(true));
  CHECK(rig.world.started == 0);
  CHECK(rig.landed.empty());
}

TEST_CASE("equal requests of an errand and of a job: only the job is in the ledger") {
  Rig rig(3, {}, {}, milliseconds(10));
  Job errand = rig.job(0);
  errand.errand = true;
  rig.world.on_send = nullptr;
  bool done = false;
  rig.dispatcher->submit(errand, [&](const Landing& landing) { done = landing.attempt == 0 && !landing.failure; });
  rig.submit(2);
  rig.run(1);
  for (int i = 0; i < 10; ++i) REQUIRE(rig.dispatcher->turn(true));
  CHECK(done);
  CHECK(rig.ledger.rows.size() == 1);
  CHECK(rig.world.started == 2);
}

TEST_CASE("whatever the vendor does, each request is written down, sent once and landed once") {
  int unclear = 0, failures = 0, never_sent = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    Limits limits;
    limits.in_flight_max = 1 + static_cast<int>(seed % 12);
    limits.resend = static_cast<int>(seed % 3);
    Rig rig(seed,
            {.throttle = 0.10,
             .silence = 0.04,
             .broken = 0.08,
             .garbage = 0.04,
             .cut = 0.04,
             .refused = 0.05,
             .reject = 0.05,
             .capacity = seed % 4 == 0 ? 5 : 1'000,
             .tick = milliseconds(seed % 5 == 0 ? 100 : 1),
             .says_how_long = seed % 2 == 0},
            limits, milliseconds(seed % 7 * 4));
    rig.submit_all(40);
    rig.run(40);
    rig.check_books();
    int attempts = 0;
    for (const auto& [i, landing] : rig.landed) {
      attempts += landing.attempts;
      unclear += landing.unclear;
      failures += landing.failure.has_value();
      CHECK(landing.unclear <= limits.resend + 1);
      CHECK(landing.completion.has_value() != landing.failure.has_value());
    }
    CHECK(attempts == rig.world.started);
    CHECK(static_cast<int>(rig.ledger.rows.size()) - rig.never_sent() == rig.world.started);
    never_sent += rig.never_sent();
    for (const auto& [attempt, row] : rig.ledger.rows) CHECK(row.end);
    for (const auto& [request, books] : rig.world.asked) {
      CHECK(books.billed <= 1);  // an answer that was had is not bought again
      CHECK(books.unanswered + books.unreadable <= limits.resend + 1);
      CHECK(books.times - books.throttled <= limits.attempts_max);
    }
  }
  CHECK(unclear > 200);  // the vendors did misbehave
  CHECK(failures > 200);
  CHECK(never_sent > 0);
}

TEST_CASE("a crash loses no answer that was there, and buys at most those in flight again") {
  int crashed_in_flight = 0, bought_again = 0;
  for (std::uint64_t seed = 1; seed <= 120; ++seed) {
    CAPTURE(seed);
    Limits limits;
    limits.in_flight_max = 4;
    Rig rig(seed, {.throttle = 0.05, .broken = 0.05, .refused = 0.05}, limits, milliseconds(1 + seed % 9 * 5));
    rig.submit_all(40);
    const Instant end(20 + static_cast<int>(seed * 37 % 1'500));
    while (rig.world.now() < end && rig.landed.size() < 40) REQUIRE(rig.dispatcher->turn(true));
    const auto landed = std::exchange(rig.landed, {});
    rig.dispatcher.reset();
    int in_flight = 0;
    for (const auto& [origin, vendor] : rig.world.vendors) in_flight += vendor.in_flight;
    rig.ledger.crash();
    int unsettled = 0;
    for (const auto& [attempt, row] : rig.ledger.rows) unsettled += !row.end;
    CHECK(in_flight <= unsettled);  // whatever is at the vendor is known of
    CHECK(unsettled <= 2 * limits.in_flight_max);
    crashed_in_flight += in_flight;

    rig.world.wait(rig.world.now() + std::chrono::minutes(1));
    rig.restart(seed + 1'000);
    std::size_t left = 0;
    for (int i = 0; i < 40; ++i) {
      if (rig.ledger.find_reply(rig.job(i).start.request_key)) continue;
      const auto before = landed.find(i);
      CHECK((before == landed.end() || before->second.failure));  // what had landed was durable
      rig.submit(i);
      ++left;
    }
    rig.run(left);
    for (const auto& [transfer, times] : rig.world.sends) {
      CHECK(times == 1);
      CHECK(rig.ledger.rows.contains(static_cast<std::int64_t>(transfer)));
    }
    int twice = 0;
    for (const auto& [request, books] : rig.world.asked) {
      CHECK(books.billed <= 2);
      twice += books.billed == 2;
    }
    CHECK(twice <= unsettled);
    bought_again += twice;
  }
  CHECK(crashed_in_flight > 100);
  CHECK(bought_again > 50);  // the crashes did hit
}

}  // namespace
}  // namespace plumb
