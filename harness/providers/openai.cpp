// OpenAI's chat completions, and the many servers that speak it: vLLM, llama.cpp, LM Studio, Ollama, OpenRouter.
// With Model::api "responses", OpenAI's Responses API.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "providers/batch.h"
#include "providers/dialect.h"
#include "providers/event_stream.h"
#include "providers/openai_responses.h"
#include "providers/openai_stream.h"
#include "providers/provider.h"
#include "providers/rate_headers.h"
#include "providers/reply.h"

namespace plumb {
namespace {

constexpr std::string_view k_default_base_url = "https://api.openai.com/v1";
constexpr std::string_view k_path = "/chat/completions";
constexpr std::string_view k_path_responses = "/responses";

// A request above the account's tokens per minute is refused as if it came too fast, but it will never fit.
constexpr std::string_view k_never_fits = "Request too large for";

// What a message holds besides text and calls that some servers want back with the calls' results: DeepSeek its
// reasoning, OpenRouter its details.
constexpr std::array k_reasoning = {"reasoning_content", "reasoning_details"};

Completion::Stop stop_reason(const std::string& reason) {
  using Stop = Completion::Stop;
  if (reason == "stop" || reason == "eos" || reason == "end_turn") return Stop::finished;
  if (reason == "length" || reason == "max_tokens") return Stop::length;
  if (reason == "content_filter") return Stop::filtered;
  if (reason == "refusal") return Stop::refused;
  if (reason == "tool_calls" || reason == "function_call") return Stop::tool_calls;
  return Stop::unknown;
}

Usage usage_of(const Json& root) {
  Usage usage;
  const Json* given = find(root, "usage");
  if (!given) return usage;
  usage.tokens_in = tokens_at(given, "prompt_tokens");
  usage.tokens_out = tokens_at(given, "completion_tokens");
  usage.tokens_reasoning = tokens_at(find(*given, "completion_tokens_details"), "reasoning_tokens");
  usage.tokens_cached = tokens_at(find(*given, "prompt_tokens_details"), "cached_tokens");
  if (!usage.tokens_cached) usage.tokens_cached = tokens_at(given, "prompt_cache_hit_tokens");  // DeepSeek
  return usage;
}

// Content is a string, null, or a list of parts of which those with text count.
Result<std::string> text_of(const Json* content) {
  if (!content || content->is_null()) return std::string();
  if (content->is_string()) return content->get<std::string>();
  if (!content->is_array()) return Error{fmt::format("message.content is a {}", content->type_name())};
  std::string text;
  for (const Json& part : *content) text += part.is_string() ? part.get<std::string>() : string_at(part, "text");
  return text;
}

std::string refusal_of(const Json& message) {
  std::string refusal = string_at(message, "refusal");
  const Json* content = find(message, "content");
  if (!refusal.empty() || !content || !content->is_array()) return refusal;
  for (const Json& part : *content) refusal += string_at(part, "refusal");
  return refusal;
}

Json call_json(const ToolCall& call) {
  Json json = Json::object();
  if (!call.id.empty()) json["id"] = call.id;
  json["type"] = "function";
  json["function"] = {{"name", call.name}, {"arguments", call.arguments.empty() ? "{}" : call.arguments}};
  return json;
}

Json message_json(const Message& message) {
  if (Json echo = echo_json(message); echo.is_object()) return echo;
  Json json = {{"role", role_name(message.role)}, {"content", message.text}};
  if (const ToolCall* call = answered_call(message)) {
    if (!call->id.empty()) json["tool_call_id"] = call->id;
  } else if (!message.tool_calls.empty()) {
    if (message.text.empty()) json["content"] = nullptr;
    for (const ToolCall& each : message.tool_calls) json["tool_calls"].push_back(call_json(each));
  }
  return json;
}

Json chat_body(const Model& model, const ChatRequest& request, bool at_openai) {
  Json body = {{"model", model.id}};
  Json& messages = body["messages"] = Json::array();
  for (const Message& message : request.messages) messages.push_back(message_json(message));
  if (!request.tools.empty()) body["tools"] = function_tools(request.tools);
  const Parameters& parameters = request.parameters;
  if (parameters.temperature) body["temperature"] = *parameters.temperature;
  if (parameters.top_p) body["top_p"] = *parameters.top_p;
  // OpenAI's newer models refuse max_tokens; other servers know nothing else.
  if (parameters.tokens_max) body[at_openai ? "max_completion_tokens" : "max_tokens"] = *parameters.tokens_max;
  if (parameters.seed) body["seed"] = *parameters.seed;
  if (parameters.logprobs.value_or(false)) body["logprobs"] = true;
  if (model.stream) {
    body["stream"] = true;
    body["stream_options"] = {{"include_usage", true}};
  }
  return body;
}

std::vector<ToolCall> calls_of(const Json& message) {
  std::vector<ToolCall> calls;
  const Json* given = find(message, "tool_calls");
  if (!given || !given->is_array()) return calls;
  for (const Json& each : *given) {
    if (!each.is_object()) continue;
    const Json* function = find(each, "function");
    calls.push_back({.id = string_at(each, "id"),
                     .name = function ? string_at(*function, "name") : "",
                     .arguments = function ? arguments_text(find(*function, "arguments")) : ""});
  }
  return calls;
}

// Only with calls: without them, DeepSeek refuses to be sent its reasoning.
std::string echo_of(const Json& message) {
  const Json* calls = find(message, "tool_calls");
  if (!calls || !calls->is_array() || calls->empty()) return "";
  const Json* content = find(message, "content");
  Json echo = {{"role", "assistant"}, {"content", content ? *content : Json()}, {"tool_calls", *calls}};
  // Gemini's signatures, by way of its OpenAI-compatible address.
  bool has_more = std::ranges::any_of(*calls, [](const Json& call) { return find(call, "extra_content"); });
  for (const char* key : k_reasoning) {
    const Json* value = find(message, key);
    if (!value || value->is_null() || value->empty()) continue;
    echo[key] = *value;
    has_more = true;
  }
  return has_more ? dump_json(echo) : "";
}

Result<Completion> decode_chat(const Json& root, const HttpResponse& response, bool streamed) {
  const Json* choices = find(root, "choices");
  if (!choices || !choices->is_array()) return Error{"the reply has no list 'choices'"};
  if (choices->empty()) return Error{"'choices' is empty"};
  const Json& choice = choices->front();
  const Json* message = find(choice, "message");
  if (!message || !message->is_object()) return Error{"the first choice has no message"};

  Completion completion;
  completion.text = without_thinking(TRY(text_of(find(*message, "content"))));
  completion.stop = stop_reason(string_at(choice, "finish_reason"));
  if (string_at(choice, "finish_reason") == "error") return Error{"the model broke off with an error"};
  completion.tool_calls = calls_of(*message);
  if (std::string refusal = refusal_of(*message); !refusal.empty()) {
    completion.stop = Completion::Stop::refused;
    if (completion.text.empty()) completion.text = std::move(refusal);
  }
  // Ollama sends this shell when a generation is torn down: no role, no text, no reason.
  const bool is_empty = completion.text.empty() && completion.tool_calls.empty();
  if (is_empty && completion.stop == Completion::Stop::unknown) {
    return Error{"an empty message without a finish_reason"};
  }
  if (const Json* logprobs = find(choice, "logprobs")) {
    add_logprobs(completion.logprobs, find(*logprobs, "content"), "logprob");
  }
  completion.echo = echo_of(*message);
  completion.usage = usage_of(root);
  completion.model_answered = string_at(root, "model");
  return finish_completion(std::move(completion), response, string_at(root, "id"), streamed);
}

// An error that came after the answer had begun has no status of its own.
std::optional<Retry::Kind> kind_of_code(const std::string& code) {
  if (code == "server_error") return Retry::Kind::transient;
  if (code == "rate_limit_exceeded") return Retry::Kind::throttled;
  return std::nullopt;
}

class Openai final : public Provider {
 public:
  HttpRequest encode(const Model& model, const ChatRequest& request, std::string_view key) const override {
    const bool responses = model.api == "responses";
    std::string url = endpoint(model, k_default_base_url, responses ? k_path_responses : k_path);
    const bool at_openai = url.find("://api.openai.com") != std::string::npos;
    Json body = responses ? responses_body(model, request) : chat_body(model, request, at_openai);
    HttpRequest http = json_request(std::move(url), std::move(body), request.parameters);
    add_key(http, "Authorization", key, "Bearer ");
    return http;
  }

  Result<Completion> decode(const HttpResponse& response) const override {
    const bool streamed = is_event_stream(response);
    const Json root = TRY(!streamed                      ? reply_object(response)
                          : is_response_stream(response) ? response_of_stream(response)
                                                         : chat_completion_of_stream(response));
    return is_response(root) ? decode_response(root, response, streamed) : decode_chat(root, response, streamed);
  }

  // A refusal that concerns one model or one input must not stop the whole account.
  Retry classify(const HttpResponse& response) const override {
    Retry usual = Provider::classify(response);
    if (usual.kind == Retry::Kind::throttled && !usual.after) usual.after = window_reset(response);
    const auto root = error_document(response);
    const Json* error = root ? error_object(*root) : nullptr;
    if (!error) return usual;
    const std::string code = string_at(*error, "code");
    if (string_at(*error, "message").starts_with(k_never_fits)) return {Retry::Kind::give_up, std::nullopt};
    if (response.status >= 200 && response.status < 300) {
      if (const auto kind = kind_of_code(code); kind && usual.kind == Retry::Kind::give_up)
        return {*kind, std::nullopt};
      return usual;
    }
    if (response.status != 403 && response.status < 500) return usual;
    const bool one_model = code == "model_not_found";
    const Json* metadata = find(*error, "metadata");
    const bool one_input = metadata && find(*metadata, "flagged_input");             // OpenRouter's moderation
    const bool too_long = string_at(*error, "type") == "exceed_context_size_error";  // llama.cpp, as 500 at first
    if (one_model || one_input || too_long) return {Retry::Kind::give_up, std::nullopt};
    return usual;
  }

  std::string_view default_base_url() const override { return k_default_base_url; }
  const BatchDialect* batch() const override { return &batch_openai(); }
};

}  // namespace

const Provider& provider_openai() {
  static const Openai instance;
  return instance;
}

}  // namespace plumb
