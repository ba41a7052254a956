// Anthropic's Message Batches, as its API reference describes them for the version 2023-06-01: one call with all the
// requests, one stream with all the results. The vendor keeps no name of ours.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "providers/batch_parts.h"

namespace plumb {
namespace {

constexpr std::string_view k_path = "/v1/messages";
constexpr std::string_view k_around = R"({"requests":[]})";  // and a comma a request

// An error has no status in a batch; alone it would have had this one. https://platform.claude.com/docs/en/api/errors
constexpr std::array<std::pair<std::string_view, int>, 10> k_statuses = {{
    {"invalid_request_error", 400},
    {"authentication_error", 401},
    {"billing_error", 402},
    {"permission_error", 403},
    {"not_found_error", 404},
    {"request_too_large", 413},
    {"rate_limit_error", 429},
    {"api_error", 500},
    {"timeout_error", 504},
    {"overloaded_error", 529},
}};
constexpr int k_status_unknown = 500;

int status_of_error(std::string_view type) {
  const auto* const found = std::ranges::find(k_statuses, type, &std::pair<std::string_view, int>::first);
  return found == k_statuses.end() ? k_status_unknown : found->second;
}

Result<BatchStatus> status_of(const Json& root) {
  BatchStatus status;
  status.id = string_at(root, "id");
  if (!is_batch_id(status.id)) return Error{"a batch without an id"};
  const Json* counts = find(root, "request_counts");
  status.completed = batch_count(counts, "succeeded");
  status.failed = batch_count(counts, "errored") + batch_count(counts, "canceled") + batch_count(counts, "expired");
  status.total = batch_count(counts, "processing") + status.completed + status.failed;
  status.created_at = batch_time(string_at(root, "created_at"));
  if (string_at(root, "processing_status") == "ended") {
    status.state = BatchStatus::State::ended;
    status.results = {"results"};
  }
  return status;
}

// {"custom_id":...,"result":{"type":"succeeded","message":{...}}}; of the others, errored has an error.
std::optional<BatchResult> result_of(const Json& root) {
  const Json* given = find(root, "result");
  if (!given) return std::nullopt;
  BatchResult result;
  result.request_key = string_at(root, "custom_id");
  const std::string type = string_at(*given, "type");
  if (type == "succeeded") {
    const Json* message = find(*given, "message");
    if (!message) return std::nullopt;
    result.response.status = 200;
    result.response.body = dump_json(*message);
    result.response.headers["content-type"] = "application/json";
    return result;
  }
  if (type == "errored") {
    const Json* outer = find(*given, "error");
    if (!outer) return std::nullopt;
    const Json* inner = find(*outer, "error");
    const Json& error = inner ? *inner : *outer;
    result.response.status = status_of_error(string_at(error, "type"));
    result.response.body = dump_json({{"type", "error"}, {"error", error}});
    result.response.headers["content-type"] = "application/json";
    if (std::string id = string_at(*outer, "request_id"); !id.empty()) {
      result.response.headers["request-id"] = std::move(id);
    }
    return result;
  }
  if (type != "canceled" && type != "expired") return std::nullopt;
  result.kind = type == "expired" ? BatchResult::Kind::expired : BatchResult::Kind::cancelled;
  result.response.error = type == "expired" ? "the batch expired before this request was sent to the model"
                                            : "the batch was cancelled before this request was sent to the model";
  return result;
}

class BatchAnthropic final : public BatchDialect {
 public:
  std::string_view name() const override { return "anthropic"; }
  std::size_t requests_max() const override { return 100'000; }
  std::size_t bytes_max() const override { return 256'000'000 - k_around.size(); }
  double price_factor() const override { return 0.5; }  // "reducing costs by 50%": the guide, and the pricing page
  bool keeps_names() const override { return false; }

  bool takes(const Model& model, const HttpRequest& request) const override {
    return !model.stream && request.url.ends_with(k_path);
  }
  std::string line(const std::string& request_key, const HttpRequest& request) const override {
    return fmt::format(R"({{"custom_id":"{}","params":{}}})", request_key, request.body);
  }

  std::optional<HttpRequest> upload(const HttpRequest&, const std::string&,
                                    std::span<const std::string>) const override {
    return std::nullopt;
  }
  HttpRequest create(const HttpRequest& like, const std::string&, const std::string&,
                     std::span<const std::string> lines) const override {
    std::string body = R"({"requests":[)";
    for (const std::string& line : lines) body.append(&line == lines.data() ? "" : ",").append(line);
    return batch_call(like, "POST", like.url + "/batches", "application/json", body + "]}");
  }
  HttpRequest poll(const HttpRequest& like, const std::string& id) const override {
    return batch_call(like, "GET", like.url + "/batches/" + id);
  }
  // Not `results_url` of the status: the key goes to the address that eval.yaml names, and to no other.
  HttpRequest fetch(const HttpRequest& like, const BatchStatus& status, const std::string& result) const override {
    return batch_call(like, "GET", like.url + "/batches/" + status.id + "/" + result);
  }
  HttpRequest list(const HttpRequest& like, const std::string& page) const override {
    return batch_call(like, "GET", like.url + "/batches?limit=1000" + (page.empty() ? "" : "&after_id=" + page));
  }

  Result<std::string> read_upload(const HttpResponse&) const override { return Error{"there is no upload"}; }
  Result<BatchStatus> read_status(const HttpResponse& response) const override {
    return status_of(TRY(parse_json(repair_utf8(response.body))));
  }
  Result<BatchPage> read_list(const HttpResponse& response) const override { return batch_page(response, status_of); }
  std::vector<BatchResult> read_results(const HttpResponse& response) const override {
    return batch_results(response, result_of);
  }
};

}  // namespace

const BatchDialect& batch_anthropic() {
  static const BatchAnthropic instance;
  return instance;
}

}  // namespace plumb
