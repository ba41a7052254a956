// How long the windows of a rate limit last, as OpenAI's headers tell it and those of the many who copied them.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "base/http.h"

namespace plumb {

// "1s", "6m0s", "20ms", "1h2m3.5s": a duration as Go writes it; a bare number is seconds, as Azure sends it. None if
// it is anything else, negative or longer than a year.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view);

// For a request that was refused: the time until the window it fell out of is empty again, which is at least what has
// to be waited. That of x-ratelimit-reset-requests and -tokens whose x-ratelimit-remaining-… is 0, the longer one if
// both are; if something remains of both, that of the tokens, of which a request takes many. None without headers.
std::optional<std::chrono::milliseconds> window_reset(const HttpResponse&);

}  // namespace plumb
