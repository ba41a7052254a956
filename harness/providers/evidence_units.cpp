#include "providers/evidence_units.h"

#include <algorithm>
#include <utility>

#include "language/korean.h"
#include "language/table.h"

namespace plumb {

namespace {

using Row = std::vector<std::string>;

std::string unescaped_html(std::string text) {
  for (const auto& [from, to] : {std::pair{"&lt;", "<"}, std::pair{"&gt;", ">"}, std::pair{"&quot;", "\""},
                                 std::pair{"&#39;", "'"}, std::pair{"&amp;", "&"}}) {
    text = replace_all(std::move(text), from, to);
  }
  return text;
}

// <tr><td>a</td><td>b</td></tr>; empty if the line is no row.
Row html_row(std::string_view line) {
  Row row;
  if (!line.starts_with("<tr")) return row;
  for (std::size_t at = 0; (at = line.find("<t", at)) != std::string_view::npos;) {
    const std::size_t open = line.find('>', at);
    if (open == std::string_view::npos) break;
    if (at + 2 < line.size() && (line[at + 2] == 'd' || line[at + 2] == 'h')) {
      const std::size_t close = line.find("</t", open);
      if (close == std::string_view::npos) break;
      row.push_back(unescaped_html(std::string(trim(line.substr(open + 1, close - open - 1)))));
    }
    at = open;
  }
  return row;
}

// RFC 4180 fields of one line; a line of one field is no row.
Row csv_row(std::string_view line) {
  Row row;
  if (line.empty() || line.starts_with("- ") || line.starts_with("* ") || line.starts_with("#") ||
      line.ends_with(".")) {
    return row;
  }
  std::string field;
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      field += line[i++];
    } else if (line[i] == '"') {
      quoted = !quoted;
    } else if (line[i] == ',' && !quoted) {
      row.push_back(std::exchange(field, ""));
    } else {
      field += line[i];
    }
  }
  row.push_back(field);
  // Prose has a space after its commas; with_tables_as writes none.
  const bool prose = std::any_of(row.begin() + 1, row.end(), [](const std::string& f) { return f.starts_with(' '); });
  return row.size() < 2 || prose ? Row{} : row;
}

std::string_view without_bullet(std::string_view line) {
  for (const std::string_view bullet : {"- ", "* ", "• "}) {
    if (line.starts_with(bullet)) return trim(line.substr(bullet.size()));
  }
  return line;
}

class Cutter {
 public:
  explicit Cutter(const Passage& passage) : passage_(passage) {}

  std::vector<EvidenceUnit> cut() {
    const std::vector<Table> tables = markdown_tables(passage_.text);
    std::size_t at = 0;
    for (const Table& table : tables) {
      add_lines(std::string_view(passage_.text).substr(at, table.span.begin - at));
      Row header;
      for (const TableCell& cell : table.header) header.push_back(cell.text);
      for (const auto& cells : table.rows) {
        Row row;
        for (const TableCell& cell : cells) row.push_back(cell.text);
        add_row(header, std::move(row));
      }
      at = table.span.end;
    }
    add_lines(std::string_view(passage_.text).substr(at));
    return std::move(units_);
  }

 private:
  void add_lines(std::string_view text) {
    std::vector<std::string_view> lines;
    for (const std::string_view line : split(text, '\n')) lines.push_back(trim(line));
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (lines[i].empty() || lines[i].starts_with("<table") || lines[i].starts_with("</table")) continue;
      if (lines[i].starts_with("#")) {
        enter(lines[i]);
        continue;
      }
      if (const std::size_t rows = add_rows(lines, i); rows > 0) {
        i += rows - 1;
        continue;
      }
      const std::string_view line = without_bullet(lines[i]);
      for (const Span& span : sentences(line)) add({std::string(span.of(line))});
    }
  }

  // A table of HTML or CSV that begins at this line; returns its lines, 0 if there is none.
  std::size_t add_rows(const std::vector<std::string_view>& lines, std::size_t begin) {
    for (const auto read : {html_row, csv_row}) {
      const Row header = read(lines[begin]);
      if (header.empty()) continue;
      std::size_t end = begin + 1;
      while (end < lines.size() && read(lines[end]).size() == header.size()) ++end;
      if (end - begin < 2) continue;
      for (std::size_t i = begin + 1; i < end; ++i) add_row(header, read(lines[i]));
      return end - begin;
    }
    return 0;
  }

  void enter(std::string_view heading) {
    const std::size_t level = std::min(heading.find_first_not_of('#'), heading.size());
    headings_.resize(level - 1);
    headings_.emplace_back(trim(heading.substr(level)));
  }

  void add_row(Row header, Row row) {
    header.resize(std::max(header.size(), row.size()));
    row.resize(header.size());
    std::string text;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (row[i].empty()) continue;
      if (!text.empty()) text += ", ";
      text += header[i].empty() ? row[i] : header[i] + ": " + row[i];
    }
    add({std::move(text)}, std::move(header), std::move(row));
  }

  void add(std::string text, Row header = {}, Row cells = {}) {
    if (text.empty()) return;
    std::string context = passage_.title;
    for (const std::string& heading : headings_) context += "\n" + heading;
    units_.push_back({passage_.id, std::move(text), std::move(context), std::move(header), std::move(cells)});
  }

  const Passage& passage_;
  std::vector<std::string> headings_;
  std::vector<EvidenceUnit> units_;
};

}  // namespace

std::vector<EvidenceUnit> evidence_units(const Passage& passage) { return Cutter(passage).cut(); }

}  // namespace plumb
