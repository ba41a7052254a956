// A writer is killed at any moment, many times over: what it said is durable is there, and the rest is sound.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <random>
#include <set>

#include "store/database.h"
#include "store/row_sequence.h"
#include "store/writer.h"

namespace plumb {
namespace {

using sample::value_of;

// The long campaign is for whoever changes the writer.
int kills() { return std::getenv("PLUMB_LONG") != nullptr ? 5'000 : 200; }
constexpr int k_kills_per_database = 50;  // so that looking at all of it stays cheap

EvalSpec spec_of_many() {
  EvalSpec spec = sample::spec();
  spec.trials = 1'000'000;
  return spec;
}

// Hands over rows without end, and tells how many are durable whenever that has changed. Never returns.
[[noreturn]] void write_forever(const std::filesystem::path& path, std::int64_t attempt_base, int tell) {
  Result<std::unique_ptr<Writer>> writer = open_writer(path, spec_of_many(), sample::k_now, {}, {.log_pages = 200});
  if (!writer) _exit(1);
  sample::DurableWaiter waiter(**writer);
  Ledger::Ticket told = 0;
  for (std::int64_t row = 0;; ++row) {
    const auto ticket = sample::hand_over(**writer, row, attempt_base, attempt_base);
    if (!ticket) _exit(2);
    const auto durable = waiter.wait_for(*ticket < 40 ? 0 : *ticket - 40);
    if (!durable) _exit(3);
    if (*durable > told && write(tell, &*durable, sizeof *durable) != sizeof *durable) _exit(4);
    told = *durable;
  }
}

// Reads until `count` were told or nobody is left to tell; the last, or `before` if there was none.
std::int64_t last_told(int from, int count, std::int64_t before) {
  Ledger::Ticket last = static_cast<Ledger::Ticket>(before), told = 0;
  for (int i = 0; i < count && read(from, &told, sizeof told) == sizeof told; ++i) last = told;
  return static_cast<std::int64_t>(last);
}

// Lets a process write, and kills it. How many rows it said are durable.
std::int64_t run_and_kill(const std::filesystem::path& path, std::int64_t attempt_base, std::mt19937& dice) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    close(ends[0]);
    write_forever(path, attempt_base, ends[1]);
  }
  close(ends[1]);
  // Some are killed while they open the database, some early, some late.
  const auto below = [&](int end) { return std::uniform_int_distribution<int>(0, end - 1)(dice); };
  std::int64_t durable = below(8) == 0 ? 0 : last_told(ends[0], 1 + below(12), 0);
  usleep(static_cast<useconds_t>(below(5'000)));
  kill(child, SIGKILL);
  durable = last_told(ends[0], 1'000'000, durable);
  close(ends[0]);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  return durable;
}

TEST_CASE("what was said to be durable survives kill -9, and what survives is sound") {
  std::mt19937 dice(20261122);
  std::int64_t all_durable = 0, unacknowledged = 0;
  for (int kill_number = 0; kill_number < kills();) {
    const sample::Folder folder;
    const std::filesystem::path path = folder / "r.db";
    sample::require_ok(sample::writer(path, spec_of_many())->close());
    std::int64_t attempts = 0;
    for (int i = 0; i < k_kills_per_database; ++i, ++kill_number) {
      CAPTURE(kill_number);
      const std::int64_t durable = run_and_kill(path, attempts, dice);
      const auto database = value_of(Database::open(path, Database::Access::read));
      const sample::RowCounts counts = sample::counts_in(*database, attempts);
      CHECK(counts.sum() >= durable);
      // Without gaps, and no end without its start: what is there is the beginning of what was handed over.
      CHECK(counts == sample::counts_of(counts.sum()));
      all_durable += durable;
      unacknowledged += counts.sum() - durable;
      attempts += counts.starts;
    }
    sample::check_integrity(*value_of(Database::open(path, Database::Access::read)));
    // All that was cut off is known, and nothing else.
    const auto writer = sample::writer(path, spec_of_many());
    const Spending spending = value_of(sample::reader(path)->spending(writer->run().id));
    CHECK(spending.requests == attempts);
    CHECK(spending.unclear <= k_kills_per_database * (sample::k_in_flight + 1));
    sample::require_ok(writer->close());
  }
  CHECK(all_durable > kills() * 10);
  CHECK(unacknowledged > 0);  // found in the database, and in nobody's memory
}

TEST_CASE("what a crash kept from its cell is found by the next writer, and only that") {
  const sample::Folder folder;
  const std::filesystem::path path = folder / "r.db";
  std::mt19937 dice(7);
  sample::require_ok(sample::writer(path, spec_of_many())->close());
  std::int64_t attempts = 0;
  int found = 0;
  for (int i = 0; i < 10; ++i) {
    CAPTURE(i);
    run_and_kill(path, attempts, dice);
    const auto database = value_of(Database::open(path, Database::Access::read));
    const sample::RowCounts counts = sample::counts_in(*database, attempts);
    const auto writer = sample::writer(path, spec_of_many());
    for (std::int64_t n = 0; n < counts.starts; ++n) {
      // Cells end in their order: finished ones first, then those with a reply, then those that were cut off.
      const bool expected = n >= counts.outcomes && n < counts.ends;
      const bool known = writer->find_reply(sample::key(std::to_string(attempts + n))).has_value();
      REQUIRE(known == expected);
      found += known ? 1 : 0;
    }
    attempts += counts.starts;
    sample::require_ok(writer->close());
  }
  CHECK(found > 0);
}

}  // namespace
}  // namespace plumb
