#include "cli/highlight.h"

#include <algorithm>

namespace plumb {

namespace {

int weight(Verdict verdict) { return verdict == Verdict::contradicted ? 3 : verdict == Verdict::not_in_source ? 2 : 1; }

struct Brush {
  const char* color;
  const char* open;
  const char* close;
};

Brush brush(int weight) {
  if (weight == 3) return {"\x1b[31;4m", "[-", "-]"};
  if (weight == 2) return {"\x1b[33;4m", "[?", "?]"};
  return {"\x1b[32m", "«", "»"};
}

}  // namespace

std::string highlighted(std::string_view text, const std::vector<Mark>& marks, bool color) {
  std::vector<unsigned char> weights(text.size(), 0);
  for (const Mark& mark : marks) {
    for (std::size_t i = mark.span.begin; i < std::min(mark.span.end, text.size()); ++i) {
      weights[i] = static_cast<unsigned char>(std::max<int>(weights[i], weight(mark.verdict)));
    }
  }
  std::string out;
  for (std::size_t from = 0; from < text.size();) {
    std::size_t to = from;
    while (to < text.size() && weights[to] == weights[from]) ++to;
    while (to < text.size() && (static_cast<unsigned char>(text[to]) & 0xC0) == 0x80) ++to;  // never inside a character
    const std::string piece = printable(text.substr(from, to - from), true);
    if (weights[from] == 0 || trim(piece).empty()) {
      out += piece;
    } else {
      const Brush with = brush(weights[from]);
      out += color ? with.color + piece + "\x1b[0m" : with.open + piece + with.close;
    }
    from = to;
  }
  return out;
}

}  // namespace plumb
