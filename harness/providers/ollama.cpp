// Ollama's own API, /api/chat, as its docs/api.md and server/routes.go describe it; streamed, it comes as lines of
// JSON.
//
// A prompt longer than the model's context is refused instead of shortened: by default Ollama drops the beginning
// in silence, and what is then missing from the passages would be counted as the model's invention. Versions that
// do not know the two switches ignore them. A key is sent as a bearer token, for ollama.com and for proxies.
// Probabilities are not asked for: Parameters::logprobs is not sent.
#include <fmt/format.h>

#include "providers/dialect.h"
#include "providers/event_stream.h"
#include "providers/provider.h"
#include "providers/reply.h"

namespace plumb {
namespace {

constexpr std::string_view k_default_base_url = "http://127.0.0.1:11434";
constexpr std::string_view k_path = "/api/chat";

// Versions before 0.3 gave no reason, and none is given either when the connection to the model broke.
Completion::Stop stop_reason(const std::string& reason) {
  using Stop = Completion::Stop;
  if (reason == "stop") return Stop::finished;
  if (reason == "length") return Stop::length;
  return Stop::unknown;
}

// Versions before 0.12 give calls no id, and pass over what they do not know.
Json message_json(const Message& message) {
  if (Json echo = echo_json(message); echo.is_object()) return echo;
  Json json = {{"role", role_name(message.role)}, {"content", message.text}};
  if (const ToolCall* call = answered_call(message)) {
    json["tool_name"] = call->name;
    if (!call->id.empty()) json["tool_call_id"] = call->id;
    return json;
  }
  for (const ToolCall& call : message.tool_calls) {
    Json each = Json::object();
    if (!call.id.empty()) each["id"] = call.id;
    each["function"] = {{"name", call.name}, {"arguments", arguments_object(call.arguments)}};
    json["tool_calls"].push_back(std::move(each));
  }
  return json;
}

const Json* calls_in(const Json& message) {
  const Json* calls = find(message, "tool_calls");
  return calls && calls->is_array() && !calls->empty() ? calls : nullptr;
}

std::vector<ToolCall> calls_of(const Json& message) {
  std::vector<ToolCall> calls;
  const Json* given = calls_in(message);
  if (!given) return calls;
  for (const Json& each : *given) {
    const Json* function = find(each, "function");
    if (!function) continue;
    calls.push_back({.id = string_at(each, "id"),
                     .name = string_at(*function, "name"),
                     .arguments = arguments_text(find(*function, "arguments"))});
  }
  return calls;
}

// What was thought belongs before the calls that came of it; a message without calls says all by its text.
std::string echo_of(const Json& message) {
  return calls_in(message) && !string_at(message, "thinking").empty() ? dump_json(message) : "";
}

Status append(Json& whole, const Json& message, const char* key) {
  const Json* piece = find(message, key);
  if (!piece || piece->is_null()) return Done{};
  if (!piece->is_string()) return Error{fmt::format("message.{} is a {}", key, piece->type_name())};
  if (!whole.contains(key)) whole[key] = "";
  whole[key].get_ref<std::string&>() += piece->get_ref<const std::string&>();
  return Done{};
}

bool is_done(const Json& reply) {
  const Json* done = find(reply, "done");
  return done && done->is_boolean() && done->get<bool>();
}

// The last line, with the message of all lines in it.
Result<Json> reply_of_lines(const HttpResponse& response) {
  Json last = Json::object(), message = {{"role", "assistant"}, {"content", ""}}, calls = Json::array();
  const auto take = [&](const std::string&, Json& line) -> Status {
    if (is_done(last)) return Error{"more lines after the last one"};
    if (const Json* part = find(line, "message"); part && part->is_object()) {
      TRY(append(message, *part, "content"));
      TRY(append(message, *part, "thinking"));
      if (const Json* more = calls_in(*part)) calls.insert(calls.end(), more->begin(), more->end());
    }
    last = std::move(line);
    return Done{};
  };
  TRY(read_json_lines(response, take));
  if (!is_done(last)) return broke_off();
  if (!calls.empty()) message["tool_calls"] = std::move(calls);
  last["message"] = std::move(message);
  return last;
}

class Ollama final : public Provider {
 public:
  HttpRequest encode(const Model& model, const ChatRequest& request, std::string_view key) const override {
    Json body = {{"model", model.id}};
    Json& messages = body["messages"] = Json::array();
    for (const Message& message : request.messages) messages.push_back(message_json(message));
    if (!request.tools.empty()) body["tools"] = function_tools(request.tools);
    body["stream"] = model.stream;
    body["truncate"] = false;  // nothing of the prompt is dropped,
    body["shift"] = false;     // nor pushed out by a long answer, which then ends with "length"
    Json options = Json::object();
    const Parameters& parameters = request.parameters;
    if (parameters.temperature) options["temperature"] = *parameters.temperature;
    if (parameters.top_p) options["top_p"] = *parameters.top_p;
    if (parameters.tokens_max) options["num_predict"] = *parameters.tokens_max;
    if (parameters.seed) options["seed"] = *parameters.seed;
    if (!options.empty()) body["options"] = std::move(options);

    HttpRequest http = json_request(endpoint(model, k_default_base_url, k_path), std::move(body), parameters);
    add_key(http, "Authorization", key, "Bearer ");
    return http;
  }

  Result<Completion> decode(const HttpResponse& response) const override {
    const bool streamed = is_json_lines(response);
    const Json root = TRY(streamed ? reply_of_lines(response) : reply_object(response));
    const Json* message = find(root, "message");
    if (!message || !message->is_object()) return Error{"the reply has no message"};
    const Json* content = find(*message, "content");
    if (!content) return Error{"the message has no content"};
    if (!content->is_string()) return Error{fmt::format("message.content is a {}", content->type_name())};
    if (!is_done(root)) return Error{"the reply ends before the model was done"};

    Completion completion;
    completion.text = without_thinking(content->get<std::string>());
    completion.stop = stop_reason(string_at(root, "done_reason"));
    completion.tool_calls = calls_of(*message);
    // "load" and "unload" answer a request without messages; no reason at all, a model that went away.
    const bool is_empty = completion.text.empty() && completion.tool_calls.empty();
    if (is_empty && completion.stop == Completion::Stop::unknown) {
      return Error{"an empty message without a done_reason that says why"};
    }
    completion.echo = echo_of(*message);
    completion.usage.tokens_in = tokens_at(&root, "prompt_eval_count");
    completion.usage.tokens_out = tokens_at(&root, "eval_count");
    completion.model_answered = string_at(root, "model");
    return finish_completion(std::move(completion), response, "", streamed);
  }

  // Its queue is full: the same thing that others say with a 429.
  Retry classify(const HttpResponse& response) const override {
    Retry retry = Provider::classify(response);
    if (response.status == 503) retry.kind = Retry::Kind::throttled;
    return retry;
  }

  HttpRequest probe(const Model& model, std::string_view) const override {
    return {"GET", endpoint(model, k_default_base_url, "/api/tags"), {}, "", nullptr};
  }
  std::string_view default_base_url() const override { return k_default_base_url; }
};

}  // namespace

const Provider& provider_ollama() {
  static const Ollama instance;
  return instance;
}

}  // namespace plumb
