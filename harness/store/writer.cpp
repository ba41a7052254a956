#include "store/writer.h"

#include <fmt/format.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "store/attempt_rows.h"
#include "store/cell_rows.h"
#include "store/database.h"
#include "store/known_replies.h"
#include "store/run_rows.h"
#include "store/schema.h"
#include "store/writer_lock.h"
#include "store/writer_rows.h"

namespace plumb {
namespace {

// The engine's thread hands rows over; the writer's own thread takes all there are, writes them in one
// transaction and commits: the more load, the more rows share the millisecond of a sync.
class GroupWriter final : public Writer {
 public:
  GroupWriter(WriterLock lock, std::unique_ptr<Database> database, Grid grid, bool cache, WriterOptions options)
      : path_(database->path()),
        lock_(std::move(lock)),
        database_(std::move(database)),
        grid_(std::move(grid)),
        cache_(cache),
        options_(std::move(options)) {}
  ~GroupWriter() override { static_cast<void>(close()); }

  Status begin() {
    rows_ = TRY(RowWriter::make(*database_, grid_));
    attempts_before_ = attempt_ = TRY(last_attempt(*database_));
    try {
      thread_ = std::thread([this] { write_until_closed(); });
    } catch (const std::system_error& e) {
      return Error{fmt::format("no thread can be started to write {} ({})", path_.string(), e.what())};
    }
    return Done{};
  }

  Status answered(const Cell& cell, const AnswerRecord& record) override {
    TRY(hand_over(AnsweredRow{cell, record}));
    return Done{};
  }
  Status finished(const Cell& cell, const std::vector<Score>& scores, const OutcomeOf& outcome) override {
    TRY(hand_over(FinishedRow{cell, scores, outcome}));
    return Done{};
  }

  Result<Started> start(const AttemptStart& start) override {
    const std::int64_t attempt = ++attempt_;
    return Started{attempt, TRY(hand_over(row_of(attempt, start)))};
  }
  Result<Ticket> end(std::int64_t attempt, const AttemptEnd& end) override { return hand_over(row_of(attempt, end)); }

  Result<Ticket> durable() const override {
    // Asked often, by a thread that has better to do than to wait for the one that writes.
    if (!failed_.load(std::memory_order_acquire)) return rows_durable_.load(std::memory_order_acquire);
    const std::lock_guard guard(mutex_);
    return status_.error();
  }
  void on_durable(std::function<void()> advanced) override {
    const std::lock_guard guard(calling_);
    advanced_ = std::move(advanced);
  }
  std::optional<KnownReply> find_reply(const std::string& request_key) override;

  const RunInfo& run() const override { return grid_.run; }
  bool resumed() const override { return grid_.resumed; }

  Result<std::vector<Cell>> finished_cells() const override { return read_finished(*TRY(open_to_read()), grid_); }
  Result<std::vector<std::pair<Cell, AnswerRecord>>> unscored_answers() const override {
    return read_unscored(*TRY(open_to_read()), grid_);
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
  Result<std::unique_ptr<Database>> open_to_read() const {
    return Database::open(path_, Database::Access::read, std::chrono::seconds(5), options_.files);
  }
  Result<KnownReplies> load_known() const {
    return KnownReplies::load(TRY(open_to_read()), grid_.run_id, attempts_before_ + 1, cache_);
  }

  Result<Ticket> hand_over(Row row) {
    const std::size_t bytes = bytes_of(row);
    std::unique_lock guard(mutex_);
    progress_.wait(guard, [&] { return has_room() || !status_ || closing_; });
    if (!status_) return status_.error();
    if (closing_) return Error{fmt::format("{}: is closed", path_.string())};
    queue_.push_back(std::move(row));
    bytes_queued_ += bytes;
    const Ticket ticket = ++rows_accepted_;
    // Once asleep, the thread is woken by the first row; while it gathers, by a queue that need not wait longer.
    const bool wake = queue_.size() == 1 || !has_room();
    guard.unlock();
    if (wake) work_.notify_one();
    return ticket;
  }

  bool has_room() const {
    return rows_accepted_ - rows_durable_ < options_.rows_queued_max && bytes_queued_ < options_.bytes_queued_max;
  }

  // What is written in one transaction.
  struct Batch {
    std::vector<Row> rows;  // it and the queue change places, so that neither grows anew each time
    std::size_t bytes = 0;
    bool last = false;  // somebody waits for the end
    std::chrono::steady_clock::time_point next = std::chrono::steady_clock::time_point::min();
  };

  // The writer's thread. Ends when all is written, or with the first error.
  void write_until_closed() {
    Batch batch;
    while (take(batch)) {
      Status written = rows_->write(batch.rows, batch.last);
      const std::size_t count = batch.rows.size();
      batch.rows.clear();  // gives back what may be many megabytes, not under the lock
      if (!settle(count, batch.bytes, std::move(written))) return;
      // Only now, when nobody waits for what is in it.
      if (database_->log_pages() >= options_.log_pages && !settle(0, 0, database_->copy_log())) return;
    }
  }

  // False: closing, and nothing is left.
  bool take(Batch& batch) {
    std::unique_lock guard(mutex_);
    work_.wait(guard, [&] { return !queue_.empty() || closing_; });
    if (queue_.empty()) return false;
    // At leisure a row is committed at once; under load the next ones share a commit.
    work_.wait_until(guard, batch.next, [&] { return flushing_ > 0 || closing_ || !has_room(); });
    batch.next = std::chrono::steady_clock::now() + options_.gather;
    batch.rows.swap(queue_);
    batch.bytes = bytes_queued_;
    batch.last = flushing_ > 0 || closing_;
    return true;
  }

  // Makes known what came of it; false if nothing more may be written.
  bool settle(std::size_t count, std::size_t bytes, Status written) {
    const bool goes_on = bool(written);
    {
      const std::lock_guard guard(mutex_);
      rows_durable_.store(rows_durable_ + (goes_on ? count : 0), std::memory_order_release);
      bytes_queued_ -= bytes;
      if (!goes_on) fail(std::move(written));
    }
    progress_.notify_all();
    const std::lock_guard guard(calling_);
    if (advanced_) advanced_();
    return goes_on;
  }

  // With mutex_ held.
  void fail(Status status) {
    if (status_) status_ = std::move(status);
    queue_.clear();
    failed_.store(true, std::memory_order_release);
  }

  void let_go() {
    known_.reset();
    rows_.reset();
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
  const bool cache_;
  const WriterOptions options_;
  std::unique_ptr<RowWriter> rows_;
  std::thread thread_;

  // Of the engine's thread.
  std::int64_t attempts_before_ = 0;  // the last one of earlier writers
  std::int64_t attempt_ = 0;          // the last one given out
  std::optional<KnownReplies> known_;

  mutable std::mutex mutex_;
  std::condition_variable work_;      // for the writer's thread: rows, a flush or the end
  std::condition_variable progress_;  // for the others: room, durability or an error
  // State below is changed with mutex_ held; what is atomic may be read without.
  std::vector<Row> queue_;
  std::uint64_t rows_accepted_ = 0;
  std::atomic<std::uint64_t> rows_durable_ = 0;
  std::size_t bytes_queued_ = 0;  // queued or being written
  int flushing_ = 0;
  bool closing_ = false;
  Status status_ = Done{};  // the first error stays
  std::atomic<bool> failed_ = false;

  std::mutex calling_;  // held while advanced_ is called or changed
  std::function<void()> advanced_;
};

std::optional<KnownReply> GroupWriter::find_reply(const std::string& request_key) {
  const std::optional<KeyBytes> key = key_bytes(request_key);
  if (!key || attempts_before_ == 0) return std::nullopt;
  const auto find = [&]() -> Result<std::optional<KnownReply>> {
    if (!known_) known_ = TRY(load_known());
    return known_->find(*key);
  };
  Result<std::optional<KnownReply>> found = find();
  if (found) return *std::move(found);
  // Not to be able to tell would be to pay again: the run is stopped, as by a write that failed.
  const std::lock_guard guard(mutex_);
  fail(std::move(found).error());
  return std::nullopt;
}

Status make_folder_of(const std::filesystem::path& path) {
  const std::filesystem::path folder = path.parent_path();
  std::error_code failed;
  if (!folder.empty()) std::filesystem::create_directories(folder, failed);
  if (!failed) return Done{};
  return Error{fmt::format("{}: cannot be created ({}); choose another `store` in eval.yaml", folder.string(),
                           failed.message())};
}

}  // namespace

Result<std::unique_ptr<Writer>> open_writer(const std::filesystem::path& path, const EvalSpec& spec, UnixMillis now,
                                            const RunOptions& run, WriterOptions options) {
  if (path.empty()) return Error{"no database is named; give `store` in eval.yaml a path"};
  TRY(make_folder_of(path));
  WriterLock lock = TRY(WriterLock::take(path));
  // No other plumb writes from here on.

  std::unique_ptr<Database> database =
      TRY(Database::open(path, Database::Access::write, std::chrono::seconds(5), options.files));
  if (options.pages_max > 0) TRY(database->limit_pages(options.pages_max));
  TRY(check_is_ours(*database, schema_version()));
  // It is ours to change.

  TRY(database->use_write_ahead_log(options.synced));
  TRY(migrate(*database, migrations(), run.harness_version));
  Grid grid = TRY(open_grid(*database, spec, run.fresh, now, run.harness_version));

  auto writer = std::make_unique<GroupWriter>(std::move(lock), std::move(database), std::move(grid), run.cache,
                                              std::move(options));
  TRY(writer->begin());
  return std::unique_ptr<Writer>(std::move(writer));
}

Result<std::unique_ptr<Writer>> Writer::open(const std::filesystem::path& path, const EvalSpec& spec, UnixMillis now,
                                             const RunOptions& options) {
  return open_writer(path, spec, now, options, {});
}

}  // namespace plumb
