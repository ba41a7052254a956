#include "rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <sstream>
#include <thread>

#include "inputs.h"
#include "process.h"
#include "texts.h"

namespace plumb::bench {

namespace {

namespace fs = std::filesystem;

constexpr long k_promptfoo_cells = 1'000;  // more would take many minutes
constexpr int k_promptfoo_pairs = 2;

struct Spread {
  double min = 0.0, median = 0.0, max = 0.0;
};

Spread spread(std::vector<double> values) {
  std::ranges::sort(values);
  return {values.front(), values[values.size() / 2], values.back()};
}

std::string words(const Spread& ratio) {
  return fmt::format("{:.2f} ({:.2f} to {:.2f})", ratio.median, ratio.min, ratio.max);
}

std::string judged(double value, double limit, const std::string& unit = "") {
  return fmt::format("≤ {:g}{}: {}", limit, unit, value <= limit ? "yes" : "NO");
}

// Wall time says something only on a machine that is left alone.
bool is_quiet(const Setup& setup, const Spent& spent) {
  return setup.quiet_at_start && spent.delay_s < 0.05 * spent.wall_s;
}

// A run of one side against a vendor of its own: what it cost, and how the vendor saw it.
struct Asked {
  Spent spent;
  std::map<std::string, double> stats;
};

std::vector<std::string> mock_options(const std::vector<std::string>& more = {}) {
  std::vector<std::string> all = {"--answer-from-context"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

Asked ask_floor(const Setup& setup, long cells, int in_flight, const std::vector<std::string>& options = {}) {
  const Mock mock(setup.mock, setup.scratch, mock_options(options));
  const std::string folder = setup.scratch + "/floor";
  fs::remove_all(folder);
  fs::create_directories(folder);
  Asked asked;
  asked.spent = run({setup.floor, mock.url(), std::to_string(cells), std::to_string(in_flight), folder + "/floor.db"});
  if (asked.spent.status != 0) give_up("the floor failed");
  asked.stats = mock.stats();
  return asked;
}

std::string store_folder(const Setup& setup) { return setup.scratch + "/store"; }

// In a new store, which stays until the next call.
Asked ask_plumb(const Setup& setup, Inputs inputs, const std::vector<std::string>& options = {},
                bool may_fail = false) {
  const Mock mock(setup.mock, setup.scratch, mock_options(options));
  inputs.url = mock.url();
  const std::string path = write_evaluation(setup.scratch, inputs);
  const std::string folder = store_folder(setup);
  fs::remove_all(folder);
  fs::create_directories(folder);
  Asked asked;
  asked.spent = run({setup.plumb, "run", "-c", path, "--store", folder + "/plumb.db", "--quiet"});
  if (asked.spent.status != 0 && !may_fail) give_up("plumb failed");
  asked.stats = mock.stats();
  return asked;
}

Asked ask_promptfoo(const Setup& setup, Inputs inputs) {
  const Mock mock(setup.mock, setup.scratch, mock_options());
  inputs.url = mock.url();
  const std::string path = write_promptfoo(setup.scratch, inputs);
  const std::string home = setup.scratch + "/promptfoo";
  fs::remove_all(home);
  fs::create_directories(home);
  Asked asked;
  asked.spent = run({setup.promptfoo, "eval", "-c", path, "-j", std::to_string(inputs.in_flight), "--no-table",
                     "--no-progress-bar", "--no-share", "--no-cache"},
                    {"PROMPTFOO_CONFIG_DIR=" + home, "PROMPTFOO_DISABLE_TELEMETRY=1", "PROMPTFOO_DISABLE_UPDATE=1",
                     "PROMPTFOO_DISABLE_SHARING=1", "PROMPTFOO_DISABLE_REMOTE_GENERATION=1", "CI=1"});
  asked.stats = mock.stats();
  return asked;
}

double median_of(int times, const std::function<double()>& measure) {
  std::vector<double> values;
  for (int i = 0; i < times; ++i) values.push_back(measure());
  return spread(values).median;
}

std::string leaderboard(const Setup& setup, const Inputs& inputs) {
  const std::string path = setup.scratch + fmt::format("/eval-{}-{}.yaml", inputs.cells, inputs.in_flight);
  const Spent spent =
      run({setup.plumb, "leaderboard", "-c", path, "--store", store_folder(setup) + "/plumb.db", "--format", "json"});
  if (spent.status != 0) give_up("plumb leaderboard failed");
  return spent.output;
}

// The table without what says when it was made and how long things took.
std::string timeless(const std::string& board) {
  static constexpr std::array<std::string_view, 5> k_times = {"\"run\"", "\"week\"", "\"started_at\"", "_ms", "_ms_"};
  std::istringstream lines(board);
  std::string kept;
  for (std::string line; std::getline(lines, line);) {
    const std::string_view name = std::string_view(line).substr(0, line.find(':'));
    const bool is_time = std::ranges::any_of(k_times, [&](auto word) { return name.find(word) != name.npos; });
    if (!is_time) kept += line + '\n';
  }
  return kept;
}

// Of every "cells" in the table; -1 if there is none.
double sum_in_cells(const std::string& board, std::string_view name) {
  double sum = -1.0;
  for (std::size_t at = board.find("\"cells\""); at != std::string::npos; at = board.find("\"cells\"", at + 1)) {
    const std::size_t value = board.find(name, at);
    if (value == std::string::npos) break;
    sum = std::max(sum, 0.0) + std::strtod(board.c_str() + value + name.size(), nullptr);
  }
  return sum;
}

double bytes_in(const std::string& folder) {
  double bytes = 0.0;
  for (const auto& file : fs::recursive_directory_iterator(folder)) {
    if (file.is_regular_file()) bytes += static_cast<double>(file.file_size());
  }
  return bytes;
}

}  // namespace

Row cpu_row(const Setup& setup, int in_flight) {
  const auto us = [](double cpu_s, double start_s, long cells) {
    return std::max(0.0, cpu_s - start_s) * 1e6 / static_cast<double>(cells);
  };
  const Inputs inputs{.cells = setup.cells, .in_flight = in_flight};
  const Inputs one{.cells = 1, .in_flight = in_flight};
  const double floor_start = median_of(3, [&] { return ask_floor(setup, 1, 1).spent.cpu_s; });
  const double plumb_start = median_of(3, [&] { return ask_plumb(setup, one).spent.cpu_s; });
  std::vector<double> floor, plumb, ratios;
  for (int i = 0; i < setup.pairs; ++i) {
    floor.push_back(us(ask_floor(setup, setup.cells, in_flight).spent.cpu_s, floor_start, setup.cells));
    plumb.push_back(us(ask_plumb(setup, inputs).spent.cpu_s, plumb_start, setup.cells));
    ratios.push_back(plumb.back() / floor.back());
  }
  Row row{.name = fmt::format("CPU a cell, {} in flight", in_flight), .unit = "µs"};
  row.floor = spread(floor).median;
  row.plumb = spread(plumb).median;
  const Spread ratio = spread(ratios);
  row.ratio = "plumb/floor " + words(ratio);
  row.gate = judged(ratio.median, 2.0, " × floor");
  row.more = {{"cells", static_cast<double>(setup.cells)},
              {"ratio_min", ratio.min},
              {"ratio_median", ratio.median},
              {"ratio_max", ratio.max}};
  const std::string eval = setup.scratch + fmt::format("/eval-{}-{}.yaml", inputs.cells, inputs.in_flight);
  const double reading = median_of(3, [&] { return run({setup.plumb, "run", "-c", eval, "--dry-run"}).cpu_s; });
  row.more.emplace_back("plumb_reading_the_dataset_us", us(reading, 0.0, setup.cells));
  if (!setup.promptfoo.empty()) {
    const long cells = std::min(setup.cells, k_promptfoo_cells);
    const Inputs few{.cells = cells, .in_flight = in_flight}, single{.cells = 1, .in_flight = 1};
    const double start = ask_promptfoo(setup, single).spent.cpu_s;
    row.promptfoo = median_of(std::min(setup.pairs, k_promptfoo_pairs),
                              [&] { return us(ask_promptfoo(setup, few).spent.cpu_s, start, cells); });
    const double times = *row.promptfoo / *row.plumb;
    row.more.emplace_back("promptfoo_cells", static_cast<double>(cells));
    row.more.emplace_back("promptfoo_to_plumb", times);
    row.ratio += fmt::format(", promptfoo/plumb {:.0f}", times);
    row.gate += fmt::format("; promptfoo ≥ 100 ×: {}", times >= 100.0 ? "yes" : "NO");
  }
  return row;
}

Row wall_row(const Setup& setup) {
  constexpr int in_flight = 1'000;
  constexpr double latency_s = 0.2;
  const Inputs inputs{.cells = setup.cells, .in_flight = in_flight};
  const double ideal_s = static_cast<double>(setup.cells) * latency_s / in_flight;
  const std::vector<std::string> options = {"--latency-ms", "200"};
  std::vector<double> floor, plumb;
  double peak = 0.0;
  bool quiet = true;
  for (int i = 0; i < std::min(setup.pairs, 3); ++i) {
    floor.push_back(ask_floor(setup, setup.cells, in_flight, options).spent.wall_s / ideal_s);
    const Asked asked = ask_plumb(setup, inputs, options);
    plumb.push_back(asked.spent.wall_s / ideal_s);
    peak = std::max(peak, asked.stats.at("in_flight_peak"));
    quiet = quiet && is_quiet(setup, asked.spent);
  }
  Row row{.name = fmt::format("wall/ideal, {} cells of 200 ms, 1,000 in flight", setup.cells), .unit = "×"};
  row.floor = spread(floor).median;
  row.plumb = spread(plumb).median;
  row.ratio = fmt::format("peak in flight {:.0f}", peak);
  row.gate = quiet ? judged(*row.plumb, 1.15) : "≤ 1.15: not judged, the machine is busy";
  row.more = {{"ideal_s", ideal_s}, {"in_flight_peak", peak}, {"plumb_min", spread(plumb).min}};
  return row;
}

std::vector<Row> start_rows(const Setup& setup) {
  Row version{.name = "start: --version", .unit = "CPU ms"};
  version.plumb = 1e3 * median_of(9, [&] { return run({setup.plumb, "--version"}).cpu_s; });
  Row one{.name = "start: one cell", .unit = "CPU ms"};
  const Inputs inputs{.cells = 1, .in_flight = 1};
  one.floor = 1e3 * median_of(9, [&] { return ask_floor(setup, 1, 1).spent.cpu_s; });
  one.plumb = 1e3 * median_of(9, [&] { return ask_plumb(setup, inputs).spent.cpu_s; });
  if (!setup.promptfoo.empty()) {
    version.promptfoo = 1e3 * median_of(3, [&] { return run({setup.promptfoo, "--version"}).cpu_s; });
    one.promptfoo = 1e3 * median_of(3, [&] { return ask_promptfoo(setup, inputs).spent.cpu_s; });
    for (Row* row : {&version, &one}) {
      const double times = *row->promptfoo / *row->plumb, wanted = row == &version ? 200.0 : 100.0;
      row->ratio = fmt::format("promptfoo/plumb {:.0f}", times);
      row->gate = fmt::format("≥ {:g} ×: {}", wanted, times >= wanted ? "yes" : "NO");
    }
  }
  return {version, one};
}

Row memory_row(const Setup& setup) {
  const std::vector<std::string> options = {"--latency-ms", "20"};
  const auto peak_mib = [&](long cells) {
    const Inputs inputs{.cells = cells, .in_flight = 1'000};
    return static_cast<double>(ask_plumb(setup, inputs, options).spent.rss_kib) / 1024.0;
  };
  Row row{.name = "peak memory, 100,000 cells, 1,000 in flight", .unit = "MiB"};
  row.floor = static_cast<double>(ask_floor(setup, 100'000, 1'000, options).spent.rss_kib) / 1024.0;
  const double small = peak_mib(10'000);
  row.plumb = peak_mib(100'000);
  row.ratio = fmt::format("10,000 cells: {:.0f} MiB, so {:.2f} ×", small, *row.plumb / small);
  row.gate = fmt::format("{}, {}", judged(*row.plumb, 64, " MiB"), judged(*row.plumb / small, 1.2, " ×"));
  row.more = {{"plumb_10k", small}};
  return row;
}

Row disk_row(const Setup& setup) {
  const long few = std::max(10L, setup.cells / 20);
  const auto bytes = [&](long cells) {
    ask_plumb(setup, {.cells = cells});
    return bytes_in(store_folder(setup));
  };
  const double small = bytes(few);
  const double large = bytes(setup.cells);
  const Asked asked = ask_plumb(setup, {.cells = few});
  const double reply = asked.stats.at("bytes_out") / static_cast<double>(few);
  const double a_cell = (large - small) / static_cast<double>(setup.cells - few);
  // The stand-in vendor answers with the first sentence of the passage.
  const auto answer_bytes = static_cast<double>(std::string_view(k_passage).find(". ") + 1);
  const double texts = question_bytes_a_cell(setup.scratch, setup.cells) + answer_bytes;
  Row row{.name = "bytes on disk a cell, beyond question and answer", .unit = "B"};
  row.plumb = a_cell - texts;
  row.ratio = fmt::format("{:.0f} in all; a reply with its headers is {:.0f}", a_cell, reply);
  row.gate = judged(*row.plumb, 300, " B");
  row.more = {{"all", a_cell}, {"texts", texts}, {"reply_with_headers", reply}};
  return row;
}

std::vector<Row> fault_rows(const Setup& setup) {
  std::vector<Row> rows;
  const long cells = std::min(setup.cells, 1'000L);
  for (const std::string mode : {"429", "500", "reset", "truncate", "short", "drip"}) {
    const Inputs inputs{.cells = cells};
    const Asked asked = ask_plumb(setup, inputs,
                                  {"--fail-every", "10", "--fail-by", "hash", "--fail-attempts", "1", "--fail-mode",
                                   mode, "--retry-after", "1", "--track-bodies"},
                                  /*may_fail=*/true);
    const double errors = sum_in_cells(leaderboard(setup, inputs), "\"errors\":");
    const double requests = asked.stats.at("chat") / static_cast<double>(cells);
    Row row{.name = "1 request in 10 meets: " + mode, .unit = "error cells"};
    row.plumb = errors;
    row.ratio = fmt::format("{:.3f} requests a cell, {:.0f} met it", requests, asked.stats.at(mode));
    row.gate = fmt::format("0 errors: {}; {}", errors == 0.0 ? "yes" : "NO", judged(requests, 1.15, " requests"));
    row.more = {{"cells", static_cast<double>(cells)},
                {"requests_a_cell", requests},
                {"faults", asked.stats.at(mode)},
                {"asked_at_most", asked.stats.at("body_times_max")}};
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<Row> sameness_rows(const Setup& setup) {
  const long cells = std::min(setup.cells, 1'000L);
  Row once{.name = "requests sent twice, without faults", .unit = "requests"};
  Row same{.name = "tables that differ at 1, 8 and 64 in flight", .unit = "tables"};
  std::vector<std::string> tables;
  double repeated = 0.0;
  for (const int in_flight : {1, 8, 64}) {
    const Inputs inputs{.cells = cells, .in_flight = in_flight};
    const Asked asked = ask_plumb(setup, inputs, {"--track-bodies", "--jitter-ms", "2"});
    repeated += asked.stats.at("bodies_repeated") + asked.stats.at("chat") - static_cast<double>(cells);
    tables.push_back(timeless(leaderboard(setup, inputs)));
  }
  once.plumb = repeated;
  once.gate = fmt::format("0: {}", repeated == 0.0 ? "yes" : "NO");
  same.plumb =
      static_cast<double>(std::ranges::count_if(tables, [&](const auto& table) { return table != tables[0]; }));
  same.gate = fmt::format("0: {}", *same.plumb == 0.0 ? "yes" : "NO");
  return {once, same};
}

}  // namespace plumb::bench
