// Anthropic's messages, as its API reference describes them for the version 2023-06-01.
//
// The API has no seed and gives no probabilities: Parameters::seed and logprobs are not sent, so trials differ by
// chance alone. It demands max_tokens; a request that sets none gets k_tokens_max.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "providers/anthropic_stream.h"
#include "providers/batch.h"
#include "providers/dialect.h"
#include "providers/event_stream.h"
#include "providers/provider.h"
#include "providers/reply.h"

namespace plumb {
namespace {

constexpr std::string_view k_default_base_url = "https://api.anthropic.com";
constexpr std::string_view k_path = "/v1/messages";
constexpr const char* k_version = "2023-06-01";
constexpr int k_tokens_max = 1024;

// An empty or capped account is told of as a 400 invalid_request_error, the type of a mistyped field too: nothing
// but the sentence tells them apart.
constexpr std::array<std::string_view, 2> k_account_is_spent = {
    "Your credit balance is too low",
    "You have reached your specified API usage limits",
};

Completion::Stop stop_reason(const std::string& reason) {
  using Stop = Completion::Stop;
  if (reason == "end_turn" || reason == "stop_sequence") return Stop::finished;
  if (reason == "max_tokens" || reason == "model_context_window_exceeded") return Stop::length;
  if (reason == "refusal") return Stop::refused;
  if (reason == "tool_use") return Stop::tool_calls;
  return Stop::unknown;  // pause_turn too: a turn that was to be continued
}

// The blocks of type text, joined, and those that call tools; thinking is no part of the answer.
Status read_content(const Json& content, Completion& completion) {
  for (const Json& block : content) {
    if (!block.is_object()) return Error{fmt::format("a content block is a {}", block.type_name())};
    const std::string type = string_at(block, "type");
    if (type == "tool_use") {
      completion.tool_calls.push_back({.id = string_at(block, "id"),
                                       .name = string_at(block, "name"),
                                       .arguments = arguments_text(find(block, "input"))});
    }
    if (type != "text") continue;
    const Json* part = find(block, "text");
    if (!part || !part->is_string()) return Error{"a text block without text"};
    completion.text += part->get<std::string>();
  }
  return Done{};
}

// Thinking is signed, and must stand unchanged before the calls that came of it. An empty text would be refused.
std::string echo_of(const Json& content) {
  bool has_more = false;
  Json echo = Json::array();
  for (Json block : content) {
    const std::string type = string_at(block, "type");
    if (type == "text" && string_at(block, "text").empty()) continue;
    if (type == "tool_use") block["input"] = arguments_object(arguments_text(find(block, "input")));
    has_more = has_more || (type != "text" && type != "tool_use");
    echo.push_back(std::move(block));
  }
  return has_more ? dump_json(echo) : "";
}

Json tools_json(const std::vector<ToolOffer>& tools) {
  Json list = Json::array();
  for (const ToolOffer& tool : tools) {
    Json json = {{"name", tool.name}};
    if (!tool.description.empty()) json["description"] = tool.description;
    json["input_schema"] = tool_schema(tool);
    list.push_back(std::move(json));
  }
  return list;
}

Json assistant_content(const Message& message) {
  if (Json echo = echo_json(message); echo.is_array()) return echo;
  if (message.tool_calls.empty()) return message.text;
  Json content = Json::array();
  if (!message.text.empty()) content.push_back({{"type", "text"}, {"text", message.text}});
  for (const ToolCall& call : message.tool_calls) {
    content.push_back(
        {{"type", "tool_use"}, {"id", call.id}, {"name", call.name}, {"input", arguments_object(call.arguments)}});
  }
  return content;
}

Json tool_result(const ToolCall& call, const std::string& output) {
  Json result = {{"type", "tool_result"}, {"tool_use_id", call.id}, {"content", output}};
  if (call.failed) result["is_error"] = true;
  return result;
}

// Less the system messages. The results of all calls of one message must come in one message.
Json messages_json(const std::vector<Message>& all) {
  Json messages = Json::array();
  bool in_results = false;
  for (const Message& message : all) {
    if (message.role == Message::Role::system) continue;
    const ToolCall* call = answered_call(message);
    if (call && in_results) {
      messages.back()["content"].push_back(tool_result(*call, message.text));
    } else if (call) {
      messages.push_back({{"role", "user"}, {"content", Json::array({tool_result(*call, message.text)})}});
    } else if (message.role == Message::Role::assistant) {
      messages.push_back({{"role", "assistant"}, {"content", assistant_content(message)}});
    } else {
      messages.push_back({{"role", "user"}, {"content", message.text}});
    }
    in_results = call != nullptr;
  }
  return messages;
}

// input_tokens counts only what the cache neither gave nor took; the whole prompt is the sum of the three.
Usage usage_of(const Json& root) {
  Usage usage;
  const Json* given = find(root, "usage");
  if (!given) return usage;
  usage.tokens_cached = tokens_at(given, "cache_read_input_tokens");
  if (const auto fresh = tokens_at(given, "input_tokens")) {
    usage.tokens_in =
        sum_of_known(sum_of_known(fresh, usage.tokens_cached), tokens_at(given, "cache_creation_input_tokens"));
  }
  usage.tokens_out = tokens_at(given, "output_tokens");
  usage.tokens_reasoning = tokens_at(find(*given, "output_tokens_details"), "thinking_tokens");
  return usage;
}

class Anthropic final : public Provider {
 public:
  HttpRequest encode(const Model& model, const ChatRequest& request, std::string_view key) const override {
    const Parameters& parameters = request.parameters;
    Json body = {{"model", model.id}, {"max_tokens", parameters.tokens_max.value_or(k_tokens_max)}};
    if (const std::string system = system_text(request.messages); !system.empty()) body["system"] = system;
    body["messages"] = messages_json(request.messages);
    if (!request.tools.empty()) body["tools"] = tools_json(request.tools);
    if (parameters.temperature) body["temperature"] = *parameters.temperature;
    if (parameters.top_p) body["top_p"] = *parameters.top_p;
    if (model.stream) body["stream"] = true;

    HttpRequest http = json_request(endpoint(model, k_default_base_url, k_path), std::move(body), parameters);
    http.headers.emplace_back("anthropic-version", k_version);
    add_key(http, "x-api-key", key);
    return http;
  }

  Result<Completion> decode(const HttpResponse& response) const override {
    const bool streamed = is_event_stream(response);
    const Json root = TRY(streamed ? message_of_stream(response) : reply_object(response));
    const Json* content = find(root, "content");
    if (!content || !content->is_array()) return Error{"the reply has no list 'content'"};

    Completion completion;
    TRY(read_content(*content, completion));
    completion.stop = stop_reason(string_at(root, "stop_reason"));
    const bool is_empty = completion.text.empty() && completion.tool_calls.empty();
    if (is_empty && completion.stop == Completion::Stop::unknown) {
      return Error{"an empty message without a stop_reason that says why"};
    }
    completion.echo = echo_of(*content);
    completion.usage = usage_of(root);
    completion.model_answered = string_at(root, "model");
    return finish_completion(std::move(completion), response, string_at(root, "id"), streamed);
  }

  Retry classify(const HttpResponse& response) const override {
    const Retry usual = Provider::classify(response);
    const auto root = error_document(response);
    const Json* error = root ? error_object(*root) : nullptr;
    if (!error) return usual;
    const std::string type = string_at(*error, "type"), words = string_at(*error, "message");
    if (type == "rate_limit_error" || type == "overloaded_error") return {Retry::Kind::throttled, usual.after};
    const bool not_allowed = type == "authentication_error" || type == "permission_error" || type == "billing_error";
    const bool spent = type == "invalid_request_error" && std::ranges::any_of(k_account_is_spent, [&](auto sentence) {
                         return words.starts_with(sentence);
                       });
    if (not_allowed || spent) return {Retry::Kind::stop, std::nullopt};
    // Inside a stream they come with the status of a success.
    if (type == "api_error" || type == "timeout_error") return {Retry::Kind::transient, usual.after};
    return usual;
  }

  HttpRequest probe(const Model& model, std::string_view key) const override {
    const std::string url = endpoint(model, k_default_base_url, "/v1/models");
    HttpRequest http{"GET", url, {{"anthropic-version", k_version}}, "", nullptr};
    add_key(http, "x-api-key", key);
    return http;
  }
  std::string_view default_base_url() const override { return k_default_base_url; }
  const BatchDialect* batch() const override { return &batch_anthropic(); }
};

}  // namespace

const Provider& provider_anthropic() {
  static const Anthropic instance;
  return instance;
}

}  // namespace plumb
