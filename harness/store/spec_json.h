// The spec of a run as the JSON in which it is stored: what was compared and how, without its texts.
#pragma once

#include <string>
#include <string_view>

#include "domain/spec.h"

namespace plumb {

// Questions and passages are named by the digests of their datasets, prompts by their own. Holds the names of
// key variables, never a value; a base URL loses its user, password, query and fragment. Equal specs give
// equal bytes; where the database lies is left out.
std::string to_json_text(const EvalSpec&);
std::string to_json_text(const Parameters&);

std::string without_credentials(std::string_view url);

}  // namespace plumb
