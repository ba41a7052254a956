// Google's Gemini API, generateContent of v1beta, as its API reference describes it.
//
// An id may be written gemini-2.5-flash, models/gemini-2.5-flash or tunedModels/NAME. The key goes into a header,
// never into the address, which ends up in logs.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "providers/dialect.h"
#include "providers/provider.h"

namespace plumb {
namespace {

constexpr std::string_view k_default_base_url = "https://generativelanguage.googleapis.com";

constexpr std::array<std::string_view, 10> k_filters = {
    "SAFETY",
    "RECITATION",
    "LANGUAGE",
    "BLOCKLIST",
    "PROHIBITED_CONTENT",
    "SPII",
    "IMAGE_SAFETY",
    "IMAGE_PROHIBITED_CONTENT",
    "IMAGE_RECITATION",
    "MODEL_ARMOR",
};
constexpr std::array<std::string_view, 3> k_tool_troubles = {
    "MALFORMED_FUNCTION_CALL",
    "UNEXPECTED_TOOL_CALL",
    "TOO_MANY_TOOL_CALLS",
};

Completion::Stop stop_reason(const std::string& reason) {
  using Stop = Completion::Stop;
  if (reason == "STOP") return Stop::finished;
  if (reason == "MAX_TOKENS") return Stop::length;
  if (std::ranges::find(k_filters, reason) != k_filters.end()) return Stop::filtered;
  if (std::ranges::find(k_tool_troubles, reason) != k_tool_troubles.end()) return Stop::tool_calls;
  return Stop::unknown;  // OTHER, FINISH_REASON_UNSPECIFIED and what is yet to be invented
}

// "/v1beta/models/ID:generateContent". Whatever could end the path is escaped.
std::string path_of(const std::string& id) {
  std::string path = id.find('/') == std::string::npos ? "/v1beta/models/" : "/v1beta/";
  for (const char c : id) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~' || c == '/' || c == '@';
    path += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return path + ":generateContent";
}

Json parts_of(const std::string& text) { return Json::array({Json::object({{"text", text}})}); }

// The texts of the parts, without those that only think. A candidate that was stopped before it began has no
// content, or content without parts.
Result<std::string> text_of(const Json& candidate) {
  std::string text;
  const Json* content = find(candidate, "content");
  if (!content) return text;
  if (!content->is_object()) return Error{fmt::format("the candidate's content is a {}", content->type_name())};
  const Json* parts = find(*content, "parts");
  if (!parts) return text;
  if (!parts->is_array()) return Error{fmt::format("content.parts is a {}", parts->type_name())};
  for (const Json& part : *parts) {
    if (!part.is_object()) return Error{fmt::format("a part is a {}", part.type_name())};
    const Json* thought = find(part, "thought");
    if (thought && thought->is_boolean() && thought->get<bool>()) continue;
    const Json* piece = find(part, "text");
    if (piece && !piece->is_string()) return Error{fmt::format("a part's text is a {}", piece->type_name())};
    if (piece) text += piece->get<std::string>();
  }
  return text;
}

// promptTokenCount holds what came from a cache; candidatesTokenCount does not hold the thoughts, which are billed
// as output. A count of 0 is left out by the server, as all of proto3's zeros are.
Usage usage_of(const Json& root) {
  Usage usage;
  const Json* given = find(root, "usageMetadata");
  if (!given) return usage;
  usage.tokens_in = tokens_at(given, "promptTokenCount");
  usage.tokens_reasoning = tokens_at(given, "thoughtsTokenCount");
  usage.tokens_cached = tokens_at(given, "cachedContentTokenCount");
  usage.tokens_out = sum_of_known(tokens_at(given, "candidatesTokenCount"), usage.tokens_reasoning);
  const auto total = tokens_at(given, "totalTokenCount");
  if (!usage.tokens_out && total && total == usage.tokens_in) usage.tokens_out = 0;
  return usage;
}

const Json* detail(const Json& error, std::string_view type) {
  const Json* details = find(error, "details");
  if (!details || !details->is_array()) return nullptr;
  for (const Json& each : *details) {
    if (string_at(each, "@type").ends_with(type)) return &each;
  }
  return nullptr;
}

// google.rpc.RetryInfo: {"retryDelay":"45.837906927s"}. No Retry-After comes with it, so it is read as if it were one.
std::optional<std::chrono::milliseconds> retry_delay(const Json& error) {
  const Json* info = detail(error, "google.rpc.RetryInfo");
  std::string delay = info ? string_at(*info, "retryDelay") : "";
  if (!delay.ends_with('s')) return std::nullopt;
  delay.pop_back();
  HttpResponse as_header;
  as_header.headers["retry-after"] = std::move(delay);
  return retry_after(as_header, 0);
}

class Gemini final : public Provider {
 public:
  HttpRequest encode(const Model& model, const ChatRequest& request, std::string_view key) const override {
    std::string system;
    Json contents = Json::array();
    for (const Message& message : request.messages) {
      if (message.role == Message::Role::system) {
        if (!system.empty() && !message.text.empty()) system += "\n\n";
        system += message.text;
      } else {
        const char* role = message.role == Message::Role::assistant ? "model" : "user";
        contents.push_back({{"role", role}, {"parts", parts_of(message.text)}});
      }
    }
    Json body = Json::object();
    if (!system.empty()) body["systemInstruction"] = {{"parts", parts_of(system)}};
    body["contents"] = std::move(contents);
    Json config = Json::object();
    const Parameters& parameters = request.parameters;
    if (parameters.temperature) config["temperature"] = *parameters.temperature;
    if (parameters.top_p) config["topP"] = *parameters.top_p;
    if (parameters.tokens_max) config["maxOutputTokens"] = *parameters.tokens_max;
    if (parameters.seed) config["seed"] = *parameters.seed;
    if (!config.empty()) body["generationConfig"] = std::move(config);

    HttpRequest http{"POST",
                     endpoint(model, k_default_base_url, path_of(model.id)),
                     {{"Content-Type", "application/json"}},
                     dump_json(body)};
    if (!key.empty()) http.headers.emplace_back("x-goog-api-key", std::string(key));
    return http;
  }

  Result<Completion> decode(const HttpResponse& response) const override {
    const Json root = TRY(parse_json(repair_utf8(response.body)));
    if (!root.is_object()) return Error{"the reply is no JSON object"};
    if (const Json* error = find(root, "error"); error && !error->is_null()) {
      return Error{describe_http_error(response)};
    }
    Completion completion;
    completion.usage = usage_of(root);
    completion.model_answered = string_at(root, "modelVersion");
    completion.request_id = string_at(root, "responseId");
    const Json* candidates = find(root, "candidates");
    // A prompt that a filter stopped has no candidate; the reply is a 200 all the same.
    const Json* feedback = find(root, "promptFeedback");
    if ((!candidates || candidates->empty()) && feedback && !string_at(*feedback, "blockReason").empty()) {
      completion.stop = Completion::Stop::filtered;
      return completion;
    }
    if (!candidates || !candidates->is_array()) return Error{"the reply has no list 'candidates'"};
    if (candidates->empty()) return Error{"'candidates' is empty"};
    const Json& candidate = candidates->front();

    completion.text = TRY(text_of(candidate));
    const std::string reason = string_at(candidate, "finishReason");
    completion.stop = stop_reason(reason);
    if (completion.text.empty() && completion.stop == Completion::Stop::unknown) {
      return Error{reason.empty() ? "an empty candidate without a finishReason"
                                  : fmt::format("an empty candidate, stopped by '{}'", printable(reason))};
    }
    return completion;
  }

  Retry classify(const HttpResponse& response) const override {
    const Retry usual = Provider::classify(response);
    const auto root = parse_json(response.body);
    const Json* error = root ? error_object(*root) : nullptr;
    if (!error) return usual;
    const auto delay = retry_delay(*error);
    const std::string status = string_at(*error, "status");
    if (status == "RESOURCE_EXHAUSTED") return {Retry::Kind::throttled, delay ? delay : usual.after};
    // Both come as a 400: a key that is wrong or expired, and a country or account without the free tier.
    const Json* info = detail(*error, "google.rpc.ErrorInfo");
    const bool bad_key = info && string_at(*info, "reason") == "API_KEY_INVALID";
    if (bad_key || status == "FAILED_PRECONDITION") return {Retry::Kind::stop, std::nullopt};
    if (usual.kind == Retry::Kind::transient || usual.kind == Retry::Kind::throttled) {
      return {usual.kind, delay ? delay : usual.after};
    }
    return usual;
  }

  HttpRequest probe(const Model& model, std::string_view key) const override {
    HttpRequest http{"GET", endpoint(model, k_default_base_url, "/v1beta/models"), {}, ""};
    if (!key.empty()) http.headers.emplace_back("x-goog-api-key", std::string(key));
    return http;
  }
  std::string_view default_base_url() const override { return k_default_base_url; }
};

}  // namespace

const Provider& provider_gemini() {
  static const Gemini instance;
  return instance;
}

}  // namespace plumb
