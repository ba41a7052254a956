#include "config/passages.h"

#include <fmt/format.h>

#include "base/text.h"
#include "config/reader.h"
#include "config/text_file.h"

namespace plumb {

namespace {

struct Parts {
  std::string_view front;  // begins on line 2
  std::string_view body;
};

std::optional<Parts> split_front_matter(std::string_view text, FileReport& report) {
  constexpr std::string_view k_rule = "---\n";
  if (!text.starts_with(k_rule)) {
    report.error({1, 1}, "a passage begins with '---' and its front matter (id, title, kind, grade)");
    return {};
  }
  text.remove_prefix(k_rule.size());
  std::size_t line = 0;
  while (line < text.size()) {
    const std::size_t end = std::min(text.find('\n', line), text.size());
    if (trim(text.substr(line, end - line)) == "---" && text[line] == '-') {
      return Parts{text.substr(0, line), text.substr(std::min(end + 1, text.size()))};
    }
    line = end + 1;
  }
  report.error({1, 1}, "the front matter is not closed by a line '---'");
  return {};
}

}  // namespace

std::optional<ReadPassage> read_passage(const std::filesystem::path& path, const std::string& dataset,
                                        FileReport& report) {
  const auto text = load_text(path, k_config_bytes_max, report);
  if (!text) return {};
  const auto parts = split_front_matter(*text, report);
  if (!parts) return {};
  const auto front = parse_yaml(parts->front, report, 2);
  if (!front) return {};
  const MapReader map(*front, passage_keys(), report);
  Passage passage;
  passage.dataset = dataset;
  passage.id = map.text("id");
  passage.title = map.text("title");
  passage.source = map.text("source");
  passage.group = map.has("group") ? map.text("group") : passage.id;
  passage.kind = map.word("kind", passage_kind_words()).value_or("");
  if (const auto grade = map.word("grade", grade_words())) passage.grade = *grade_of(*grade);
  passage.as_of = map.day("as_of");
  passage.distractor = map.flag("distractor").value_or(false);
  passage.text = trim(parts->body);
  const std::string stem = path.stem().string();
  if (!passage.id.empty() && !is_slug(passage.id)) {
    report.error(map.place("id"),
                 fmt::format("an id is lower case letters, digits and hyphens; found '{}'", passage.id));
  } else if (!passage.id.empty() && passage.id != stem) {
    report.error(map.place("id"), fmt::format("the id '{}' is not the file's name '{}'", passage.id, stem));
  }
  if (passage.text.empty()) report.error({}, "the passage has no text below its front matter");
  if (report.errors() > 0) return {};
  return ReadPassage{std::move(passage), map.place("id")};
}

}  // namespace plumb
