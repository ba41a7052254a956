#include "config/text_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.h"
#include "base/text.h"

namespace plumb {

namespace {

constexpr std::size_t k_block = 256;

bool starts_code_point(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

bool is_control(unsigned char byte) { return (byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F; }

}  // namespace

std::optional<std::string> clean_text(std::string_view bytes, std::size_t bytes_max, FileReport& report) {
  if (bytes.size() > bytes_max) {
    report.error({}, fmt::format("the file has {} bytes; at most {} are read", bytes.size(), bytes_max));
    return {};
  }
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  std::string text = replace_all(std::string(bytes), "\r\n", "\n");
  if (const auto bad = find_invalid_utf8(text)) {
    report.error(PlaceIndex(text).at(*bad), "not UTF-8 from here on; save the file as UTF-8");
    return {};
  }
  const auto control = std::ranges::find_if(text, [](char c) { return is_control(static_cast<unsigned char>(c)); });
  if (control != text.end()) {
    const Place place = PlaceIndex(text).at(static_cast<std::size_t>(control - text.begin()));
    report.error(place, fmt::format("control character U+{:04X}; remove it", static_cast<unsigned char>(*control)));
    return {};
  }
  return text;
}

std::optional<std::string> load_text(const std::filesystem::path& path, std::size_t bytes_max, FileReport& report) {
  auto bytes = read_file(path, bytes_max);
  if (!bytes) {
    report.error({}, bytes.error().message);
    return {};
  }
  return clean_text(*bytes, bytes_max, report);
}

PlaceIndex::PlaceIndex(std::string_view text, int first_line) : text_(text), first_line_(first_line) {
  line_starts_.push_back(0);
  blocks_.reserve(text.size() / k_block + 1);
  std::uint32_t seen = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i % k_block == 0) blocks_.push_back(seen);
    if (starts_code_point(text[i])) ++seen;
    if (text[i] == '\n') line_starts_.push_back(i + 1);
  }
  if (text.size() % k_block == 0) blocks_.push_back(seen);
}

std::size_t PlaceIndex::code_points_before(std::size_t offset) const {
  std::size_t count = blocks_[offset / k_block];
  for (std::size_t i = offset / k_block * k_block; i < offset; ++i) count += starts_code_point(text_[i]) ? 1 : 0;
  return count;
}

Place PlaceIndex::at(std::size_t offset) const {
  offset = std::min(offset, text_.size());
  const auto after = std::ranges::upper_bound(line_starts_, offset);
  const auto line = static_cast<std::size_t>(after - line_starts_.begin()) - 1;
  const std::size_t column = code_points_before(offset) - code_points_before(line_starts_[line]);
  return {first_line_ + static_cast<int>(line), static_cast<int>(column) + 1};
}

std::size_t PlaceIndex::offset(int line, int column_bytes) const {
  if (line < 0 || static_cast<std::size_t>(line) >= line_starts_.size()) return text_.size();
  const std::size_t start = line_starts_[static_cast<std::size_t>(line)];
  return std::min(start + static_cast<std::size_t>(std::max(column_bytes, 0)), text_.size());
}

}  // namespace plumb
