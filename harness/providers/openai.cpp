// OpenAI's chat completions, and the many servers that speak it: vLLM, llama.cpp, LM Studio, Ollama, OpenRouter.
#include <fmt/format.h>

#include "base/text.h"
#include "providers/dialect.h"
#include "providers/provider.h"

namespace plumb {
namespace {

constexpr std::string_view k_default_base_url = "https://api.openai.com/v1";
constexpr std::string_view k_path = "/chat/completions";

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

class Openai final : public Provider {
 public:
  HttpRequest encode(const Model& model, const ChatRequest& request, std::string_view key) const override {
    std::string url = model.base_url.empty() ? std::string(k_default_base_url) : model.base_url;
    while (url.ends_with('/')) url.pop_back();
    const bool at_openai = url.find("://api.openai.com") != std::string::npos;
    if (!url.ends_with(k_path)) url += k_path;

    Json body = Json::object();
    body["model"] = model.id;
    Json& messages = body["messages"] = Json::array();
    for (const Message& message : request.messages) {
      messages.push_back({{"role", role_name(message.role)}, {"content", message.text}});
    }
    const Parameters& parameters = request.parameters;
    if (parameters.temperature) body["temperature"] = *parameters.temperature;
    if (parameters.top_p) body["top_p"] = *parameters.top_p;
    // OpenAI's newer models refuse max_tokens; other servers know nothing else.
    if (parameters.tokens_max) body[at_openai ? "max_completion_tokens" : "max_tokens"] = *parameters.tokens_max;
    if (parameters.seed) body["seed"] = *parameters.seed;

    HttpRequest http{"POST", std::move(url), {{"Content-Type", "application/json"}}, dump_json(body)};
    if (!key.empty()) http.headers.emplace_back("Authorization", "Bearer " + std::string(key));
    return http;
  }

  Result<Completion> decode(const HttpResponse& response) const override {
    const Json root = TRY(parse_json(repair_utf8(response.body)));
    if (!root.is_object()) return Error{"the reply is no JSON object"};
    if (const Json* error = find(root, "error"); error && !error->is_null()) {  // OpenRouter: 200 with an error in it
      return Error{describe_http_error(response)};
    }
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
    if (std::string refusal = refusal_of(*message); !refusal.empty()) {
      completion.stop = Completion::Stop::refused;
      if (completion.text.empty()) completion.text = std::move(refusal);
    }
    // Ollama sends this shell when a generation is torn down: no role, no text, no reason.
    if (completion.text.empty() && completion.stop == Completion::Stop::unknown) {
      return Error{"an empty message without a finish_reason"};
    }
    completion.usage = usage_of(root);
    completion.model_answered = string_at(root, "model");
    completion.request_id = string_at(root, "id");
    if (const auto it = response.headers.find("x-request-id");
        completion.request_id.empty() && it != response.headers.end()) {
      completion.request_id = it->second;
    }
    return completion;
  }

  // A refusal that concerns one model or one input must not stop the whole account.
  Retry classify(const HttpResponse& response) const override {
    const Retry usual = Provider::classify(response);
    if (response.status != 403 && response.status < 500) return usual;
    const auto root = parse_json(response.body);
    const Json* error = root ? find(*root, "error") : nullptr;
    if (!error) return usual;
    const bool one_model = string_at(*error, "code") == "model_not_found";
    const Json* metadata = find(*error, "metadata");
    const bool one_input = metadata && find(*metadata, "flagged_input");             // OpenRouter's moderation
    const bool too_long = string_at(*error, "type") == "exceed_context_size_error";  // llama.cpp, as 500 at first
    if (one_model || one_input || too_long) return {Retry::Kind::give_up, std::nullopt};
    return usual;
  }

  std::string_view default_base_url() const override { return k_default_base_url; }
};

}  // namespace

const Provider& provider_openai() {
  static const Openai instance;
  return instance;
}

}  // namespace plumb
