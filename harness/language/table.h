// Tables, lists and headings in passages: where a value stands, and what it is said of.
//
// Reads Markdown and HTML tables, CSV, and writes one table as any of the four ways a retrieval may
// show it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace plumb {

struct TableCell {
  std::string text;
  Span span;  // in the text given
};

struct Table {
  std::vector<TableCell> header;  // empty cells where a row is longer than the header
  std::vector<std::vector<TableCell>> rows;
  Span span;  // the whole table in the text given
};

// Markdown tables (a header, a rule of dashes, rows); escaped bars \| are part of a cell.
std::vector<Table> markdown_tables(std::string_view text);

enum class TableFormat { markdown, html, csv, text };

// The text with each Markdown table written in another way; all else is left as it is.
// `text`: one line a row, "header: cell, header: cell".
std::string with_tables_as(std::string_view markdown, TableFormat);

}  // namespace plumb
