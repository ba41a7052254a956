#include <fmt/format.h>

#include "base/check.h"
#include "base/json.h"
#include "store/cell_rows.h"

namespace plumb {
namespace {

// In the order of the members of CellWriter.
constexpr std::string_view k_statements[] = {
    // A cell that was there goes, and its answer, scores and outcome with it (ON DELETE CASCADE).
    ("INSERT OR REPLACE INTO cells (system_id, question_id, trial, answered_at_ms, request_digest, passages, stop,"
     " model_answered, request_id, tokens_in, tokens_out, tokens_reasoning, tokens_cached, latency_ms, failure,"
     " http_status, message, attempts, cost_usd)"
     " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
    "INSERT INTO answers (cell_id, text, raw_body) VALUES (?, ?, ?)",
    "SELECT id FROM cells WHERE system_id = ? AND question_id = ? AND trial = ?",
    "DELETE FROM scores WHERE cell_id = ?",
    "INSERT INTO scores (cell_id, position, scorer, value, label, kind, why) VALUES (?, ?, ?, ?, ?, ?, ?)",
    ("INSERT INTO claims (cell_id, score_position, position, answer_begin, answer_end, verdict, passage,"
     " evidence_begin, evidence_end, why) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
    "INSERT OR REPLACE INTO outcomes (cell_id, outcome, kind, right, why) VALUES (?, ?, ?, ?, ?)",
    "UPDATE runs SET updated_at_ms = max(updated_at_ms, ?) WHERE id = ?",
};

std::optional<const char*> name_of(const std::optional<HallucinationKind>& kind) {
  if (!kind) return std::nullopt;
  return to_string(*kind);
}

std::int64_t as_integer(std::size_t value) { return static_cast<std::int64_t>(value); }

}  // namespace

Result<CellWriter> CellWriter::make(Database& database, const Grid& grid) {
  std::vector<Statement> statements;
  for (const std::string_view sql : k_statements) statements.push_back(TRY(database.prepare(sql)));
  return CellWriter(database, grid, std::move(statements));
}

CellWriter::CellWriter(Database& database, const Grid& grid, std::vector<Statement> prepared)
    : database_(&database),
      grid_(&grid),
      insert_cell_(std::move(prepared[0])),
      insert_answer_(std::move(prepared[1])),
      find_cell_(std::move(prepared[2])),
      delete_scores_(std::move(prepared[3])),
      insert_score_(std::move(prepared[4])),
      insert_claim_(std::move(prepared[5])),
      insert_outcome_(std::move(prepared[6])),
      touch_run_(std::move(prepared[7])) {}

Status CellWriter::answered(const Cell& cell, const AnswerRecord& record) {
  const auto system = static_cast<std::size_t>(cell.system);
  const auto question = static_cast<std::size_t>(cell.question);
  PLUMB_CHECK(system < grid_->system_ids.size() && question < grid_->question_ids.size());

  const std::string passages = passages_json(cell, record.passages);
  std::optional<double> cost_usd;
  if (record.cost_known) cost_usd = record.cost_usd;
  if (const auto* completion = std::get_if<Completion>(&record.reply)) {
    const Usage& usage = completion->usage;
    TRY(insert_cell_.run(grid_->system_ids[system], grid_->question_ids[question], cell.trial, record.answered_at,
                         record.request_digest, passages, to_string(completion->stop),
                         RawText{completion->model_answered}, RawText{completion->request_id}, usage.tokens_in,
                         usage.tokens_out, usage.tokens_reasoning, usage.tokens_cached,
                         static_cast<std::int64_t>(completion->latency.count()), std::nullopt, std::nullopt,
                         std::nullopt, record.attempts, cost_usd));
  } else {
    const Failure& failure = std::get<Failure>(record.reply);
    TRY(insert_cell_.run(grid_->system_ids[system], grid_->question_ids[question], cell.trial, record.answered_at,
                         record.request_digest, passages, std::nullopt, std::nullopt, std::nullopt, std::nullopt,
                         std::nullopt, std::nullopt, std::nullopt, std::nullopt, to_string(failure.kind),
                         failure.http_status, RawText{failure.message}, record.attempts, cost_usd));
  }
  const std::int64_t id = database_->last_row_id();
  unfinished_[cell] = id;

  std::optional<RawText> text, raw_body{RawText{record.raw_body}};
  if (const auto* completion = std::get_if<Completion>(&record.reply)) {
    text = RawText{completion->text};
    if (record.raw_body == completion->text) raw_body.reset();
  }
  return insert_answer_.run(id, text, raw_body);
}

Status CellWriter::finished(const Cell& cell, const std::vector<Score>& scores, const OutcomeOf& outcome) {
  const std::int64_t id = TRY(id_of(cell));
  TRY(delete_scores_.run(id));
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const Score& score = scores[i];
    TRY(insert_score_.run(id, as_integer(i), score.scorer, score.value, score.label, name_of(score.kind),
                          RawText{score.why}));
    TRY(insert_claims(id, as_integer(i), score.claims));
  }
  TRY(insert_outcome_.run(id, to_string(outcome.outcome), name_of(outcome.kind), outcome.right, RawText{outcome.why}));
  unfinished_.erase(cell);
  return Done{};
}

Status CellWriter::insert_claims(std::int64_t cell_id, std::int64_t score, const std::vector<Claim>& claims) {
  for (std::size_t i = 0; i < claims.size(); ++i) {
    const Claim& claim = claims[i];
    TRY(insert_claim_.run(cell_id, score, as_integer(i), as_integer(claim.span.begin), as_integer(claim.span.end),
                          to_string(claim.verdict), claim.passage_id, as_integer(claim.evidence.begin),
                          as_integer(claim.evidence.end), RawText{claim.why}));
  }
  return Done{};
}

Status CellWriter::touch(UnixMillis at) { return touch_run_.run(at, grid_->run_id); }

Result<std::int64_t> CellWriter::id_of(const Cell& cell) {
  if (const auto found = unfinished_.find(cell); found != unfinished_.end()) return found->second;
  const auto system = static_cast<std::size_t>(cell.system);
  const auto question = static_cast<std::size_t>(cell.question);
  PLUMB_CHECK(system < grid_->system_ids.size() && question < grid_->question_ids.size());
  const std::optional<std::int64_t> id =
      TRY(find_cell_.run_for_integer(grid_->system_ids[system], grid_->question_ids[question], cell.trial));
  if (id) return *id;
  return Error{fmt::format("{}: a cell was scored that was never answered (system {}, question {}, trial {})",
                           database_->path().string(), cell.system, cell.question, cell.trial)};
}

std::string CellWriter::passages_json(const Cell& cell, const std::vector<std::string>& passages) const {
  const std::string& dataset = grid_->dataset_of_question[static_cast<std::size_t>(cell.question)];
  std::string json = "[";
  for (const std::string& name : passages) {
    if (json.size() > 1) json += ',';
    const auto found = grid_->passage_ids.find({dataset, name});
    json += found == grid_->passage_ids.end() ? dump_json(Json(name)) : fmt::format("{}", found->second);
  }
  return json + "]";
}

}  // namespace plumb
