// Ollama's own API, /api/chat without streaming, as its docs/api.md and server/routes.go describe it.
//
// A prompt longer than the model's context is refused instead of shortened: by default Ollama drops the beginning
// in silence, and what is then missing from the passages would be counted as the model's invention. Versions that
// do not know the two switches ignore them. A key is sent as a bearer token, for ollama.com and for proxies.
#include <fmt/format.h>

#include "base/text.h"
#include "providers/dialect.h"
#include "providers/provider.h"

namespace plumb {
namespace {

constexpr std::string_view k_default_base_url = "http://127.0.0.1:11434";
constexpr std::string_view k_path = "/api/chat";

// Versions before 0.3 gave no reason, and none is given either when the connection to the model broke.
Completion::Stop stop_reason(const Json& root, const Json& message) {
  using Stop = Completion::Stop;
  if (const Json* calls = find(message, "tool_calls"); calls && calls->is_array() && !calls->empty()) {
    return Stop::tool_calls;
  }
  const std::string reason = string_at(root, "done_reason");
  if (reason == "stop") return Stop::finished;
  if (reason == "length") return Stop::length;
  return Stop::unknown;
}

class Ollama final : public Provider {
 public:
  HttpRequest encode(const Model& model, const ChatRequest& request, std::string_view key) const override {
    Json body = Json::object();
    body["model"] = model.id;
    Json& messages = body["messages"] = Json::array();
    for (const Message& message : request.messages) {
      messages.push_back({{"role", role_name(message.role)}, {"content", message.text}});
    }
    body["stream"] = false;
    body["truncate"] = false;  // nothing of the prompt is dropped,
    body["shift"] = false;     // nor pushed out by a long answer, which then ends with "length"
    Json options = Json::object();
    const Parameters& parameters = request.parameters;
    if (parameters.temperature) options["temperature"] = *parameters.temperature;
    if (parameters.top_p) options["top_p"] = *parameters.top_p;
    if (parameters.tokens_max) options["num_predict"] = *parameters.tokens_max;
    if (parameters.seed) options["seed"] = *parameters.seed;
    if (!options.empty()) body["options"] = std::move(options);

    HttpRequest http{
        "POST", endpoint(model, k_default_base_url, k_path), {{"Content-Type", "application/json"}}, dump_json(body)};
    if (!key.empty()) http.headers.emplace_back("Authorization", "Bearer " + std::string(key));
    return http;
  }

  Result<Completion> decode(const HttpResponse& response) const override {
    const Json root = TRY(parse_json(repair_utf8(response.body)));
    if (!root.is_object()) return Error{"the reply is no JSON object"};
    if (const Json* error = find(root, "error"); error && !error->is_null()) {
      return Error{describe_http_error(response)};
    }
    const Json* message = find(root, "message");
    if (!message || !message->is_object()) return Error{"the reply has no message"};
    const Json* content = find(*message, "content");
    if (!content) return Error{"the message has no content"};
    if (!content->is_string()) return Error{fmt::format("message.content is a {}", content->type_name())};
    const Json* done = find(root, "done");
    if (!done || !done->is_boolean() || !done->get<bool>()) return Error{"the reply ends before the model was done"};

    Completion completion;
    completion.text = without_thinking(content->get<std::string>());
    completion.stop = stop_reason(root, *message);
    // "load" and "unload" answer a request without messages; no reason at all, a model that went away.
    if (completion.text.empty() && completion.stop == Completion::Stop::unknown) {
      return Error{"an empty message without a done_reason that says why"};
    }
    completion.usage.tokens_in = tokens_at(&root, "prompt_eval_count");
    completion.usage.tokens_out = tokens_at(&root, "eval_count");
    completion.model_answered = string_at(root, "model");
    return completion;
  }

  // Its queue is full: the same thing that others say with a 429.
  Retry classify(const HttpResponse& response) const override {
    Retry retry = Provider::classify(response);
    if (response.status == 503) retry.kind = Retry::Kind::throttled;
    return retry;
  }

  HttpRequest probe(const Model& model, std::string_view) const override {
    return {"GET", endpoint(model, k_default_base_url, "/api/tags"), {}, ""};
  }
  std::string_view default_base_url() const override { return k_default_base_url; }
};

}  // namespace

const Provider& provider_ollama() {
  static const Ollama instance;
  return instance;
}

}  // namespace plumb
