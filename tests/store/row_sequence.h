// Rows handed to a writer in an order that is known, so that whoever counts what is stored can tell what is missing.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>

#include "store/database.h"
#include "store/sample.h"

namespace plumb::sample {

// Of each kind, how many there are.
struct RowCounts {
  std::int64_t starts = 0, ends = 0, answers = 0, outcomes = 0;
  std::int64_t sum() const { return starts + ends + answers + outcomes; }
  bool operator==(const RowCounts&) const = default;
};

// Exchanges overlap, as an engine's do: while one starts, an earlier one ends, and one before that is finished.
inline constexpr int k_in_flight = 3;

// The n-th cell of a grid with as many trials as one likes.
inline Cell nth_cell(std::int64_t n) {
  return {static_cast<int>(n % 4), static_cast<int>(n / 4 % 4), static_cast<int>(n / 16)};
}

// The one cell of which the row at this place of the sequence is, and its kind: 0 start, 1 end, 2 answer, 3 outcome.
struct Place {
  std::int64_t cell = 0;
  int kind = 0;
};
inline Place place_of(std::int64_t row) {
  // Before the first end there are starts only; then each round has all four.
  if (row < k_in_flight) return {row, 0};
  const std::int64_t round = (row - k_in_flight) / 4;
  const auto kind = static_cast<int>((row - k_in_flight) % 4);
  return {kind == 3 ? round + k_in_flight : round, kind == 3 ? 0 : kind + 1};
}

// What the first so many rows of the sequence are.
inline RowCounts counts_of(std::int64_t rows) {
  RowCounts counts;
  for (std::int64_t row = 0; row < rows; ++row) {
    const int kind = place_of(row).kind;
    ++(kind == 0 ? counts.starts : kind == 1 ? counts.ends : kind == 2 ? counts.answers : counts.outcomes);
  }
  return counts;
}

// Hands over the row at this place; cells are counted from `first`, attempts from `attempt_base` + 1.
inline Result<Ledger::Ticket> hand_over(Writer& writer, std::int64_t row, std::int64_t first,
                                        std::int64_t attempt_base) {
  const Place place = place_of(row);
  const Cell cell = nth_cell(first + place.cell);
  const std::int64_t attempt = attempt_base + place.cell + 1;
  const std::string body(static_cast<std::size_t>(300 + place.cell % 7 * 1'000), 'x');
  if (place.kind == 0) {
    const auto started = writer.start(start(cell, std::to_string(first + place.cell)));
    if (!started) return started.error();
    if (started->attempt != attempt) return Error{"attempts are not numbered one by one"};
    return started->ticket;
  }
  if (place.kind == 1) return writer.end(attempt, end(body));
  const Status status = place.kind == 2 ? writer.answered(cell, answer_of(attempt, "답", body))
                                        : writer.finished(cell, scores(), outcome(Outcome::correct));
  if (!status) return status.error();
  return static_cast<Ledger::Ticket>(row) + 1;
}

// Waits, without taking the processor from the writer, until a writer's ledger has something new to say.
class DurableWaiter {
 public:
  explicit DurableWaiter(Writer& writer) : writer_(&writer) {
    writer.on_durable([this] {
      const std::lock_guard guard(mutex_);
      advanced_ = true;
      news_.notify_one();
    });
  }
  ~DurableWaiter() { writer_->on_durable({}); }
  DurableWaiter(const DurableWaiter&) = delete;
  DurableWaiter& operator=(const DurableWaiter&) = delete;

  // What durable() says once it is at least this, or an error.
  Result<Ledger::Ticket> wait_for(Ledger::Ticket ticket) {
    while (true) {
      Result<Ledger::Ticket> durable = writer_->durable();
      if (!durable || *durable >= ticket) return durable;
      std::unique_lock guard(mutex_);
      news_.wait(guard, [&] { return advanced_; });
      advanced_ = false;
    }
  }

 private:
  Writer* writer_;
  std::mutex mutex_;
  std::condition_variable news_;
  bool advanced_ = false;
};

// What is stored of the cells and attempts after these.
inline RowCounts counts_in(Database& database, std::int64_t attempt_base) {
  const auto count = [&](std::string_view sql) {
    Statement select = value_of(database.prepare(sql));
    return value_of(select.run_for_integer(attempt_base)).value_or(0);
  };
  return {count("SELECT count(*) FROM attempts WHERE id > ?"),
          count("SELECT count(*) FROM replies WHERE attempt_id > ?"),
          count("SELECT count(*) FROM cells WHERE attempt_id > ?"),
          count("SELECT count(*) FROM outcomes JOIN cells ON id = cell_id WHERE attempt_id > ?")};
}

inline void check_integrity(Database& database) {
  Statement integrity = value_of(database.prepare("PRAGMA integrity_check"));
  REQUIRE(value_of(integrity.step()));
  CHECK(integrity.text(0) == "ok");
  Statement foreign = value_of(database.prepare("PRAGMA foreign_key_check"));
  CHECK_FALSE(value_of(foreign.step()));
}

}  // namespace plumb::sample
