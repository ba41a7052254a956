#include "store/attempt_rows.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/json.h"

namespace plumb {
namespace {

constexpr const char* k_usual_type = "application/json";
constexpr const char* k_usual_id = "x-request-id";

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

bool is_success(int status) { return status >= 200 && status < 300; }

// The header that names the request; null if there is none.
const std::pair<const std::string, std::string>* request_id_of(const HttpResponse& response) {
  for (const char* name : {k_usual_id, "request-id", "apim-request-id"}) {
    const auto found = response.headers.find(name);
    if (found != response.headers.end()) return &*found;
  }
  return nullptr;
}

// Which headers are worth their room. How much of a limit is left is told with every reply, and worth keeping
// only where it says why one was refused.
bool is_kept(std::string_view name, bool refused) {
  return name.starts_with("retry-after") || (refused && name.find("ratelimit") != std::string_view::npos);
}

// Of most replies nothing: "content-type" is left out where it is the usual one, and "" where there was none; a
// request's id has a column of its own, and only its name here, with null, where that is not the usual one.
std::string headers_json(const HttpResponse& response) {
  Json json;
  for (const auto& [name, value] : response.headers) {
    if (is_kept(name, !is_success(response.status))) json[name] = value;
  }
  const auto* id = request_id_of(response);
  if (id != nullptr && id->first != k_usual_id) json[id->first] = nullptr;
  const auto type = response.headers.find("content-type");
  const std::string_view type_value = type == response.headers.end() ? "" : std::string_view(type->second);
  if (response.status != 0 && type_value != k_usual_type) json["content-type"] = type_value;
  return json.is_null() ? std::string() : dump_json(json);
}

// The inverse, from the columns request_id and headers.
Status read_headers(const Statement& row, int first, HttpResponse& response) {
  if (response.status != 0) response.headers["content-type"] = k_usual_type;
  const std::string id = row.text(first);
  const char* id_name = k_usual_id;
  Json json;
  if (!row.is_null(first + 1)) json = TRY(parse_json(row.text(first + 1)));
  for (const auto& [name, value] : json.items()) {
    if (value.is_null()) id_name = name.c_str();
    if (value.is_string()) response.headers[name] = value.get<std::string>();
  }
  if (!row.is_null(first)) response.headers[id_name] = id;
  if (response.headers["content-type"].empty()) response.headers.erase("content-type");
  return Done{};
}

std::optional<RawText> unless_empty(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return RawText{text};
}

}  // namespace

std::optional<KeyBytes> key_bytes(std::string_view hex) {
  KeyBytes bytes{};
  if (hex.size() != 2 * bytes.size()) return std::nullopt;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const int high = digit_of(hex[2 * i]), low = digit_of(hex[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes[i] = static_cast<char>(high * 16 + low);
  }
  return bytes;
}

std::string key_hex(std::string_view bytes) {
  static constexpr char k_hex[] = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex += k_hex[byte >> 4];
    hex += k_hex[byte & 15];
  }
  return hex;
}

StartRow row_of(std::int64_t attempt, const AttemptStart& start) {
  return {attempt, start.cell, start.purpose, start.step, key_bytes(start.request_key), start.at, start.reserved_usd};
}

EndRow row_of(std::int64_t attempt, const AttemptEnd& end) {
  const HttpResponse& response = end.response;
  const auto* id = request_id_of(response);
  return {attempt,
          end.state,
          response.status,
          response.latency.count(),
          response.first_byte.count(),
          end.at,
          id == nullptr ? std::string() : id->second,
          headers_json(response),
          response.error,
          response.body};
}

Result<AttemptWriter> AttemptWriter::make(Database& database, const Grid& grid) {
  Statement start = TRY(database.prepare(
      "INSERT INTO attempts (id, system_id, question_id, trial, purpose, step, request_key, started_at_ms,"
      " reserved_usd) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  Statement end =
      TRY(database.prepare("INSERT INTO replies (attempt_id, state, http_status, latency_ms, first_byte_ms, "
                           "ended_at_ms, request_id, headers,"
                           " error, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  return AttemptWriter(grid, std::move(start), std::move(end));
}

AttemptWriter::AttemptWriter(const Grid& grid, Statement start, Statement end)
    : grid_(&grid), start_(std::move(start)), end_(std::move(end)) {}

Status AttemptWriter::started(const StartRow& row) {
  const auto system = static_cast<std::size_t>(row.cell.system);
  const auto question = static_cast<std::size_t>(row.cell.question);
  PLUMB_CHECK(system < grid_->system_ids.size() && question < grid_->question_ids.size());
  std::optional<RawBytes> key;
  if (row.key) key = RawBytes{{row.key->data(), row.key->size()}};
  return start_.run(row.attempt, grid_->system_ids[system], grid_->question_ids[question], row.cell.trial,
                    static_cast<int>(row.purpose), row.step, key, row.at, row.reserved_usd);
}

Status AttemptWriter::ended(const EndRow& row) {
  std::optional<std::string_view> headers;
  if (!row.headers.empty()) headers = row.headers;
  return end_.run(row.attempt, static_cast<int>(row.state), row.http_status, row.latency_ms, row.first_byte_ms, row.at,
                  unless_empty(row.request_id), headers, unless_empty(row.error), unless_empty(row.body));
}

Result<std::int64_t> last_attempt(Database& database) {
  return database.integer("SELECT coalesce(max(id), 0) FROM attempts");
}

Result<std::optional<HttpResponse>> read_reply(Database& database, std::int64_t attempt) {
  Statement select = TRY(
      database.prepare("SELECT http_status, latency_ms, first_byte_ms, request_id, headers, error, body FROM replies"
                       " WHERE attempt_id = ?"));
  select.bind(attempt);
  if (!TRY(select.step())) return std::optional<HttpResponse>();
  HttpResponse response;
  response.status = static_cast<int>(select.integer(0));
  response.latency = std::chrono::milliseconds(select.integer(1));
  response.first_byte = std::chrono::milliseconds(select.integer(2));
  TRY(read_headers(select, 3, response));
  response.error = select.text(5);
  response.body = select.text(6);
  return std::optional(std::move(response));
}

}  // namespace plumb
