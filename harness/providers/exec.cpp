// A program of one's own that answers one line of JSON with one line of JSON (docs/models.md).
#include <fmt/format.h>

#include "base/json_pointer.h"
#include "base/text.h"
#include "providers/body_template.h"
#include "providers/dialect.h"
#include "providers/provider.h"
#include "providers/service_reply.h"

namespace plumb {
namespace {

constexpr int k_error_columns_max = 200;

// Under the names that eval.yaml has for them; what only this program knows stands beside them.
Json json_of(const Parameters& parameters) {
  Json json = Json::object();
  if (parameters.temperature) json["temperature"] = *parameters.temperature;
  if (parameters.top_p) json["top_p"] = *parameters.top_p;
  if (parameters.tokens_max) json["tokens_max"] = *parameters.tokens_max;
  if (parameters.seed) json["seed"] = *parameters.seed;
  if (parameters.logprobs) json["logprobs"] = *parameters.logprobs;
  if (const auto extra = parse_json(parameters.extra_json); extra && extra->is_object()) {
    for (const auto& [key, value] : extra->items()) json[key] = value;
  }
  return json;
}

Json json_of(const std::vector<ToolOffer>& tools) {
  Json list = Json::array();
  for (const ToolOffer& tool : tools) {
    auto parameters = parse_json(tool.parameters_json);
    list.push_back({{"name", tool.name},
                    {"description", tool.description},
                    {"parameters", parameters ? *std::move(parameters) : Json::object()}});
  }
  return list;
}

// Equal when the same request is sent again, so that a program may know it again.
std::string id_of(const ChatRequest& request) {
  return fmt::format("{}{}{}", request.session, request.session.empty() ? "" : "/", request.messages.size());
}

std::string words_of_error(const Json& error) {
  const std::string words = error.is_string() ? error.get<std::string>() : string_at(error, "message");
  const std::string clean = printable(words.empty() ? dump_json(error) : words);
  return display_width(clean) > k_error_columns_max ? fit(clean, k_error_columns_max) : clean;
}

class Exec final : public Provider {
 public:
  HttpRequest encode(const Model& model, const ChatRequest& request, std::string_view) const override {
    const Json line = {{"id", id_of(request)},
                       {"model", model.id},
                       {"messages", json_of_messages(request)},
                       {"question", request.question},
                       {"passages", json_of_passages(request)},
                       {"parameters", json_of(request.parameters)},
                       {"tools", json_of(request.tools)},
                       {"session", request.session}};
    return {.method = "POST",
            .url = "exec:" + model.name,
            .headers = {},
            .body = dump_json(line),
            .program = model.program};
  }

  Result<Completion> decode(const HttpResponse& response) const override {
    const std::string body = repair_utf8(response.body);
    const auto root = parse_json(body);
    if (!root || !root->is_object()) {
      return Error{(root ? "the reply is no JSON object" : describe_text(body)) +
                   "; what a program has to say to people belongs on its standard error"};
    }
    if (const Json* error = find(*root, "error"); error && !error->is_null()) {
      return Error{"the program says: " + words_of_error(*error)};
    }
    const Json* answer = find(*root, "answer");
    if (!answer) answer = find(*root, "text");
    if (!answer) return Error{fmt::format("the reply {}, but no 'answer' (or 'text')", describe_shape(*root))};
    Completion completion;
    completion.text = TRY(read_answer(*answer, "the answer"));
    completion.stop = Completion::Stop::finished;
    if (const Json* list = find(*root, "passages")) completion.passages = TRY(read_passages(*list, {}, "passages"));
    if (const Json* list = find(*root, "tool_calls")) {
      completion.tool_calls = TRY(read_tool_calls(*list, "tool_calls"));
    }
    const Json* usage = find(*root, "usage");
    completion.usage.tokens_in = tokens_at(usage, "tokens_in");
    completion.usage.tokens_out = tokens_at(usage, "tokens_out");
    completion.model_answered = string_at(*root, "model");
    return completion;
  }

  // Nothing to ask: whether the command is there is seen without starting it.
  HttpRequest probe(const Model& model, std::string_view) const override {
    return {"GET", "exec:" + model.name, {}, "", nullptr};
  }

  std::string_view default_base_url() const override { return "exec:"; }
};

}  // namespace

const Provider& provider_exec() {
  static const Exec instance;
  return instance;
}

}  // namespace plumb
