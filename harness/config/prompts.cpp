#include "config/prompts.h"

#include <fmt/format.h>

#include <algorithm>

#include "config/config.h"
#include "config/models.h"
#include "config/parameters.h"
#include "config/reader.h"
#include "config/text_file.h"

namespace plumb {

namespace fs = std::filesystem;

namespace {

// File systems of Macs give names back in jamo; a member is the same on every machine.
std::string member_folder(const fs::path& file) {
  return nfc(fs::absolute(file).lexically_normal().parent_path().filename().string());
}

std::size_t count_openings(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = text.find("{{"); at != std::string_view::npos; at = text.find("{{", at + 2)) ++count;
  return count;
}

// Where a placeholder of a value stands in the file. A value's n-th {{ is the n-th after the value begins,
// however it is quoted, folded or indented; only the header line of a block (| # note) is not part of it.
Place place_of_opening(std::string_view file_text, const YamlNode& value, std::size_t openings_before) {
  std::size_t at = value.offset;
  const bool block = at < file_text.size() && (file_text[at] == '|' || file_text[at] == '>');
  if (block) at = std::min(file_text.find('\n', at), file_text.size());
  at = file_text.find("{{", at);
  for (std::size_t i = 0; i < openings_before && at != std::string_view::npos; ++i) at = file_text.find("{{", at + 2);
  return at == std::string_view::npos ? value.place : PlaceIndex(file_text).at(at);
}

void check_placeholders(std::string_view file_text, const YamlNode& value, FileReport& report) {
  for (const Placeholder& placeholder : find_placeholders(value.text)) {
    const auto& known = placeholder_names();
    if (std::ranges::find(known, placeholder.name) != known.end()) continue;
    const std::string_view before = std::string_view(value.text).substr(0, placeholder.span.begin);
    const Place place = place_of_opening(file_text, value, count_openings(before));
    if (placeholder.name.empty()) {
      report.error(place, "'{{' without a name and '}}' on the same line; write {{question}}");
      continue;
    }
    std::string near = did_you_mean(placeholder.name, known);
    if (near.empty()) near = fmt::format("; there are {}", fmt::join(known, ", "));
    report.error(place, fmt::format("unknown placeholder '{}'{}", placeholder.name, near));
  }
}

bool asks_the_question(const std::string& user) {
  return std::ranges::any_of(find_placeholders(user), [](const Placeholder& p) { return p.name == "question"; });
}

void read_templates(const MapReader& map, std::string_view file_text, PromptTemplate& prompt, FileReport& report) {
  const YamlNode* system = map.find("system");
  const bool none = system && system->kind == YamlNode::Kind::text && trim(system->text).empty();
  prompt.system = none ? "" : map.text("system");  // `system: ""` says on purpose that there is none
  prompt.turns = map.texts("turns");
  prompt.user = map.text("user");
  for (const char* key : {"system", "user"}) {
    if (const YamlNode* node = map.find(key)) check_placeholders(file_text, *node, report);
  }
  if (const YamlNode* turns = map.find("turns")) {
    check_placeholders(file_text, *turns, report);
    for (const YamlNode& turn : turns->items) check_placeholders(file_text, turn, report);
  }
  if (!prompt.user.empty() && !asks_the_question(prompt.user) &&
      std::ranges::none_of(prompt.turns, asks_the_question)) {
    report.error(map.place("user"), prompt.turns.empty()
                                        ? "user must hold {{question}}, or the model is not asked anything"
                                        : "user or one of turns must hold {{question}}, or the model is not asked "
                                          "anything");
  }
}

}  // namespace

std::optional<ReadPrompt> read_prompt(const fs::path& path, std::optional<std::string_view> text, FileReport& report) {
  const auto clean = text ? clean_text(*text, k_config_bytes_max, report) : load_text(path, k_config_bytes_max, report);
  if (!clean) return {};
  const auto root = parse_yaml(*clean, report);
  if (!root) return {};
  const MapReader map(*root, prompt_keys(), report);
  if (!map.is_map()) return {};
  refuse_secrets(*root, report);
  ReadPrompt read;
  PromptTemplate& prompt = read.prompt;
  prompt.member = member_folder(path);
  if (map.has("member") && nfc(map.text("member")) != prompt.member) {
    report.error(map.place("member"), fmt::format("member is {}, but the file lies in the folder '{}'",
                                                  describe(*map.find("member")), prompt.member));
  }
  prompt.name = nfc(map.has("name") ? map.text("name") : path.stem().string());
  read.place = map.place("name");
  check_name(prompt.name, "a prompt", read.place, report);
  check_name(prompt.member, "a member", map.place("member"), report);
  prompt.description = map.text("description");
  read_templates(map, *clean, prompt, report);
  if (const YamlNode* parameters = map.find("parameters")) {
    prompt.parameters = read_parameters(*parameters, prompt_parameters_keys(), report);
  }
  prompt.models = map.texts("models");
  prompt.retrievals = map.texts("retrievals");
  read.model_places = map.places("models");
  read.retrieval_places = map.places("retrievals");
  if (report.errors() > 0) return {};
  seal(prompt);
  return read;
}

LoadedPrompt load_prompt(const fs::path& path, std::optional<std::string_view> text) {
  LoadedPrompt loaded;
  FileReport report(path.generic_string(), loaded.diagnostics);
  if (auto read = read_prompt(path, text, report)) loaded.prompt = std::move(read->prompt);
  sort_diagnostics(loaded.diagnostics);
  return loaded;
}

}  // namespace plumb
