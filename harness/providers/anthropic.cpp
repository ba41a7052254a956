// Anthropic's messages, as its API reference describes them for the version 2023-06-01.
//
// The API has no seed: Parameters::seed is not sent, so trials differ by chance alone. It demands max_tokens;
// a request that sets none gets k_tokens_max.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "providers/dialect.h"
#include "providers/provider.h"

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

// The blocks of type text, joined; thinking and tool blocks are no part of the answer.
Result<std::string> text_of(const Json& content) {
  std::string text;
  for (const Json& block : content) {
    if (!block.is_object()) return Error{fmt::format("a content block is a {}", block.type_name())};
    if (string_at(block, "type") != "text") continue;
    const Json* part = find(block, "text");
    if (!part || !part->is_string()) return Error{"a text block without text"};
    text += part->get<std::string>();
  }
  return text;
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
    Json body = Json::object();
    body["model"] = model.id;
    body["max_tokens"] = request.parameters.tokens_max.value_or(k_tokens_max);
    std::string system;
    Json messages = Json::array();
    for (const Message& message : request.messages) {
      if (message.role == Message::Role::system) {
        if (!system.empty() && !message.text.empty()) system += "\n\n";
        system += message.text;
      } else {
        const char* role = message.role == Message::Role::assistant ? "assistant" : "user";
        messages.push_back({{"role", role}, {"content", message.text}});
      }
    }
    if (!system.empty()) body["system"] = system;
    body["messages"] = std::move(messages);
    const Parameters& parameters = request.parameters;
    if (parameters.temperature) body["temperature"] = *parameters.temperature;
    if (parameters.top_p) body["top_p"] = *parameters.top_p;

    HttpRequest http{"POST",
                     endpoint(model, k_default_base_url, k_path),
                     {{"Content-Type", "application/json"}, {"anthropic-version", k_version}},
                     dump_json(body)};
    if (!key.empty()) http.headers.emplace_back("x-api-key", std::string(key));
    return http;
  }

  Result<Completion> decode(const HttpResponse& response) const override {
    const Json root = TRY(parse_json(repair_utf8(response.body)));
    if (!root.is_object()) return Error{"the reply is no JSON object"};
    if (const Json* error = find(root, "error"); error && !error->is_null()) {
      return Error{describe_http_error(response)};
    }
    const Json* content = find(root, "content");
    if (!content || !content->is_array()) return Error{"the reply has no list 'content'"};

    Completion completion;
    completion.text = TRY(text_of(*content));
    completion.stop = stop_reason(string_at(root, "stop_reason"));
    if (completion.text.empty() && completion.stop == Completion::Stop::unknown) {
      return Error{"an empty message without a stop_reason that says why"};
    }
    completion.usage = usage_of(root);
    completion.model_answered = string_at(root, "model");
    completion.request_id = string_at(root, "id");
    if (const auto it = response.headers.find("request-id");
        completion.request_id.empty() && it != response.headers.end()) {
      completion.request_id = it->second;
    }
    return completion;
  }

  Retry classify(const HttpResponse& response) const override {
    const Retry usual = Provider::classify(response);
    const auto root = parse_json(response.body);
    const Json* error = root ? error_object(*root) : nullptr;
    if (!error) return usual;
    const std::string type = string_at(*error, "type"), words = string_at(*error, "message");
    if (type == "rate_limit_error" || type == "overloaded_error") return {Retry::Kind::throttled, usual.after};
    const bool not_allowed = type == "authentication_error" || type == "permission_error" || type == "billing_error";
    const bool spent = type == "invalid_request_error" && std::ranges::any_of(k_account_is_spent, [&](auto sentence) {
                         return words.starts_with(sentence);
                       });
    if (not_allowed || spent) return {Retry::Kind::stop, std::nullopt};
    return usual;
  }

  HttpRequest probe(const Model& model, std::string_view key) const override {
    HttpRequest http{"GET", endpoint(model, k_default_base_url, "/v1/models"), {{"anthropic-version", k_version}}, ""};
    if (!key.empty()) http.headers.emplace_back("x-api-key", std::string(key));
    return http;
  }
  std::string_view default_base_url() const override { return k_default_base_url; }
};

}  // namespace

const Provider& provider_anthropic() {
  static const Anthropic instance;
  return instance;
}

}  // namespace plumb
