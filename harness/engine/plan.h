// Which cells a run has to fill.
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "domain/sink.h"
#include "domain/spec.h"

namespace plumb {

// A cell to fill. One whose answer is already stored is only scored: nothing is asked again.
struct Task {
  Cell cell;
  std::optional<AnswerRecord> stored;
};

// In the order they should run: a question goes to every system before the next one does, so that
// a run cut short still compares like with like. What is in `done` is left out; resuming is only that.
std::vector<Cell> make_plan(const EvalSpec&, const std::set<Cell>& done);

}  // namespace plumb
