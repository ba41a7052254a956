// The gold answer with an error planted: what every scorer has to notice.
#include "controls/control.h"
#include "controls/mutate.h"

namespace plumb {

namespace {

class Mutant final : public Control {
 public:
  std::string answer(const Question& question, std::uint64_t seed) const override {
    return mutate_gold(question, seed).text;
  }
};

}  // namespace

const Control& control_mutant() {
  static const Mutant control;
  return control;
}

}  // namespace plumb
