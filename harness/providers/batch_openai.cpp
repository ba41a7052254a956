// OpenAI's Batch API, as its guide and reference describe it in 2026: a file of lines, a batch made of it, and two
// files of results. A file may name one model only.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "providers/batch_parts.h"

namespace plumb {
namespace {

// What may be asked in a batch, of what this program asks.
constexpr std::array<std::string_view, 2> k_paths = {"/chat/completions", "/responses"};
constexpr const char* k_name_key = "plumb_batch";  // in the batch's metadata
constexpr int k_status_unknown = 500;              // of an error that is not a reply: may work next time

std::string_view path_of(const HttpRequest& request) {
  for (const std::string_view path : k_paths) {
    if (request.url.ends_with(path)) return path;
  }
  return "";
}

std::string at_base(const HttpRequest& like, std::string_view path) {
  return like.url.substr(0, like.url.size() - path_of(like).size()).append(path);
}

UnixMillis millis_at(const Json& root, const char* key) {
  const long long seconds = integer_at(root, key, 0);
  return seconds > 0 && seconds < 100'000'000'000 ? seconds * 1'000 : 0;
}

// {"errors":{"data":[{"code":...,"message":...,"line":...}]}} of a file that was not accepted.
void read_errors(const Json& root, BatchStatus& status) {
  const Json* errors = find(root, "errors");
  const Json* data = errors ? find(*errors, "data") : nullptr;
  if (!data || !data->is_array() || data->empty()) return;
  status.why = string_at(data->front(), "message");
  status.too_many = string_at(data->front(), "code") == "token_limit_exceeded";
}

Result<BatchStatus> status_of(const Json& root) {
  BatchStatus status;
  status.id = string_at(root, "id");
  if (!is_batch_id(status.id)) return Error{"a batch without an id"};
  const std::string state = string_at(root, "status");
  if (state == "completed" || state == "expired" || state == "cancelled") {
    status.state = BatchStatus::State::ended;
    if (state == "expired") status.rest = BatchResult::Kind::expired;
    if (state == "cancelled") status.rest = BatchResult::Kind::cancelled;
  } else if (state == "failed") {
    status.state = BatchStatus::State::failed;
    status.why = "the batch was not accepted";
    read_errors(root, status);
  }
  for (const char* key : {"output_file_id", "error_file_id"}) {
    if (std::string id = string_at(root, key); is_batch_id(id)) status.results.push_back(std::move(id));
  }
  const Json* counts = find(root, "request_counts");
  status.total = batch_count(counts, "total");
  status.completed = batch_count(counts, "completed");
  status.failed = batch_count(counts, "failed");
  status.created_at = millis_at(root, "created_at");
  if (const Json* metadata = find(root, "metadata")) status.name = string_at(*metadata, k_name_key);
  return status;
}

// {"custom_id":...,"response":{"status_code":...,"request_id":...,"body":{...}},"error":null}, or an error instead.
std::optional<BatchResult> result_of(const Json& root) {
  BatchResult result;
  result.request_key = string_at(root, "custom_id");
  const Json* reply = find(root, "response");
  const Json* body = reply ? find(*reply, "body") : nullptr;
  if (body) {
    result.response.status = static_cast<int>(std::clamp(integer_at(*reply, "status_code", 0), 0LL, 999LL));
    result.response.body = body->is_string() ? body->get<std::string>() : dump_json(*body);
    result.response.headers["content-type"] = "application/json";
    if (std::string id = string_at(*reply, "request_id"); !id.empty()) {
      result.response.headers["x-request-id"] = std::move(id);
    }
    return result;
  }
  const Json* error = find(root, "error");
  if (!error || !error->is_object()) return std::nullopt;
  const std::string code = string_at(*error, "code");
  result.response.error = string_at(*error, "message", code);
  if (code == "batch_expired") {
    result.kind = BatchResult::Kind::expired;
  } else if (code == "batch_cancelled") {
    result.kind = BatchResult::Kind::cancelled;
  } else {
    result.response.status = k_status_unknown;
    result.response.body = dump_json({{"error", *error}});
  }
  return result;
}

class BatchOpenai final : public BatchDialect {
 public:
  std::string_view name() const override { return "openai"; }
  std::size_t requests_max() const override { return 50'000; }
  std::size_t bytes_max() const override { return 200'000'000; }
  double price_factor() const override { return 0.5; }  // "50% lower costs": the guide's first promise
  bool keeps_names() const override { return true; }

  bool takes(const Model& model, const HttpRequest& request) const override {
    return !model.stream && !path_of(request).empty();
  }
  std::string line(const std::string& request_key, const HttpRequest& request) const override {
    return fmt::format(R"({{"custom_id":"{}","method":"POST","url":"/v1{}","body":{}}})", request_key, path_of(request),
                       request.body);
  }

  std::optional<HttpRequest> upload(const HttpRequest& like, const std::string& name,
                                    std::span<const std::string> lines) const override {
    // The name is drawn at random, so that no line holds it.
    const std::string boundary = "----" + name;
    std::string body = fmt::format(
        "--{0}\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--{0}\r\n"
        "Content-Disposition: form-data; name=\"file\"; filename=\"{1}.jsonl\"\r\n"
        "Content-Type: application/jsonl\r\n\r\n",
        boundary, name);
    for (const std::string& line : lines) body.append(line).append("\n");
    body += fmt::format("\r\n--{}--\r\n", boundary);
    return batch_call(like, "POST", at_base(like, "/files"), "multipart/form-data; boundary=" + boundary,
                      std::move(body));
  }
  HttpRequest create(const HttpRequest& like, const std::string& name, const std::string& upload_id,
                     std::span<const std::string>) const override {
    const Json body = {{"input_file_id", upload_id},
                       {"endpoint", "/v1" + std::string(path_of(like))},
                       {"completion_window", "24h"},
                       {"metadata", {{k_name_key, name}}}};
    return batch_call(like, "POST", at_base(like, "/batches"), "application/json", dump_json(body));
  }
  HttpRequest poll(const HttpRequest& like, const std::string& id) const override {
    return batch_call(like, "GET", at_base(like, "/batches/") + id);
  }
  HttpRequest fetch(const HttpRequest& like, const BatchStatus&, const std::string& result) const override {
    return batch_call(like, "GET", at_base(like, "/files/") + result + "/content");
  }
  HttpRequest list(const HttpRequest& like, const std::string& page) const override {
    return batch_call(like, "GET", at_base(like, "/batches?limit=100") + (page.empty() ? "" : "&after=" + page));
  }

  Result<std::string> read_upload(const HttpResponse& response) const override {
    const Json root = TRY(parse_json(repair_utf8(response.body)));
    std::string id = string_at(root, "id");
    if (!is_batch_id(id)) return Error{"the reply to the upload has no id"};
    return id;
  }
  Result<BatchStatus> read_status(const HttpResponse& response) const override {
    return status_of(TRY(parse_json(repair_utf8(response.body))));
  }
  Result<BatchPage> read_list(const HttpResponse& response) const override { return batch_page(response, status_of); }
  std::vector<BatchResult> read_results(const HttpResponse& response) const override {
    return batch_results(response, result_of);
  }
};

}  // namespace

const BatchDialect& batch_openai() {
  static const BatchOpenai instance;
  return instance;
}

}  // namespace plumb
