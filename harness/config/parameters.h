// Reads what a model is asked with, what it costs and how fast it may be asked.
#pragma once

#include "config/reader.h"
#include "domain/spec.h"

namespace plumb {

// Of a model (parameters_keys()), or of a prompt (prompt_parameters_keys()).
Parameters read_parameters(const YamlNode&, const KeyTable&, FileReport&);

// {input, output, cached_input}: US dollars for a million tokens.
Price read_price(const YamlNode&, FileReport&);

// {in_flight_max, requests_per_minute, tokens_per_minute}
RateLimits read_rates(const YamlNode&, FileReport&);

}  // namespace plumb
