// Rates with intervals and honest denominators.
#pragma once

#include <optional>
#include <vector>

namespace plumb {

// One question's part in a rate: how many of its trials were scored, and how many of those were hits.
struct Unit {
  int cluster = 0;  // questions on the same passage share it
  double hits = 0.0;
  int scored = 0;  // 0: says nothing about the rate
};

struct Rate {
  std::optional<double> value;  // none when n is 0: unknown is not zero
  double low = 0.0;             // 95 % interval; [0, 1] when n is 0
  double high = 1.0;
  int n = 0;                // answers scored
  int unscored = 0;         // answers that no scorer could tell; beside the rate, never in it
  int errors = 0;           // cells without an answer
  double worst_case = 1.0;  // the rate if every unscored answer were a hit
};

// Wilson on the effective number of questions: trials of a question are averaged first, and questions on
// one passage are not independent (cluster-robust CR1 standard error). The value is the mean of the
// questions' averages, so that a question whose trials partly failed weighs as much as any other; with
// equally many trials a question it is hits / n. All questions on one passage count as one observation.
// Wilson 1927; Korn & Graubard 1998; Liang & Zeger 1986.
Rate make_rate(const std::vector<Unit>&, int unscored, int errors);

struct Interval {
  double low = 0.0, high = 1.0;
};
// `hits` and `n` may be fractional; [0, 1] when n is 0. 0 <= hits <= n.
Interval wilson(double hits, double n, double z = 1.959963984540054);

// How many independent questions would give this standard error: p(1-p)/se^2 (Korn & Graubard 1998).
// `questions` itself where that says nothing: a rate of 0 or 1, or a standard error of 0.
double effective_n(double rate, double standard_error, double questions);

// CR1 of the mean of `values`; both vectors have one length. Null when there are fewer than two clusters.
std::optional<double> cluster_standard_error(const std::vector<double>& values, const std::vector<int>& clusters);

}  // namespace plumb
