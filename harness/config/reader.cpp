#include "config/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/check.h"
#include "base/text.h"

namespace plumb {

namespace {

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

std::string join(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : ", ") + word;
  return all;
}

template <class T>
std::optional<T> whole_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

}  // namespace

std::string describe(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::nothing:
      return "nothing";
    case YamlNode::Kind::list:
      return "a list";
    case YamlNode::Kind::map:
      return "a map";
    case YamlNode::Kind::text:
      break;
  }
  if (holds_secret(node.text)) return "what looks like a key";
  const std::string shown = printable(node.text);
  return fmt::format("'{}'", display_width(shown) > 40 ? std::string(trim(fit(shown, 40))) : shown);
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  const auto near = suggest(word, candidates);
  return near ? fmt::format("; did you mean '{}'?", *near) : "";
}

bool is_slug(std::string_view text) {
  const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !text.empty() && std::ranges::all_of(text, good) && text.front() != '-' && text.back() != '-' &&
         !contains(text, "--");
}

bool holds_secret(std::string_view text) {
  constexpr std::string_view k_prefixes[] = {"sk-", "sk_", "AIza", "gsk_", "xai-", "hf_", "ghp_", "github_pat_"};
  constexpr std::size_t k_secret_min = 20;  // the shortest in use, prefix included; `sk-learn` is a word
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (at > 0 && is_word_byte(text[at - 1])) continue;
    std::size_t end = at;
    while (end < text.size() && is_word_byte(text[end])) ++end;
    const std::string_view run = text.substr(at, end - at);
    const bool prefixed = std::ranges::any_of(k_prefixes, [&](std::string_view p) { return run.starts_with(p); });
    const bool has_digit = std::ranges::any_of(run, [](char c) { return c >= '0' && c <= '9'; });
    if (prefixed && has_digit && run.size() >= k_secret_min) return true;
    if (end > at) at = end;
  }
  return false;
}

void refuse_secrets(const YamlNode& node, FileReport& report) {
  if (node.kind == YamlNode::Kind::text && holds_secret(node.text)) {
    report.error(node.place,
                 "this looks like an API key; take it out, put it into an environment variable, and name "
                 "the variable in key_env");
  }
  for (const YamlNode& item : node.items) refuse_secrets(item, report);
  for (const YamlEntry& entry : node.entries) {
    if (entry.key != "key_env" && entry.key != "headers") refuse_secrets(entry.value, report);
  }
}

std::optional<std::string> read_text(const YamlNode& node, std::string_view what, FileReport& report) {
  if (node.reported) return {};
  const std::string text(node.kind == YamlNode::Kind::text ? trim(node.text) : "");
  if (!text.empty()) return text;
  const std::string found = node.kind == YamlNode::Kind::text ? "an empty one" : describe(node);
  report.error(node.place, fmt::format("{} must be text; found {}", what, found));
  return {};
}

MapReader::MapReader(const YamlNode& node, const KeyTable& table, FileReport& report)
    : node_(&node), table_(&table), report_(&report) {
  if (node.reported) return;
  if (!is_map()) {
    report.error(node.place, fmt::format("{} must be a map of keys ({}, ...); found {}", table.what, table.keys[0].name,
                                         describe(node)));
    return;
  }
  for (const YamlEntry& entry : node.entries) {
    if (table.has(entry.key)) continue;
    const std::string key = holds_secret(entry.key) ? "" : fmt::format(" '{}'", printable(entry.key));
    std::string near = did_you_mean(entry.key, table.names());
    if (near.empty()) near = fmt::format("; {} has: {}", table.what, join(table.names()));
    report.error(entry.place, fmt::format("unknown key{}{}", key, near));
  }
  for (const Key& key : table.keys) {
    if (key.required && !node.find(key.name)) {
      report.error(node.place, fmt::format("{} needs the key '{}'", table.what, key.name));
    }
  }
}

const YamlNode* MapReader::find(std::string_view key) const {
  PLUMB_CHECK(table_->has(std::string(key)));
  const YamlEntry* entry = node_->find(key);
  return entry && !entry->value.reported ? &entry->value : nullptr;
}

Place MapReader::place(std::string_view key) const {
  const YamlNode* value = find(key);
  return value ? value->place : node_->place;
}

std::string MapReader::text(std::string_view key) const {
  const YamlNode* value = find(key);
  return value ? read_text(*value, key, *report_).value_or("") : "";
}

std::vector<std::string> MapReader::texts(std::string_view key) const {
  const YamlNode* value = find(key);
  if (!value) return {};
  std::vector<std::string> all;
  const auto add = [&](const YamlNode& node) {
    if (auto text = read_text(node, fmt::format("each of {}", key), *report_)) all.push_back(std::move(*text));
  };
  if (value->kind == YamlNode::Kind::list) {
    for (const YamlNode& item : value->items) add(item);
  } else if (value->kind == YamlNode::Kind::text) {
    add(*value);
  } else {
    report_->error(value->place, fmt::format("{} must be a list; found {}", key, describe(*value)));
  }
  return all;
}

std::vector<Place> MapReader::places(std::string_view key) const {
  const YamlNode* value = find(key);
  if (!value) return {};
  if (value->kind != YamlNode::Kind::list) return {value->place};
  std::vector<Place> all;
  for (const YamlNode& item : value->items) all.push_back(item.place);
  return all;
}

std::optional<bool> MapReader::flag(std::string_view key) const {
  const YamlNode* value = find(key);
  if (!value) return {};
  if (value->kind == YamlNode::Kind::text && !value->quoted) {
    if (value->text == "true") return true;
    if (value->text == "false") return false;
  }
  const char* quotes = value->quoted ? " without quotes" : "";
  report_->error(value->place, fmt::format("{} must be true or false{}; found {}", key, quotes, describe(*value)));
  return {};
}

std::optional<std::int64_t> MapReader::integer(std::string_view key, std::int64_t min, std::int64_t max) const {
  const YamlNode* value = find(key);
  if (!value) return {};
  const auto got = value->kind == YamlNode::Kind::text && !value->quoted ? whole_number<std::int64_t>(value->text)
                                                                         : std::optional<std::int64_t>();
  if (got && *got >= min && *got <= max) return got;
  const std::string range = max == std::numeric_limits<std::int64_t>::max() ? fmt::format("{} or more", min)
                                                                            : fmt::format("from {} to {}", min, max);
  report_->error(value->place, fmt::format("{} must be a whole number {}; found {}", key, range, describe(*value)));
  return {};
}

std::optional<double> MapReader::number(std::string_view key, double min, double max) const {
  const YamlNode* value = find(key);
  if (!value) return {};
  const auto got = value->kind == YamlNode::Kind::text && !value->quoted ? whole_number<double>(value->text)
                                                                         : std::optional<double>();
  if (got && *got >= min && *got <= max) return got;  // never so for NaN
  const std::string range = max >= 1e9 ? fmt::format("{} or more", min) : fmt::format("from {} to {}", min, max);
  report_->error(value->place, fmt::format("{} must be a number {}; found {}", key, range, describe(*value)));
  return {};
}

std::optional<Day> MapReader::day(std::string_view key) const {
  const YamlNode* value = find(key);
  if (!value) return {};
  if (value->kind == YamlNode::Kind::text) {
    if (const auto day = parse_day(value->text)) return day;
  }
  report_->error(value->place,
                 fmt::format("{} must be a day that exists, as 2026-11-22; found {}", key, describe(*value)));
  return {};
}

std::optional<std::string> MapReader::word(std::string_view key, const std::vector<std::string>& words) const {
  const YamlNode* value = find(key);
  if (!value) return {};
  if (value->kind == YamlNode::Kind::text) {
    if (std::ranges::find(words, value->text) != words.end()) return value->text;
    const std::string near = did_you_mean(value->text, words);
    report_->error(value->place, fmt::format("unknown {} {}{}", key, describe(*value),
                                             near.empty() ? "; one of " + join(words) : near));
  } else {
    report_->error(value->place, fmt::format("{} must be one of {}; found {}", key, join(words), describe(*value)));
  }
  return {};
}

const std::vector<YamlNode>& MapReader::list(std::string_view key) const {
  static const std::vector<YamlNode> k_none;
  const YamlNode* value = find(key);
  if (!value) return k_none;
  if (value->kind == YamlNode::Kind::list) return value->items;
  report_->error(value->place, fmt::format("{} must be a list; found {}", key, describe(*value)));
  return k_none;
}

}  // namespace plumb
