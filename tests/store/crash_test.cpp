// A writer is killed at any moment, many times over: what it said is durable is there, and the rest is sound.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>

#include "store/database.h"
#include "store/sample.h"

namespace plumb {
namespace {

using sample::value_of;

constexpr int k_kills = 30;

Cell nth_cell(int n) { return {n % 4, n / 4 % 4, n / 16}; }

// Fills cells from the `first` on, and tells after each few rows up to which cell all is durable. Never returns.
[[noreturn]] void write_forever(const std::filesystem::path& path, const EvalSpec& spec, int first, int tell) {
  Result<std::unique_ptr<Writer>> writer = Writer::open(path, spec, false, sample::k_now);
  if (!writer) _exit(1);
  for (int n = first;; ++n) {
    const Cell cell = nth_cell(n);
    if (!(*writer)->answered(cell, sample::answer(std::string(500 + n % 7 * 1'000, 'x')))) _exit(2);
    if (!(*writer)->finished(cell, sample::scores(), sample::outcome(Outcome::correct))) _exit(3);
    if (n % 3 != 0) continue;
    if (!(*writer)->flush()) _exit(4);
    if (write(tell, &n, sizeof n) != sizeof n) _exit(5);
  }
}

// Reads until `count` were told or nobody is left to tell; the last, or `before` if there was none.
int last_told(int from, int count, int before) {
  int last = before;
  for (int n, i = 0; i < count && read(from, &n, sizeof n) == sizeof n; ++i) last = n;
  return last;
}

void check_sound(const std::filesystem::path& path) {
  const auto database = value_of(Database::open(path, Database::Access::read));
  Statement integrity = value_of(database->prepare("PRAGMA integrity_check"));
  REQUIRE(value_of(integrity.step()));
  CHECK(integrity.text(0) == "ok");
  Statement foreign = value_of(database->prepare("PRAGMA foreign_key_check"));
  CHECK_FALSE(value_of(foreign.step()));
}

TEST_CASE("what was flushed survives kill -9, and what survives is sound") {
  const sample::Folder folder;
  EvalSpec spec = sample::spec();
  spec.trials = 100'000;
  int durable = -1;  // every cell up to this one
  for (int kill_number = 0; kill_number < k_kills; ++kill_number) {
    CAPTURE(kill_number);
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      close(ends[0]);
      write_forever(folder / "r.db", spec, durable + 1, ends[1]);
    }
    close(ends[1]);
    // Some are killed while they open the database, some early, some late.
    durable = last_told(ends[0], kill_number * 5 % 17, durable);
    usleep(static_cast<useconds_t>(kill_number * 731 % 3'000));
    kill(child, SIGKILL);
    durable = last_told(ends[0], 1'000'000, durable);
    close(ends[0]);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));

    const auto writer = sample::writer(folder / "r.db", spec);
    const std::vector<Cell> cells = value_of(writer->finished_cells());
    const std::set<Cell> finished(cells.begin(), cells.end());
    int lost = 0;
    for (int n = 0; n <= durable; ++n) lost += finished.contains(nth_cell(n)) ? 0 : 1;
    CHECK(lost == 0);
    check_sound(folder / "r.db");
    // Committed but not yet told: found in the database, not in anybody's memory.
    while (finished.contains(nth_cell(durable + 1))) ++durable;
    sample::require_ok(writer->close());
  }
  CHECK(durable > k_kills);
}

}  // namespace
}  // namespace plumb
