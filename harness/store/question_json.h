// A question as the JSON in which it is stored, and back.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/dataset.h"

namespace plumb {

// All fields; equal questions give equal bytes. Ill-formed UTF-8 becomes U+FFFD.
std::string to_json_text(const Question&);

// The inverse, with the digest as it was. Members that are missing take their defaults; an error if it is not
// JSON or a name in it (a type, a kind) is not known.
Result<Question> question_of_json(std::string_view);

}  // namespace plumb
