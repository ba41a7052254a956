// A streamed chat completion, put together.
#pragma once

#include "base/http.h"
#include "base/json.h"
#include "base/result.h"

namespace plumb {

// The object that would have come unstreamed, of the chunks of the first choice: {"id", "model", "choices":
// [{"message", "finish_reason", "logprobs"}], "usage"}. No choices if no chunk had one. A stream that has neither a
// finish_reason nor a "[DONE]" broke off.
Result<Json> chat_completion_of_stream(const HttpResponse&);

}  // namespace plumb
