// What the usual models cost, as their vendors published it on one day.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/spec.h"

namespace plumb {

// The day on which the table was read, "2026-10-03"; Price::as_of of all that is found in it.
std::string_view prices_as_of();

// By the model's id: exactly; else the known id before a '-' and a date (2024-07-18, 20251001) or "latest".
// Only at the vendor's own address, where those prices hold; a local Ollama costs nothing. None if it is not known.
std::optional<Price> usual_price(const Model&);

}  // namespace plumb
