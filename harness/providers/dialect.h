// What several vendors' dialects have in common: addresses, requests, tools, token counts, thinking left in the text.
// reply.h has what they share in reading replies.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/http.h"
#include "base/json.h"
#include "domain/answer.h"
#include "domain/spec.h"

namespace plumb {

// base + path, where the base may end in slashes and may already hold the beginning of the path, or all of it:
// "/v1/messages" after https://h, https://h/ and https://h/v1 is https://h/v1/messages.
std::string endpoint(const Model&, std::string_view default_base_url, std::string_view path);

// A header that holds the key, after `before`; none for an empty key.
void add_key(HttpRequest&, const char* header, std::string_view key, std::string_view before = "");

// A POST of the body, with Parameters::extra_json merged into it as RFC 7396 merges: objects member by member, null
// takes a member out. What makes the request the one that was asked for (the model, the messages, whether it streams,
// the tools) is not to be changed by it. An extra that is no object changes nothing.
HttpRequest json_request(std::string url, Json body, const Parameters&);

// system, user, assistant, tool: what most vendors call them.
const char* role_name(Message::Role);

// The system messages, a blank line between; "" if there are none. For vendors that want them apart.
std::string system_text(const std::vector<Message>&);

// The call that a tool's message answers; null if the message is none of that kind.
const ToolCall* answered_call(const Message&);

// Message::echo as JSON; null if there is none.
Json echo_json(const Message&);

// The schema of what a tool takes; that of an object without members if it takes nothing.
Json tool_schema(const ToolOffer&);

// [{"type":"function","function":{name, description, parameters}}], as OpenAI's chat completions have it and Ollama.
Json function_tools(const std::vector<ToolOffer>&);

// The arguments of a call, for vendors that want an object: {} for "", and {"INVALID_JSON": text} for what is none,
// as Anthropic's documentation of its tools advises.
Json arguments_object(const std::string& arguments);

// The arguments of a call as text: a string as it is, an object as JSON, "" if there are none. May be null.
std::string arguments_text(const Json*);

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
