#include "engine/plan.h"

namespace plumb {

std::vector<Cell> make_plan(const EvalSpec& spec, const std::set<Cell>& done) {
  std::vector<Cell> plan;
  for (int trial = 0; trial < spec.trials; ++trial) {
    for (int question = 0; question < static_cast<int>(spec.questions.size()); ++question) {
      for (int system = 0; system < static_cast<int>(spec.systems.size()); ++system) {
        const Cell cell{system, question, trial};
        if (!done.contains(cell)) plan.push_back(cell);
      }
    }
  }
  return plan;
}

}  // namespace plumb
