#include <fmt/format.h>

#include "base/json.h"
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
LEFT JOIN outcomes AS o ON o.cell_id = c.id
WHERE s.run_id = ? AND s.current)sql";

Error unknown_name(const char* what, const std::string& name) {
  return {fmt::format("the database holds an unknown {} '{}'; it was damaged, or changed by hand", what, name)};
}

template <class Value>
Result<Value> named(std::optional<Value> value, const char* what, const std::string& name) {
  if (!value) return unknown_name(what, name);
  return *value;
}

Result<std::optional<HallucinationKind>> read_kind(const Statement& row, int column) {
  if (row.is_null(column)) return std::optional<HallucinationKind>();
  const std::string name = row.text(column);
  return std::optional(TRY(named(hallucination_kind_of(name), "kind of hallucination", name)));
}

Result<std::vector<std::string>> read_passages(const std::string& json, const PassageNames& names) {
  std::vector<std::string> passages;
  if (json == "[]") return passages;
  const Json parsed = TRY(parse_json(json));
  for (const Json& each : parsed) {
    if (each.is_string()) {
      passages.push_back(each.get<std::string>());
    } else if (each.is_number_integer()) {
      const auto found = names.find(each.get<std::int64_t>());
      if (found == names.end()) return unknown_name("passage", dump_json(each));
      passages.push_back(found->second);
    }
  }
  return passages;
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

Result<std::optional<OutcomeOf>> read_outcome(const Statement& row, int first) {
  if (row.is_null(first)) return std::optional<OutcomeOf>();
  OutcomeOf outcome;
  const std::string name = row.text(first);
  outcome.outcome = TRY(named(outcome_of(name), "outcome", name));
  outcome.kind = TRY(read_kind(row, first + 1));
  outcome.right = row.integer(first + 2) != 0;
  outcome.why = row.text(first + 3);
  return std::optional(outcome);
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

std::string answer_columns(bool with_texts) {
  return std::string(
             "c.answered_at_ms, c.request_digest, c.passages, c.stop, c.model_answered, c.request_id,"
             " c.tokens_in, c.tokens_out, c.tokens_reasoning, c.tokens_cached, c.latency_ms, c.failure,"
             " c.http_status, c.message, c.attempts, c.cost_usd, ") +
         (with_texts ? "a.text, a.raw_body" : "NULL, NULL");
}

Result<PassageNames> read_passage_names(Database& database) {
  Statement select = TRY(database.prepare("SELECT id, name FROM passages"));
  PassageNames names;
  while (TRY(select.step())) names[select.integer(0)] = select.text(1);
  return names;
}

Result<AnswerRecord> read_answer(const Statement& row, int first, const PassageNames& names) {
  AnswerRecord record;
  record.answered_at = row.integer(first);
  record.request_digest = row.text(first + 1);
  record.passages = TRY(read_passages(row.text(first + 2), names));
  record.attempts = static_cast<int>(row.integer(first + 14));
  record.cost_known = !row.is_null(first + 15);
  record.cost_usd = row.real(first + 15);
  record.raw_body = row.text(first + (row.is_null(first + 17) ? 16 : 17));
  if (!row.is_null(first + 11)) {
    const std::string kind = row.text(first + 11);
    record.reply = Failure{TRY(named(failure_kind_of(kind), "failure", kind)),
                           static_cast<int>(row.integer(first + 12)), row.text(first + 13)};
    return record;
  }
  Completion completion;
  const std::string stop = row.text(first + 3);
  completion.stop = TRY(named(stop_of(stop), "reason to stop", stop));
  completion.model_answered = row.text(first + 4);
  completion.request_id = row.text(first + 5);
  completion.usage = {row.maybe_integer(first + 6), row.maybe_integer(first + 7), row.maybe_integer(first + 8),
                      row.maybe_integer(first + 9)};
  completion.latency = std::chrono::milliseconds(row.integer(first + 10));
  completion.text = row.text(first + 16);
  record.reply = std::move(completion);
  return record;
}

Result<std::vector<StoredCell>> read_cells(Database& database, std::int64_t run_id, bool with_texts) {
  const PassageNames names = TRY(read_passage_names(database));
  Statement select =
      TRY(database.prepare(fmt::format("SELECT c.id, s.digest, q.digest, c.trial, o.outcome, o.kind, o.right, {}, {} {}"
                                       " ORDER BY s.position, rq.position, c.trial",
                                       with_texts ? "o.why" : "''", answer_columns(with_texts), k_from_current)));
  select.bind(run_id);
  std::vector<StoredCell> cells;
  IndexOfCell index;
  while (TRY(select.step())) {
    StoredCell cell;
    cell.system_digest = select.text(1);
    cell.question_digest = select.text(2);
    cell.trial = static_cast<int>(select.integer(3));
    cell.outcome = TRY(read_outcome(select, 4));
    cell.answer = TRY(read_answer(select, 8, names));
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
  const PassageNames names = TRY(read_passage_names(database));
  Statement select =
      TRY(database.prepare(fmt::format("SELECT c.system_id, c.question_id, c.trial, {} FROM systems AS s"
                                       " JOIN cells AS c ON c.system_id = s.id JOIN answers AS a ON a.cell_id = c.id"
                                       " WHERE s.run_id = ? AND c.trial < ? AND c.failure IS NULL"
                                       " AND NOT EXISTS (SELECT 1 FROM outcomes AS o WHERE o.cell_id = c.id)",
                                       answer_columns(true))));
  std::vector<std::pair<Cell, AnswerRecord>> answers;
  const auto keep = [&](const Cell& cell) -> Status {
    answers.emplace_back(cell, TRY(read_answer(select, 3, names)));
    return Done{};
  };
  TRY(for_each_square(select, grid, keep));
  return answers;
}

}  // namespace plumb
