// A control answers with the references in sight, as the known samples of an assay do. It is marked as
// a control in every row and is never ranked among members.
//
// To add one: write controls/NAME.cpp that defines `const Control& control_NAME()`;
// `{provider: builtin, id: NAME}` in eval.yaml selects it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "domain/dataset.h"

namespace plumb {

struct ControlAnswer {
  std::string text;
  std::string planted;  // the kind of error that was put in: "number", "date", ...; "" where none was
};

class Control {
 public:
  virtual ~Control() = default;
  // Equal arguments give equal answers; safe to call from any thread.
  virtual ControlAnswer answer(const Question&, std::uint64_t seed) const = 0;
};

const Control* find_control(std::string_view name);
std::vector<std::string_view> control_names();

}  // namespace plumb
