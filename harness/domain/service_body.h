// What the body and the headers of a service of one's own may hold in {{…}} (HttpService, domain/spec.h).
#pragma once

#include <string>
#include <vector>

namespace plumb {

// Anywhere in a string of the body: {{question}} (as asked), {{prompt}} (what the user says in this turn),
// {{system}}, {{context}} (the passages, as prompts show them), {{session}}, {{model}} (its id).
const std::vector<std::string>& service_text_names();

// As a whole string, for which a list stands: {{messages}} of {role, content}, {{passages}} of {id, title, text}.
const std::vector<std::string>& service_list_names();

// Those of both by which a service learns what is asked; a body holds at least one of them.
const std::vector<std::string>& service_asking_names();

// The one name in a header's value.
inline constexpr const char* k_key_placeholder = "key";

}  // namespace plumb
