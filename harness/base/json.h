// JSON that cannot throw, recurse without bound or emit ill-formed UTF-8. The only user of nlohmann.
//
// nlohmann-json 3.11 parses depth 10^6 and then overflows the stack in copies and dump(), and its
// dump() throws on invalid UTF-8; hence parse_json and dump_json instead of its own.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/result.h"

namespace plumb {

using Json = nlohmann::ordered_json;

// Depth is bounded (64 by default); duplicate keys are an error, as is anything after the value.
Result<Json> parse_json(std::string_view, int depth_max = 64);

// indent < 0: one line. Ill-formed UTF-8 in strings becomes U+FFFD.
std::string dump_json(const Json&, int indent = -1);

// Members that may be missing or of another type: then the fallback.
std::string string_at(const Json&, const char* key, std::string_view fallback = "");
double number_at(const Json&, const char* key, double fallback = 0.0);
long long integer_at(const Json&, const char* key, long long fallback = 0);
const Json* find(const Json& object, const char* key);  // null if missing or not an object

}  // namespace plumb
