// OpenAI's Responses API: how a request and a reply look there. openai.cpp chooses between it and chat completions.
//
// The API has no seed: Parameters::seed is not sent. Nothing is stored at the vendor (store: false), so a conversation
// is sent whole each time, with its reasoning encrypted; `include` does not ask for that, since it comes by default
// and models without reasoning refuse it when asked.
#pragma once

#include "base/http.h"
#include "base/json.h"
#include "base/result.h"
#include "domain/answer.h"
#include "domain/spec.h"

namespace plumb {

// The body of a POST to /responses.
Json responses_body(const Model&, const ChatRequest&);

// Whether an object is a reply of this API, and whether a stream is, by its first event ("response.created").
bool is_response(const Json& root);
bool is_response_stream(const HttpResponse&);

// The object that would have come unstreamed. A stream without response.completed or response.incomplete broke off.
Result<Json> response_of_stream(const HttpResponse&);

// Reads the object; the rest (headers, times) is taken from the response it came in.
Result<Completion> decode_response(const Json& root, const HttpResponse&, bool streamed);

}  // namespace plumb
