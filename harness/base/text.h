// Unicode text as bytes: validity, normal forms with offsets that map back, display width.
// The only user of utf8proc. What the text means (numbers, dates, particles) is language/'s business.
//
// All strings are UTF-8; every offset and length is in bytes unless its name says otherwise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plumb {

// Half open: [begin, end).
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool operator==(const Span&) const = default;
  bool empty() const { return begin >= end; }
  std::size_t size() const { return empty() ? 0 : end - begin; }
  std::string_view of(std::string_view text) const { return text.substr(begin, end - begin); }
};

// The offset of the first byte that is not well-formed UTF-8; none if all is. Surrogates and
// overlong forms are not well-formed; NUL is.
std::optional<std::size_t> find_invalid_utf8(std::string_view);

// Replaces each ill-formed byte by U+FFFD.
std::string repair_utf8(std::string_view);

// Decodes the code point at `at` and moves `at` past it; U+FFFD and one byte if ill-formed.
char32_t next_code_point(std::string_view text, std::size_t& at);
void append_code_point(std::string& out, char32_t);
std::u32string code_points(std::string_view);

std::string nfc(std::string_view);

// A folded copy for matching, which knows where each of its bytes came from.
struct Folded {
  std::string text;
  std::vector<std::uint32_t> begin;  // begin[i], end[i]: the grapheme cluster of the original that gave byte i
  std::vector<std::uint32_t> end;

  // The original bytes behind a span of `text`; whole grapheme clusters. Empty in, empty out.
  Span original(Span) const;
};

struct FoldOptions {
  bool drop_spaces = false;       // Korean spacing varies legally: 할 수 있다 / 할수있다
  bool drop_punctuation = false;  // keeps letters, digits and symbols such as % ㎡ +
};

// NFKC (folds NFD jamo, full width, ㎡ -> m2 excepted: compatibility squares are kept), case folded.
Folded fold(std::string_view, FoldOptions = {});

// fold(text, {drop_spaces, drop_punctuation}).text, for comparing names and titles.
std::string squeeze(std::string_view);

bool is_space(char32_t);
bool is_punctuation(char32_t);  // general categories P*; not symbols
bool is_hangul(char32_t);       // a syllable or a jamo
bool is_hangul_syllable(char32_t);
bool is_letter(char32_t);
bool is_digit(char32_t);  // 0-9, full width folded away before

// Terminal columns: Hangul and CJK count two, combining marks none. Control characters count none.
int display_width(std::string_view);

// Cut (ending in "…") or padded with spaces to exactly `columns`; never splits a grapheme cluster.
std::string fit(std::string_view, int columns, bool align_right = false);

// What may be shown on a terminal: control characters, escape sequences and bidi overrides are
// removed, line breaks become spaces unless `keep_lines`. Every human-readable output goes through this.
std::string printable(std::string_view, bool keep_lines = false);

std::string_view trim(std::string_view);
std::vector<std::string_view> split(std::string_view, char separator);  // keeps empty fields
bool contains(std::string_view text, std::string_view part);
std::string replace_all(std::string text, std::string_view from, std::string_view to);

// "did you mean": the candidate within edit distance max(1, size/3), if any; ties go to the first.
std::optional<std::string> suggest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace plumb
