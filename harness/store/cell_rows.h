// The rows of cells: answers, scores and outcomes, written and read.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domain/sink.h"
#include "store/database.h"
#include "store/passage_rows.h"
#include "store/run_rows.h"
#include "store/store.h"

namespace plumb {

// Writes the rows of one run with statements prepared once. The database and the grid outlive it.
class CellWriter {
 public:
  static Result<CellWriter> make(Database&, const Grid&);

  // Replaces all that is stored of the cell, save what it cost.
  Status answered(const Cell&, const AnswerRecord&);
  // Replaces earlier scores. An error if the cell was never answered.
  Status finished(const Cell&, const std::vector<Score>&, const OutcomeOf&);
  // When the run last got an answer; never moves back.
  Status touch(UnixMillis);

 private:
  CellWriter(Database&, const Grid&, PassageWriter, std::vector<Statement>);
  // Of rows of `cells`.
  Result<std::int64_t> insert(const Cell&, const AnswerRecord&, double cost_before_usd);
  Result<double> remove(const Cell&);
  Result<std::int64_t> id_of(const Cell&);
  Result<std::optional<std::string>> relied_on_json(const AnswerRecord&);
  std::string passages_json(const Cell&, const std::vector<std::string>& passages) const;
  Status insert_tool_calls(std::int64_t cell_id, const std::vector<ToolCall>&);
  Status insert_claims(std::int64_t cell_id, std::int64_t score, const std::vector<Claim>&);

  Database* database_;
  const Grid* grid_;
  PassageWriter passages_;
  Statement insert_cell_, find_cost_, delete_cell_, insert_answer_, insert_tool_call_, find_cell_, delete_scores_,
      insert_score_, insert_claim_, insert_outcome_, touch_run_;
  std::map<Cell, std::int64_t> unfinished_;  // ids of cells answered here and not yet finished
};

// Of the run's current grid: by system, question and trial. An empty vector if there are none.
Result<std::vector<StoredCell>> read_cells(Database&, std::int64_t run_id, bool with_texts);

// Of the grid's own squares, by index into its spec.
Result<std::vector<Cell>> read_finished(Database&, const Grid&);
Result<std::vector<std::pair<Cell, AnswerRecord>>> read_unscored(Database&, const Grid&);

}  // namespace plumb
