// What the batch dialects share: the calls' headers, the lines of results, ids, times and lists.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/http.h"
#include "base/json.h"
#include "base/result.h"
#include "providers/batch.h"

namespace plumb {

// With the headers of `like` less its Content-Type, the key among them.
HttpRequest batch_call(const HttpRequest& like, std::string method, std::string url, std::string content_type = "",
                       std::string body = "");

// Letters, digits, '-', '_' and '.' only, so that it can stand in a path.
bool is_batch_id(std::string_view);

// "2024-09-24T18:37:24.100435Z"; 0 if it is not that.
UnixMillis batch_time(std::string_view rfc3339);

// 0 if it is missing, negative or no number, or if there is no object.
std::size_t batch_count(const Json* counts, const char* key);

// {"data":[...],"has_more":...}, each element read by `read`.
Result<BatchPage> batch_page(const HttpResponse&, Result<BatchStatus> (*read)(const Json&));

// JSON lines, each read by `read`; those that are none, or of which it makes nothing, are left out.
std::vector<BatchResult> batch_results(const HttpResponse&, std::optional<BatchResult> (*read)(const Json&));

}  // namespace plumb
