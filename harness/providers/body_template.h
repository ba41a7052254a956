// The body that a service of one's own is sent: a JSON document with {{…}} in its strings, filled in one pass.
// What is put in is never looked at again.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/json.h"
#include "domain/spec.h"

namespace plumb {

// What stands for each name: texts, and lists for service_list_names(). A session that the service gave may be
// any JSON value.
using BodyValues = std::map<std::string, Json, std::less<>>;

// `session`: what stands for {{session}}.
BodyValues body_values(const Model&, const ChatRequest&, Json session);

// A string that is one placeholder and nothing else becomes its value; within other text the value is written out.
// Names that have no value stay as they are. Keys of objects are not looked at.
Json fill_body(const Json& body, const BodyValues&);

// "Bearer {{key}}" with the key.
std::string fill_header(std::string_view value, std::string_view key);

// Lists as services know them, empty where there are none: {role, content} and {id, title, text}.
Json json_of_messages(const ChatRequest&);
Json json_of_passages(const ChatRequest&);
// What the user says in this turn; "" if nobody has said anything.
std::string last_user_text(const ChatRequest&);

}  // namespace plumb
