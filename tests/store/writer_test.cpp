#include "store/writer.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/text.h"
#include "store/child.h"
#include "store/database.h"
#include "store/sample.h"

namespace plumb {
namespace {

using sample::k_now;
using sample::value_of;

std::unique_ptr<Writer> writer_with(const std::filesystem::path& path, const EvalSpec& spec, WriterOptions options) {
  return value_of(open_writer(path, spec, k_now, {.harness_version = "0.1.0"}, options));
}

// The grid in some order, with as many trials as one likes.
Cell nth_cell(int n) { return {n % 4, n / 4 % 4, n / 16}; }

// Fills cells until one is refused, and says what with; "" if none of `cells_max` was.
std::string fill_until_refused(Writer& writer, int cells_max, std::size_t text_bytes) {
  const std::string text(text_bytes, 'x');
  for (int n = 0; n < cells_max; ++n) {
    if (const Status done = writer.answered(nth_cell(n), sample::answer(text)); !done) return done.error().message;
    const Status scored = writer.finished(nth_cell(n), sample::scores(), sample::outcome(Outcome::correct));
    if (!scored) return scored.error().message;
  }
  return "";
}

TEST_CASE("flush waits until another process can see the rows") {
  const sample::Folder folder;
  // After the first commit the next would wait an hour.
  const auto writer = writer_with(folder / "r.db", sample::spec(), {.gather = std::chrono::hours(1)});
  for (int n = 0; n < 3; ++n) {
    sample::fill(*writer, nth_cell(n));
    sample::require_ok(writer->flush());
    CHECK(value_of(sample::reader(folder / "r.db")->cells(writer->run().id, true)).size() == std::size_t(n) + 1);
  }
  sample::require_ok(writer->flush());  // with nothing to wait for
}

TEST_CASE("closing makes all durable, may be repeated, and ends accepting") {
  const sample::Folder folder;
  const auto writer = writer_with(folder / "r.db", sample::spec(), {.gather = std::chrono::hours(1)});
  sample::fill(*writer, {0, 0, 0});
  sample::require_ok(writer->flush());
  sample::fill(*writer, {0, 1, 0});
  sample::require_ok(writer->close());
  sample::require_ok(writer->close());
  CHECK(value_of(writer->finished_cells()).size() == 2);
  const Status late = writer->answered({0, 0, 1}, sample::answer("늦은 답"));
  REQUIRE_FALSE(late);
  CHECK(contains(late.error().message, "is closed"));
  for (const char* rest : {"r.db-wal", "r.db-shm"}) CHECK_FALSE(std::filesystem::exists(folder / rest));
}

TEST_CASE("a writer that is dropped has stored what it was handed") {
  const sample::Folder folder;
  const EvalSpec spec = sample::spec();
  std::string run;
  {
    const auto writer = sample::writer(folder / "r.db", spec);
    run = writer->run().id;
    for (int n = 0; n < 32; ++n) sample::fill(*writer, nth_cell(n));
  }
  CHECK(value_of(sample::reader(folder / "r.db")->cells(run, false)).size() == 32);
}

TEST_CASE("the folder of the database is made") {
  const sample::Folder folder;
  sample::require_ok(sample::writer(folder / "out" / "2026" / "r.db", sample::spec())->close());
  CHECK(std::filesystem::exists(folder / "out" / "2026" / "r.db"));
}

TEST_CASE("a full queue makes the caller wait, and loses nothing") {
  const sample::Folder folder;
  const EvalSpec spec = sample::spec();
  const auto writer = writer_with(folder / "r.db", spec, {.rows_queued_max = 4});
  // Another process holds the database, so nothing gets out of the queue.
  const auto holder = value_of(Database::open(folder / "r.db", Database::Access::write));
  sample::require_ok(holder->execute("BEGIN IMMEDIATE"));
  std::atomic<int> accepted = 0;
  std::atomic<bool> refused = false;
  std::thread engine([&] {
    for (int n = 0; n < 20; ++n) {
      if (!writer->answered(nth_cell(n), sample::answer("답"))) refused = true;
      ++accepted;
    }
  });
  while (accepted < 4) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));  // time in which a queue without bounds would fill
  CHECK(accepted == 4);
  sample::require_ok(holder->execute("COMMIT"));
  engine.join();
  CHECK_FALSE(refused);
  sample::require_ok(writer->flush());
  CHECK(value_of(writer->unscored_answers()).size() == 20);
}

TEST_CASE("a queue is bounded in bytes too, yet takes a single answer of any size") {
  const sample::Folder folder;
  const EvalSpec spec = sample::spec();
  const auto writer = writer_with(folder / "r.db", spec, {.bytes_queued_max = 1'000});
  CHECK(fill_until_refused(*writer, 32, 50'000) == "");
  sample::require_ok(writer->close());
  CHECK(value_of(writer->finished_cells()).size() == 32);
}

TEST_CASE("when the disk is full the run is stopped, every later call says so, and what was stored is kept") {
  const sample::Folder folder;
  EvalSpec spec = sample::spec();
  spec.trials = 1'000;
  std::string refused;
  {
    const auto writer = writer_with(folder / "r.db", spec, {.pages_max = 200});
    sample::fill(*writer, nth_cell(15'999));
    sample::require_ok(writer->flush());
    refused = fill_until_refused(*writer, 16'000, 4'000);
    CHECK(contains(refused, (folder / "r.db").string() + ": the disk is full"));
    for (int again = 0; again < 2; ++again) {
      const Status answered = writer->answered(nth_cell(0), sample::answer(""));
      const Status finished = writer->finished(nth_cell(0), {}, {});
      const Status flushed = writer->flush();
      const Status closed = writer->close();
      for (const Status* each : {&answered, &finished, &flushed, &closed}) {
        REQUIRE_FALSE(*each);
        CHECK(each->error().message == refused);
      }
    }
  }
  const auto again = sample::writer(folder / "r.db", spec);
  CHECK(again->resumed());
  const auto kept = value_of(again->finished_cells());
  CHECK(std::count(kept.begin(), kept.end(), nth_cell(15'999)) == 1);
  const auto database = value_of(Database::open(folder / "r.db", Database::Access::read));
  Statement check = value_of(database->prepare("PRAGMA integrity_check"));
  REQUIRE(value_of(check.step()));
  CHECK(check.text(0) == "ok");
  CHECK(fill_until_refused(*again, 100, 4'000) == "");  // there is room now
  sample::require_ok(again->close());
}

TEST_CASE("a limit on the size of files is a full disk") {
  const sample::Folder folder;
  const std::string said = sample::in_child([&]() -> std::string {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit = {600'000, 600'000};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return "no limit";
    EvalSpec spec = sample::spec();
    spec.trials = 1'000;
    Result<std::unique_ptr<Writer>> writer =
        open_writer(folder / "r.db", spec, k_now, {.harness_version = "0.1.0"}, {});
    return writer ? fill_until_refused(**writer, 16'000, 4'000) : writer.error().message;
  });
  CAPTURE(said);
  CHECK(contains(said, (folder / "r.db").string() + ": the disk is full"));
}

TEST_CASE("a database deleted during a run stops the run") {
  const sample::Folder folder;
  const auto writer = sample::writer(folder / "r.db", sample::spec());
  sample::fill(*writer, {0, 0, 0});
  sample::require_ok(writer->flush());
  std::filesystem::remove(folder / "r.db");
  sample::require_ok(writer->answered({0, 1, 0}, sample::answer("답")));
  const Status flushed = writer->flush();
  REQUIRE_FALSE(flushed);
  CHECK(contains(flushed.error().message, "was deleted or replaced"));
}

TEST_CASE("scoring what was never answered is an error, not a row") {
  const sample::Folder folder;
  const auto writer = sample::writer(folder / "r.db", sample::spec());
  sample::require_ok(writer->finished({0, 0, 0}, sample::scores(), sample::outcome(Outcome::correct)));
  const Status flushed = writer->flush();
  REQUIRE_FALSE(flushed);
  CHECK(contains(flushed.error().message, "never answered"));
}

TEST_CASE("without a path there is no database") {
  const Result<std::unique_ptr<Writer>> writer = Writer::open("", sample::spec(), k_now);
  REQUIRE_FALSE(writer);
  CHECK(contains(writer.error().message, "`store`"));
}

TEST_CASE("a reader that stays open sees one writer after another") {
  const sample::Folder folder;
  const EvalSpec spec = sample::spec();
  sample::require_ok(sample::writer(folder / "r.db", spec)->close());
  const auto reader = sample::reader(folder / "r.db");
  for (int n = 0; n < 3; ++n) {
    const auto writer = sample::writer(folder / "r.db", spec);
    CHECK(value_of(reader->cells(writer->run().id, false)).size() == static_cast<std::size_t>(n));
    sample::fill(*writer, nth_cell(n));
    sample::require_ok(writer->flush());
    CHECK(value_of(reader->cells(writer->run().id, false)).size() == static_cast<std::size_t>(n) + 1);
    sample::require_ok(writer->close());
  }
  CHECK(value_of(reader->runs())[0].cells_finished == 3);
}

TEST_CASE("readers see whole cells while a writer writes") {
  const sample::Folder folder;
  EvalSpec spec = sample::spec();
  spec.trials = 100;
  const auto writer = writer_with(folder / "r.db", spec, {.gather = std::chrono::microseconds(0)});
  const std::string run = writer->run().id;
  std::atomic<bool> done = false;
  std::atomic<int> torn = 0, failed = 0;
  const auto read = [&] {
    Result<std::unique_ptr<Store>> store = Store::open(folder / "r.db");
    if (!store) ++failed;
    for (std::size_t seen = 0; store && !done;) {
      const auto cells = (*store)->cells(run, true);
      if (!cells || cells->size() < seen) {
        ++failed;
        return;
      }
      seen = cells->size();
      for (const StoredCell& cell : *cells) {
        if (cell.outcome.has_value() != (cell.scores.size() == 1)) ++torn;
      }
    }
  };
  std::thread readers[] = {std::thread(read), std::thread(read), std::thread(read)};
  for (int n = 0; n < 400; ++n) sample::fill(*writer, nth_cell(n));
  sample::require_ok(writer->flush());
  done = true;
  for (std::thread& reader : readers) reader.join();
  CHECK(torn == 0);
  CHECK(failed == 0);
  CHECK(value_of(sample::reader(folder / "r.db")->cells(run, false)).size() == 400);
}

}  // namespace
}  // namespace plumb
