#include "language/table.h"

#include <algorithm>

namespace plumb {

namespace {

struct Line {
  std::size_t begin = 0;
  std::size_t end = 0;  // without the line break
};

std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> out;
  for (std::size_t at = 0; at <= text.size();) {
    std::size_t end = text.find('\n', at);
    if (end == std::string_view::npos) end = text.size();
    std::size_t last = end;
    if (last > at && text[last - 1] == '\r') --last;
    out.push_back({at, last});
    at = end + 1;
  }
  return out;
}

// The cells of one line; none if it has no bar outside an escape.
std::vector<TableCell> cells_of(std::string_view text, Line line) {
  std::vector<TableCell> out;
  std::size_t begin = line.begin;
  std::size_t end = line.end;
  while (begin < end && (text[begin] == ' ' || text[begin] == '\t')) ++begin;
  while (end > begin && (text[end - 1] == ' ' || text[end - 1] == '\t')) --end;
  if (begin == end) return out;
  bool barred = false;
  if (text[begin] == '|') {
    ++begin;
    barred = true;
  }
  std::size_t from = begin;
  const auto add = [&](std::size_t to) {
    std::size_t first = from;
    std::size_t last = to;
    while (first < last && (text[first] == ' ' || text[first] == '\t')) ++first;
    while (last > first && (text[last - 1] == ' ' || text[last - 1] == '\t')) --last;
    out.push_back({replace_all(std::string(text.substr(first, last - first)), "\\|", "|"), {first, last}});
    from = to + 1;
  };
  for (std::size_t i = begin; i < end; ++i) {
    if (text[i] == '\\' && i + 1 < end) {
      ++i;
    } else if (text[i] == '|') {
      add(i);
      barred = true;
    }
  }
  if (!barred) return {};
  if (from < end) add(end);
  return out;
}

bool is_rule(const std::vector<TableCell>& cells) {
  if (cells.empty()) return false;
  return std::all_of(cells.begin(), cells.end(), [](const TableCell& cell) {
    std::string_view text = cell.text;
    if (text.starts_with(':')) text.remove_prefix(1);
    if (text.ends_with(':')) text.remove_suffix(1);
    return !text.empty() && text.find_first_not_of('-') == std::string_view::npos;
  });
}

std::string escaped_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

// RFC 4180: quoted where a comma, a quote or a break would be misread.
std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  return '"' + replace_all(std::string(text), "\"", "\"\"") + '"';
}

std::string as_html(const Table& table) {
  std::string out = "<table>\n";
  const auto row = [&](const std::vector<TableCell>& cells, std::string_view tag) {
    out += "<tr>";
    for (const TableCell& cell : cells) {
      out += '<' + std::string(tag) + '>' + escaped_html(cell.text) + "</" + std::string(tag) + '>';
    }
    out += "</tr>\n";
  };
  row(table.header, "th");
  for (const auto& cells : table.rows) row(cells, "td");
  return out + "</table>";
}

std::string as_csv(const Table& table) {
  std::string out;
  const auto row = [&](const std::vector<TableCell>& cells) {
    if (!out.empty()) out += '\n';
    for (std::size_t i = 0; i < cells.size(); ++i) out += (i > 0 ? "," : "") + csv_field(cells[i].text);
  };
  row(table.header);
  for (const auto& cells : table.rows) row(cells);
  return out;
}

std::string as_lines(const Table& table) {
  std::string out;
  for (const auto& cells : table.rows) {
    if (!out.empty()) out += '\n';
    bool first = true;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (cells[i].text.empty()) continue;
      if (!first) out += ", ";
      first = false;
      if (!table.header[i].text.empty()) out += table.header[i].text + ": ";
      out += cells[i].text;
    }
  }
  return out;
}

}  // namespace

std::vector<Table> markdown_tables(std::string_view text) {
  std::vector<Table> out;
  const std::vector<Line> lines = lines_of(text);
  bool fenced = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string_view line = trim(text.substr(lines[i].begin, lines[i].end - lines[i].begin));
    if (line.starts_with("```") || line.starts_with("~~~")) fenced = !fenced;
    if (fenced || i + 1 >= lines.size()) continue;
    const std::vector<TableCell> header = cells_of(text, lines[i]);
    if (header.empty() || is_rule(header)) continue;
    const std::vector<TableCell> rule = cells_of(text, lines[i + 1]);
    if (!is_rule(rule) || rule.size() != header.size()) continue;
    Table table;
    table.header = header;
    std::size_t last = i + 1;
    for (std::size_t r = i + 2; r < lines.size(); ++r) {
      std::vector<TableCell> cells = cells_of(text, lines[r]);
      if (cells.empty()) break;
      table.rows.push_back(std::move(cells));
      last = r;
    }
    std::size_t columns = table.header.size();
    for (const auto& row : table.rows) columns = std::max(columns, row.size());
    table.header.resize(columns);
    for (auto& row : table.rows) row.resize(columns);
    table.span = {lines[i].begin, lines[last].end};
    out.push_back(std::move(table));
    i = last;
  }
  return out;
}

std::string with_tables_as(std::string_view markdown, TableFormat format) {
  if (format == TableFormat::markdown) return std::string(markdown);
  std::string out;
  std::size_t from = 0;
  for (const Table& table : markdown_tables(markdown)) {
    out += markdown.substr(from, table.span.begin - from);
    if (format == TableFormat::html) out += as_html(table);
    if (format == TableFormat::csv) out += as_csv(table);
    if (format == TableFormat::text) out += as_lines(table);
    from = table.span.end;
  }
  return out + std::string(markdown.substr(from));
}

}  // namespace plumb
