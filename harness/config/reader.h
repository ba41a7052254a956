// Typed access to a YAML map. Whatever is wrong is told to the FileReport with its place and with what was
// expected, and reading goes on: people mend all their mistakes at once.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "config/diagnostic.h"
#include "config/keys.h"
#include "config/yaml.h"

namespace plumb {

// Each accessor: the value; or nothing (an empty string or list) when the key is absent, or when its value is
// wrong and has been told. A key that is required and absent is told by the constructor.
class MapReader {
 public:
  // Tells a node that is no map, keys that the table does not have (with "did you mean") and those missing.
  // All three arguments must outlive it.
  MapReader(const YamlNode&, const KeyTable&, FileReport&);

  bool is_map() const { return node_->kind == YamlNode::Kind::map; }

  // The value's node, null when absent (or an alias, already told). The key must be in the table.
  const YamlNode* find(std::string_view key) const;
  bool has(std::string_view key) const { return find(key) != nullptr; }
  // Of the value; of the map when absent.
  Place place(std::string_view key) const;

  // Any scalar that is not empty; with spaces and line ends at either end removed.
  std::string text(std::string_view key) const;
  // A list of texts, or one text.
  std::vector<std::string> texts(std::string_view key) const;
  // Of each of `texts`, as long as none of them is wrong.
  std::vector<Place> places(std::string_view key) const;
  std::optional<bool> flag(std::string_view key) const;
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t min, std::int64_t max) const;
  std::optional<double> number(std::string_view key, double min, double max) const;
  std::optional<Day> day(std::string_view key) const;
  // One of the words; another is told with "did you mean".
  std::optional<std::string> word(std::string_view key, const std::vector<std::string>& words) const;
  // The nodes of a list; empty when absent.
  const std::vector<YamlNode>& list(std::string_view key) const;

 private:
  const YamlNode* node_;
  const KeyTable* table_;
  FileReport* report_;
};

// The trimmed text of a scalar; none, and told, if it is anything else or empty. `what` names it: "a tag".
std::optional<std::string> read_text(const YamlNode&, std::string_view what, FileReport&);

// "'12만'", "a list", "nothing": what stands there instead, cut to a few words. What looks like a secret is
// not repeated.
std::string describe(const YamlNode&);

// "; did you mean 'x'?", or "" when nothing is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

// Lower case letters, digits and single hyphens between them.
bool is_slug(std::string_view);

// Whether a text holds something that has the shape of an API key (sk-…, AIza…, gsk_…).
bool holds_secret(std::string_view);

// Tells every text in the tree that holds one, without repeating it; key_env and headers have messages of
// their own (models.cpp, services.cpp).
void refuse_secrets(const YamlNode&, FileReport&);

}  // namespace plumb
