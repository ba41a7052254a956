#include "mock_batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

namespace plumb::mock {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t k_openai_requests_max = 50'000, k_anthropic_requests_max = 100'000;
constexpr std::size_t k_openai_bytes_max = 200'000'000, k_anthropic_bytes_max = 256'000'000;

BatchReply ok(const Json& json) { return {.status = 200, .body = json.dump()}; }

BatchReply refused(bool anthropic, int status, const char* type, const std::string& message) {
  const Json error = {{"type", type}, {"message", message}};
  return {.status = status,
          .body = (anthropic ? Json{{"type", "error"}, {"error", error}} : Json{{"error", error}}).dump()};
}

Json parsed(std::string_view text) { return Json::parse(text, nullptr, false); }

std::string text_at(const Json& json, const char* key) {
  if (!json.is_object() || !json.contains(key) || !json[key].is_string()) return "";
  return json[key].get<std::string>();
}

std::string rfc3339(std::int64_t ms) {
  const std::time_t seconds = ms / 1000;
  std::tm time{};
  gmtime_r(&seconds, &time);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}000Z", time.tm_year + 1900, time.tm_mon + 1,
                     time.tm_mday, time.tm_hour, time.tm_min, time.tm_sec, ms % 1000);
}

std::string query_value(std::string_view query, std::string_view key) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    if (pair.starts_with(key) && pair.substr(key.size(), 1) == "=") return std::string(pair.substr(key.size() + 1));
  }
  return "";
}

bool is_custom_id(const std::string& id) {
  return !id.empty() && id.size() <= 64 &&
         std::ranges::all_of(id, [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; });
}

bool one_in(std::uint64_t n, const std::string& id, std::size_t salt) {
  return n > 0 && (std::hash<std::string>()(id) / (salt + 1)) % n == 0;
}

}  // namespace

std::optional<BatchReply> Batches::handle(std::string_view method, std::string_view path, std::string_view body,
                                          std::int64_t now_ms) {
  const std::string_view query = path.find('?') == path.npos ? "" : path.substr(path.find('?') + 1);
  path = path.substr(0, path.find('?'));
  for (Batch& batch : batches_) advance(batch, now_ms);
  const bool post = method == "POST", get = method == "GET";
  if (path == "/v1/files" && post) return upload(body, now_ms);
  if (path.starts_with("/v1/files/") && path.ends_with("/content") && get) {
    return content(path.substr(10, path.size() - 10 - 8));
  }
  for (const bool anthropic : {false, true}) {
    const std::string_view root = anthropic ? "/v1/messages/batches" : "/v1/batches";
    if (!path.starts_with(root)) continue;
    if (path == root && post) return anthropic ? create_anthropic(body, now_ms) : create_openai(body, now_ms);
    if (path == root && get) return list(anthropic, query, now_ms);
    std::string_view rest = path.substr(root.size());
    if (!rest.starts_with('/')) continue;
    rest.remove_prefix(1);
    const std::size_t slash = rest.find('/');
    return one(anthropic, rest.substr(0, slash), slash == rest.npos ? "" : rest.substr(slash + 1), now_ms);
  }
  return std::nullopt;
}

// multipart/form-data with two parts, as its RFC 7578 has them.
BatchReply Batches::upload(std::string_view body, std::int64_t now_ms) {
  ++books_.uploads;
  const std::string_view boundary = body.substr(0, body.find("\r\n"));
  if (!boundary.starts_with("--")) return refused(false, 400, "invalid_request_error", "no multipart/form-data");
  std::string purpose, name, bytes;
  while (body.starts_with(boundary) && !body.substr(boundary.size()).starts_with("--")) {
    body.remove_prefix(boundary.size() + 2);
    const std::size_t head = body.find("\r\n\r\n");
    const std::size_t end = body.find("\r\n" + std::string(boundary), head);
    if (head == body.npos || end == body.npos) break;
    const std::string_view headers = body.substr(0, head), content = body.substr(head + 4, end - head - 4);
    if (headers.find("name=\"purpose\"") != headers.npos) purpose = content;
    if (const std::size_t at = headers.find("filename=\""); at != headers.npos) {
      name = headers.substr(at + 10, headers.find('"', at + 10) - at - 10);
      bytes = content;
    }
    body.remove_prefix(end + 2);
  }
  if (purpose != "batch" || name.empty()) {
    return refused(false, 400, "invalid_request_error", "a purpose and a file are wanted");
  }
  if (bytes.size() > k_openai_bytes_max) return refused(false, 413, "invalid_request_error", "the file is too large");
  const std::size_t size = bytes.size();
  const std::string id = store(name, std::move(bytes), now_ms);
  return ok({{"id", id},
             {"object", "file"},
             {"bytes", size},
             {"created_at", now_ms / 1000},
             {"filename", name},
             {"purpose", "batch"},
             {"status", "processed"}});
}

std::string Batches::store(std::string name, std::string bytes, std::int64_t now_ms) {
  const std::string id = fmt::format("file-{:06}", next_id_++);
  files_[id] = {id, std::move(name), std::move(bytes), now_ms};
  return id;
}

BatchReply Batches::content(std::string_view file) {
  ++books_.fetches;
  const auto found = files_.find(file);
  if (found == files_.end()) return refused(false, 404, "invalid_request_error", "No such File object");
  return {.status = 200, .body = found->second.bytes, .type = "application/octet-stream"};
}

BatchReply Batches::create_openai(std::string_view body, std::int64_t now_ms) {
  const Json json = parsed(body);
  Batch batch;
  batch.endpoint = text_at(json, "endpoint");
  batch.input_file = text_at(json, "input_file_id");
  if (batch.endpoint != "/v1/chat/completions" && batch.endpoint != "/v1/responses") {
    return refused(false, 400, "invalid_request_error", "Invalid 'endpoint'");
  }
  if (text_at(json, "completion_window") != "24h") {
    return refused(false, 400, "invalid_request_error", "Invalid 'completion_window'");
  }
  const auto file = files_.find(batch.input_file);
  if (file == files_.end()) return refused(false, 400, "invalid_request_error", "No such File object");
  ++books_.created;
  batch.id = fmt::format("batch_{:06}", next_id_++);
  batch.created_ms = now_ms;
  if (json.contains("metadata")) batch.metadata = json["metadata"].dump();
  read_lines(batch, file->second.bytes);
  std::uint64_t enqueued = batch.items.size();
  for (const Batch& other : batches_) enqueued += other.done || other.anthropic ? 0 : other.items.size();
  if (batch.failed_code.empty() && rules_.requests_enqueued_max > 0 && enqueued > rules_.requests_enqueued_max) {
    batch.failed_code = "token_limit_exceeded";
    batch.failed_why =
        "Enqueued token limit reached for this model. Please try again once some in_progress batches "
        "have been completed.";
  }
  if (!batch.failed_code.empty()) batch.items.clear();
  batches_.push_back(std::move(batch));
  return ok(parsed(shown(batches_.back(), now_ms)));
}

// The input file is validated as a whole before anything is worked on.
void Batches::read_lines(Batch& batch, std::string_view bytes) {
  std::set<std::string> seen;
  std::string model;
  while (!bytes.empty()) {
    const std::string_view line = bytes.substr(0, bytes.find('\n'));
    bytes.remove_prefix(std::min(bytes.size(), line.size() + 1));
    if (line.empty()) continue;
    const Json json = parsed(line);
    const std::string id = text_at(json, "custom_id");
    const bool fits = json.is_object() && text_at(json, "method") == "POST" && text_at(json, "url") == batch.endpoint &&
                      json.contains("body") && json["body"].is_object();
    if (!fits || !is_custom_id(id)) {
      batch.failed_code = "invalid_json_line";
      batch.failed_why = "This line is not parseable as valid JSON, or lacks a member.";
    } else if (!seen.insert(id).second) {
      batch.failed_code = "duplicate_custom_id";
      batch.failed_why = "The custom_id for this request is a duplicate of another request.";
    } else if (!model.empty() && model != text_at(json["body"], "model")) {
      batch.failed_code = "mismatched_model";
      batch.failed_why = "The provided model does not match the model of the other requests.";
    }
    if (!batch.failed_code.empty()) return;
    model = text_at(json["body"], "model");
    batch.items.push_back({id, json["body"].dump()});
  }
  if (batch.items.empty()) batch.failed_code = "empty_file";
  if (batch.items.size() > k_openai_requests_max) batch.failed_code = "too_many_tasks";
}

BatchReply Batches::create_anthropic(std::string_view body, std::int64_t now_ms) {
  const Json json = parsed(body);
  const auto bad = [](const std::string& why) { return refused(true, 400, "invalid_request_error", why); };
  if (body.size() > k_anthropic_bytes_max)
    return refused(true, 413, "request_too_large", "Request exceeds the maximum");
  if (!json.is_object() || !json.contains("requests") || !json["requests"].is_array()) {
    return bad("requests: Field required");
  }
  if (json["requests"].empty()) return bad("requests: List should have at least 1 item after validation, not 0");
  if (json["requests"].size() > k_anthropic_requests_max) return bad("requests: too many");
  Batch batch;
  std::set<std::string> seen;
  for (const Json& each : json["requests"]) {
    const std::string id = text_at(each, "custom_id");
    if (!is_custom_id(id)) return bad("requests: custom_id should match pattern '^[a-zA-Z0-9_-]{1,64}$'");
    if (!seen.insert(id).second) return bad("requests: custom_id's must be unique within a batch");
    if (!each.contains("params") || !each["params"].is_object()) return bad("requests: params: Field required");
    batch.items.push_back({id, each["params"].dump()});
  }
  ++books_.created;
  batch.anthropic = true;
  batch.id = fmt::format("msgbatch_{:06}", next_id_++);
  batch.created_ms = now_ms;
  batches_.push_back(std::move(batch));
  return ok(parsed(shown(batches_.back(), now_ms)));
}

BatchReply Batches::list(bool anthropic, std::string_view query, std::int64_t now_ms) {
  ++books_.lists;
  const std::string after = query_value(query, anthropic ? "after_id" : "after");
  const std::string limit_text = query_value(query, "limit");
  const std::size_t limit = limit_text.empty() ? 20 : std::stoul(limit_text);
  Json data = Json::array();
  bool past = after.empty(), more = false;
  for (std::size_t i = batches_.size(); i-- > 0;) {
    const Batch& batch = batches_[i];
    if (batch.anthropic != anthropic) continue;
    if (past && data.size() == limit) more = true;
    if (past && data.size() < limit) data.push_back(parsed(shown(batch, now_ms)));
    past = past || batch.id == after;
  }
  return ok({{"object", "list"}, {"data", std::move(data)}, {"has_more", more}});
}

BatchReply Batches::one(bool anthropic, std::string_view id, std::string_view what, std::int64_t now_ms) {
  const auto found = std::ranges::find_if(
      batches_, [&](const Batch& batch) { return batch.id == id && batch.anthropic == anthropic; });
  if (found == batches_.end()) {
    return refused(anthropic, 404, anthropic ? "not_found_error" : "invalid_request_error", "no such batch");
  }
  if (what == "cancel") {
    if (!found->done) found->cancelled_ms = now_ms;
    advance(*found, now_ms);
  } else if (what == "results") {
    ++books_.fetches;
    if (!found->done) return refused(true, 404, "not_found_error", "Message Batch has no available results.");
    return {.status = 200, .body = found->results, .type = "application/x-jsonl"};
  } else {
    ++books_.polls;
  }
  return ok(parsed(shown(*found, now_ms)));
}

void Batches::advance(Batch& batch, std::int64_t now_ms) {
  const bool over = now_ms >= batch.created_ms + rules_.work_ms || batch.cancelled_ms >= 0;
  if (batch.done || !batch.failed_code.empty() || !over) return;
  batch.done = true;
  work(batch);
}

// Results come last first: in no order that a client may rely on.
void Batches::work(Batch& batch) {
  std::string answered, failed;
  for (auto item = batch.items.rbegin(); item != batch.items.rend(); ++item) {
    const std::string& id = item->custom_id;
    const bool cancelled = batch.cancelled_ms >= 0;
    const bool expires = !cancelled && one_in(rules_.expire_every, id, 1);
    const bool errs = !cancelled && !expires && one_in(rules_.error_every, id, 0);
    std::pair<int, std::string> reply;
    if (errs) {
      reply = {batch.anthropic ? 529 : 500,
               R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})"};
    } else if (!cancelled && !expires) {
      ++books_.worked_on;
      ++books_.times[id];
      reply = answer_(batch.anthropic ? "/v1/messages" : batch.endpoint, item->body);
    }
    const bool succeeds = reply.first >= 200 && reply.first < 300;
    ++(cancelled ? batch.cancelled : expires ? batch.expired : succeeds ? batch.succeeded : batch.errored);
    const Json body = parsed(reply.second);
    if (batch.anthropic) {
      Json result = {{"type", cancelled ? "canceled" : expires ? "expired" : succeeds ? "succeeded" : "errored"}};
      if (reply.first != 0) {
        Json value = body;
        if (!succeeds) value["request_id"] = nullptr;
        result[succeeds ? "message" : "error"] = std::move(value);
      }
      batch.results += Json{{"custom_id", id}, {"result", std::move(result)}}.dump() + "\n";
      continue;
    }
    Json line = {{"id", "batch_req_" + id}, {"custom_id", id}, {"response", nullptr}, {"error", nullptr}};
    if (reply.first != 0) {
      line["response"] = {{"status_code", reply.first}, {"request_id", "req_" + id}, {"body", body}};
    } else {
      line["error"] = {{"code", expires ? "batch_expired" : "batch_cancelled"},
                       {"message", expires ? "This request could not be executed before the completion window expired."
                                           : "This request was cancelled."}};
    }
    (succeeds ? answered : failed) += line.dump() + "\n";
  }
  if (!batch.anthropic && !answered.empty()) batch.output_file = store("output.jsonl", answered, batch.created_ms);
  if (!batch.anthropic && !failed.empty()) batch.error_file = store("error.jsonl", failed, batch.created_ms);
}

std::string Batches::shown(const Batch& batch, std::int64_t now_ms) const {
  const std::size_t total = batch.items.size();
  if (batch.anthropic) {
    const Json counts = {{"processing", batch.done ? 0 : total},
                         {"succeeded", batch.succeeded},
                         {"errored", batch.errored},
                         {"canceled", batch.cancelled},
                         {"expired", batch.expired}};
    Json shown = {{"id", batch.id},
                  {"type", "message_batch"},
                  {"processing_status", batch.done ? "ended" : "in_progress"},
                  {"request_counts", counts},
                  {"ended_at", nullptr},
                  {"created_at", rfc3339(batch.created_ms)},
                  {"expires_at", rfc3339(batch.created_ms + 86'400'000)},
                  {"archived_at", nullptr},
                  {"cancel_initiated_at", nullptr},
                  {"results_url", nullptr}};
    if (batch.done) {
      shown["ended_at"] = rfc3339(now_ms);
      shown["results_url"] = "https://api.anthropic.com/v1/messages/batches/" + batch.id + "/results";
    }
    return shown.dump();
  }
  const auto elapsed = static_cast<std::size_t>(std::max<std::int64_t>(0, now_ms - batch.created_ms));
  const std::size_t so_far = rules_.work_ms > 0 ? total * elapsed / static_cast<std::size_t>(rules_.work_ms) : total;
  const char* status = !batch.failed_code.empty() ? "failed"
                       : !batch.done              ? (so_far == 0 ? "validating" : "in_progress")
                       : batch.cancelled > 0      ? "cancelled"
                       : batch.expired > 0        ? "expired"
                                                  : "completed";
  const auto or_null = [](const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); };
  Json shown = {{"id", batch.id},
                {"object", "batch"},
                {"endpoint", batch.endpoint},
                {"errors", nullptr},
                {"input_file_id", batch.input_file},
                {"completion_window", "24h"},
                {"status", status},
                {"output_file_id", or_null(batch.output_file)},
                {"error_file_id", or_null(batch.error_file)},
                {"created_at", batch.created_ms / 1000},
                {"expires_at", batch.created_ms / 1000 + 86'400},
                {"request_counts",
                 {{"total", total},
                  {"completed", batch.done ? batch.succeeded : std::min(so_far, total)},
                  {"failed", batch.errored + batch.expired}}},
                {"metadata", batch.metadata.empty() ? Json(nullptr) : parsed(batch.metadata)}};
  if (!batch.failed_code.empty()) {
    const Json error = {{"code", batch.failed_code}, {"message", batch.failed_why}, {"param", nullptr}, {"line", 1}};
    shown["errors"] = {{"object", "list"}, {"data", Json::array({error})}};
  }
  return shown.dump();
}

}  // namespace plumb::mock
