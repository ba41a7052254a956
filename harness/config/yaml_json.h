// YAML that people write where JSON is sent.
#pragma once

#include "base/json.h"
#include "config/yaml.h"

namespace plumb {

// Keys in the order of the file. Numbers, true, false and null without quotes stay what they are; all other text is
// a string, and so is what JSON would not take as a number (010, 1_000).
Json to_json(const YamlNode&);

}  // namespace plumb
