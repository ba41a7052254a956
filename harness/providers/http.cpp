// A chat bot or a retrieval system of one's own behind HTTP: its body and the places of its answer are in eval.yaml.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/json_pointer.h"
#include "base/text.h"
#include "providers/body_template.h"
#include "providers/provider.h"
#include "providers/service_reply.h"

namespace plumb {
namespace {

// Where an answer is found when eval.yaml does not say. The last two are Ollama's and OpenAI's.
constexpr std::array k_usual_answers = {
    "/answer", "/text", "/output", "/response", "/message/content", "/choices/0/message/content"};

constexpr int k_error_columns_max = 200;

std::string content_type(const HttpResponse& response) {
  const auto it = response.headers.find("content-type");
  std::string type = it == response.headers.end() ? "" : it->second;
  std::ranges::transform(type, type.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return type;
}

// The conversation as the service calls it: what it said last, or ours where it says nothing of it.
Json session_of(const HttpService& service, const ChatRequest& request) {
  if (service.session.empty()) return request.session;
  for (auto message = request.messages.rbegin(); message != request.messages.rend(); ++message) {
    const auto echo = message->echo.empty() ? Result<Json>(Error{}) : parse_json(message->echo);
    if (const Json* session = echo ? find(*echo, "session") : nullptr) return *session;
  }
  return "";
}

bool names_header(const HttpService& service, std::string_view wanted) {
  return std::ranges::any_of(service.headers, [&](const auto& header) {
    return std::ranges::equal(header.first, wanted, [](char a, char b) { return (a | 32) == (b | 32); });
  });
}

std::vector<std::pair<std::string, std::string>> headers_for(const HttpService& service, std::string_view key) {
  std::vector<std::pair<std::string, std::string>> headers;
  if (!names_header(service, "content-type")) headers.emplace_back("Content-Type", "application/json");
  bool key_used = false;
  for (const auto& [name, value] : service.headers) {
    headers.emplace_back(name, fill_header(value, key));
    key_used = key_used || headers.back().second != value;
  }
  if (!key_used && !key.empty()) headers.emplace_back("Authorization", "Bearer " + std::string(key));
  return headers;
}

Result<std::string> usual_answer(const Json& root, const HttpResponse& response) {
  if (!root.is_structured()) return read_answer(root, "the reply");
  for (const char* pointer : k_usual_answers) {
    if (const Json* value = find_at(root, pointer); value && !value->is_null()) return read_answer(*value, pointer);
  }
  if (const Json* error = find(root, "error"); error && !error->is_null()) return Error{describe_http_error(response)};
  return Error{fmt::format("no answer at {}: the reply {}; name its place in http: answer",
                           fmt::join(k_usual_answers, ", "), describe_shape(root))};
}

Result<std::string> named_answer(const Json& root, const std::string& pointer, const HttpResponse& response) {
  const auto value = value_at(root, pointer);
  if (value && !(*value)->is_null()) return read_answer(**value, pointer);
  if (const Json* error = find(root, "error"); error && !error->is_null()) return Error{describe_http_error(response)};
  return value ? Error{fmt::format("'{}' is null", pointer)} : value.error();
}

// `root`: none where the reply is no JSON.
Result<std::string> answer_of(const HttpService& service, const Result<Json>& root, const std::string& body,
                              const HttpResponse& response) {
  if (service.answer == "") return root && root->is_string() ? root->get<std::string>() : body;
  const bool plain = content_type(response).starts_with("text/plain");
  if (plain && !(root && root->is_structured())) return body;
  if (!root) return Error{describe_text(body)};
  return service.answer ? named_answer(*root, *service.answer, response) : usual_answer(*root, response);
}

// What stands beside the answer. A tool list may be absent, as it is where none was called; a list of passages may
// not, because a misspelt pointer would look like a service that relies on nothing.
Status read_rest(const HttpService& service, const Json& root, Completion& completion) {
  if (!service.passages.empty()) {
    const Json* list = TRY(value_at(root, service.passages));
    const PassagePointers pointers{service.passage_text, service.passage_title, service.passage_id};
    completion.passages = TRY(read_passages(*list, pointers, service.passages));
  }
  if (const Json* list = service.tool_calls.empty() ? nullptr : find_at(root, service.tool_calls)) {
    completion.tool_calls = TRY(read_tool_calls(*list, service.tool_calls));
  }
  if (!service.session.empty()) {
    const Json* session = TRY(value_at(root, service.session));
    if (!session->is_null()) completion.echo = dump_json(Json{{"session", *session}});
  }
  completion.model_answered = string_at(root, "model");
  return Done{};
}

// FastAPI tells which field of the body it misses: {"detail":[{"loc":["body","query"],"msg":"Field required"}]}.
std::string missing_field(const HttpResponse& response) {
  const auto root = parse_json(response.body);
  const Json* first = root ? find_at(*root, "/detail/0") : nullptr;
  const Json* place = first ? find(*first, "loc") : nullptr;
  if (!place || !place->is_array()) return "";
  std::string path;
  for (const Json& part : *place)
    path += (path.empty() ? "" : "/") + (part.is_string() ? part.get<std::string>() : dump_json(part));
  const std::string words = printable(fmt::format("{} ({})", string_at(*first, "msg"), path));
  return display_width(words) > k_error_columns_max ? fit(words, k_error_columns_max) : words;
}

class Http final : public Provider {
 public:
  HttpRequest encode(const Model& model, const ChatRequest& request, std::string_view key) const override {
    const HttpService service = model.http.value_or(HttpService{});
    const auto body = parse_json(service.body_json);
    PLUMB_CHECK(body);  // config/services.cpp wrote it
    const BodyValues values = body_values(model, request, session_of(service, request));
    return {.method = service.method,
            .url = model.base_url,
            .headers = headers_for(service, key),
            .body = dump_json(fill_body(*body, values)),
            .program = nullptr};
  }

  Result<Completion> decode(const HttpResponse& response) const override { return decode_for(Model{}, response); }

  Result<Completion> decode_for(const Model& model, const HttpResponse& response) const override {
    const HttpService service = model.http.value_or(HttpService{});
    const std::string body = repair_utf8(response.body);
    const Result<Json> root = parse_json(body);
    Completion completion;
    completion.text = TRY(answer_of(service, root, body, response));
    completion.stop = Completion::Stop::finished;
    const bool more = !service.passages.empty() || !service.tool_calls.empty() || !service.session.empty();
    if (more && !root) return Error{describe_text(body)};
    if (root) TRY(read_rest(service, *root, completion));
    for (const char* name : {"x-request-id", "request-id"}) {
      const auto it = response.headers.find(name);
      if (completion.request_id.empty() && it != response.headers.end()) completion.request_id = it->second;
    }
    return completion;
  }

  std::string error_message(const HttpResponse& response) const override {
    const std::string missing = missing_field(response);
    return missing.empty() ? describe_http_error(response) : missing;
  }

  // Whether anyone is there. Nothing is known of paths that cost nothing, so it is the origin that is asked, and the
  // key stays here.
  HttpRequest probe(const Model& model, std::string_view) const override {
    const std::size_t host = model.base_url.find("://") + 3;
    return {"GET", model.base_url.substr(0, model.base_url.find_first_of("/?", host)) + "/", {}, "", nullptr};
  }

  std::string_view default_base_url() const override { return "http://127.0.0.1"; }
};

}  // namespace

const Provider& provider_http() {
  static const Http instance;
  return instance;
}

}  // namespace plumb
