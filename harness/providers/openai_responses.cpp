#include "providers/openai_responses.h"

#include <fmt/format.h>

#include <string>

#include "base/text.h"
#include "providers/dialect.h"
#include "providers/event_stream.h"
#include "providers/reply.h"

namespace plumb {

namespace {

// A message as items of the input: what the assistant said and what it called are items of their own.
void add_items(Json& input, const Message& message) {
  if (message.role == Message::Role::system) return;
  if (const Json echo = echo_json(message); echo.is_array()) {
    input.insert(input.end(), echo.begin(), echo.end());
    return;
  }
  if (const ToolCall* call = answered_call(message)) {
    input.push_back({{"type", "function_call_output"}, {"call_id", call->id}, {"output", message.text}});
    return;
  }
  const bool says_nothing = message.text.empty() && !message.tool_calls.empty();
  if (!says_nothing) {
    const char* role = message.role == Message::Role::assistant ? "assistant" : "user";
    input.push_back({{"role", role}, {"content", message.text}});
  }
  for (const ToolCall& call : message.tool_calls) {
    input.push_back({{"type", "function_call"},
                     {"call_id", call.id},
                     {"name", call.name},
                     {"arguments", call.arguments.empty() ? "{}" : call.arguments}});
  }
}

// `strict` is on by default, and refuses any schema that leaves a member optional.
Json tools_json(const std::vector<ToolOffer>& tools) {
  Json list = Json::array();
  for (const ToolOffer& tool : tools) {
    Json json = {{"type", "function"}, {"name", tool.name}};
    if (!tool.description.empty()) json["description"] = tool.description;
    json["parameters"] = tool_schema(tool);
    json["strict"] = false;
    list.push_back(std::move(json));
  }
  return list;
}

Usage usage_of(const Json& root) {
  Usage usage;
  const Json* given = find(root, "usage");
  if (!given) return usage;
  usage.tokens_in = tokens_at(given, "input_tokens");
  usage.tokens_out = tokens_at(given, "output_tokens");
  usage.tokens_reasoning = tokens_at(find(*given, "output_tokens_details"), "reasoning_tokens");
  usage.tokens_cached = tokens_at(find(*given, "input_tokens_details"), "cached_tokens");
  return usage;
}

Result<Completion::Stop> stop_of_status(const Json& root) {
  using Stop = Completion::Stop;
  const std::string status = string_at(root, "status");
  if (status == "completed") return Stop::finished;
  if (status.empty()) return Stop::unknown;
  if (status != "incomplete") return Error{fmt::format("the response is '{}'", printable(status))};
  const Json* details = find(root, "incomplete_details");
  const std::string reason = details ? string_at(*details, "reason") : "";
  if (reason == "max_output_tokens") return Stop::length;
  if (reason == "content_filter") return Stop::filtered;
  return Stop::unknown;
}

// What the items of an output come to.
struct Said {
  std::string text;
  std::string commentary;  // what newer models say between calls of tools; no part of the answer
  std::string refusal;
  std::vector<ToolCall> calls;
  std::optional<Logprobs> logprobs;
  bool has_more = false;      // than texts and calls say
  bool can_be_echoed = true;  // reasoning that is not there to be sent back cannot be referred to
};

Status read_message(const Json& item, Said& said) {
  const Json* content = find(item, "content");
  if (!content || !content->is_array()) return Error{"a message has no list 'content'"};
  const bool comments = string_at(item, "phase") == "commentary";
  if (find(item, "phase")) said.has_more = true;
  for (const Json& part : *content) {
    const std::string type = string_at(part, "type");
    if (type == "refusal") said.refusal += string_at(part, "refusal");
    if (type != "output_text") continue;
    const Json* text = find(part, "text");
    if (!text || !text->is_string()) return Error{"an output_text without text"};
    (comments ? said.commentary : said.text) += text->get<std::string>();
    add_logprobs(said.logprobs, find(part, "logprobs"), "logprob");
  }
  return Done{};
}

Result<Said> read_output(const Json& output) {
  Said said;
  for (const Json& item : output) {
    if (!item.is_object()) return Error{fmt::format("an item of the output is a {}", item.type_name())};
    const std::string type = string_at(item, "type");
    if (type == "message") {
      TRY(read_message(item, said));
    } else if (type == "function_call") {
      said.calls.push_back({.id = string_at(item, "call_id"),
                            .name = string_at(item, "name"),
                            .arguments = arguments_text(find(item, "arguments"))});
    } else {
      said.has_more = true;
      const Json* content = find(item, "content");
      const bool is_open = content && content->is_array() && !content->empty();
      if (type == "reasoning" && !is_open && string_at(item, "encrypted_content").empty()) said.can_be_echoed = false;
    }
  }
  return said;
}

}  // namespace

Json responses_body(const Model& model, const ChatRequest& request) {
  const Parameters& parameters = request.parameters;
  Json body = {{"model", model.id}};
  if (const std::string system = system_text(request.messages); !system.empty()) body["instructions"] = system;
  Json& input = body["input"] = Json::array();
  for (const Message& message : request.messages) add_items(input, message);
  if (!request.tools.empty()) body["tools"] = tools_json(request.tools);
  if (parameters.temperature) body["temperature"] = *parameters.temperature;
  if (parameters.top_p) body["top_p"] = *parameters.top_p;
  if (parameters.tokens_max) body["max_output_tokens"] = *parameters.tokens_max;
  if (parameters.logprobs.value_or(false)) body["include"] = Json::array({"message.output_text.logprobs"});
  body["store"] = false;
  if (model.stream) body["stream"] = true;
  return body;
}

bool is_response(const Json& root) {
  return string_at(root, "object") == "response" || (find(root, "output") && !find(root, "choices"));
}

bool is_response_stream(const HttpResponse& response) {
  const auto first = EventReader(response.body).next();
  if (!first) return false;
  if (first->type.starts_with("response.")) return true;
  const auto object = parse_json(repair_utf8(first->data));
  return object && string_at(*object, "type").starts_with("response.");
}

Result<Completion> decode_response(const Json& root, const HttpResponse& response, bool streamed) {
  const Json* output = find(root, "output");
  if (!output || !output->is_array()) return Error{"the reply has no list 'output'"};
  Completion completion;
  completion.stop = TRY(stop_of_status(root));
  Said said = TRY(read_output(*output));
  completion.text = without_thinking(said.text.empty() ? said.commentary : said.text);
  completion.tool_calls = std::move(said.calls);
  completion.logprobs = said.logprobs;
  if (!said.refusal.empty()) {
    completion.stop = Completion::Stop::refused;
    if (completion.text.empty()) completion.text = std::move(said.refusal);
  }
  const bool is_empty = completion.text.empty() && completion.tool_calls.empty();
  if (is_empty && completion.stop == Completion::Stop::unknown) {
    return Error{"an empty response without a reason that says why"};
  }
  if (said.has_more && said.can_be_echoed) completion.echo = dump_json(*output);
  completion.usage = usage_of(root);
  completion.model_answered = string_at(root, "model");
  return finish_completion(std::move(completion), response, string_at(root, "id"), streamed);
}

// The last event holds the whole response. Some servers leave its output out: then it is the items as they were done.
Result<Json> response_of_stream(const HttpResponse& response) {
  Json whole, items = Json::array();
  TRY(read_events(response, [&](const std::string&, Json& event) -> Status {
    const std::string type = string_at(event, "type");
    if (type == "response.output_item.done") {
      if (const auto item = event.find("item"); item != event.end()) items.push_back(std::move(*item));
    } else if (type == "response.completed" || type == "response.incomplete") {
      if (const auto object = event.find("response"); object != event.end()) whole = std::move(*object);
    } else if (type == "response.failed") {
      return Error{"the response failed"};
    }
    return Done{};
  }));
  if (!whole.is_object()) return broke_off();
  const Json* output = find(whole, "output");
  if (!output || !output->is_array() || output->empty()) whole["output"] = std::move(items);
  return whole;
}

}  // namespace plumb
