// Whole runs against vendors that misbehave by seed, and what holds for all of them.
#include "engine/engine.h"

#include <doctest/doctest.h>

#include "support/fake_ledger.h"
#include "support/fake_parts.h"

namespace plumb {
namespace {

using test::fake_options;
using test::fake_spec;
using test::FakeLedger;
using test::FakeTransport;
using test::Faults;
using test::Log;
using test::tasks_of;

std::unique_ptr<Engine> engine_of(const EvalSpec& spec, Transport& transport, Sink& sink, int threads = 0,
                                  Ledger* ledger = nullptr) {
  EngineOptions options = fake_options(threads);
  options.ledger = ledger;
  auto engine = Engine::make(spec, transport, sink, options);
  REQUIRE(engine);
  return *std::move(engine);
}

bool run_all(const EvalSpec& spec, FakeTransport& world, Log& log, int threads = 0) {
  world.has_workers = threads > 0;
  const auto engine = engine_of(spec, world, log, threads);
  const auto complete = engine->run(tasks_of(make_plan(spec, {})));
  REQUIRE(complete);
  return *complete;
}

void check_books(const FakeTransport& world, const Limits& limits) {
  for (const auto& [url, vendor] : world.vendors) {
    CHECK(vendor.in_flight_peak <= limits.in_flight_max);
    CHECK(vendor.in_flight == 0);
  }
  for (const auto& [request, books] : world.asked) {
    CHECK(books.times - books.throttled <= limits.attempts_max);
    CHECK(books.throttled <= 12);
    CHECK(books.unanswered + books.unreadable <= 1 + limits.resend);
    CHECK(books.billed <= 1);  // an answer that was had is not bought again
  }
  CHECK(world.started_while_told_to_wait == 0);
}

TEST_CASE("every cell is finished exactly once, whatever the vendor does") {
  int cells = 0, failures = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    EvalSpec spec = fake_spec(6, {"plain", "panel"});
    spec.seed = seed;
    spec.limits.in_flight_max = 1 + static_cast<int>(seed % 5);
    FakeTransport world(seed, {.throttle = 0.15,
                               .silence = 0.05,
                               .broken = 0.10,
                               .garbage = 0.05,
                               .cut = 0.05,
                               .refused = 0.05,
                               .reject = 0.05,
                               .says_how_long = seed % 2 == 0});
    Log log;
    CHECK(run_all(spec, world, log));
    CHECK(log.done.size() == 12);
    CHECK(log.finishes == 12);
    CHECK(log.answers == 12);
    CHECK(log.complete == true);
    cells += log.finishes;
    failures += log.failures;
    for (const auto& [cell, record] : log.records) {
      const bool failed = std::holds_alternative<Failure>(record.reply);
      CHECK((log.outcomes.at(cell).outcome == Outcome::error) == failed);
      CHECK(log.scores.at(cell).size() == (failed ? 0 : 2));
      CHECK(record.attempts > 0);
    }
    check_books(world, spec.limits);
  }
  CHECK(failures * 25 > cells);  // the vendors did misbehave
  CHECK(failures * 4 < cells);   // and most of it was made good
}

// A world with a ledger that takes its time, and what must hold of the two whenever they meet.
struct Kept {
  Kept(std::uint64_t seed, const Faults& faults)
      : world(seed, faults), ledger(world, std::chrono::milliseconds(seed % 12)) {
    world.on_send = [this](std::uint64_t attempt) {
      CHECK(ledger.has_durable_start(static_cast<std::int64_t>(attempt)));  // I1
    };
  }
  void check_books() const {
    int sent = 0;
    for (const auto& [attempt, row] : ledger.rows) {
      const auto seen = world.sends.find(static_cast<std::uint64_t>(attempt));
      const int times = seen == world.sends.end() ? 0 : seen->second;
      CHECK(times <= 1);  // I4
      const bool unsent = row.end && row.end->state == AttemptEnd::State::not_sent;
      CHECK((times == 1 || !row.end || unsent));  // what ended with a reply was sent
      sent += times;
    }
    CHECK(sent == world.started);  // the vendor saw nothing that is not written down
  }

  FakeTransport world;
  FakeLedger ledger;
};

// Stores as the real one does: what was not durable when the process ended is gone.
struct DurableLog : Log {
  explicit DurableLog(const FakeLedger& given) : ledger(given) {}
  Status answered(const Cell& cell, const AnswerRecord& record) override {
    if (record.attempt > 0) CHECK(ledger.has_durable_end(record.attempt));  // I3
    return Log::answered(cell, record);
  }
  const FakeLedger& ledger;
};

constexpr Faults k_all_faults{
    .throttle = 0.10, .silence = 0.04, .broken = 0.08, .garbage = 0.04, .cut = 0.04, .refused = 0.04, .reject = 0.04};

TEST_CASE("with a ledger, nothing is sent that is not written down, and nothing is read before it is") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    EvalSpec spec = fake_spec(6, {"plain", "panel"});
    spec.seed = seed;
    spec.limits.in_flight_max = 1 + static_cast<int>(seed % 5);
    Kept kept(seed, k_all_faults);
    DurableLog log(kept.ledger);
    const auto engine = engine_of(spec, kept.world, log, 0, &kept.ledger);
    const auto complete = engine->run(tasks_of(make_plan(spec, {})));
    REQUIRE(complete);
    CHECK(*complete);
    CHECK(log.finishes == 12);
    kept.check_books();
    check_books(kept.world, spec.limits);
    CHECK(kept.ledger.open_peak <= 3 * spec.limits.in_flight_max);  // I2, of three accounts
  }
}

TEST_CASE("a crash at any moment costs no answer, and asks again only what was in flight") {
  int repeats = 0, saved = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    EvalSpec spec = fake_spec(12, {"panel"});
    spec.seed = seed;
    spec.limits.in_flight_max = 4;
    Kept kept(seed, {.tick = std::chrono::milliseconds(seed % 2 == 0 ? 1 : 50)});
    DurableLog first(kept.ledger);
    {
      const auto engine = engine_of(spec, kept.world, first, 0, &kept.ledger);
      kept.world.at(std::chrono::milliseconds(50 + (seed * 37) % 2'500), [&] {
        engine->interrupt();
        engine->interrupt();
      });
      REQUIRE(engine->run(tasks_of(make_plan(spec, {}))));
    }
    const int asked_before = kept.world.started;
    int open = 0;
    kept.ledger.crash();
    for (const auto& [attempt, row] : kept.ledger.rows) open += !row.end;
    CHECK(open <= 3 * spec.limits.in_flight_max);
    // The store lost all its answers, but of the replies none that was durable.
    DurableLog second(kept.ledger);
    const auto again = engine_of(spec, kept.world, second, 0, &kept.ledger);
    const auto complete = again->run(tasks_of(make_plan(spec, {})));
    REQUIRE(complete);
    CHECK(*complete);
    CHECK(second.done.size() == 24);
    CHECK(second.failures == 0);
    int twice = 0;
    for (const auto& [request, books] : kept.world.asked) {
      CHECK(books.billed <= 2);
      twice += books.billed - 1;
    }
    CHECK(twice <= open);
    kept.check_books();
    repeats += twice;
    saved += asked_before - twice;
  }
  CHECK(repeats > 0);      // the crashes came while something was under way
  CHECK(saved > repeats);  // and most of what had been asked was not asked again
}

TEST_CASE("a ledger that cannot be written stops the run, and nothing more is sent") {
  for (int commit = 1; commit <= 12; ++commit) {
    CAPTURE(commit);
    const EvalSpec spec = fake_spec(50);
    Kept kept(static_cast<std::uint64_t>(commit), {});
    kept.ledger.fail_at = commit;
    DurableLog log(kept.ledger);
    const auto engine = engine_of(spec, kept.world, log, 0, &kept.ledger);
    const auto complete = engine->run(tasks_of(make_plan(spec, {})));
    REQUIRE_FALSE(complete);
    CHECK(complete.error().message == "disk full");
    CHECK(kept.world.started <= 2 * spec.limits.in_flight_max * commit);
    for (const auto& [url, vendor] : kept.world.vendors) CHECK(vendor.in_flight == 0);
    if (commit == 1) CHECK(kept.world.started == 0);
  }
}

TEST_CASE("equal seeds give equal runs") {
  const auto lines = [](std::uint64_t seed) {
    EvalSpec spec = fake_spec(10, {"panel"});
    spec.seed = seed;
    FakeTransport world(seed, {.throttle = 0.2, .silence = 0.1, .broken = 0.1, .garbage = 0.1});
    Log log;
    run_all(spec, world, log);
    log.lines.push_back(std::to_string(world.now().count()));
    return log.lines;
  };
  CHECK(lines(7) == lines(7));
  CHECK(lines(7) != lines(8));
}

TEST_CASE("the counts of requests add up to what the vendors saw") {
  EvalSpec spec = fake_spec(40);
  FakeTransport world(11, {.throttle = 0.1, .broken = 0.2, .cut = 0.1});
  Log log;
  run_all(spec, world, log);
  int attempts = 0;
  for (const auto& [cell, record] : log.records) attempts += record.attempts;
  CHECK(attempts == world.started);
}

TEST_CASE("a run that was interrupted is completed by running what is left") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    CAPTURE(seed);
    EvalSpec spec = fake_spec(25, {"panel"});
    spec.limits.in_flight_max = 2;
    spec.limits.cells_open_max = 12;
    FakeTransport world(seed, {.throttle = 0.1, .broken = 0.1, .cut = 0.05});
    Log first;
    const auto engine = engine_of(spec, world, first);
    first.engine = engine.get();
    first.interrupt_after = 3;
    const auto complete = engine->run(tasks_of(make_plan(spec, {})));
    REQUIRE(complete);
    CHECK_FALSE(*complete);
    CHECK(first.complete == false);
    CHECK(first.done.size() >= 3);
    CHECK(first.done.size() < 50);
    CHECK(first.answers == first.finishes);  // what was answered is also scored
    CHECK(world.cancelled == 0);             // and what was paid for was waited for
    for (const auto& [url, vendor] : world.vendors) CHECK(vendor.in_flight == 0);

    world.wait(world.now() + std::chrono::minutes(1));  // a new process knows nothing of what the vendor said
    Log second;
    const auto again = engine_of(spec, world, second);
    CHECK(*again->run(tasks_of(make_plan(spec, first.done))));
    CHECK(second.done.size() == 50 - first.done.size());
    for (const Cell& cell : second.done) CHECK_FALSE(first.done.contains(cell));
    check_books(world, spec.limits);
  }
}

TEST_CASE("interrupted twice, a run cancels what is in flight and reports nothing of it") {
  const EvalSpec spec = fake_spec(25);
  FakeTransport world(3, {});
  Log log;
  const auto engine = engine_of(spec, world, log);
  log.engine = engine.get();
  log.interrupt_after = 10;
  log.interrupts = 2;
  const auto complete = engine->run(tasks_of(make_plan(spec, {})));
  REQUIRE(complete);
  CHECK_FALSE(*complete);
  CHECK(log.finishes == 10);
  CHECK(world.cancelled > 0);
  for (const auto& [url, vendor] : world.vendors) CHECK(vendor.in_flight == 0);
}

TEST_CASE("interrupted while passages are looked up, a run asks no model about them") {
  EvalSpec spec = fake_spec(40);
  spec.retrievals[0].retriever = "remote";
  spec.limits.in_flight_max = 4;
  FakeTransport world(3, {});
  world.serve = [](const HttpRequest&) {
    HttpResponse response;
    response.status = 200;
    response.body = "[]";
    return response;
  };
  Log log;
  const auto engine = engine_of(spec, world, log);
  log.engine = engine.get();
  log.interrupt_after = 5;
  world.on_start = [&](const HttpRequest&) { CHECK(log.finishes < 5); };
  const auto complete = engine->run(tasks_of(make_plan(spec, {})));
  REQUIRE(complete);
  CHECK_FALSE(*complete);
  CHECK(log.answers == log.finishes);
  CHECK(world.cancelled == 0);
}

TEST_CASE("interrupted before it began, a run asks nothing") {
  const EvalSpec spec = fake_spec(5);
  FakeTransport world;
  Log log;
  const auto engine = engine_of(spec, world, log);
  engine->interrupt();
  CHECK_FALSE(*engine->run(tasks_of(make_plan(spec, {}))));
  CHECK(world.started == 0);
  CHECK(log.lines.empty());
}

TEST_CASE("an empty plan is complete") {
  const EvalSpec spec = fake_spec(1);
  FakeTransport world;
  Log log;
  CHECK(*engine_of(spec, world, log)->run({}));
  CHECK(log.complete == true);
}

TEST_CASE("an answer that cannot be stored stops the run at once") {
  for (const bool at_finish : {false, true}) {
    const EvalSpec spec = fake_spec(50);
    FakeTransport world(3, {.tick = std::chrono::milliseconds(200)});  // several answers arrive together
    Log log;
    (at_finish ? log.fail_finish : log.fail_answer) = 7;
    const auto engine = engine_of(spec, world, log);
    int started_at_failure = 0;
    world.on_start = [&](const HttpRequest&) {
      CHECK((log.answers < 7 || at_finish));
      ++started_at_failure;
    };
    const auto complete = engine->run(tasks_of(make_plan(spec, {})));
    REQUIRE_FALSE(complete);
    CHECK(complete.error().message == "disk full");
    CHECK((at_finish ? log.finishes : log.answers) == 7);  // and nothing after it
    CHECK(log.complete == false);
    CHECK(world.cancelled > 0);
    for (const auto& [url, vendor] : world.vendors) CHECK(vendor.in_flight == 0);
    CHECK(world.started < 60);
  }
}

TEST_CASE("throttling slows the client down instead of failing the run") {
  for (const bool says_how_long : {true, false}) {
    const EvalSpec spec = fake_spec(40);
    FakeTransport world(5, {.throttle = 0.5, .says_how_long = says_how_long});
    Log log;
    CHECK(run_all(spec, world, log));
    CHECK(log.failures == 0);
    CHECK(world.now() > std::chrono::seconds(10));  // virtual seconds
    if (says_how_long) CHECK(log.waits > 0);
    if (says_how_long) CHECK(log.waited_for == "Rate limit reached");
    check_books(world, spec.limits);
  }
}

TEST_CASE("what a vendor refuses is not asked again") {
  const EvalSpec spec = fake_spec(50);
  FakeTransport world(4, {.reject = 1.0});
  Log log;
  CHECK(run_all(spec, world, log));
  CHECK(log.failures == 100);
  CHECK(world.started == 100);
  const auto& failure = std::get<Failure>(log.records.at({0, 0, 0}).reply);
  CHECK(failure.kind == Failure::Kind::rejected);
  CHECK(failure.http_status == 400);
  CHECK(failure.message == "Invalid 'messages'");
}

TEST_CASE("without credit the plan is not burnt: its cells are left empty, and it is told in the vendor's words") {
  EvalSpec spec = fake_spec(500);
  FakeTransport world(4, {.credit = 20});
  Log log;
  CHECK_FALSE(run_all(spec, world, log));
  CHECK(log.complete == false);
  CHECK(log.finishes - log.failures == 40);
  CHECK(world.started <= 2 * (20 + spec.limits.in_flight_max));
  CHECK(log.failures <= 2 * spec.limits.in_flight_max);  // those that were under way
  REQUIRE(log.stopped.size() == 2);
  CHECK(log.stopped[0].find("exceeded your current quota") != std::string::npos);
  CHECK_FALSE(log.done.contains({0, 499, 0}));
}

TEST_CASE("the rate a vendor bears is found, kept to and made use of") {
  EvalSpec spec = fake_spec(1'000);
  spec.limits.in_flight_max = 64;
  FakeTransport world(2, {.capacity = 10});
  Log log;
  CHECK(run_all(spec, world, log));
  CHECK(log.failures == 0);
  const std::chrono::milliseconds ideal{1'000 * 205 / 10};
  MESSAGE(world.throttled << " of " << world.started << " throttled; " << world.now().count() << " ms for an ideal of "
                          << ideal.count());
  CHECK(world.throttled * 30 < world.started);  // most of it before the first refusal was heard
  CHECK(world.now() < ideal * 3 / 2);
}

TEST_CASE("a local model that answers one request after the other is not drowned") {
  EvalSpec spec = fake_spec(60);
  FakeTransport world(2, {.serial = std::chrono::seconds(20)});  // the time allowed for a request is 120 s
  Log log;
  CHECK(run_all(spec, world, log));
  CHECK(log.failures == 0);
  CHECK(world.started < 120 + 20);
}

TEST_CASE("open cells are bounded, however long the plan") {
  EvalSpec spec = fake_spec(200);
  spec.limits.cells_open_max = 5;
  FakeTransport world(9, {});
  Log log;
  CHECK(run_all(spec, world, log));
  CHECK(log.done.size() == 400);
  int peak = 0;
  for (const auto& [url, vendor] : world.vendors) peak += vendor.in_flight_peak;
  CHECK(peak <= 2 * 5);
  CHECK(peak > 2);
}

TEST_CASE("working on other threads changes nothing but the order") {
  const EvalSpec spec = fake_spec(100, {"plain", "panel"});
  FakeTransport world(9, {}), alone(9, {});
  Log log, inline_log;
  CHECK(run_all(spec, world, log, 4));
  CHECK(run_all(spec, alone, inline_log, 0));
  CHECK(log.done.size() == 200);
  for (const auto& [cell, scores] : inline_log.scores) {
    REQUIRE(log.scores.at(cell).size() == scores.size());
    for (std::size_t i = 0; i < scores.size(); ++i) CHECK(log.scores.at(cell)[i].why == scores[i].why);
  }
}

TEST_CASE("threads end well when a run is cut off") {
  for (int after = 1; after <= 10; ++after) {
    const EvalSpec spec = fake_spec(30, {"panel"});
    FakeTransport world(static_cast<std::uint64_t>(after), {});
    world.has_workers = true;
    Log log;
    const auto engine = engine_of(spec, world, log, 4);
    log.engine = engine.get();
    log.interrupt_after = after;
    log.interrupts = 1 + after % 2;
    const auto complete = engine->run(tasks_of(make_plan(spec, {})));
    REQUIRE(complete);
    CHECK(*complete == (log.finishes == 60));
    CHECK(log.finishes >= after);
    CHECK(log.answers >= log.finishes);
  }
}

TEST_CASE("work per cell does not grow with the plan") {
  EvalSpec spec = fake_spec(1'000);
  spec.limits.in_flight_max = 64;
  FakeTransport world(9, {.throttle = 0.02});
  Log log;
  CHECK(run_all(spec, world, log));
  CHECK(log.done.size() == 2'000);
  CHECK(world.started < 2'100);
}

}  // namespace
}  // namespace plumb
