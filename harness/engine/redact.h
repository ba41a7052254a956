// Takes a key out of what came back, before anything keeps it: some servers repeat what they were sent.
#pragma once

#include <string_view>

#include "base/http.h"

namespace plumb {

// Out of body, headers and error text; "[key]" stands in its place. Also as JSON may spell it, with "\/" for "/".
// A key of fewer than eight bytes ("EMPTY", "none", as local servers want one) is no secret and is left.
void take_out_key(HttpResponse&, std::string_view key);

}  // namespace plumb
