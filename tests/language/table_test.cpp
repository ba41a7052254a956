#include "language/table.h"

#include <doctest/doctest.h>

#include <string>

using namespace plumb;

namespace {

const std::string k_text =
    "급여표\n\n"
    "| 직급 | 경력 | 기본급(만원) |\n"
    "|---|:---:|---:|\n"
    "| L2 | 1~3년 | 4,200~5,400 |\n"
    "| L5 | 10년 이상 | 협의 \\| 별도 |\n"
    "\n성과급 별도";

TEST_CASE("a Markdown table is read with the place of each cell") {
  const auto tables = markdown_tables(k_text);
  REQUIRE(tables.size() == 1);
  const Table& table = tables[0];
  REQUIRE(table.header.size() == 3);
  REQUIRE(table.rows.size() == 2);
  CHECK(table.header[2].text == "기본급(만원)");
  CHECK(table.rows[0][2].text == "4,200~5,400");
  CHECK(table.rows[0][2].span.of(k_text) == "4,200~5,400");
  CHECK(table.rows[1][2].text == "협의 | 별도");
  CHECK(table.span.of(k_text).starts_with("| 직급"));
  CHECK(table.span.of(k_text).ends_with("별도 |"));
}

TEST_CASE("short and long rows are filled up with empty cells") {
  const auto tables = markdown_tables("a | b\n--|--\n1\n1 | 2 | 3\n");
  REQUIRE(tables.size() == 1);
  CHECK(tables[0].rows.empty());  // "1" has no bar: the table ends above it
  const auto other = markdown_tables("| a | b |\n|--|--|\n| 1 |\n| 1 | 2 | 3 |\n");
  REQUIRE(other.size() == 1);
  CHECK(other[0].header.size() == 3);
  CHECK(other[0].header[2].text.empty());
  CHECK(other[0].rows[0].size() == 3);
  CHECK(other[0].rows[0][1].text.empty());
}

TEST_CASE("what is no table") {
  CHECK(markdown_tables("").empty());
  CHECK(markdown_tables("a | b\nc | d\n").empty());
  CHECK(markdown_tables("| a | b |\n|---|\n| 1 | 2 |\n").empty());
  CHECK(markdown_tables("```\n| a |\n|---|\n| 1 |\n```\n").empty());
  CHECK(markdown_tables("---\n|---|---|\n").empty());
}

TEST_CASE("each format shows the same cells and leaves the rest of the text") {
  CHECK(with_tables_as(k_text, TableFormat::markdown) == k_text);
  CHECK(with_tables_as(k_text, TableFormat::csv) ==
        "급여표\n\n직급,경력,기본급(만원)\nL2,1~3년,\"4,200~5,400\"\nL5,10년 이상,협의 | 별도\n\n성과급 별도");
  CHECK(with_tables_as(k_text, TableFormat::text) ==
        "급여표\n\n직급: L2, 경력: 1~3년, 기본급(만원): 4,200~5,400\n직급: L5, 경력: 10년 이상, 기본급(만원): 협의 | "
        "별도\n\n성과급 별도");
  CHECK(with_tables_as(k_text, TableFormat::html) ==
        "급여표\n\n<table>\n<tr><th>직급</th><th>경력</th><th>기본급(만원)</th></tr>\n<tr><td>L2</td><td>1~3년</"
        "td><td>4,200~5,400</td></tr>\n"
        "<tr><td>L5</td><td>10년 이상</td><td>협의 | 별도</td></tr>\n</table>\n\n성과급 별도");
}

TEST_CASE("cells are escaped as the format wants it") {
  const std::string text = "| a & b | \"q\" |\n|---|---|\n| <x> | 1,2 |";
  CHECK(with_tables_as(text, TableFormat::html).find("<th>a &amp; b</th><th>&quot;q&quot;</th>") != std::string::npos);
  CHECK(with_tables_as(text, TableFormat::html).find("<td>&lt;x&gt;</td>") != std::string::npos);
  CHECK(with_tables_as(text, TableFormat::csv) == "a & b,\"\"\"q\"\"\"\n<x>,\"1,2\"");
}

TEST_CASE("two tables, and lines that end as on Windows") {
  const std::string text = "| a |\r\n|---|\r\n| 1 |\r\n\r\n| b |\r\n|---|\r\n| 2 |\r\n";
  const auto tables = markdown_tables(text);
  REQUIRE(tables.size() == 2);
  CHECK(tables[1].rows[0][0].text == "2");
}

}  // namespace
