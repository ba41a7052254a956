#include "store/writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <variant>

#include "store/cell_rows.h"
#include "store/database.h"
#include "store/run_rows.h"
#include "store/schema.h"
#include "store/writer_lock.h"

namespace plumb {
namespace {

struct Answered {
  Cell cell;
  AnswerRecord record;
};

struct Finished {
  Cell cell;
  std::vector<Score> scores;
  OutcomeOf outcome;
};

using Row = std::variant<Answered, Finished>;

std::size_t bytes_of(const AnswerRecord& record) {
  const auto* completion = std::get_if<Completion>(&record.reply);
  return sizeof(Answered) + record.raw_body.size() + (completion == nullptr ? 0 : completion->text.size());
}

std::size_t bytes_of(const std::vector<Score>& scores) {
  std::size_t bytes = sizeof(Finished);
  for (const Score& score : scores) {
    bytes += sizeof(Score) + score.why.size();
    for (const Claim& claim : score.claims) bytes += sizeof(Claim) + claim.why.size();
  }
  return bytes;
}

// The engine's thread hands rows over; the writer's own thread takes all there are, writes them in one
// transaction and commits: the more load, the more rows share the millisecond of a sync.
class GroupWriter final : public Writer {
 public:
  GroupWriter(WriterLock lock, std::unique_ptr<Database> database, Grid grid, WriterOptions options)
      : path_(database->path()),
        lock_(std::move(lock)),
        database_(std::move(database)),
        grid_(std::move(grid)),
        options_(options) {}
  ~GroupWriter() override { static_cast<void>(close()); }

  Status start() {
    cells_ = std::make_unique<CellWriter>(TRY(CellWriter::make(*database_, grid_)));
    try {
      thread_ = std::thread([this] { write_until_closed(); });
    } catch (const std::system_error& e) {
      return Error{fmt::format("no thread can be started to write {} ({})", path_.string(), e.what())};
    }
    return Done{};
  }

  Status answered(const Cell& cell, const AnswerRecord& record) override {
    return hand_over(Answered{cell, record}, bytes_of(record));
  }
  Status finished(const Cell& cell, const std::vector<Score>& scores, const OutcomeOf& outcome) override {
    return hand_over(Finished{cell, scores, outcome}, bytes_of(scores));
  }

  const RunInfo& run() const override { return grid_.run; }
  bool resumed() const override { return grid_.resumed; }

  Result<std::vector<Cell>> finished_cells() const override {
    const auto database = TRY(Database::open(path_, Database::Access::read));
    return read_finished(*database, grid_);
  }
  Result<std::vector<std::pair<Cell, AnswerRecord>>> unscored_answers() const override {
    const auto database = TRY(Database::open(path_, Database::Access::read));
    return read_unscored(*database, grid_);
  }

  Status flush() override {
    std::unique_lock guard(mutex_);
    const std::uint64_t until = rows_accepted_;
    ++flushing_;
    work_.notify_one();
    progress_.wait(guard, [&] { return rows_durable_ >= until || !status_; });
    --flushing_;
    return status_;
  }

  Status close() override {
    if (thread_.joinable()) {
      {
        const std::lock_guard guard(mutex_);
        closing_ = true;
      }
      work_.notify_one();
      progress_.notify_all();
      thread_.join();
      let_go();
    }
    return status_;
  }

 private:
  Status hand_over(Row row, std::size_t bytes) {
    std::unique_lock guard(mutex_);
    progress_.wait(guard, [&] { return has_room() || !status_ || closing_; });
    if (!status_) return status_;
    if (closing_) return Error{fmt::format("{}: is closed", path_.string())};
    queue_.push_back(std::move(row));
    ++rows_accepted_;
    bytes_queued_ += bytes;
    // Once asleep, the thread is woken by the first row; while it gathers, by a queue that need not wait longer.
    if (queue_.size() == 1 || !has_room()) work_.notify_one();
    return Done{};
  }

  bool has_room() const {
    return rows_accepted_ - rows_durable_ < options_.rows_queued_max && bytes_queued_ < options_.bytes_queued_max;
  }

  // The writer's thread. Ends when all is written, or with the first error.
  void write_until_closed() {
    std::unique_lock guard(mutex_);
    while (true) {
      work_.wait(guard, [&] { return !queue_.empty() || closing_; });
      if (queue_.empty()) return;
      work_.wait_for(guard, options_.gather, [&] { return flushing_ > 0 || closing_ || !has_room(); });

      std::vector<Row> rows = std::move(queue_);
      queue_.clear();
      const std::size_t bytes = bytes_queued_;
      guard.unlock();
      Status written = write(rows);
      const std::size_t count = rows.size();
      rows.clear();  // gives back what may be many megabytes, not under the lock
      guard.lock();

      if (written) {
        rows_durable_ += count;
        bytes_queued_ -= bytes;
      } else {
        status_ = std::move(written);
        queue_.clear();
      }
      progress_.notify_all();
      if (!status_) return;
    }
  }

  Status write(const std::vector<Row>& rows) {
    TRY(database_->check_in_place());
    return in_transaction(*database_, [&] { return write_rows(rows); });
  }

  Status write_rows(const std::vector<Row>& rows) {
    UnixMillis latest = 0;
    for (const Row& row : rows) {
      if (const auto* answered = std::get_if<Answered>(&row)) {
        TRY(cells_->answered(answered->cell, answered->record));
        latest = std::max(latest, answered->record.answered_at);
      } else {
        const Finished& finished = std::get<Finished>(row);
        TRY(cells_->finished(finished.cell, finished.scores, finished.outcome));
      }
    }
    return cells_->touch(latest);
  }

  void let_go() {
    cells_.reset();
    if (status_) {
      database_->fold_write_ahead_log();
    } else {
      database_->leave_write_ahead_log();
    }
    database_.reset();
    // Last: closing the database may still write to it.
    lock_.reset();
  }

  const std::filesystem::path path_;
  std::optional<WriterLock> lock_;
  std::unique_ptr<Database> database_;  // its statements are used by the writer's thread, once that has started
  Grid grid_;
  const WriterOptions options_;
  std::unique_ptr<CellWriter> cells_;
  std::thread thread_;

  std::mutex mutex_;
  std::condition_variable work_;      // for the writer's thread: rows, a flush or the end
  std::condition_variable progress_;  // for the others: room, durability or an error
  // State below is protected by mutex_.
  std::vector<Row> queue_;
  std::uint64_t rows_accepted_ = 0;
  std::uint64_t rows_durable_ = 0;
  std::size_t bytes_queued_ = 0;  // queued or being written
  int flushing_ = 0;
  bool closing_ = false;
  Status status_ = Done{};  // the first error stays
};

Status make_folder_of(const std::filesystem::path& path) {
  const std::filesystem::path folder = path.parent_path();
  std::error_code failed;
  if (!folder.empty()) std::filesystem::create_directories(folder, failed);
  if (!failed) return Done{};
  return Error{fmt::format("{}: cannot be created ({}); choose another `store` in eval.yaml", folder.string(),
                           failed.message())};
}

}  // namespace

Result<std::unique_ptr<Writer>> open_writer(const std::filesystem::path& path, const EvalSpec& spec, bool fresh,
                                            UnixMillis now, std::string_view harness_version, WriterOptions options) {
  if (path.empty()) return Error{"no database is named; give `store` in eval.yaml a path"};
  TRY(make_folder_of(path));
  WriterLock lock = TRY(WriterLock::take(path));
  // No other plumb writes from here on.

  std::unique_ptr<Database> database = TRY(Database::open(path, Database::Access::write));
  if (options.pages_max > 0) TRY(database->limit_pages(options.pages_max));
  TRY(check_is_ours(*database, schema_version()));
  // It is ours to change.

  TRY(database->use_write_ahead_log());
  TRY(migrate(*database, migrations(), harness_version));
  Grid grid = TRY(open_grid(*database, spec, fresh, now, harness_version));

  auto writer = std::make_unique<GroupWriter>(std::move(lock), std::move(database), std::move(grid), options);
  TRY(writer->start());
  return std::unique_ptr<Writer>(std::move(writer));
}

Result<std::unique_ptr<Writer>> Writer::open(const std::filesystem::path& path, const EvalSpec& spec, bool fresh,
                                             UnixMillis now, std::string_view harness_version) {
  return open_writer(path, spec, fresh, now, harness_version, {});
}

}  // namespace plumb
