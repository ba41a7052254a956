#include "retrieval/retriever.h"

#include <fmt/core.h>

#include <optional>

#include "language/table.h"
#include "retrieval/shown.h"

namespace plumb {

namespace {

std::optional<TableFormat> table_format_of(std::string_view name) {
  if (name == "markdown") return TableFormat::markdown;
  if (name == "html") return TableFormat::html;
  if (name == "csv") return TableFormat::csv;
  if (name == "text") return TableFormat::text;
  return std::nullopt;
}

}  // namespace

Status check_settings(const Retrieval& settings) {
  if (!table_format_of(settings.tables)) {
    return Error{fmt::format("retrieval '{}': tables are shown as markdown, html, csv or text, not as '{}'",
                             settings.name, settings.tables)};
  }
  if (settings.passages_max < 1) {
    return Error{fmt::format("retrieval '{}': passages_max is {}, and must be at least 1", settings.name,
                             settings.passages_max)};
  }
  return Done{};
}

Passage as_shown(const Passage& passage, const Retrieval& settings) {
  Passage shown = passage;
  shown.text = with_tables_as(passage.text, table_format_of(settings.tables).value_or(TableFormat::markdown));
  return shown;
}

}  // namespace plumb
