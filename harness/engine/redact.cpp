#include "engine/redact.h"

#include <string>

namespace plumb {

namespace {

constexpr std::size_t k_key_bytes_min = 8;
constexpr std::string_view k_instead = "[key]";

void take_out(std::string& text, std::string_view word) {
  for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; at += k_instead.size())
    text.replace(at, word.size(), k_instead);
}

void take_out_everywhere(HttpResponse& response, std::string_view word) {
  take_out(response.body, word);
  take_out(response.error, word);
  for (auto& [name, value] : response.headers) take_out(value, word);
}

}  // namespace

void take_out_key(HttpResponse& response, std::string_view key) {
  if (key.size() < k_key_bytes_min) return;
  take_out_everywhere(response, key);
  if (key.find('/') == std::string_view::npos) return;
  std::string escaped;
  for (const char c : key) {
    if (c == '/') escaped += '\\';
    escaped += c;
  }
  take_out_everywhere(response, escaped);
}

}  // namespace plumb
