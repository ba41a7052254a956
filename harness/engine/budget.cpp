#include "engine/budget.h"

namespace plumb {

namespace {
constexpr int k_tokens_out = 4'096;
constexpr double k_usd_too_little_to_matter = 1e-9;  // sums of dollars are not exact
}  // namespace

double cost_at_most(const Job& job) {
  if (!job.model || !job.model->price || job.errand) return 0.0;
  const Price& price = *job.model->price;
  const auto in = static_cast<double>(job.request.body.size());
  const double out = job.tokens_max.value_or(job.model->parameters.tokens_max.value_or(k_tokens_out));
  return (in * price.input_usd + out * price.output_usd) / 1e6;
}

bool Budget::fits(double usd) const {
  return !cost_max_usd_ || usd <= 0.0 || cost_usd() + usd <= *cost_max_usd_ + k_usd_too_little_to_matter;
}

void Budget::hold(double usd) {
  if (usd <= 0.0) return;
  held_usd_ += usd;
  ++holders_;
}

void Budget::settle(double held_usd, double cost_usd) {
  spent_usd_ += cost_usd;
  if (held_usd <= 0.0) return;
  held_usd_ -= held_usd;
  if (--holders_ == 0) held_usd_ = 0.0;  // no rests of rounding
}

}  // namespace plumb
