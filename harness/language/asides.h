// What in a text looks like a value and is none: addresses, names with figures in them, citation marks and list
// numbers. Each returns where to go on, or the place itself if there is nothing to pass over.
#pragma once

#include "language/runes.h"

namespace plumb {

std::size_t past_address(const Runes&, std::size_t at);  // https://…, www.…
std::size_t past_digits(const Runes&, std::size_t at);   // 5G, 17.4
std::size_t past_marker(const Runes&, std::size_t at);   // [1], [1, 2]; 1. and (1) where a line begins

// T1, M-4, #3: is the figure at `at` part of a name?
bool inside_name(const Runes&, std::size_t at);

}  // namespace plumb
