#include "base/json_pointer.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace plumb {

namespace {

constexpr std::size_t k_keys_shown_max = 12;
constexpr int k_key_columns_max = 40;

// "~1" is a slash and "~0" a tilde, in this order of reading (RFC 6901, section 4).
std::string unescaped(std::string_view part) {
  return replace_all(replace_all(std::string(part), "~1", "/"), "~0", "~");
}

// The index of an item: digits without a leading zero.
const Json* item_of(const Json& list, std::string_view part) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
  const bool whole = error == std::errc() && end == part.data() + part.size();
  if (!whole || (part.size() > 1 && part[0] == '0') || index >= list.size()) return nullptr;
  return &list[index];
}

// One step down; null if there is nothing.
const Json* child_of(const Json& value, std::string_view part) {
  return value.is_array() ? item_of(value, part) : find(value, unescaped(part).c_str());
}

std::string shown(std::string_view key) {
  const std::string clean = printable(key);
  return display_width(clean) > k_key_columns_max ? fit(clean, k_key_columns_max) : clean;
}

}  // namespace

bool is_json_pointer(std::string_view pointer) {
  if (!pointer.empty() && pointer[0] != '/') return false;
  for (std::size_t at = pointer.find('~'); at != std::string_view::npos; at = pointer.find('~', at + 1)) {
    if (at + 1 == pointer.size() || (pointer[at + 1] != '0' && pointer[at + 1] != '1')) return false;
  }
  return true;
}

const Json* find_at(const Json& document, std::string_view pointer) {
  const auto found = value_at(document, pointer);
  return found ? *found : nullptr;
}

Result<const Json*> value_at(const Json& document, std::string_view pointer) {
  if (!is_json_pointer(pointer)) return Error{"'" + shown(pointer) + "' is no JSON pointer, such as /answer"};
  const Json* value = &document;
  std::size_t at = 0;
  while (at < pointer.size()) {
    const std::size_t end = std::min(pointer.find('/', at + 1), pointer.size());
    const Json* child = child_of(*value, pointer.substr(at + 1, end - at - 1));
    if (!child) {
      const std::string parent = at == 0 ? "the reply" : "'" + shown(pointer.substr(0, at)) + "'";
      return Error{"nothing at '" + shown(pointer) + "': " + parent + " " + describe_shape(*value)};
    }
    value = child;
    at = end;
  }
  return value;
}

std::string describe_shape(const Json& value) {
  if (value.is_array()) {
    return "is a list of " + std::to_string(value.size()) + (value.size() == 1 ? " item" : " items");
  }
  if (value.is_null()) return "is null";
  if (!value.is_object()) return std::string("is a ") + value.type_name();
  if (value.empty()) return "has no keys";
  std::string keys;
  std::size_t count = 0;
  for (const auto& [key, ignored] : value.items()) {
    if (count++ == k_keys_shown_max) return "has the keys " + keys + ", …";
    keys += (keys.empty() ? "" : ", ") + shown(key);
  }
  return (count == 1 ? "has the key " : "has the keys ") + keys;
}

}  // namespace plumb
