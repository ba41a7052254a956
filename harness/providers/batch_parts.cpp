#include "providers/batch_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

#include "base/text.h"

namespace plumb {

namespace {

constexpr int k_depth_max = 80;  // a reply that may be 64 deep, and what is around it

bool is_content_type(std::string_view name) {
  constexpr std::string_view wanted = "content-type";
  return std::ranges::equal(name, wanted, [](unsigned char a, char b) { return std::tolower(a) == b; });
}

std::optional<int> number_at(std::string_view text, std::size_t at, std::size_t digits) {
  if (at + digits > text.size()) return std::nullopt;
  int value = 0;
  const char* const from = text.data() + at;
  const auto [end, error] = std::from_chars(from, from + digits, value);
  if (error != std::errc() || end != from + digits || value < 0) return std::nullopt;
  return value;
}

}  // namespace

HttpRequest batch_call(const HttpRequest& like, std::string method, std::string url, std::string content_type,
                       std::string body) {
  HttpRequest call;
  call.method = std::move(method);
  call.url = std::move(url);
  call.body = std::move(body);
  for (const auto& header : like.headers) {
    if (!is_content_type(header.first)) call.headers.push_back(header);
  }
  if (!content_type.empty()) call.headers.emplace_back("Content-Type", std::move(content_type));
  return call;
}

bool is_batch_id(std::string_view id) {
  constexpr std::size_t bytes_max = 256;
  return !id.empty() && id.size() <= bytes_max && id != "." && id != ".." &&
         std::ranges::all_of(id, [](unsigned char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
                  c == '.';
         });
}

UnixMillis batch_time(std::string_view text) {
  const auto day = text.size() > 19 ? parse_day(text.substr(0, 10)) : std::nullopt;
  const auto hour = number_at(text, 11, 2), minute = number_at(text, 14, 2), second = number_at(text, 17, 2);
  if (!day || !hour || !minute || !second || text[10] != 'T' || !(text.ends_with('Z') || text.ends_with("+00:00"))) {
    return 0;
  }
  return (days_since_epoch(*day) * 86'400 + *hour * 3'600LL + *minute * 60LL + *second) * 1'000;
}

std::size_t batch_count(const Json* counts, const char* key) {
  const long long count = counts ? integer_at(*counts, key, 0) : 0;
  return count > 0 ? static_cast<std::size_t>(count) : 0;
}

Result<BatchPage> batch_page(const HttpResponse& response, Result<BatchStatus> (*read)(const Json&)) {
  const Json root = TRY(parse_json(repair_utf8(response.body)));
  const Json* data = find(root, "data");
  if (!data || !data->is_array()) return Error{"the list of batches has no list 'data'"};
  BatchPage page;
  for (const Json& each : *data) page.batches.push_back(TRY(read(each)));
  const Json* more = find(root, "has_more");
  if (more && more->is_boolean() && more->get<bool>() && !page.batches.empty()) page.next = page.batches.back().id;
  return page;
}

std::vector<BatchResult> batch_results(const HttpResponse& response, std::optional<BatchResult> (*read)(const Json&)) {
  std::vector<BatchResult> results;
  std::string_view body = response.body;
  while (!body.empty()) {
    const std::size_t end = std::min(body.find('\n'), body.size());
    const std::string_view line = trim(body.substr(0, end));
    body.remove_prefix(std::min(end + 1, body.size()));
    const auto root = line.empty() ? Result<Json>(Error{}) : parse_json(repair_utf8(line), k_depth_max);
    if (!root) continue;
    if (auto result = read(*root)) results.push_back(*std::move(result));
  }
  return results;
}

}  // namespace plumb
