#include "providers/dialect.h"

#include "base/text.h"

namespace plumb {

namespace {
constexpr long long k_tokens_absurd = 1'000'000'000'000;
}  // namespace

std::string endpoint(const Model& model, std::string_view default_base_url, std::string_view path) {
  std::string url(model.base_url.empty() ? default_base_url : std::string_view(model.base_url));
  while (url.ends_with('/')) url.pop_back();
  for (std::size_t end = path.size(); end != 0 && end != std::string_view::npos; end = path.rfind('/', end - 1)) {
    if (url.ends_with(path.substr(0, end))) return url.append(path.substr(end));
  }
  return url.append(path);
}

const char* role_name(Message::Role role) {
  switch (role) {
    case Message::Role::system:
      return "system";
    case Message::Role::user:
      return "user";
    case Message::Role::assistant:
      return "assistant";
    case Message::Role::tool:
      return "tool";
  }
  return "user";
}

const Json* error_object(const Json& root) {
  const Json* error = find(root.is_array() && !root.empty() ? root.front() : root, "error");
  return error && error->is_object() ? error : nullptr;
}

std::optional<std::int64_t> tokens_at(const Json* object, const char* key) {
  const long long tokens = object ? integer_at(*object, key, -1) : -1;
  if (tokens < 0 || tokens > k_tokens_absurd) return std::nullopt;
  return tokens;
}

std::optional<std::int64_t> sum_of_known(std::optional<std::int64_t> a, std::optional<std::int64_t> b) {
  if (!a || !b) return a ? a : b;
  return *a + *b;
}

std::string without_thinking(const std::string& text) {
  constexpr std::string_view open = "<think>", close = "</think>";
  if (const std::size_t end = text.find(close); end != std::string::npos) {
    return std::string(trim(std::string_view(text).substr(end + close.size())));
  }
  return trim(text).starts_with(open) ? "" : text;
}

}  // namespace plumb
