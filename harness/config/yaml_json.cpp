#include "config/yaml_json.h"

namespace plumb {

Json to_json(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::nothing:
      return nullptr;
    case YamlNode::Kind::list: {
      Json list = Json::array();
      for (const YamlNode& item : node.items) list.push_back(to_json(item));
      return list;
    }
    case YamlNode::Kind::map: {
      Json map = Json::object();
      for (const YamlEntry& entry : node.entries) map[entry.key] = to_json(entry.value);
      return map;
    }
    case YamlNode::Kind::text:
      break;
  }
  if (!node.quoted) {
    if (auto value = parse_json(node.text); value && !value->is_string()) return *value;
  }
  return node.text;
}

}  // namespace plumb
