#include "report/style.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace plumb {

std::string paint(bool on, Tone tone, std::string_view text) {
  static constexpr const char* k_codes[] = {"", "2", "1", "32", "31", "33", "36"};
  const char* code = k_codes[static_cast<int>(tone)];
  if (!on || !*code) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

std::string bar(double share, int columns) {
  static constexpr const char* k_eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const int eighths = static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * columns * 8));
  std::string out;
  for (int i = 0; i < eighths / 8; ++i) out += "█";
  out += k_eighths[eighths % 8];
  const int used = eighths / 8 + (eighths % 8 ? 1 : 0);
  return out + std::string(static_cast<std::size_t>(columns - used), ' ');
}

std::string percent(double share) { return fmt::format("{:.1f}%", share * 100.0); }

}  // namespace plumb
