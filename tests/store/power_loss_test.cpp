// Power fails at any moment, and disks fail: what the writer said is durable is there, and the rest is sound.
#include <doctest/doctest.h>

#include <functional>
#include <random>

#include "base/text.h"
#include "store/power_loss_vfs.h"
#include "store/row_sequence.h"
#include "store/writer.h"

namespace plumb {
namespace {

using sample::UnreliableDisk;
using sample::value_of;

constexpr int k_points = 200;
constexpr std::int64_t k_rows = 120;

EvalSpec spec_of_many() {
  EvalSpec spec = sample::spec();
  spec.trials = 1'000;
  return spec;
}

struct Written {
  std::int64_t handed_over = 0;
  std::int64_t durable = 0;  // as the writer said
  std::string error;         // "" : none
};

// Hands over rows of the sequence, never more than `ahead` of what is durable. Gives up with the first error.
Written write_rows(UnreliableDisk& disk, const std::filesystem::path& path, std::int64_t ahead, WriterOptions options,
                   const std::function<void()>& opened = {}) {
  options.gather = std::chrono::microseconds(0);
  options.files = disk.name();
  Written written;
  Result<std::unique_ptr<Writer>> writer = open_writer(path, spec_of_many(), sample::k_now, {}, options);
  if (!writer) return {0, 0, writer.error().message};
  if (opened) opened();
  sample::DurableWaiter waiter(**writer);
  for (std::int64_t row = 0; row < k_rows && written.error.empty(); ++row) {
    const auto ticket = sample::hand_over(**writer, row, 0, 0);
    if (ticket) ++written.handed_over;
    if (!ticket) written.error = ticket.error().message;
    const auto durable = waiter.wait_for(static_cast<Ledger::Ticket>(std::max<std::int64_t>(0, row + 1 - ahead)));
    if (durable) written.durable = static_cast<std::int64_t>(*durable);
    if (!durable) written.error = durable.error().message;
  }
  const Status closed = (*writer)->close();
  if (closed && written.error.empty()) written.durable = written.handed_over;
  if (!closed && written.error.empty()) written.error = closed.error().message;
  return written;
}

// How many rows that were said to be durable are missing.
std::int64_t lost_of(const std::filesystem::path& path, const Written& written) {
  UnreliableDisk mended;  // one that costs nothing to sync
  const auto database = value_of(Database::open(path, Database::Access::write, std::chrono::seconds(5), mended.name()));
  const Result<std::int64_t> tables = database->integer("SELECT count(*) FROM sqlite_schema WHERE name = 'replies'");
  if (!tables || *tables == 0) return written.durable;
  sample::check_integrity(*database);
  const sample::RowCounts counts = sample::counts_in(*database, 0);
  // Without gaps: what is there is the beginning of what was handed over.
  CHECK(counts == sample::counts_of(counts.sum()));
  CHECK(counts.sum() <= written.handed_over + 1);
  return std::max<std::int64_t>(0, written.durable - counts.sum());
}

struct Campaign {
  std::int64_t durable = 0, lost = 0;
  int unreadable = 0;
};

Campaign lose_power(int points, WriterOptions options) {
  std::mt19937 dice(20261122);
  std::int64_t operations = 0;
  {
    const sample::Folder folder;
    UnreliableDisk disk;
    REQUIRE(write_rows(disk, folder / "r.db", 4, options).error.empty());
    operations = disk.operations();
  }
  Campaign all;
  for (int point = 0; point < points; ++point) {
    CAPTURE(point);
    const sample::Folder folder;
    const std::filesystem::path path = folder / "r.db";
    UnreliableDisk disk;
    disk.lose_power_after(std::uniform_int_distribution<std::int64_t>(0, operations)(dice));
    const std::int64_t ahead = std::uniform_int_distribution<std::int64_t>(0, 12)(dice);
    const Written written = write_rows(disk, path, ahead, options);
    // Closing takes a loss of power for no more than a log that stays: all is durable by then.
    CHECK((!disk.has_power() || written.error.empty()));
    // Nothing of what was not synced, all of it, or some sectors.
    disk.restore(dice, (point % 3) * 0.5);
    all.durable += written.durable;
    if (!options.synced) {
      const auto database = value_of(Database::open(path, Database::Access::read));
      const auto tables = database->integer("SELECT count(*) FROM replies");
      all.lost += std::max<std::int64_t>(0, written.durable - (tables ? sample::counts_in(*database, 0).sum() : 0));
      continue;
    }
    if (written.durable > 0) CHECK(Store::open(path));
    all.lost += lost_of(path, written);
    UnreliableDisk mended;  // the run can go on
    sample::require_ok(
        value_of(open_writer(path, spec_of_many(), sample::k_now, {}, {.files = mended.name()}))->close());
  }
  return all;
}

TEST_CASE("what was said to be durable survives a loss of power at any moment") {
  const Campaign all = lose_power(k_points, {.log_pages = 60});
  CHECK(all.lost == 0);
  CHECK(all.durable > k_points * k_rows / 10);
}

TEST_CASE("a writer that does not sync would be found out") {
  const Campaign all = lose_power(20, {.log_pages = 60, .synced = false});
  CHECK(all.lost > 0);
}

TEST_CASE("a loss of power while the log is folded away at the end leaves what can be read") {
  bool lost_power = false;
  for (int operations = 0; operations < 60; ++operations) {
    CAPTURE(operations);
    const sample::Folder folder;
    UnreliableDisk disk;
    std::string run;
    {
      const auto writer =
          value_of(open_writer(folder / "r.db", spec_of_many(), sample::k_now, {}, {.files = disk.name()}));
      run = writer->run().id;
      sample::fill(*writer, {0, 0, 0});
      sample::require_ok(writer->flush());
      disk.lose_power_after(operations);
      sample::require_ok(writer->close());
    }
    lost_power = lost_power || !disk.has_power();
    std::mt19937 dice;
    disk.restore(dice, 0.0);
    CHECK(value_of(sample::reader(folder / "r.db")->cells(run, true)).size() == 1);
  }
  CHECK(lost_power);
}

TEST_CASE("a sync that fails stops the run; the row it was for is not said to be durable, those before are") {
  for (int syncs = 0; syncs < 12; ++syncs) {
    CAPTURE(syncs);
    const sample::Folder folder;
    UnreliableDisk disk;
    // One row at a time, so that it is known which one the sync is for.
    const Written written = write_rows(disk, folder / "r.db", 0, {}, [&] { disk.fail_sync_after(syncs); });
    CHECK(contains(written.error, "the disk reports an error"));
    CHECK(written.handed_over == syncs + 1);
    CHECK(written.durable == syncs);
    CHECK(lost_of(folder / "r.db", written) == 0);
  }
}

TEST_CASE("an error while the log is copied into the database stops the run too") {
  const sample::Folder folder;
  UnreliableDisk disk;
  const auto writer =
      value_of(open_writer(folder / "r.db", spec_of_many(), sample::k_now, {}, {.log_pages = 1, .files = disk.name()}));
  // The row's commit needs one sync; the copy that follows it another.
  disk.fail_sync_after(1);
  value_of(writer->start(sample::start({0, 0, 0}, "a")));
  const Status closed = writer->close();
  REQUIRE_FALSE(closed);
  CHECK(contains(closed.error().message, "the disk reports an error"));
  const auto database = value_of(Database::open(folder / "r.db", Database::Access::read));
  CHECK(value_of(database->integer("SELECT count(*) FROM attempts")) == 1);
}

TEST_CASE("a disk that is full at any moment stops the run, and keeps what was said to be durable") {
  for (int pages = 30; pages < 44; pages += 2) {
    CAPTURE(pages);
    const sample::Folder folder;
    UnreliableDisk disk;
    const Written written = write_rows(disk, folder / "r.db", 0, {.log_pages = 5, .pages_max = pages});
    CHECK(contains(written.error, "the disk is full"));
    CHECK(lost_of(folder / "r.db", written) == 0);
  }
}

}  // namespace
}  // namespace plumb
