// What the dialects have in common in reading replies: whole or streamed, an error told of inside a success, and what
// every completion has.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/http.h"
#include "base/json.h"
#include "base/result.h"
#include "domain/answer.h"

namespace plumb {

// The object that a body is. An error told of in it is an Error in the vendor's words. Ill-formed UTF-8 is mended.
Result<Json> reply_object(const HttpResponse&);

// Given each event's type and object in order; an Error ends the reading.
using TakeEvent = std::function<Status(const std::string& type, Json&)>;

// Reads a body of server-sent events up to "[DONE]"; whether that was there. An event that tells of an error is an
// Error in the vendor's words, one that is no object an Error.
Result<bool> read_events(const HttpResponse&, const TakeEvent&);

// The same of lines of JSON, which have neither types (they are "") nor a mark at the end.
Status read_json_lines(const HttpResponse&, const TakeEvent&);

// For a stream without its proper end: what was streamed is never taken for the whole.
Error broke_off();

// The document that tells of an error, of a body of any form: the body itself, or {"error": ...} made of a streamed
// event. None if the body is no JSON, or a stream without an error.
std::optional<Json> error_document(const HttpResponse&);

// Whether a body of any form tells of an error: a reply that was read and understood, though no completion.
bool tells_of_error(const HttpResponse&);

// Every completion's end: the request id (the vendor's support asks for the one in the header), the time to the first
// token if it was streamed, and Stop::tool_calls if the model called tools and ended for no other reason.
Completion finish_completion(Completion, const HttpResponse&, std::string id_in_body, bool streamed);

// Adds the tokens of a list of objects, by the member that holds the natural logarithm. What is no finite number is
// left out. The list may be null.
void add_logprobs(std::optional<Logprobs>&, const Json* list, const char* key);

}  // namespace plumb
