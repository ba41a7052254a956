#include "store/writer_rows.h"

#include <algorithm>
#include <utility>

namespace plumb {
namespace {

// How far what a run says of its last answer may lag behind. It costs a page of the log each time.
constexpr UnixMillis k_touch_every_ms = 1'000;

struct BytesOf {
  std::size_t operator()(const StartRow&) const { return sizeof(Row); }
  std::size_t operator()(const EndRow& row) const {
    return sizeof(Row) + row.body.size() + row.headers.size() + row.error.size();
  }
  std::size_t operator()(const AnsweredRow& row) const {
    std::size_t bytes = sizeof(Row) + row.record.raw_body.size();
    const auto* completion = std::get_if<Completion>(&row.record.reply);
    if (completion == nullptr) return bytes;
    bytes += completion->text.size();
    for (const ToolCall& call : completion->tool_calls)
      bytes += sizeof call + call.arguments.size() + call.output.size();
    if (!completion->passages) return bytes;
    for (const Passage& passage : *completion->passages) bytes += sizeof passage + passage.text.size();
    return bytes;
  }
  std::size_t operator()(const FinishedRow& row) const {
    std::size_t bytes = sizeof(Row);
    for (const Score& score : row.scores) {
      bytes += sizeof score + score.why.size();
      for (const Claim& claim : score.claims) bytes += sizeof claim + claim.why.size();
    }
    return bytes;
  }
};

}  // namespace

std::size_t bytes_of(const Row& row) { return std::visit(BytesOf(), row); }

Result<std::unique_ptr<RowWriter>> RowWriter::make(Database& database, const Grid& grid) {
  CellWriter cells = TRY(CellWriter::make(database, grid));
  AttemptWriter attempts = TRY(AttemptWriter::make(database, grid));
  return std::unique_ptr<RowWriter>(new RowWriter(database, std::move(cells), std::move(attempts)));
}

Status RowWriter::write(const std::vector<Row>& rows, bool last) {
  TRY(database_->check_in_place());
  return in_transaction(*database_, [&]() -> Status {
    for (const Row& row : rows) TRY(std::visit([&](const auto& each) { return write_row(each); }, row));
    const bool due = answered_at_ >= touched_at_ + k_touch_every_ms || (last && answered_at_ > touched_at_);
    if (!due) return Done{};
    touched_at_ = answered_at_;
    return cells_.touch(answered_at_);
  });
}

Status RowWriter::write_row(const AnsweredRow& row) {
  answered_at_ = std::max(answered_at_, row.record.answered_at);
  return cells_.answered(row.cell, row.record);
}

}  // namespace plumb
