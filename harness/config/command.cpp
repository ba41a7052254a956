#include "config/command.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace plumb {

Result<std::vector<std::string>> split_command(std::string_view line) {
  constexpr std::array k_operators = {"|", "||", "&", "&&", ";", ">", ">>", "<", "2>&1"};
  std::vector<std::string> words;
  std::string word;
  bool open = false;    // within a word, which may be ""
  bool quoted = false;  // some of the word was
  char quote = 0;
  const auto end_word = [&]() -> Status {
    if (!open) return Done{};
    if (!quoted && std::ranges::find(k_operators, word) != k_operators.end()) {
      return Error{fmt::format("there is no shell that could read '{}'; write a script, and name it here", word)};
    }
    words.push_back(std::exchange(word, {}));
    open = quoted = false;
    return Done{};
  };
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool escapes = c == '\\' && quote != '\'' && i + 1 < line.size();
    if (escapes) {
      word += line[++i];
      open = quoted = true;
    } else if (quote != 0) {
      if (c == quote) {
        quote = 0;
      } else {
        word += c;
      }
    } else if (c == '\'' || c == '"') {
      quote = c;
      open = quoted = true;
    } else if (c == ' ' || c == '\t' || c == '\n') {
      TRY(end_word());
    } else {
      word += c;
      open = true;
    }
  }
  if (quote != 0) return Error{fmt::format("a quote ({}) is not closed", quote)};
  TRY(end_word());
  if (words.empty() || words[0].empty()) return Error{"there is no program to start"};
  return words;
}

std::shared_ptr<Program> read_command(const YamlNode& node, const std::filesystem::path& folder, FileReport& report) {
  std::vector<std::string> words;
  if (node.kind == YamlNode::Kind::list) {
    const int before = report.errors();
    for (const YamlNode& item : node.items) {
      const bool empty = item.kind == YamlNode::Kind::text && item.text.empty();  // an argument that is ""
      if (auto word = empty && !words.empty() ? std::optional<std::string>("") : read_text(item, "each word", report)) {
        words.push_back(*std::move(word));
      }
    }
    if (report.errors() > before) return nullptr;
    if (words.empty()) report.error(node.place, "command names no program");
  } else if (const auto line = read_text(node, "command", report)) {
    auto split = split_command(*line);
    if (!split) report.error(node.place, "command: " + split.error().message);
    if (split) words = *std::move(split);
  }
  if (words.empty()) return nullptr;
  return std::make_shared<Program>(
      Program{.command = std::move(words), .folder = folder.generic_string(), .memory_mb_max = 0});
}

}  // namespace plumb
