// Reads the parts of a key: references and forbidden values.
#pragma once

#include <optional>

#include "config/reader.h"
#include "domain/dataset.h"

namespace plumb {

// One part: a map with exactly one of text, number (with tolerance), date, yes_no, set, list. None, and told,
// if a value cannot be read as what it says: a number without one quantity, a day that does not exist.
std::optional<Reference> read_reference(const YamlNode&, FileReport&);

// As a reference, less set and list, with `kind`.
std::optional<Forbidden> read_forbidden(const YamlNode&, FileReport&);

}  // namespace plumb
