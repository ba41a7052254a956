// The gold answer with an error planted: what every scorer has to notice.
#include <utility>

#include "controls/control.h"
#include "controls/mutate.h"

namespace plumb {

namespace {

class Mutant final : public Control {
 public:
  ControlAnswer answer(const Question& question, std::uint64_t seed) const override {
    Mutation mutation = mutate_gold(question, seed);
    return {std::move(mutation.text), to_string(mutation.kind)};
  }
};

}  // namespace

const Control& control_mutant() {
  static const Mutant control;
  return control;
}

}  // namespace plumb
