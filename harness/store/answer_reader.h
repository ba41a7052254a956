// Reads answers back from their rows.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "domain/sink.h"
#include "store/database.h"
#include "store/passage_rows.h"

namespace plumb {

// The database holds a name that this program does not know.
Error unknown_name(const char* what, const std::string& name);

template <class Value>
Result<Value> named(std::optional<Value> value, const char* what, const std::string& name) {
  if (!value) return unknown_name(what, name);
  return *value;
}

class AnswerReader {
 public:
  // Without texts: no text, no raw body, no tool calls and no passages that a service relied on.
  static Result<AnswerReader> make(Database&, bool with_texts);

  // What to select, where `c` is the row of `cells`, `a` that of `answers` and `r`, if there is one, that of
  // `replies` with the cell's attempt_id.
  std::string columns() const;
  // From a row in which they begin at `first`.
  Result<AnswerRecord> read(const Statement& row, int first);

 private:
  AnswerReader(bool with_texts, PassageNames, PassageReader, std::optional<Statement> tool_calls);

  Result<Completion> read_completion(const Statement& row, int first);
  Result<std::vector<ToolCall>> read_tool_calls(std::int64_t cell_id);

  bool with_texts_;
  PassageNames names_;
  PassageReader passages_;
  std::optional<Statement> tool_calls_;  // none: no answer in the database has any
};

}  // namespace plumb
