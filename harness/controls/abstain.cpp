// Declines whatever is asked: never hallucinates, and must not look good for it.
#include "controls/control.h"

namespace plumb {

namespace {

class Abstain final : public Control {
 public:
  ControlAnswer answer(const Question&, std::uint64_t) const override { return {"알 수 없습니다.", ""}; }
};

}  // namespace

const Control& control_abstain() {
  static const Abstain control;
  return control;
}

}  // namespace plumb
