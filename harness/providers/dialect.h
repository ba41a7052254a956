// What several vendors' dialects have in common: addresses, errors, token counts, thinking left in the text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "domain/spec.h"

namespace plumb {

// base + path, where the base may end in slashes and may already hold the beginning of the path, or all of it:
// "/v1/messages" after https://h, https://h/ and https://h/v1 is https://h/v1/messages.
std::string endpoint(const Model&, std::string_view default_base_url, std::string_view path);

// system, user, assistant, tool: what most vendors call them.
const char* role_name(Message::Role);

// The object that tells of an error: {"error":{...}}, or [{"error":{...}}] as Google may send. Null if there is none.
const Json* error_object(const Json& root);

// None if missing, no whole number, negative or absurd. The object may be null.
std::optional<std::int64_t> tokens_at(const Json* object, const char* key);

// The sum of those that are known; none if none is.
std::optional<std::int64_t> sum_of_known(std::optional<std::int64_t>, std::optional<std::int64_t>);

// Less what stands up to </think>; "" if the thinking was never closed. Servers without a reasoning parser leave
// it in the text, some without its opening tag because their chat template has written that already.
std::string without_thinking(const std::string& text);

}  // namespace plumb
