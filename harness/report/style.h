// Colours and bars for a terminal. With `on` false everything is plain text.
#pragma once

#include <string>
#include <string_view>

namespace plumb {

enum class Tone { plain, dim, bold, good, bad, warn, accent };

std::string paint(bool on, Tone, std::string_view text);

// A bar of `columns` cells for a share in [0, 1], in eighths of a cell: "███▌      ".
std::string bar(double share, int columns);

// "31.2 %"; "–" when there is no value.
std::string percent(double share);

}  // namespace plumb
