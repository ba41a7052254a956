// JSON pointers (RFC 6901): "/choices/0/text" names a value within a document.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace plumb {

// "" (the whole document), or parts that each begin with a slash; ~ only as ~0 (a tilde) or ~1 (a slash).
bool is_json_pointer(std::string_view);

// Null if the document has nothing there, or if the pointer is none.
const Json* find_at(const Json&, std::string_view pointer);

// An error says which part was not found and what there is instead: "nothing at '/data/answer': '/data' has the
// keys text, sources".
Result<const Json*> value_at(const Json&, std::string_view pointer);

// The keys of an object, the length of a list, or the type of anything else; cut to what a line can hold.
std::string describe_shape(const Json&);

}  // namespace plumb
