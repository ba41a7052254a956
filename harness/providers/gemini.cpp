// Google's Gemini API, generateContent and streamGenerateContent of v1beta, as its API reference describes them.
//
// An id may be written gemini-2.5-flash, models/gemini-2.5-flash or tunedModels/NAME. The key goes into a header,
// never into the address, which ends up in logs.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "providers/dialect.h"
#include "providers/event_stream.h"
#include "providers/gemini_stream.h"
#include "providers/provider.h"
#include "providers/reply.h"

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

// "/v1beta/models/ID:generateContent". Whatever could end the path is escaped. Without alt=sse, what is streamed is
// the pieces of one JSON list.
std::string path_of(const std::string& id, bool stream) {
  std::string path = id.find('/') == std::string::npos ? "/v1beta/models/" : "/v1beta/";
  for (const char c : id) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~' || c == '/' || c == '@';
    path += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return path + (stream ? ":streamGenerateContent?alt=sse" : ":generateContent");
}

Json parts_of(const std::string& text) { return Json::array({Json::object({{"text", text}})}); }

// The result of a call, as an output or as an error. Gemini 3 gives calls an id, those before it none.
Json result_part(const ToolCall& call, const std::string& output) {
  Json result = Json::object();
  if (!call.id.empty()) result["id"] = call.id;
  result["name"] = call.name;
  result["response"] = {{call.failed ? "error" : "output", output}};
  return {{"functionResponse", std::move(result)}};
}

Json model_parts(const Message& message) {
  if (Json echo = echo_json(message); echo.is_array()) return echo;
  Json parts = Json::array();
  if (!message.text.empty() || message.tool_calls.empty()) parts = parts_of(message.text);
  for (const ToolCall& call : message.tool_calls) {
    Json json = Json::object();
    if (!call.id.empty()) json["id"] = call.id;
    json["name"] = call.name;
    json["args"] = arguments_object(call.arguments);
    parts.push_back({{"functionCall", std::move(json)}});
  }
  return parts;
}

// Less the system messages. The results of all calls of one message must come in one message.
Json contents_json(const std::vector<Message>& all) {
  Json contents = Json::array();
  bool in_results = false;
  for (const Message& message : all) {
    if (message.role == Message::Role::system) continue;
    const ToolCall* call = answered_call(message);
    if (call && in_results) {
      contents.back()["parts"].push_back(result_part(*call, message.text));
    } else if (call) {
      contents.push_back({{"role", "user"}, {"parts", Json::array({result_part(*call, message.text)})}});
    } else if (message.role == Message::Role::assistant) {
      contents.push_back({{"role", "model"}, {"parts", model_parts(message)}});
    } else {
      contents.push_back({{"role", "user"}, {"parts", parts_of(message.text)}});
    }
    in_results = call != nullptr;
  }
  return contents;
}

// `parameters` would take a part of OpenAPI's schemas only, and no object without members.
Json tools_json(const std::vector<ToolOffer>& tools) {
  Json list = Json::array();
  for (const ToolOffer& tool : tools) {
    Json json = {{"name", tool.name}, {"description", tool.description}};
    if (!tool.parameters_json.empty()) json["parametersJsonSchema"] = tool_schema(tool);
    list.push_back(std::move(json));
  }
  return Json::array({Json::object({{"functionDeclarations", std::move(list)}})});
}

Json config_json(const Parameters& parameters) {
  Json config = Json::object();
  if (parameters.temperature) config["temperature"] = *parameters.temperature;
  if (parameters.top_p) config["topP"] = *parameters.top_p;
  if (parameters.tokens_max) config["maxOutputTokens"] = *parameters.tokens_max;
  if (parameters.seed) config["seed"] = *parameters.seed;
  if (parameters.logprobs.value_or(false)) config["responseLogprobs"] = true;
  return config;
}

// The parts of a candidate; null if it has none: one that was stopped before it began has no content, or content
// without parts.
Result<const Json*> parts_in(const Json& candidate) {
  const Json* content = find(candidate, "content");
  if (!content) return nullptr;
  if (!content->is_object()) return Error{fmt::format("the candidate's content is a {}", content->type_name())};
  const Json* parts = find(*content, "parts");
  if (parts && !parts->is_array()) return Error{fmt::format("content.parts is a {}", parts->type_name())};
  return parts;
}

// The texts of the parts, without those that only think, and the calls. A signature is not to be lost; without one,
// text and calls say all.
Status read_parts(const Json& parts, Completion& completion) {
  bool is_signed = false;
  for (const Json& part : parts) {
    if (!part.is_object()) return Error{fmt::format("a part is a {}", part.type_name())};
    is_signed = is_signed || find(part, "thoughtSignature");
    const Json* thought = find(part, "thought");
    if (thought && thought->is_boolean() && thought->get<bool>()) continue;
    if (const Json* call = find(part, "functionCall"); call && call->is_object()) {
      const Json* args = find(*call, "args");
      completion.tool_calls.push_back({.id = string_at(*call, "id"),
                                       .name = string_at(*call, "name"),
                                       .arguments = args ? arguments_text(args) : "{}"});
    }
    const Json* piece = find(part, "text");
    if (piece && !piece->is_string()) return Error{fmt::format("a part's text is a {}", piece->type_name())};
    if (piece) completion.text += piece->get<std::string>();
  }
  if (is_signed) completion.echo = dump_json(parts);
  return Done{};
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
    Json body = Json::object();
    if (const std::string system = system_text(request.messages); !system.empty()) {
      body["systemInstruction"] = {{"parts", parts_of(system)}};
    }
    body["contents"] = contents_json(request.messages);
    if (!request.tools.empty()) body["tools"] = tools_json(request.tools);
    if (Json config = config_json(request.parameters); !config.empty()) body["generationConfig"] = std::move(config);

    HttpRequest http = json_request(endpoint(model, k_default_base_url, path_of(model.id, model.stream)),
                                    std::move(body), request.parameters);
    add_key(http, "x-goog-api-key", key);
    return http;
  }

  Result<Completion> decode(const HttpResponse& response) const override {
    const bool streamed = is_event_stream(response);
    const Json root = TRY(streamed ? content_of_stream(response) : reply_object(response));
    Completion completion;
    completion.usage = usage_of(root);
    completion.model_answered = string_at(root, "modelVersion");
    const Json* candidates = find(root, "candidates");
    // A prompt that a filter stopped has no candidate; the reply is a 200 all the same.
    const Json* feedback = find(root, "promptFeedback");
    if ((!candidates || candidates->empty()) && feedback && !string_at(*feedback, "blockReason").empty()) {
      completion.stop = Completion::Stop::filtered;
      return finish_completion(std::move(completion), response, string_at(root, "responseId"), streamed);
    }
    if (!candidates || !candidates->is_array()) return Error{"the reply has no list 'candidates'"};
    if (candidates->empty()) return Error{"'candidates' is empty"};
    const Json& candidate = candidates->front();

    if (const Json* parts = TRY(parts_in(candidate))) TRY(read_parts(*parts, completion));
    const std::string reason = string_at(candidate, "finishReason");
    completion.stop = stop_reason(reason);
    const bool is_empty = completion.text.empty() && completion.tool_calls.empty();
    if (is_empty && completion.stop == Completion::Stop::unknown) {
      return Error{reason.empty() ? "an empty candidate without a finishReason"
                                  : fmt::format("an empty candidate, stopped by '{}'", printable(reason))};
    }
    if (const Json* result = find(candidate, "logprobsResult")) {
      add_logprobs(completion.logprobs, find(*result, "chosenCandidates"), "logProbability");
    }
    return finish_completion(std::move(completion), response, string_at(root, "responseId"), streamed);
  }

  Retry classify(const HttpResponse& response) const override {
    const Retry usual = Provider::classify(response);
    const auto root = error_document(response);
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
    HttpRequest http{"GET", endpoint(model, k_default_base_url, "/v1beta/models"), {}, "", nullptr};
    add_key(http, "x-goog-api-key", key);
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
