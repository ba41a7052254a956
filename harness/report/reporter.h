// A reporter writes a finished report in one format. It formats; it never computes.
//
// To add one: write report/NAME.cpp that defines `const Reporter& reporter_NAME()`. `--format NAME`
// finds it, and tests/report/ asks for its approved output.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stats/board.h"

namespace plumb {

struct Report {
  std::string title;       // of the evaluation
  std::string run;         // id
  std::string week;        // 2026-W47
  std::string started_at;  // given, not looked up, so that equal input gives equal bytes
  std::vector<std::string> datasets;
  int trials = 1;
  Board board;
  std::vector<std::string> notes;  // what a reader must know: expired questions, missing cells, unknown prices
};

struct Look {
  bool color = false;
  int columns = 120;
};

class Reporter {
 public:
  virtual ~Reporter() = default;
  virtual std::string render(const Report&, const Look&) const = 0;
};

const Reporter* find_reporter(std::string_view name);
std::vector<std::string_view> reporter_names();

}  // namespace plumb
