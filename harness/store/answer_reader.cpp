#include "store/answer_reader.h"

#include <fmt/format.h>

#include "store/attempt_rows.h"

namespace plumb {
namespace {

// In the order of k_columns.
enum Column {
  k_cell_id,
  k_answered_at_ms,
  k_request_digest,
  k_request_key,
  k_passages,
  k_relied_on,
  k_stop,
  k_model_answered,
  k_request_id,
  k_tokens_in,
  k_tokens_out,
  k_tokens_reasoning,
  k_tokens_cached,
  k_latency_ms,
  k_first_token_ms,
  k_logprob_mean,
  k_logprob_min,
  k_logprob_tokens,
  k_failure,
  k_http_status,
  k_message,
  k_attempts,
  k_unclear,
  k_cached,
  k_attempt_id,
  k_cost_usd,
  k_text,
  k_raw_body,
};

constexpr std::string_view k_columns =
    "c.id, c.answered_at_ms, c.request_digest, c.request_key, c.passages, c.relied_on, c.stop, c.model_answered,"
    " c.request_id, c.tokens_in, c.tokens_out, c.tokens_reasoning, c.tokens_cached, c.latency_ms, c.first_token_ms,"
    " c.logprob_mean, c.logprob_min, c.logprob_tokens, c.failure, c.http_status, c.message, c.attempts, c.unclear,"
    " c.cached, c.attempt_id, c.cost_usd, ";

}  // namespace

Error unknown_name(const char* what, const std::string& name) {
  return {fmt::format("the database holds an unknown {} '{}'; it was damaged, or changed by hand", what, name)};
}

Result<AnswerReader> AnswerReader::make(Database& database, bool with_texts) {
  std::optional<Statement> tool_calls;
  if (with_texts && TRY(database.integer("SELECT EXISTS (SELECT 1 FROM tool_calls)")) != 0) {
    tool_calls =
        TRY(database.prepare("SELECT name, arguments, output, failed FROM tool_calls WHERE cell_id = ?"
                             " ORDER BY position"));
  }
  return AnswerReader(with_texts, TRY(read_passage_names(database)), TRY(PassageReader::make(database)),
                      std::move(tool_calls));
}

AnswerReader::AnswerReader(bool with_texts, PassageNames names, PassageReader passages,
                           std::optional<Statement> tool_calls)
    : with_texts_(with_texts),
      names_(std::move(names)),
      passages_(std::move(passages)),
      tool_calls_(std::move(tool_calls)) {}

std::string AnswerReader::columns() const {
  if (!with_texts_) return std::string(k_columns) + "NULL, NULL";
  // Of an attempt, what came back; else what was stored, or the text where that says it all.
  return std::string(k_columns) +
         "a.text, CASE WHEN c.attempt_id IS NOT NULL THEN r.body ELSE coalesce(a.raw_body, a.text) END";
}

Result<AnswerRecord> AnswerReader::read(const Statement& row, int first) {
  AnswerRecord record;
  record.answered_at = row.integer(first + k_answered_at_ms);
  record.request_digest = row.is_null(first + k_request_key) ? row.text(first + k_request_digest)
                                                             : key_hex(row.text(first + k_request_key));
  record.passages = TRY(read_passage_list(row.text(first + k_passages), names_));
  record.attempts = static_cast<int>(row.integer(first + k_attempts));
  record.unclear = static_cast<int>(row.integer(first + k_unclear));
  record.cached = row.integer(first + k_cached) != 0;
  record.attempt = row.integer(first + k_attempt_id);
  record.cost_known = !row.is_null(first + k_cost_usd);
  record.cost_usd = row.real(first + k_cost_usd);
  record.raw_body = row.text(first + k_raw_body);
  if (row.is_null(first + k_failure)) {
    record.reply = TRY(read_completion(row, first));
    return record;
  }
  const std::string kind = row.text(first + k_failure);
  record.reply = Failure{TRY(named(failure_kind_of(kind), "failure", kind)),
                         static_cast<int>(row.integer(first + k_http_status)), row.text(first + k_message)};
  return record;
}

Result<Completion> AnswerReader::read_completion(const Statement& row, int first) {
  Completion completion;
  const std::string stop = row.text(first + k_stop);
  completion.stop = TRY(named(stop_of(stop), "reason to stop", stop));
  completion.model_answered = row.text(first + k_model_answered);
  completion.request_id = row.text(first + k_request_id);
  completion.usage = {row.maybe_integer(first + k_tokens_in), row.maybe_integer(first + k_tokens_out),
                      row.maybe_integer(first + k_tokens_reasoning), row.maybe_integer(first + k_tokens_cached)};
  completion.latency = std::chrono::milliseconds(row.integer(first + k_latency_ms));
  if (const auto first_token_ms = row.maybe_integer(first + k_first_token_ms)) {
    completion.first_token = std::chrono::milliseconds(*first_token_ms);
  }
  if (!row.is_null(first + k_logprob_tokens)) {
    completion.logprobs = Logprobs{row.real(first + k_logprob_mean), row.real(first + k_logprob_min),
                                   static_cast<int>(row.integer(first + k_logprob_tokens))};
  }
  completion.text = row.text(first + k_text);
  if (!with_texts_) return completion;
  if (!row.is_null(first + k_relied_on)) completion.passages = TRY(passages_.read(row.text(first + k_relied_on)));
  completion.tool_calls = TRY(read_tool_calls(row.integer(first + k_cell_id)));
  return completion;
}

Result<std::vector<ToolCall>> AnswerReader::read_tool_calls(std::int64_t cell_id) {
  std::vector<ToolCall> calls;
  if (!tool_calls_) return calls;
  tool_calls_->bind(cell_id);
  while (TRY(tool_calls_->step())) {
    ToolCall call;
    call.name = tool_calls_->text(0);
    call.arguments = tool_calls_->text(1);
    call.output = tool_calls_->text(2);
    call.failed = tool_calls_->integer(3) != 0;
    calls.push_back(std::move(call));
  }
  tool_calls_->reset();
  return calls;
}

}  // namespace plumb
