// A folded text decoded once, for the hand-written scanners of this folder: code points by index, and
// the way back to the bytes of the original.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace plumb {

class Runes {
 public:
  explicit Runes(std::string_view text);

  // 0 outside the text, so that scanners can look around without asking first.
  char32_t operator[](std::size_t i) const { return i < code_.size() ? code_[i] : U'\0'; }
  char32_t before(std::size_t i) const { return i > 0 && i <= code_.size() ? code_[i - 1] : U'\0'; }
  std::size_t size() const { return code_.size(); }

  bool has(std::size_t i, std::u32string_view word) const {
    return std::u32string_view(code_).substr(std::min(i, size()), word.size()) == word;
  }
  bool ends_at(std::size_t i, std::u32string_view word) const { return i >= word.size() && has(i - word.size(), word); }

  // The folded text of [from, to), and where it stands in the original (whole grapheme clusters).
  std::string text(std::size_t from, std::size_t to) const;
  Span original(std::size_t from, std::size_t to) const;

  std::size_t skip_spaces(std::size_t i, std::size_t most = 1) const;
  bool word_begins(std::size_t i) const { return !is_hangul(before(i)); }

 private:
  Folded folded_;
  std::u32string code_;
  std::vector<std::uint32_t> byte_;  // byte_[i]: where code_[i] begins in folded_.text; one more at the end
};

inline bool is_latin(char32_t c) { return c < 0x250 && is_letter(c); }

// ① to ⑳. Folding makes digits of them, which would glue to their neighbours (6조의3①).
inline int circled_number(char32_t c) { return c >= 0x2460 && c <= 0x2473 ? static_cast<int>(c - 0x2460) + 1 : 0; }

// · in its several code points; U+318D folds to U+119E.
inline bool is_middle_dot(char32_t c) {
  return c == 0xB7 || c == 0x30FB || c == 0x318D || c == 0x119E || c == 0x2022 || c == 0x2027;
}

}  // namespace plumb
