#include <fmt/format.h>

#include "base/check.h"
#include "base/json.h"
#include "store/attempt_rows.h"
#include "store/cell_rows.h"

namespace plumb {
namespace {

// In the order of the members of CellWriter.
constexpr std::string_view k_statements[] = {
    ("INSERT INTO cells (system_id, question_id, trial, answered_at_ms, request_digest, request_key, passages,"
     " relied_on, stop, model_answered, request_id, tokens_in, tokens_out, tokens_reasoning, tokens_cached, latency_ms,"
     " first_token_ms, logprob_mean, logprob_min, logprob_tokens, failure, http_status, message, attempts, unclear,"
     " cached, attempt_id, cost_usd, cost_before_usd)"
     " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
     " ON CONFLICT DO NOTHING"),
    ("SELECT coalesce(cost_usd, 0) + cost_before_usd FROM cells"
     " WHERE system_id = ? AND question_id = ? AND trial = ?"),
    // Its answer, scores and outcome go with it (ON DELETE CASCADE).
    "DELETE FROM cells WHERE system_id = ? AND question_id = ? AND trial = ?",
    "INSERT INTO answers (cell_id, text, raw_body) VALUES (?, ?, ?)",
    "INSERT INTO tool_calls (cell_id, position, name, arguments, output, failed) VALUES (?, ?, ?, ?, ?, ?)",
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
  return CellWriter(database, grid, TRY(PassageWriter::make(database)), std::move(statements));
}

CellWriter::CellWriter(Database& database, const Grid& grid, PassageWriter passages, std::vector<Statement> prepared)
    : database_(&database),
      grid_(&grid),
      passages_(std::move(passages)),
      insert_cell_(std::move(prepared[0])),
      find_cost_(std::move(prepared[1])),
      delete_cell_(std::move(prepared[2])),
      insert_answer_(std::move(prepared[3])),
      insert_tool_call_(std::move(prepared[4])),
      find_cell_(std::move(prepared[5])),
      delete_scores_(std::move(prepared[6])),
      insert_score_(std::move(prepared[7])),
      insert_claim_(std::move(prepared[8])),
      insert_outcome_(std::move(prepared[9])),
      touch_run_(std::move(prepared[10])) {}

Status CellWriter::answered(const Cell& cell, const AnswerRecord& record) {
  std::int64_t id = TRY(insert(cell, record, 0.0));
  if (id == 0) {
    const double cost_before_usd = TRY(remove(cell));
    id = TRY(insert(cell, record, cost_before_usd));
  }
  unfinished_[cell] = id;

  std::optional<RawText> text, raw_body;
  const auto* completion = std::get_if<Completion>(&record.reply);
  if (completion) text = RawText{completion->text};
  // The body of an attempt is in its reply; one that equals the text is left out.
  if (record.attempt == 0 && !(completion && record.raw_body == completion->text)) raw_body = RawText{record.raw_body};
  TRY(insert_answer_.run(id, text, raw_body));
  return completion ? insert_tool_calls(id, completion->tool_calls) : Status(Done{});
}

Result<std::int64_t> CellWriter::insert(const Cell& cell, const AnswerRecord& record, double cost_before_usd) {
  const auto system = static_cast<std::size_t>(cell.system);
  const auto question = static_cast<std::size_t>(cell.question);
  PLUMB_CHECK(system < grid_->system_ids.size() && question < grid_->question_ids.size());

  // What an answer has and a failure has not is none there, and the other way round.
  static const Completion k_no_completion;
  static const Failure k_no_failure;
  const auto* completion = std::get_if<Completion>(&record.reply);
  const Completion& answer = completion ? *completion : k_no_completion;
  const Failure& failure = completion ? k_no_failure : std::get<Failure>(record.reply);
  const auto of_answer = [&](const auto& value) { return completion ? std::optional(value) : std::nullopt; };
  const auto of_failure = [&](const auto& value) { return completion ? std::nullopt : std::optional(value); };
  const auto of_logprobs = [&](auto Logprobs::*member) {
    return answer.logprobs ? std::optional((*answer.logprobs).*member) : std::nullopt;
  };

  const std::string passages = passages_json(cell, record.passages);
  const std::optional<std::string> relied_on = TRY(relied_on_json(record));
  const std::optional<KeyBytes> key_of_digest = key_bytes(record.request_digest);
  std::optional<RawBytes> key;
  if (key_of_digest) key = RawBytes{{key_of_digest->data(), key_of_digest->size()}};
  std::optional<std::int64_t> attempt, first_token_ms;
  if (record.attempt != 0) attempt = record.attempt;
  if (answer.first_token) first_token_ms = answer.first_token->count();
  std::optional<double> cost_usd;
  if (record.cost_known) cost_usd = record.cost_usd;
  const Usage& usage = answer.usage;
  TRY(insert_cell_.run(
      grid_->system_ids[system], grid_->question_ids[question], cell.trial, record.answered_at,
      key ? std::string_view() : record.request_digest, key, passages, relied_on, of_answer(to_string(answer.stop)),
      of_answer(RawText{answer.model_answered}), of_answer(RawText{answer.request_id}), usage.tokens_in,
      usage.tokens_out, usage.tokens_reasoning, usage.tokens_cached, of_answer(std::int64_t{answer.latency.count()}),
      first_token_ms, of_logprobs(&Logprobs::mean), of_logprobs(&Logprobs::min), of_logprobs(&Logprobs::tokens),
      of_failure(to_string(failure.kind)), of_failure(failure.http_status), of_failure(RawText{failure.message}),
      record.attempts, record.unclear, record.cached, attempt, cost_usd, cost_before_usd));
  return database_->rows_changed() == 0 ? 0 : database_->last_row_id();
}

Result<double> CellWriter::remove(const Cell& cell) {
  const std::int64_t system = grid_->system_ids[static_cast<std::size_t>(cell.system)];
  const std::int64_t question = grid_->question_ids[static_cast<std::size_t>(cell.question)];
  double cost_usd = 0.0;
  if (TRY(find_cost_.bind(system, question, cell.trial).step())) cost_usd = find_cost_.real(0);
  find_cost_.reset();
  TRY(delete_cell_.run(system, question, cell.trial));
  return cost_usd;
}

Status CellWriter::insert_tool_calls(std::int64_t cell_id, const std::vector<ToolCall>& calls) {
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const ToolCall& call = calls[i];
    TRY(insert_tool_call_.run(cell_id, as_integer(i), RawText{call.name}, RawText{call.arguments}, RawText{call.output},
                              call.failed));
  }
  return Done{};
}

Status CellWriter::finished(const Cell& cell, const std::vector<Score>& scores, const OutcomeOf& outcome) {
  const std::int64_t id = TRY(id_of(cell));
  // One that was answered here and not yet finished has none.
  if (unfinished_.erase(cell) == 0) TRY(delete_scores_.run(id));
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const Score& score = scores[i];
    TRY(insert_score_.run(id, as_integer(i), score.scorer, score.value, score.label, name_of(score.kind),
                          RawText{score.why}));
    TRY(insert_claims(id, as_integer(i), score.claims));
  }
  return insert_outcome_.run(id, to_string(outcome.outcome), name_of(outcome.kind), outcome.right,
                             RawText{outcome.why});
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

Result<std::optional<std::string>> CellWriter::relied_on_json(const AnswerRecord& record) {
  const auto* completion = std::get_if<Completion>(&record.reply);
  if (completion == nullptr || !completion->passages) return std::optional<std::string>();
  std::string json = "[";
  for (const Passage& each : *completion->passages) {
    if (json.size() > 1) json += ',';
    json += fmt::format("{}", TRY(passages_.id_of_service(each)));
  }
  return std::optional(json + "]");
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
