#include "stats/rate.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "base/file.h"
#include "base/json.h"

namespace plumb {
namespace {

// Known answers from statsmodels and R; vectors.json says which.
Json vectors() {
  const Result<std::string> text = read_file(PLUMB_SOURCE_DIR "/tests/stats/vectors.json");
  REQUIRE(text);
  Result<Json> json = parse_json(*text);
  REQUIRE(json);
  return *std::move(json);
}

void check_near(double got, const Json& vector, const char* what) {
  const double expected = vector["expected"][what].get<double>();
  CAPTURE(what);
  CAPTURE(got);
  CAPTURE(expected);
  CHECK(std::abs(got - expected) <= vector["tolerance"].get<double>() * std::max(1.0, std::abs(expected)));
}

double z_of(double level) {
  static const std::map<double, double> k_quantiles = {
      {0.9, 1.6448536269514722}, {0.95, 1.959963984540054}, {0.99, 2.5758293035489004}};
  return k_quantiles.at(level);
}

int check_wilson(const Json& vector) {
  const Json& input = vector["input"];
  const Interval got = wilson(input["k"].get<double>(), input["n"].get<double>(), z_of(input["level"].get<double>()));
  check_near(got.low, vector, "lower");
  check_near(got.high, vector, "upper");
  return 1;
}

int check_effective(const Json& vector) {
  const Json& input = vector["input"];
  const double rate = input["estimate"].get<double>();
  const double n = effective_n(rate, input["se"].get<double>(), 1.0);
  check_near(n, vector, "effective_n");
  const Interval got = wilson(rate * n, n, z_of(input["level"].get<double>()));
  check_near(got.low, vector, "lower");
  check_near(got.high, vector, "upper");
  return 1;
}

int check_cluster(const Json& vector) {
  const auto values = vector["input"]["y"].get<std::vector<double>>();
  const auto clusters = vector["input"]["cluster"].get<std::vector<int>>();
  const std::optional<double> got = cluster_standard_error(values, clusters);
  CHECK(got.has_value() == !vector["expected"]["se_cr1"].is_null());
  if (got) check_near(*got, vector, "se_cr1");
  return 1;
}

TEST_CASE("formulas give the known answers") {
  int wilsons = 0, effective = 0, clustered = 0;
  for (const Json& vector : vectors()) {
    CAPTURE(dump_json(vector["input"]));
    const std::string method = vector["method"].get<std::string>();
    if (method == "wilson") wilsons += check_wilson(vector);
    if (method == "wilson_effective_n") effective += check_effective(vector);
    if (method == "cluster_se") clustered += check_cluster(vector);
  }
  CHECK(wilsons == 8);
  CHECK(effective == 3);
  CHECK(clustered == 8);
}

std::vector<Unit> singles(int hits, int n) {
  std::vector<Unit> units;
  for (int i = 0; i < n; ++i) units.push_back({i, i < hits ? 1.0 : 0.0, 1});
  return units;
}

TEST_CASE("nothing scored is an unknown rate, not a rate of zero") {
  for (const std::vector<Unit>& units : {std::vector<Unit>{}, std::vector<Unit>{{0, 0.0, 0}, {1, 0.0, 0}}}) {
    const Rate rate = make_rate(units, 3, 2);
    CHECK_FALSE(rate.value.has_value());
    CHECK(rate.low == 0.0);
    CHECK(rate.high == 1.0);
    CHECK(rate.n == 0);
    CHECK(rate.unscored == 3);
    CHECK(rate.errors == 2);
    CHECK(rate.worst_case == 1.0);
  }
}

TEST_CASE("one trial and one question a passage is nearly Wilson's own interval") {
  // The CR1 standard error divides by n - 1, so the effective n is n - 1.
  const Rate rate = make_rate(singles(27, 120), 0, 0);
  const Interval expected = wilson(27.0 / 120.0 * 119.0, 119.0);
  CHECK(*rate.value == doctest::Approx(0.225));
  CHECK(rate.low == doctest::Approx(expected.low));
  CHECK(rate.high == doctest::Approx(expected.high));
  CHECK(rate.n == 120);
}

TEST_CASE("at 0 and at 1 the interval is that of the number of questions, and touches the end") {
  const Rate none = make_rate(singles(0, 10), 0, 0);
  CHECK(*none.value == 0.0);
  CHECK(none.low == 0.0);
  CHECK(none.high == doctest::Approx(0.277532799862889));
  const Rate all = make_rate(singles(10, 10), 0, 0);
  CHECK(all.low == doctest::Approx(0.722467200137111));
  CHECK(all.high == 1.0);
}

TEST_CASE("asking each question again does not add questions") {
  std::vector<Unit> once = singles(0, 10);
  std::vector<Unit> thrice;
  for (const Unit& unit : once) thrice.push_back({unit.cluster, 0.0, 3});
  CHECK(make_rate(thrice, 0, 0).high == make_rate(once, 0, 0).high);
  CHECK(make_rate(thrice, 0, 0).n == 30);

  // The same answers each time: nothing is learnt from the second and third.
  once = singles(4, 20);
  thrice.clear();
  for (const Unit& unit : once) thrice.push_back({unit.cluster, 3.0 * unit.hits, 3});
  CHECK(make_rate(thrice, 0, 0).low == doctest::Approx(make_rate(once, 0, 0).low));
}

TEST_CASE("trials are averaged first, so every question weighs the same") {
  const Rate rate = make_rate({{0, 1.0, 1}, {1, 0.0, 3}, {2, 0.0, 0}}, 0, 0);
  CHECK(*rate.value == doctest::Approx(0.5));
  CHECK(rate.n == 4);
}

TEST_CASE("questions that share a passage and go the same way widen the interval") {
  std::vector<Unit> independent, shared;
  for (int i = 0; i < 40; ++i) {
    const double hits = i / 4 % 2 == 0 ? 1.0 : 0.0;
    independent.push_back({i, hits, 1});
    shared.push_back({i / 4, hits, 1});
  }
  const Rate wide = make_rate(shared, 0, 0);
  const Rate narrow = make_rate(independent, 0, 0);
  CHECK(*wide.value == *narrow.value);
  CHECK(wide.high - wide.low > 1.5 * (narrow.high - narrow.low));
}

TEST_CASE("questions on one passage only are one observation") {
  std::vector<Unit> units = singles(5, 10);
  for (Unit& unit : units) unit.cluster = 7;
  const Rate rate = make_rate(units, 0, 0);
  const Interval one = wilson(0.5, 1.0);
  CHECK(rate.low == doctest::Approx(one.low));
  CHECK(rate.high == doctest::Approx(one.high));
}

TEST_CASE("passages that balance out do not shrink the interval below that of as many answers") {
  std::vector<Unit> units;
  for (int i = 0; i < 40; ++i) units.push_back({i / 2, i % 2 == 0 ? 1.0 : 0.0, 1});
  units.push_back({20, 1.0, 1});
  const Rate rate = make_rate(units, 0, 0);
  const Interval bound = wilson(*rate.value * 41.0, 41.0);
  CHECK(rate.high - rate.low >= bound.high - bound.low - 1e-12);
}

TEST_CASE("the worst case counts every unscored answer as a hit") {
  const Rate rate = make_rate(singles(2, 8), 2, 5);
  CHECK(*rate.value == 0.25);
  CHECK(rate.worst_case == doctest::Approx(4.0 / 10.0));
  CHECK(make_rate(singles(2, 8), 0, 5).worst_case == doctest::Approx(0.25));
}

TEST_CASE("an interval contains its rate and stays within 0 and 1") {
  for (int n = 1; n <= 30; ++n) {
    for (int hits = 0; hits <= n; ++hits) {
      const Rate rate = make_rate(singles(hits, n), 0, 0);
      CHECK(rate.low >= 0.0);
      CHECK(rate.low <= *rate.value);
      CHECK(rate.high >= *rate.value);
      CHECK(rate.high <= 1.0);
    }
  }
}

}  // namespace
}  // namespace plumb
