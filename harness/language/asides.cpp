#include "language/asides.h"

namespace plumb {

std::size_t past_address(const Runes& runes, std::size_t i) {
  if (!is_latin(runes[i]) || is_latin(runes.before(i))) return i;
  bool address = runes.has(i, U"www.");
  std::size_t p = i;
  for (; p < runes.size() && p - i < 12 && !address; ++p) {
    if (is_space(runes[p])) return i;
    address = runes.has(p, U"://");
  }
  if (!address) return i;
  for (p = i; p < runes.size() && !is_space(runes[p]) && !is_hangul(runes[p]) && runes[p] != U')' && runes[p] != U'>';)
    ++p;
  return p;
}

std::size_t past_digits(const Runes& runes, std::size_t i) {
  while (is_digit(runes[i]) || is_latin(runes[i]) || ((runes[i] == U'.' || runes[i] == U',') && is_digit(runes[i + 1])))
    ++i;
  return i;
}

bool inside_name(const Runes& runes, std::size_t i) {
  const char32_t before = runes.before(i);
  if (is_latin(before) || before == U'#' || before == U'_') return true;
  return before == U'-' && i >= 2 && (is_latin(runes[i - 2]) || runes[i - 2] == U'_');
}

std::size_t past_marker(const Runes& runes, std::size_t i) {
  std::size_t p = i;
  while (is_digit(runes[p])) ++p;
  if (runes.before(i) == U'[' || (runes.before(i) == U' ' && i >= 2 && runes[i - 2] == U',')) {
    std::size_t open = i;
    while (open > 0 && (is_digit(runes[open - 1]) || runes[open - 1] == U',' || runes[open - 1] == U' ') &&
           i - open < 16)
      --open;
    std::size_t close = p;
    while (is_digit(runes[close]) || runes[close] == U',' || (runes[close] == U' ' && close - p < 16)) ++close;
    if (runes.before(open) == U'[' && runes[close] == U']') return p;
  }
  if (p - i <= 2 && ((runes[p] == U'.' && !is_digit(runes[p + 1])) || runes[p] == U')')) {
    std::size_t line = i;
    while (line > 0 && (runes[line - 1] == U' ' || runes[line - 1] == U'(' || runes[line - 1] == U'#' ||
                        runes[line - 1] == U'*' || runes[line - 1] == U'-' || runes[line - 1] == U'>')) {
      --line;
    }
    // "3." alone is an answer; a marker has text after it.
    std::size_t next = runes.skip_spaces(p + 1, 4);
    if ((line == 0 || runes[line - 1] == U'\n') && next > p + 1 && next < runes.size() && runes[next] != U'\n')
      return p;
  }
  return i;
}

}  // namespace plumb
