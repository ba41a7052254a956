#include "config/services.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/json_pointer.h"
#include "base/text.h"
#include "config/yaml_json.h"
#include "domain/prompt.h"
#include "domain/service_body.h"

namespace plumb {

namespace {

constexpr std::size_t k_key_run_min = 24;

bool is_one_of(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

// A field name of RFC 9110, 5.6.2.
bool is_header_name(std::string_view name) {
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  };
  return !name.empty() && std::ranges::all_of(name, good);
}

// Where one message ends and who is asked is the transport's business.
bool is_framing(std::string_view name) {
  constexpr std::array k_names = {
      "host", "content-length", "transfer-encoding", "connection", "keep-alive", "upgrade", "te", "trailer", "expect"};
  return std::ranges::find(k_names, lower(name)) != k_names.end();
}

bool holds_credentials(std::string_view name) {
  const std::string low = lower(name);
  constexpr std::array k_parts = {"authorization", "api-key", "apikey", "cookie", "token", "secret", "password"};
  return std::ranges::any_of(k_parts, [&](const char* part) { return contains(low, part); });
}

// Random letters of both cases with digits, as long as no word is.
bool looks_random(std::string_view text) {
  const auto is_part = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-_+/=.").find(c) != std::string_view::npos;
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::size_t end = at;
    bool lower_case = false, upper_case = false, digit = false;
    for (; end < text.size() && is_part(text[end]); ++end) {
      lower_case = lower_case || (text[end] >= 'a' && text[end] <= 'z');
      upper_case = upper_case || (text[end] >= 'A' && text[end] <= 'Z');
      digit = digit || (text[end] >= '0' && text[end] <= '9');
    }
    if (end - at >= k_key_run_min && lower_case && upper_case && digit) return true;
    at = end;
  }
  return false;
}

// The value is never repeated.
void check_header_value(const YamlEntry& header, const std::string& value, bool has_key, FileReport& report) {
  const Place place = header.value.place;
  bool key_used = false;
  for (const Placeholder& placeholder : find_placeholders(value)) {
    if (placeholder.name != k_key_placeholder) {
      report.error(place, "a header may hold {{key}}, and nothing else in double braces");
      return;
    }
    key_used = true;
  }
  if (key_used && !has_key) {
    report.error(place, "{{key}} is the value of the variable that key_env names; name it");
  }
  if (holds_secret(value) || looks_random(value) || (!key_used && holds_credentials(header.key))) {
    report.error(place,
                 "this looks like a key; write {{key}} in its place, put the key into an environment variable, and "
                 "name the variable in key_env");
  } else if (std::ranges::any_of(value, [](unsigned char c) { return c < 0x20 || c == 0x7F; })) {
    report.error(place, "a header's value must be one line");
  }
}

std::vector<std::pair<std::string, std::string>> read_headers(const YamlNode& node, bool has_key, FileReport& report) {
  std::vector<std::pair<std::string, std::string>> headers;
  if (node.kind != YamlNode::Kind::map) {
    report.error(node.place, fmt::format("headers must be a map of names and values; found {}", describe(node)));
    return headers;
  }
  for (const YamlEntry& entry : node.entries) {
    if (!is_header_name(entry.key) || holds_secret(entry.key)) {
      report.error(entry.place, "this is no name of a header");
    } else if (is_framing(entry.key)) {
      report.error(entry.place, fmt::format("the header '{}' is plumb's own to set", entry.key));
    } else if (auto value = read_text(entry.value, "a header's value", report)) {
      check_header_value(entry, *value, has_key, report);
      headers.emplace_back(entry.key, *std::move(value));
    }
  }
  return headers;
}

// What of a body's strings is told, wherever they stand.
class BodyCheck {
 public:
  explicit BodyCheck(FileReport& report) : report_(report) {}

  void look(const YamlNode& node) {
    if (node.kind == YamlNode::Kind::text) look_at(node.text, node.place);
    for (const YamlNode& item : node.items) look(item);
    for (const YamlEntry& entry : node.entries) look(entry.value);
  }
  void look(const Json& json, Place place) {
    if (json.is_string()) look_at(json.get_ref<const std::string&>(), place);
    if (!json.is_structured()) return;
    for (const Json& child : json) look(child, place);
  }
  bool asks() const { return asks_; }

 private:
  void look_at(std::string_view text, Place place) {
    for (const Placeholder& placeholder : find_placeholders(text)) {
      asks_ = asks_ || is_one_of(service_asking_names(), placeholder.name);
      if (is_one_of(service_text_names(), placeholder.name)) continue;
      const bool list = is_one_of(service_list_names(), placeholder.name);
      if (list && placeholder.span.of(text) == trim(text)) continue;
      report_.error(place, wrong(placeholder, list));
    }
  }

  static std::string wrong(const Placeholder& placeholder, bool list) {
    const std::string& name = placeholder.name;
    if (list) return fmt::format("{{{{{}}}}} is a list: it must be the whole text, without other words", name);
    if (name.empty()) return "'{{' without a name and '}}' on the same line; write {{question}}";
    if (name == k_key_placeholder) return "the key goes into a header: headers: {Authorization: \"Bearer {{key}}\"}";
    std::vector<std::string> known = service_text_names();
    known.insert(known.end(), service_list_names().begin(), service_list_names().end());
    std::string near = did_you_mean(name, known);
    if (near.empty()) near = fmt::format("; there are {}", fmt::join(known, ", "));
    return fmt::format("unknown placeholder '{}'{}", printable(name), near);
  }

  FileReport& report_;
  bool asks_ = false;
};

// A map, a list or a text; a text that begins as JSON does must be JSON.
void read_body(const YamlNode& node, HttpService& service, FileReport& report) {
  BodyCheck check(report);
  const std::string_view text = node.kind == YamlNode::Kind::text ? trim(node.text) : std::string_view();
  if (text.starts_with('{') && !text.starts_with("{{")) {
    const auto json = parse_json(text);
    if (!json)
      return report.error(node.place, fmt::format("body begins as JSON does, but is {}", json.error().message));
    check.look(*json, node.place);
    service.body_json = dump_json(*json);
  } else {
    check.look(node);
    service.body_json = dump_json(to_json(node));
  }
  if (!check.asks()) {
    report.error(node.place,
                 "body must hold {{question}}, {{prompt}} or {{messages}}, or the service is not asked anything");
  }
}

// What people write who know JSONPath or JavaScript: $.data[0].text
std::string as_pointer(std::string_view path) {
  if (path.starts_with('$')) path.remove_prefix(1);
  if (path.starts_with('.')) path.remove_prefix(1);
  std::string out = "/" + replace_all(replace_all(std::string(path), "[", "/"), "]", "");
  return replace_all(replace_all(out, ".", "/"), "//", "/");
}

// None where the key is absent. "" names the reply itself.
std::optional<std::string> read_pointer(const MapReader& map, const char* key, FileReport& report) {
  const YamlNode* node = map.find(key);
  if (!node) return {};
  if (node->kind != YamlNode::Kind::text) {
    report.error(node->place,
                 fmt::format("{} must be a JSON pointer, such as /answer; found {}", key, describe(*node)));
    return {};
  }
  if (is_json_pointer(node->text)) return node->text;
  const std::string near = as_pointer(node->text);
  report.error(node->place,
               fmt::format("{} must be a JSON pointer, such as /answer; found {}{}", key, describe(*node),
                           is_json_pointer(near) ? fmt::format("; did you mean '{}'?", printable(near)) : ""));
  return {};
}

}  // namespace

HttpService read_http(const YamlNode& node, bool has_key, FileReport& report) {
  const MapReader map(node, http_keys(), report);
  HttpService service;
  service.method = map.word("method", method_words()).value_or(service.method);
  if (const YamlNode* headers = map.find("headers")) service.headers = read_headers(*headers, has_key, report);
  if (const YamlNode* body = map.find("body")) read_body(*body, service, report);
  service.answer = read_pointer(map, "answer", report);
  service.passages = read_pointer(map, "passages", report).value_or("");
  service.passage_text = read_pointer(map, "passage_text", report).value_or("");
  service.passage_title = read_pointer(map, "passage_title", report).value_or("");
  service.passage_id = read_pointer(map, "passage_id", report).value_or("");
  service.tool_calls = read_pointer(map, "tool_calls", report).value_or("");
  service.session = read_pointer(map, "session", report).value_or("");
  for (const char* key : {"passage_text", "passage_title", "passage_id"}) {
    if (map.has(key) && !map.has("passages")) {
      report.error(map.place(key),
                   fmt::format("{} is a place within one of the passages, and passages is not set", key));
    }
  }
  return service;
}

}  // namespace plumb
