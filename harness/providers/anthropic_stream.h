// A streamed message of Anthropic's, put together as its reference "Streaming messages" tells (version 2023-06-01).
#pragma once

#include "base/http.h"
#include "base/json.h"
#include "base/result.h"

namespace plumb {

// The message that would have come unstreamed; the input of a tool that is no JSON is a string in it. A stream
// without message_stop broke off. Kinds of events and of deltas that are not known are passed over, as the vendor
// asks for.
Result<Json> message_of_stream(const HttpResponse&);

}  // namespace plumb
