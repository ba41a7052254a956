#include "providers/dialect.h"

#include <array>
#include <utility>

#include "base/text.h"

namespace plumb {

namespace {
constexpr long long k_tokens_absurd = 1'000'000'000'000;
constexpr std::array k_not_extra = {
    "model", "messages", "input", "contents", "system", "instructions", "systemInstruction", "stream", "tools",
};

void merge_extra(Json& body, const std::string& extra_json) {
  if (extra_json.empty()) return;
  auto extra = parse_json(extra_json);
  if (!extra || !extra->is_object()) return;
  for (const char* key : k_not_extra) extra->erase(key);
  body.merge_patch(*extra);
}

Json function_json(const ToolOffer& tool) {
  Json json = {{"name", tool.name}};
  if (!tool.description.empty()) json["description"] = tool.description;
  json["parameters"] = tool_schema(tool);
  return json;
}
}  // namespace

std::string endpoint(const Model& model, std::string_view default_base_url, std::string_view path) {
  std::string url(model.base_url.empty() ? default_base_url : std::string_view(model.base_url));
  while (url.ends_with('/')) url.pop_back();
  for (std::size_t end = path.size(); end != 0 && end != std::string_view::npos; end = path.rfind('/', end - 1)) {
    if (url.ends_with(path.substr(0, end))) return url.append(path.substr(end));
  }
  return url.append(path);
}

void add_key(HttpRequest& http, const char* header, std::string_view key, std::string_view before) {
  if (!key.empty()) http.headers.emplace_back(header, std::string(before).append(key));
}

HttpRequest json_request(std::string url, Json body, const Parameters& parameters) {
  merge_extra(body, parameters.extra_json);
  return {"POST", std::move(url), {{"Content-Type", "application/json"}}, dump_json(body), nullptr};
}

const char* role_name(Message::Role role) {
  switch (role) {
    case Message::Role::system:
      return "system";
    case Message::Role::user:
      return "user";
    case Message::Role::assistant:
      return "assistant";
    case Message::Role::tool:
      return "tool";
  }
  return "user";
}

std::string system_text(const std::vector<Message>& messages) {
  std::string system;
  for (const Message& message : messages) {
    if (message.role != Message::Role::system || message.text.empty()) continue;
    if (!system.empty()) system += "\n\n";
    system += message.text;
  }
  return system;
}

const ToolCall* answered_call(const Message& message) {
  return message.role == Message::Role::tool && !message.tool_calls.empty() ? &message.tool_calls.front() : nullptr;
}

Json echo_json(const Message& message) {
  if (message.echo.empty()) return nullptr;
  auto echo = parse_json(message.echo);
  return echo ? *std::move(echo) : Json();
}

Json tool_schema(const ToolOffer& tool) {
  auto schema = parse_json(tool.parameters_json);
  if (schema && schema->is_object()) return *std::move(schema);
  return {{"type", "object"}, {"properties", Json::object()}};
}

Json function_tools(const std::vector<ToolOffer>& tools) {
  Json list = Json::array();
  for (const ToolOffer& tool : tools) list.push_back({{"type", "function"}, {"function", function_json(tool)}});
  return list;
}

Json arguments_object(const std::string& arguments) {
  if (trim(arguments).empty()) return Json::object();
  auto object = parse_json(arguments);
  if (object && object->is_object()) return *std::move(object);
  return {{"INVALID_JSON", arguments}};
}

std::string arguments_text(const Json* arguments) {
  if (!arguments || arguments->is_null()) return "";
  return arguments->is_string() ? arguments->get<std::string>() : dump_json(*arguments);
}

const Json* error_object(const Json& root) {
  const Json* error = find(root.is_array() && !root.empty() ? root.front() : root, "error");
  return error && error->is_object() ? error : nullptr;
}

std::optional<std::int64_t> tokens_at(const Json* object, const char* key) {
  const long long tokens = object ? integer_at(*object, key, -1) : -1;
  if (tokens < 0 || tokens > k_tokens_absurd) return std::nullopt;
  return tokens;
}

std::optional<std::int64_t> sum_of_known(std::optional<std::int64_t> a, std::optional<std::int64_t> b) {
  if (!a || !b) return a ? a : b;
  return *a + *b;
}

std::string without_thinking(const std::string& text) {
  constexpr std::string_view open = "<think>", close = "</think>";
  if (const std::size_t end = text.find(close); end != std::string::npos) {
    return std::string(trim(std::string_view(text).substr(end + close.size())));
  }
  return trim(text).starts_with(open) ? "" : text;
}

}  // namespace plumb
