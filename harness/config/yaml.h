// The YAML that people write here, as a tree that knows where everything stands. The only user of yaml-cpp.
//
// A subset on purpose: one document of maps, lists and text. Anchors, aliases, tags and merge keys are
// errors with their place, so nothing is ever expanded and a small file cannot become a large tree. What a
// text means (a number, a day) is the reader's business: `text: 2024` and `text: "2024"` are both text.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostic.h"

namespace plumb {

struct YamlEntry;

struct YamlNode {
  enum class Kind { nothing, text, list, map };
  Kind kind = Kind::nothing;
  bool quoted = false;     // text in quotes or a block (| or >): never a number or a flag
  bool reported = false;   // stands for something already told as an error; say no more about it
  std::string text;        // when text
  std::size_t offset = 0;  // of its first byte in the text given
  Place place;
  std::vector<YamlNode> items;     // when a list
  std::vector<YamlEntry> entries;  // when a map, in the order of the file; keys are unique

  const YamlEntry* find(std::string_view key) const;  // null if not a map or without the key
};

struct YamlEntry {
  std::string key;
  Place place;  // of the key
  YamlNode value;
};

struct YamlLimits {
  int depth_max = 32;
  std::size_t nodes_max = 200'000;
};

// Reads clean text (see text_file.h). None if the text is not YAML or beyond the limits; what is wrong
// otherwise (an alias, a duplicate key) is told and the rest is read. Empty text gives Kind::nothing.
// `first_line` is the line of the text's first byte in its file.
std::optional<YamlNode> parse_yaml(std::string_view text, FileReport&, int first_line = 1, YamlLimits = {});

}  // namespace plumb
