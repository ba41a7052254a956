// Measures plumb against the floor (floor.cpp) and, where it is installed, against promptfoo, on this machine and in
// one go: what one side costs is told as a multiple of the other, so that the machine cancels out.
//
// A line of JSON a row as soon as it is known, and a table at the end. Exit 1 if a gate is not met.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "process.h"
#include "rows.h"

namespace {

using namespace plumb::bench;

constexpr const char* k_help =
    R"(usage: ./dev bench [options]

  --smoke          1,000 cells and one pair: a minute
  --cells N        cells of a measurement [20,000]
  --pairs N        how often both sides are measured, in turn [5]
  --full           also memory at 100,000 cells
  --rows A,B       only these: cpu wall start memory disk faults same
  --promptfoo DIR  also promptfoo, installed into DIR if it is not there (Node 22 or newer, 2 GB)
  --plumb FILE     another plumb than build/release/plumb

Ratios of CPU are fair on a busy machine too; wall time is judged only on one that is left alone.
)";

struct Options {
  Setup setup;
  std::vector<std::string> rows = {"start", "cpu", "wall", "disk", "faults", "same"};
};

std::vector<std::string> split_commas(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t comma = std::min(text.find(',', from), text.size());
    parts.push_back(text.substr(from, comma - from));
    from = comma + 1;
  }
  return parts;
}

long positive(const std::string& name, const std::string& text) {
  char* end = nullptr;
  const long value = std::strtol(text.c_str(), &end, 10);
  if (text.empty() || *end != '\0' || value < 1) give_up(name + " needs a number from 1");
  return value;
}

Options parse(int argc, char** argv) {
  Options options;
  Setup& setup = options.setup;
  const std::map<std::string, std::function<void(const std::string&)>> with_value = {
      {"--plumb", [&](const std::string& value) { setup.plumb = value; }},
      {"--floor", [&](const std::string& value) { setup.floor = value; }},
      {"--mock", [&](const std::string& value) { setup.mock = value; }},
      {"--scratch", [&](const std::string& value) { setup.scratch = value; }},
      {"--promptfoo", [&](const std::string& value) { setup.promptfoo = value; }},
      {"--cells", [&](const std::string& value) { setup.cells = positive("--cells", value); }},
      {"--pairs", [&](const std::string& value) { setup.pairs = static_cast<int>(positive("--pairs", value)); }},
      {"--rows", [&](const std::string& value) { options.rows = split_commas(value); }},
  };
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--help" || name == "-h") {
      fmt::print("{}", k_help);
      std::exit(0);
    } else if (name == "--smoke") {
      setup.cells = 1'000;
      setup.pairs = 1;
    } else if (name == "--full") {
      options.rows.emplace_back("memory");
    } else if (const auto it = with_value.find(name); it != with_value.end()) {
      if (i + 1 >= argc) give_up(name + " needs a value");
      it->second(argv[++i]);
    } else {
      give_up(fmt::format("unknown option '{}' (see --help)", name));
    }
  }
  return options;
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

void print_json(const Row& row) {
  std::string line = fmt::format("{{\"row\":{},\"unit\":{}", quoted(row.name), quoted(row.unit));
  const auto put = [&](const std::string& name, std::optional<double> value) {
    if (value) line += fmt::format(",{}:{:.6g}", quoted(name), *value);
  };
  put("floor", row.floor);
  put("plumb", row.plumb);
  put("promptfoo", row.promptfoo);
  for (const auto& [name, value] : row.more) put(name, value);
  fmt::print("{},\"ratio\":{},\"gate\":{}}}\n", line, quoted(row.ratio), quoted(row.gate));
  std::fflush(stdout);
}

void print_table(const std::vector<Row>& rows) {
  const auto figure = [](std::optional<double> value) {
    return !value ? std::string("–") : *value >= 100.0 ? fmt::format("{:.0f}", *value) : fmt::format("{:.3g}", *value);
  };
  fmt::print("\n| | unit | floor | plumb | promptfoo | | wanted |\n|---|---|---|---|---|---|---|\n");
  for (const Row& row : rows) {
    fmt::print("| {} | {} | {} | {} | {} | {} | {} |\n", row.name, row.unit, figure(row.floor), figure(row.plumb),
               figure(row.promptfoo), row.ratio, row.gate);
  }
}

}  // namespace

int main(int argc, char** argv) {
  Options options = parse(argc, argv);
  Setup& setup = options.setup;
  double load = 0.0;
  setup.quiet_at_start = getloadavg(&load, 1) == 1 && load < 0.5 * std::thread::hardware_concurrency();
  const std::map<std::string, std::function<std::vector<Row>()>> all = {
      {"cpu",
       [&] {
         return std::vector<Row>{cpu_row(setup, 64), cpu_row(setup, 1'000)};
       }},
      {"wall", [&] { return std::vector<Row>{wall_row(setup)}; }},
      {"start", [&] { return start_rows(setup); }},
      {"memory", [&] { return std::vector<Row>{memory_row(setup)}; }},
      {"disk", [&] { return std::vector<Row>{disk_row(setup)}; }},
      {"faults", [&] { return fault_rows(setup); }},
      {"same", [&] { return sameness_rows(setup); }},
  };
  for (const std::string& name : options.rows) {
    if (!all.contains(name)) give_up(fmt::format("no row is called '{}' (see --help)", name));
  }
  std::filesystem::create_directories(setup.scratch);
  std::vector<Row> rows;
  for (const std::string& name : options.rows) {
    for (Row& row : all.at(name)()) {
      print_json(row);
      rows.push_back(std::move(row));
    }
  }
  print_table(rows);
  if (setup.promptfoo.empty())
    fmt::print("\npromptfoo is left out; --promptfoo DIR installs it there and measures it too.\n");
  const bool met =
      std::none_of(rows.begin(), rows.end(), [](const Row& row) { return row.gate.find("NO") != row.gate.npos; });
  return met ? 0 : 1;
}
