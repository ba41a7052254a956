#include "engine/plan.h"

#include <doctest/doctest.h>

#include "support/fake_parts.h"

namespace plumb {
namespace {

TEST_CASE("a question goes to every system before the next one does, and trials come last") {
  EvalSpec spec = test::fake_spec(2);
  spec.trials = 2;
  const std::vector<Cell> wanted = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {1, 1, 0},
                                    {0, 0, 1}, {1, 0, 1}, {0, 1, 1}, {1, 1, 1}};
  CHECK(make_plan(spec, {}) == wanted);
}

TEST_CASE("what is done is left out") {
  const EvalSpec spec = test::fake_spec(2);
  const std::vector<Cell> all = make_plan(spec, {});
  CHECK(make_plan(spec, {all[0], all[2]}) == std::vector<Cell>{all[1], all[3]});
  CHECK(make_plan(spec, {all.begin(), all.end()}).empty());
}

TEST_CASE("no systems, no cells") {
  EvalSpec spec = test::fake_spec(3);
  spec.systems.clear();
  CHECK(make_plan(spec, {}).empty());
}

}  // namespace
}  // namespace plumb
