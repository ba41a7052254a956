#include "language/runes.h"

#include <algorithm>

namespace plumb {

Runes::Runes(std::string_view text) : folded_(fold(text)) {
  code_.reserve(folded_.text.size() / 2);
  byte_.reserve(folded_.text.size() / 2 + 1);
  const std::string_view folded = folded_.text;
  for (std::size_t at = 0; at < folded.size();) {
    byte_.push_back(static_cast<std::uint32_t>(at));
    char32_t c = next_code_point(folded, at);
    if (is_digit(c)) {
      std::size_t origin = folded_.begin[byte_.back()];
      if (static_cast<unsigned char>(text[origin]) == 0xE2) {
        const char32_t written = next_code_point(text, origin);
        if (const int number = circled_number(written); number > 0) {
          c = written;
          if (number > 9) ++at;  // the second digit of ⑩ and above
        }
      }
    }
    code_.push_back(c);
  }
  byte_.push_back(static_cast<std::uint32_t>(folded.size()));
}

std::string Runes::text(std::size_t from, std::size_t to) const {
  if (from >= to || to > size()) return "";
  return folded_.text.substr(byte_[from], byte_[to] - byte_[from]);
}

Span Runes::original(std::size_t from, std::size_t to) const {
  if (from >= to || to > size()) return {};
  return folded_.original({byte_[from], byte_[to]});
}

std::size_t Runes::skip_spaces(std::size_t i, std::size_t most) const {
  for (std::size_t skipped = 0; skipped < most && i < size() && code_[i] != U'\n' && is_space(code_[i]); ++skipped) ++i;
  return i;
}

}  // namespace plumb
