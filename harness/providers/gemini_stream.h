// A streamed reply of Gemini's (streamGenerateContent with alt=sse, v1beta), put together.
#pragma once

#include "base/http.h"
#include "base/json.h"
#include "base/result.h"

namespace plumb {

// The object that would have come unstreamed: the parts of all chunks' first candidates in one, texts joined where
// nothing else stands beside them. A stream without a finishReason broke off, unless the prompt was blocked.
Result<Json> content_of_stream(const HttpResponse&);

}  // namespace plumb
