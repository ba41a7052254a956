// What is measured: one function a kind of row, each with floor, plumb and promptfoo side by side where they apply.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace plumb::bench {

struct Setup {
  std::string plumb, floor, mock;  // programs
  std::string promptfoo;           // "" : left out
  std::string scratch;             // a folder of ours
  long cells = 20'000;
  int pairs = 5;                // interleaved: A B A B ...
  bool quiet_at_start = false;  // little else ran on this machine when the measurement began
};

struct Row {
  std::string name;
  std::string unit;
  std::optional<double> floor, plumb, promptfoo;
  std::string ratio;                                 // in words
  std::string gate;                                  // what is wanted, and whether it is so
  std::vector<std::pair<std::string, double>> more;  // further figures, by name
};

// CPU a cell, start-up subtracted on all sides.
Row cpu_row(const Setup&, int in_flight);
// Wall time of 20,000 cells (fewer if Setup says so) of 200 ms at 1,000 in flight, against the ideal.
Row wall_row(const Setup&);
// CPU of a start that asks nothing, and of one that asks one cell.
std::vector<Row> start_rows(const Setup&);
// Peak memory at 10,000 and at 100,000 cells of 20 ms, 1,000 in flight.
Row memory_row(const Setup&);
// Bytes on disk a cell, beyond its question and its answer.
Row disk_row(const Setup&);
// One request in ten fails, once: which cells end as errors, and what it costs in requests.
std::vector<Row> fault_rows(const Setup&);
// Is any cell asked twice, and is the table the same at 1, 8 and 64 in flight?
std::vector<Row> sameness_rows(const Setup&);

}  // namespace plumb::bench
