// What is handed to a Writer, as it waits in the queue, and how it is written.
#pragma once

#include <cstddef>
#include <memory>
#include <variant>
#include <vector>

#include "domain/score.h"
#include "domain/sink.h"
#include "store/attempt_rows.h"
#include "store/cell_rows.h"

namespace plumb {

struct AnsweredRow {
  Cell cell;
  AnswerRecord record;
};

struct FinishedRow {
  Cell cell;
  std::vector<Score> scores;
  OutcomeOf outcome;
};

using Row = std::variant<StartRow, EndRow, AnsweredRow, FinishedRow>;

// Of memory, while it waits; near enough for a bound.
std::size_t bytes_of(const Row&);

class RowWriter {
 public:
  // Both outlive it.
  static Result<std::unique_ptr<RowWriter>> make(Database&, const Grid&);

  // In their order, all or nothing. `last`: no more will come, or not soon.
  Status write(const std::vector<Row>&, bool last);

 private:
  RowWriter(Database& database, CellWriter cells, AttemptWriter attempts)
      : database_(&database), cells_(std::move(cells)), attempts_(std::move(attempts)) {}
  Status write_row(const StartRow& row) { return attempts_.started(row); }
  Status write_row(const EndRow& row) { return attempts_.ended(row); }
  Status write_row(const AnsweredRow&);
  Status write_row(const FinishedRow& row) { return cells_.finished(row.cell, row.scores, row.outcome); }

  Database* database_;
  CellWriter cells_;
  AttemptWriter attempts_;
  UnixMillis answered_at_ = 0;  // the latest
  UnixMillis touched_at_ = 0;   // as noted in the run
};

}  // namespace plumb
