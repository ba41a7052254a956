#include "mock_replies.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstring>
#include <numbers>

namespace plumb::mock {

namespace {

std::string json_escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out;
}

void append_utf8(std::string& out, unsigned code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

std::string json_unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char c = text[++i];
    if (c == 'u' && i + 4 < text.size()) {
      append_utf8(out, static_cast<unsigned>(std::strtoul(std::string(text.substr(i + 1, 4)).c_str(), nullptr, 16)));
      i += 4;
    } else {
      out += c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
    }
  }
  return out;
}

// The string value, still escaped, of the first `"key": "..."` at or after `from`. No parser: this must keep up
// with any client.
std::string_view json_string_after(std::string_view body, std::string_view quoted_key, std::size_t from = 0) {
  const auto skip_spaces = [&](std::size_t at) {
    while (at < body.size() && std::isspace(static_cast<unsigned char>(body[at]))) ++at;
    return at;
  };
  for (std::size_t at = from; (at = body.find(quoted_key, at)) != body.npos; ++at) {
    std::size_t begin = skip_spaces(at + quoted_key.size());
    if (begin >= body.size() || body[begin] != ':') continue;
    begin = skip_spaces(begin + 1);
    if (begin >= body.size() || body[begin] != '"') continue;
    std::size_t end = ++begin;
    while (end < body.size() && body[end] != '"') end += body[end] == '\\' ? 2 : 1;
    return body.substr(begin, std::min(end, body.size()) - begin);
  }
  return {};
}

// The content that stands in the same object as this role, still escaped.
std::string_view content_of_role(std::string_view body, std::string_view quoted_role, std::size_t at) {
  const std::size_t open = body.rfind('{', at);
  return json_string_after(body, "\"content\"", open == body.npos ? body.find(quoted_role, at) : open);
}

std::string_view next_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  return line;
}

}  // namespace

std::uint64_t mix(std::uint64_t x) {
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93u;
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93u;
  return x ^ (x >> 32);
}

std::uint64_t hash_bytes(std::string_view bytes) {
  std::uint64_t hash = 0x9e3779b97f4a7c15u ^ bytes.size();
  std::uint64_t word = 0;
  std::size_t at = 0;
  for (; at + sizeof word <= bytes.size(); at += sizeof word) {
    std::memcpy(&word, bytes.data() + at, sizeof word);
    hash = (hash ^ word) * 0xff51afd7ed558ccdu;
    hash ^= hash >> 29;
  }
  word = 0;
  if (at < bytes.size()) std::memcpy(&word, bytes.data() + at, bytes.size() - at);
  return mix(hash ^ word);
}

std::string http(int status, std::string_view body, std::string_view type, std::string_view headers) {
  const char* reason = status == 200   ? "OK"
                       : status == 404 ? "Not Found"
                       : status == 429 ? "Too Many Requests"
                       : status == 500 ? "Internal Server Error"
                                       : "Service Unavailable";
  return fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n{}\r\n{}", status, reason, type,
                     body.size(), headers, body);
}

std::string http_error(int status, std::string_view message, std::string_view type, std::string_view headers) {
  return http(
      status,
      fmt::format(R"({{"error":{{"message":"{}","type":"{}","param":null,"code":"{}"}}}})", message, type, type),
      "application/json", headers);
}

std::string first_sentence_of_context(std::string_view message) {
  const std::size_t begin = message.starts_with("[1] ") ? 0 : message.find("\n[1] ");
  if (begin == message.npos) return "";
  message.remove_prefix(begin == 0 ? 0 : begin + 1);
  next_line(message);      // the title
  bool past_rule = false;  // of a table: the row above it is a header
  while (!message.empty()) {
    std::string_view line = next_line(message);
    while (!line.empty() && std::strchr(" \t\r", line.front())) line.remove_prefix(1);
    while (!line.empty() && std::strchr(" \t\r", line.back())) line.remove_suffix(1);
    if (line.empty() || line.front() == '#') continue;
    const bool is_rule = line.starts_with("|-") || line.starts_with("| -") || line.starts_with("|:");
    past_rule = past_rule || is_rule;
    if (line.front() == '|' && (is_rule || !past_rule)) continue;
    for (std::size_t i = 0; i + 1 < line.size(); ++i) {
      if (std::strchr(".?!", line[i]) && line[i + 1] == ' ') return std::string(line.substr(0, i + 1));
    }
    return std::string(line);
  }
  return "";
}

Replies::Replies(const Options& options) : options_(options) {
  for (const std::string& answer : options.answers) escaped_answers_.push_back(json_escape(answer));
  escaped_verdicts_[0] = json_escape(options.verdict_fail);
  escaped_verdicts_[1] = json_escape(options.verdict_pass);
}

bool Replies::is_judge(std::string_view body) const {
  if (body.find("\"json_schema\"") != body.npos) return true;
  const auto has_word = [&](std::string_view text) {
    return std::any_of(options_.judge_words.begin(), options_.judge_words.end(),
                       [&](const std::string& word) { return text.find(word) != text.npos; });
  };
  if (!has_word(body)) return false;
  constexpr std::string_view role = "\"system\"";
  for (std::size_t at = 0; (at = body.find(role, at)) != body.npos; at += role.size()) {
    if (has_word(content_of_role(body, role, at))) return true;
  }
  return false;
}

std::string Replies::answer(std::string_view body, std::uint64_t hash) const {
  if (options_.answer_from_context) {
    constexpr std::string_view role = "\"user\"";
    if (const std::size_t at = body.rfind(role); at != body.npos) {
      const std::string sentence = first_sentence_of_context(json_unescape(content_of_role(body, role, at)));
      if (!sentence.empty()) return json_escape(sentence);
    }
  }
  return escaped_answers_[hash % escaped_answers_.size()];
}

std::string Replies::chat(std::string_view body, std::uint64_t hash, bool judge, Fault fault, Shape shape) const {
  if (fault == Fault::too_many) return too_many();
  if (fault == Fault::error_500) return http_error(500, "The server had an error", "server_error");
  if (fault == Fault::error_503) return http_error(503, "The server is overloaded", "server_error");
  if (fault == Fault::html) return http(200, "<html><body>Bad gateway</body></html>", "text/html");
  const bool passes = static_cast<int>(mix(hash + 4) % 100) < options_.judge_pass_percent;
  std::string text = judge ? escaped_verdicts_[passes ? 1 : 0] : answer(body, hash);
  if (fault == Fault::empty) text.clear();
  const std::string_view model = json_string_after(body, "\"model\"");
  const std::size_t tokens_in = body.size() / 4 + 1, tokens_out = text.size() / 4 + 1;
  const std::string_view name = model.empty() ? "mock-a" : model;
  const std::string reply =
      shape == Shape::message
          ? fmt::format(R"({{"id":"msg_{:016x}","type":"message","role":"assistant","model":"{}","content":[)"
                        R"({{"type":"text","text":"{}"}}],"stop_reason":"end_turn","stop_sequence":null,)"
                        R"("usage":{{"input_tokens":{},"output_tokens":{}}}}})",
                        hash, name, text, tokens_in, tokens_out)
          : fmt::format(
                R"({{"id":"chatcmpl-{:016x}","object":"chat.completion","created":1700000000,"model":"{}",)"
                R"("choices":[{{"index":0,"message":{{"role":"assistant","content":"{}","refusal":null}},)"
                R"("logprobs":null,"finish_reason":"stop"}}],"usage":{{"prompt_tokens":{},"completion_tokens":{},)"
                R"("total_tokens":{}}},"system_fingerprint":"fp_mock"}})",
                hash, name, text, tokens_in, tokens_out, tokens_in + tokens_out);
  if (fault == Fault::truncate) return http(200, std::string_view(reply).substr(0, reply.size() / 2));
  std::string whole = http(200, reply);
  if (fault == Fault::cut_short) whole.resize(whole.size() - reply.size() / 2);
  return whole;
}

std::string Replies::models() const {
  std::string list;
  for (const std::string& model : options_.models) {
    list += fmt::format(R"({}{{"id":"{}","object":"model","created":1700000000,"owned_by":"mock"}})",
                        list.empty() ? "" : ",", json_escape(model));
  }
  return http(200, fmt::format(R"({{"object":"list","data":[{}]}})", list));
}

std::string Replies::too_many() const {
  const std::string header = options_.retry_after.empty() ? "" : "Retry-After: " + options_.retry_after + "\r\n";
  return http_error(429, "Rate limit reached", "rate_limit_exceeded", header);
}

double Replies::delay_ms(std::uint64_t hash) const {
  if (options_.jitter_ms <= 0.0) return options_.latency_ms;
  // Box and Muller 1958, on two uniforms out of the hash.
  const double u = (static_cast<double>(mix(hash + 2) >> 11) + 1.0) / 9007199254740993.0;
  const double v = static_cast<double>(mix(hash + 3) >> 11) / 9007199254740992.0;
  const double normal = std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * v);
  const double sigma = options_.jitter_sigma;
  return options_.latency_ms + options_.jitter_ms * std::exp(sigma * normal - sigma * sigma / 2.0);
}

}  // namespace plumb::mock
