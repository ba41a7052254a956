#include "config/references.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "language/quantity.h"

namespace plumb {

namespace {

// An alias of nothing but spaces and punctuation would be met by every answer.
std::optional<std::string> read_alias(const YamlNode& node, FileReport& report) {
  auto alias = read_text(node, "an alias", report);
  if (alias && squeeze(*alias).empty()) {
    report.error(node.place, fmt::format("{} has no letter, digit or sign; any answer would meet it", describe(node)));
    return {};
  }
  return alias;
}

// One text, or a list of texts of which any will do.
std::optional<std::vector<std::string>> read_aliases(const YamlNode& node, FileReport& report) {
  std::vector<std::string> aliases;
  if (node.kind != YamlNode::Kind::list) {
    if (auto alias = read_alias(node, report)) aliases.push_back(std::move(*alias));
  }
  for (const YamlNode& item : node.items) {
    if (auto alias = read_alias(item, report)) aliases.push_back(std::move(*alias));
  }
  if (node.kind == YamlNode::Kind::list && node.items.empty()) report.error(node.place, "an empty list of aliases");
  if (aliases.empty()) return {};
  return aliases;
}

std::optional<std::vector<std::vector<std::string>>> read_items(const MapReader& map, const char* key,
                                                                FileReport& report) {
  std::vector<std::vector<std::string>> items;
  const YamlNode* node = map.find(key);
  if (node && node->kind == YamlNode::Kind::list && node->items.size() < 2) {
    report.error(node->place, fmt::format("a {} has two items or more; use text for one", key));
    return {};
  }
  for (const YamlNode& item : map.list(key)) {
    if (auto aliases = read_aliases(item, report)) items.push_back(std::move(*aliases));
  }
  if (items.size() < 2) return {};
  return items;
}

std::optional<Reference> read_number(const MapReader& map, FileReport& report) {
  const NumberRef number{.value = map.text("number"), .tolerance = map.text("tolerance")};
  if (number.value.empty()) return {};
  const auto value = parse_quantity(number.value);
  if (!value) {
    report.error(map.place("number"), fmt::format("cannot read {} as one quantity, such as 120만원, 3년, 4.5%, 84㎡",
                                                  describe(*map.find("number"))));
    return {};
  }
  if (number.tolerance.empty()) return number;
  const auto tolerance = parse_quantity(number.tolerance);
  if (!tolerance) {
    report.error(map.place("tolerance"),
                 fmt::format("cannot read {} as one quantity, such as 1만원", describe(*map.find("tolerance"))));
    return {};
  }
  if (tolerance->dimension != value->dimension || tolerance->value < 0) {
    report.error(map.place("tolerance"),
                 fmt::format("the tolerance '{}' is not in the unit of '{}'", number.tolerance, number.value));
    return {};
  }
  return number;
}

std::optional<Reference> read_date(const MapReader& map, FileReport& report) {
  const std::string iso = map.text("date");
  if (iso.empty()) return {};
  if (!parse_date(iso)) {
    report.error(map.place("date"),
                 fmt::format("cannot read {} as a date: 2026-12-15, 2026-12 or 2026", describe(*map.find("date"))));
    return {};
  }
  return DateRef{iso};
}

// yes and no as YAML 1.2 text; true and false because editors write them.
std::optional<Reference> read_yes_no(const MapReader& map) {
  static const std::vector<std::string> k_words = {"yes", "no", "true", "false"};
  const auto word = map.word("yes_no", k_words);
  if (!word) return {};
  return YesNoRef{.yes = *word == "yes" || *word == "true"};
}

// The one key that says what sort of part it is; none, and told, if there is none or more than one.
std::optional<std::string> sort_of(const MapReader& map, const YamlNode& node, const KeyTable& table,
                                   FileReport& report) {
  std::vector<std::string> sorts;
  for (const YamlEntry& entry : node.entries) {
    const bool is_sort = table.has(entry.key) && entry.key != "tolerance" && entry.key != "kind";
    if (is_sort) sorts.push_back(entry.key);
  }
  if (sorts.size() > 1) {
    report.error(node.find(sorts[1])->place, fmt::format("{} holds one value; '{}' and '{}' are two: write two parts",
                                                         table.what, sorts[0], sorts[1]));
    return {};
  }
  const bool unknown = std::ranges::any_of(node.entries, [&](const YamlEntry& e) { return !table.has(e.key); });
  if (sorts.empty() && unknown) return {};  // told already, and likely what was meant
  if (sorts.empty()) {
    report.error(node.place, fmt::format("{} needs one of text, number, date, yes_no{}", table.what,
                                         table.has("set") ? ", set, list" : ""));
    return {};
  }
  if (map.has("tolerance") && sorts[0] != "number") {
    report.error(map.place("tolerance"), "only a number has a tolerance");
    return {};
  }
  return map.has(sorts[0]) ? std::optional(sorts[0]) : std::nullopt;
}

std::optional<Reference> read_value(const MapReader& map, const YamlNode& node, const KeyTable& table,
                                    FileReport& report) {
  if (!map.is_map()) return {};
  const auto sort = sort_of(map, node, table, report);
  if (!sort) return {};
  if (*sort == "number") return read_number(map, report);
  if (*sort == "date") return read_date(map, report);
  if (*sort == "yes_no") return read_yes_no(map);
  if (*sort == "text") {
    auto aliases = read_aliases(*map.find("text"), report);
    if (!aliases) return {};
    return TextRef{std::move(*aliases)};
  }
  auto items = read_items(map, sort->c_str(), report);
  if (!items) return {};
  if (*sort == "set") return SetRef{std::move(*items)};
  return ListRef{std::move(*items)};
}

}  // namespace

std::optional<Reference> read_reference(const YamlNode& node, FileReport& report) {
  const MapReader map(node, reference_keys(), report);
  return read_value(map, node, reference_keys(), report);
}

std::optional<Forbidden> read_forbidden(const YamlNode& node, FileReport& report) {
  const MapReader map(node, forbidden_keys(), report);
  auto value = read_value(map, node, forbidden_keys(), report);
  const auto word = map.word("kind", hallucination_kind_words());
  if (!value || !word) return {};
  return Forbidden{.value = std::move(*value), .kind = *hallucination_kind_of(*word)};
}

}  // namespace plumb
