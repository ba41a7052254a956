// The text of a file people wrote: read, checked, and with a place for each of its bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostic.h"

namespace plumb {

inline constexpr std::size_t k_config_bytes_max = 1u << 20;     // eval.yaml, a prompt, a passage
inline constexpr std::size_t k_questions_bytes_max = 4u << 20;  // a file of questions

// Without byte order mark, with CRLF as LF (so that a checkout on Windows has the same digests). Ill-formed
// UTF-8, NUL and control characters other than tab and line feed are an error: then none.
std::optional<std::string> clean_text(std::string_view bytes, std::size_t bytes_max, FileReport&);

// clean_text of a file. A file that cannot be read is an error without a line.
std::optional<std::string> load_text(const std::filesystem::path&, std::size_t bytes_max, FileReport&);

// Line and column of a byte offset, in constant time whatever the length of the line: one line may hold
// 200,000 nodes.
class PlaceIndex {
 public:
  // `first_line` is that of the text's first byte.
  explicit PlaceIndex(std::string_view text, int first_line = 1);

  Place at(std::size_t offset) const;  // the end if beyond it

  // The offset of a byte column in a line, both from 0; the end if there is no such line.
  std::size_t offset(int line, int column_bytes) const;

 private:
  std::size_t code_points_before(std::size_t offset) const;

  std::string_view text_;  // outlives this
  int first_line_;
  std::vector<std::size_t> line_starts_;
  std::vector<std::uint32_t> blocks_;  // code points before each block of k_block bytes
};

}  // namespace plumb
