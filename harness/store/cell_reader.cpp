#include <fmt/format.h>

#include "store/answer_reader.h"
#include "store/cell_rows.h"

namespace plumb {
namespace {

// Cells of the current grid of the run that the first parameter names.
constexpr std::string_view k_from_current = R"sql(
FROM systems AS s
JOIN cells AS c ON c.system_id = s.id
JOIN run_questions AS rq ON rq.run_id = s.run_id AND rq.question_id = c.question_id AND rq.current
JOIN questions AS q ON q.id = c.question_id
JOIN answers AS a ON a.cell_id = c.id
LEFT JOIN replies AS r ON r.attempt_id = c.attempt_id
LEFT JOIN outcomes AS o ON o.cell_id = c.id
WHERE s.run_id = ? AND s.current)sql";

Result<std::optional<HallucinationKind>> read_kind(const Statement& row, int column) {
  if (row.is_null(column)) return std::optional<HallucinationKind>();
  const std::string name = row.text(column);
  return std::optional(TRY(named(hallucination_kind_of(name), "kind of hallucination", name)));
}

Result<Score> read_score(const Statement& row, int first) {
  Score score;
  score.scorer = row.text(first);
  score.value = row.maybe_real(first + 1);
  score.label = row.text(first + 2);
  score.kind = TRY(read_kind(row, first + 3));
  score.why = row.text(first + 4);
  return score;
}

Result<Claim> read_claim(const Statement& row, int first) {
  const auto offset = [&](int column) { return static_cast<std::size_t>(row.integer(first + column)); };
  Claim claim;
  claim.span = {offset(0), offset(1)};
  const std::string verdict = row.text(first + 2);
  claim.verdict = TRY(named(verdict_of(verdict), "verdict", verdict));
  claim.passage_id = row.text(first + 3);
  claim.evidence = {offset(4), offset(5)};
  claim.why = row.text(first + 6);
  return claim;
}

Result<OutcomeOf> read_outcome(const Statement& row, int first) {
  OutcomeOf outcome;
  const std::string name = row.text(first);
  outcome.outcome = TRY(named(outcome_of(name), "outcome", name));
  outcome.kind = TRY(read_kind(row, first + 1));
  outcome.right = row.integer(first + 2) != 0;
  outcome.why = row.text(first + 3);
  return outcome;
}

using IndexOfCell = std::unordered_map<std::int64_t, std::size_t>;

Status add_scores(Database& database, std::int64_t run_id, bool with_texts, const IndexOfCell& index,
                  std::vector<StoredCell>& cells) {
  Statement select =
      TRY(database.prepare(fmt::format("SELECT sc.cell_id, sc.scorer, sc.value, sc.label, sc.kind, {} FROM systems AS s"
                                       " JOIN cells AS c ON c.system_id = s.id JOIN scores AS sc ON sc.cell_id = c.id"
                                       " WHERE s.run_id = ? AND s.current ORDER BY sc.cell_id, sc.position",
                                       with_texts ? "sc.why" : "''")));
  select.bind(run_id);
  while (TRY(select.step())) {
    const auto found = index.find(select.integer(0));
    if (found != index.end()) cells[found->second].scores.push_back(TRY(read_score(select, 1)));
  }
  return Done{};
}

Status add_claims(Database& database, std::int64_t run_id, const IndexOfCell& index, std::vector<StoredCell>& cells) {
  Statement select = TRY(database.prepare(
      "SELECT cl.cell_id, cl.score_position, cl.answer_begin, cl.answer_end, cl.verdict, cl.passage,"
      " cl.evidence_begin, cl.evidence_end, cl.why FROM systems AS s JOIN cells AS c ON c.system_id = s.id"
      " JOIN claims AS cl ON cl.cell_id = c.id WHERE s.run_id = ? AND s.current"
      " ORDER BY cl.cell_id, cl.score_position, cl.position"));
  select.bind(run_id);
  while (TRY(select.step())) {
    const auto found = index.find(select.integer(0));
    if (found == index.end()) continue;
    std::vector<Score>& scores = cells[found->second].scores;
    // Scores were read in the order of their positions, which have no gaps.
    const auto position = static_cast<std::size_t>(select.integer(1));
    if (position >= scores.size()) return unknown_name("score of a claim", std::to_string(position));
    scores[position].claims.push_back(TRY(read_claim(select, 2)));
  }
  return Done{};
}

// Indices into the spec by row id; more than one where a spec names one system twice.
std::multimap<std::int64_t, int> indices_of(const std::vector<std::int64_t>& ids) {
  std::multimap<std::int64_t, int> indices;
  for (std::size_t i = 0; i < ids.size(); ++i) indices.emplace(ids[i], static_cast<int>(i));
  return indices;
}

// Calls `use(cell)` for each square of the grid that a row (system id, question id, trial, …) stands for.
template <class Use>
Status for_each_square(Statement& select, const Grid& grid, Use use) {
  const auto systems = indices_of(grid.system_ids);
  const auto questions = indices_of(grid.question_ids);
  select.bind(grid.run_id, grid.trials);
  while (TRY(select.step())) {
    const auto [system, systems_end] = systems.equal_range(select.integer(0));
    const auto [question, questions_end] = questions.equal_range(select.integer(1));
    for (auto s = system; s != systems_end; ++s) {
      for (auto q = question; q != questions_end; ++q) {
        TRY(use(Cell{s->second, q->second, static_cast<int>(select.integer(2))}));
      }
    }
  }
  return Done{};
}

}  // namespace

Result<std::vector<StoredCell>> read_cells(Database& database, std::int64_t run_id, bool with_texts) {
  AnswerReader reader = TRY(AnswerReader::make(database, with_texts));
  Statement select =
      TRY(database.prepare(fmt::format("SELECT c.id, s.digest, q.digest, c.trial, o.outcome, o.kind, o.right, {}, {} {}"
                                       " ORDER BY s.position, rq.position, c.trial",
                                       with_texts ? "o.why" : "''", reader.columns(), k_from_current)));
  select.bind(run_id);
  std::vector<StoredCell> cells;
  IndexOfCell index;
  while (TRY(select.step())) {
    StoredCell cell;
    cell.system_digest = select.text(1);
    cell.question_digest = select.text(2);
    cell.trial = static_cast<int>(select.integer(3));
    if (!select.is_null(4)) cell.outcome = TRY(read_outcome(select, 4));
    cell.answer = TRY(reader.read(select, 8));
    index[select.integer(0)] = cells.size();
    cells.push_back(std::move(cell));
  }
  TRY(add_scores(database, run_id, with_texts, index, cells));
  if (with_texts) TRY(add_claims(database, run_id, index, cells));
  return cells;
}

Result<std::vector<Cell>> read_finished(Database& database, const Grid& grid) {
  Statement select = TRY(database.prepare(
      "SELECT c.system_id, c.question_id, c.trial FROM systems AS s JOIN cells AS c ON c.system_id = s.id"
      " JOIN outcomes AS o ON o.cell_id = c.id WHERE s.run_id = ? AND c.trial < ? AND o.outcome <> 'error'"));
  std::vector<Cell> cells;
  const auto keep = [&](const Cell& cell) -> Status {
    cells.push_back(cell);
    return Done{};
  };
  TRY(for_each_square(select, grid, keep));
  return cells;
}

Result<std::vector<std::pair<Cell, AnswerRecord>>> read_unscored(Database& database, const Grid& grid) {
  AnswerReader reader = TRY(AnswerReader::make(database, /*with_texts=*/true));
  Statement select =
      TRY(database.prepare(fmt::format("SELECT c.system_id, c.question_id, c.trial, {} FROM systems AS s"
                                       " JOIN cells AS c ON c.system_id = s.id JOIN answers AS a ON a.cell_id = c.id"
                                       " LEFT JOIN replies AS r ON r.attempt_id = c.attempt_id"
                                       " WHERE s.run_id = ? AND c.trial < ? AND c.failure IS NULL"
                                       " AND NOT EXISTS (SELECT 1 FROM outcomes AS o WHERE o.cell_id = c.id)",
                                       reader.columns())));
  std::vector<std::pair<Cell, AnswerRecord>> answers;
  const auto keep = [&](const Cell& cell) -> Status {
    answers.emplace_back(cell, TRY(reader.read(select, 3)));
    return Done{};
  };
  TRY(for_each_square(select, grid, keep));
  return answers;
}

}  // namespace plumb
