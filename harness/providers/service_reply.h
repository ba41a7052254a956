// What the replies of services and programs of one's own have in common: an answer, passages, tools that were
// called, in the shapes in which people write them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "domain/answer.h"

namespace plumb {

// A string or a number; or a list of those and of objects with a "text", joined by line ends.
// `where` is how an error calls it: "/answer".
Result<std::string> read_answer(const Json&, std::string_view where);

// Where the parts of a passage are, as JSON pointers; "" : the first usual key there is ("text", "content", ...).
struct PassagePointers {
  std::string text, title, id;
};

// A list of strings or objects; null is an empty list. Sealed, each with an id of its own: "1", "2", ... where there
// is none, "doc#2" for the second of the list where another is "doc" already.
Result<std::vector<Passage>> read_passages(const Json&, const PassagePointers&, std::string_view where);

// A list of {name, arguments, output}, or of {function: {name, arguments}, ...}; null is an empty list. They are
// answered already: `failed` where an object has an "error" that is not null, or "failed": true.
Result<std::vector<ToolCall>> read_tool_calls(const Json&, std::string_view where);

// A reply that is no JSON, in words: what it begins with.
std::string describe_text(std::string_view body);

}  // namespace plumb
