#include "providers/body_template.h"

#include "base/text.h"
#include "domain/prompt.h"
#include "domain/service_body.h"
#include "providers/dialect.h"

namespace plumb {

namespace {

std::string system_text(const ChatRequest& request) {
  std::string all;
  for (const Message& message : request.messages) {
    if (message.role == Message::Role::system) all += (all.empty() ? "" : "\n\n") + message.text;
  }
  return all;
}

std::string as_text(const Json& value) { return value.is_string() ? value.get<std::string>() : dump_json(value); }

Json fill_text(const std::string& text, const BodyValues& values) {
  std::string out;
  std::size_t from = 0;
  for (const Placeholder& placeholder : find_placeholders(text)) {
    const auto value = values.find(placeholder.name);
    if (value == values.end()) continue;
    if (placeholder.span.of(text) == trim(text)) return value->second;
    out.append(text, from, placeholder.span.begin - from).append(as_text(value->second));
    from = placeholder.span.end;
  }
  return out.append(text, from);
}

}  // namespace

std::string last_user_text(const ChatRequest& request) {
  for (auto message = request.messages.rbegin(); message != request.messages.rend(); ++message) {
    if (message->role == Message::Role::user) return message->text;
  }
  return "";
}

Json json_of_messages(const ChatRequest& request) {
  Json list = Json::array();
  for (const Message& message : request.messages) {
    list.push_back({{"role", role_name(message.role)}, {"content", message.text}});
  }
  return list;
}

Json json_of_passages(const ChatRequest& request) {
  Json list = Json::array();
  for (const Passage& passage : request.passages) {
    list.push_back({{"id", passage.id}, {"title", passage.title}, {"text", passage.text}});
  }
  return list;
}

BodyValues body_values(const Model& model, const ChatRequest& request, Json session) {
  return {{"question", request.question},          {"prompt", last_user_text(request)},
          {"system", system_text(request)},        {"context", format_context(request.passages)},
          {"session", std::move(session)},         {"model", model.id},
          {"messages", json_of_messages(request)}, {"passages", json_of_passages(request)}};
}

Json fill_body(const Json& body, const BodyValues& values) {
  if (body.is_string()) return fill_text(body.get_ref<const std::string&>(), values);
  Json filled = body;
  for (Json& child : filled) {
    if (child.is_structured() || child.is_string()) child = fill_body(child, values);
  }
  return filled;
}

std::string fill_header(std::string_view value, std::string_view key) {
  std::string out;
  std::size_t from = 0;
  for (const Placeholder& placeholder : find_placeholders(value)) {
    if (placeholder.name != k_key_placeholder) continue;
    out.append(value.substr(from, placeholder.span.begin - from)).append(key);
    from = placeholder.span.end;
  }
  return out.append(value.substr(from));
}

}  // namespace plumb
