#include "domain/cost.h"

#include <algorithm>

namespace plumb {

std::optional<double> cost_of(const std::optional<Price>& price, const Usage& usage) {
  if (!price || !usage.tokens_in || !usage.tokens_out) return std::nullopt;
  const auto in = static_cast<double>(*usage.tokens_in);
  const double cached = std::min(in, static_cast<double>(usage.tokens_cached.value_or(0)));
  return ((in - cached) * price->input_usd + cached * price->cached_input_usd.value_or(price->input_usd) +
          static_cast<double>(*usage.tokens_out) * price->output_usd) /
         1e6;
}

}  // namespace plumb
