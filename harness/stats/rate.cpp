#include "stats/rate.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "base/check.h"

namespace plumb {
namespace {

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// An answer tells at most as much as one independent question. The bound matters where questions on one
// passage happen to balance out, which would otherwise shrink the interval to nothing.
double observations(double rate, const std::optional<double>& standard_error, double questions, double answers) {
  if (!standard_error) return 1.0;
  return std::min(effective_n(rate, *standard_error, questions), answers);
}

}  // namespace

Interval wilson(double hits, double n, double z) {
  if (n <= 0.0) return {};
  const double rate = hits / n;
  const double shrink = 1.0 + z * z / n;
  const double centre = (rate + z * z / (2.0 * n)) / shrink;
  const double half_width = z / shrink * std::sqrt(std::max(0.0, rate * (1.0 - rate) / n + z * z / (4.0 * n * n)));
  // Rounding must not print "0.0 % to 3 %" as starting above 0.
  const double low = hits <= 0.0 ? 0.0 : centre - half_width;
  const double high = hits >= n ? 1.0 : centre + half_width;
  return {std::clamp(low, 0.0, 1.0), std::clamp(high, 0.0, 1.0)};
}

double effective_n(double rate, double standard_error, double questions) {
  // A standard error of pure rounding noise is one of zero.
  constexpr double k_noise = 1e-12;
  if (rate <= 0.0 || rate >= 1.0 || standard_error <= k_noise) return questions;
  return rate * (1.0 - rate) / (standard_error * standard_error);
}

std::optional<double> cluster_standard_error(const std::vector<double>& values, const std::vector<int>& clusters) {
  PLUMB_CHECK(values.size() == clusters.size());
  std::map<int, double> sum_of_cluster;
  const double mean = values.empty() ? 0.0 : mean_of(values);
  for (std::size_t i = 0; i < values.size(); ++i) sum_of_cluster[clusters[i]] += values[i] - mean;
  if (sum_of_cluster.size() < 2) return std::nullopt;

  double squares = 0.0;
  for (const auto& [cluster, sum] : sum_of_cluster) squares += sum * sum;
  const double n = static_cast<double>(values.size());
  const double g = static_cast<double>(sum_of_cluster.size());
  return std::sqrt(squares / (n * n) * g / (g - 1.0));
}

Rate make_rate(const std::vector<Unit>& units, int unscored, int errors) {
  Rate rate;
  rate.unscored = unscored;
  rate.errors = errors;

  std::vector<double> averages;
  std::vector<int> clusters;
  for (const Unit& unit : units) {
    PLUMB_CHECK(unit.scored >= 0 && unit.hits >= 0.0 && unit.hits <= unit.scored);
    if (unit.scored == 0) continue;
    averages.push_back(unit.hits / unit.scored);
    clusters.push_back(unit.cluster);
    rate.n += unit.scored;
  }
  if (rate.n == 0) return rate;

  const double value = mean_of(averages);
  const double n =
      observations(value, cluster_standard_error(averages, clusters), static_cast<double>(averages.size()), rate.n);
  const Interval interval = wilson(value * n, n);
  rate.value = value;
  rate.low = interval.low;
  rate.high = interval.high;
  rate.worst_case = (value * rate.n + unscored) / (rate.n + unscored);
  return rate;
}

}  // namespace plumb
