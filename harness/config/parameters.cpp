#include "config/parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "config/yaml_json.h"

namespace plumb {

namespace {

// What of a vendor's body is the harness's own to say.
const std::vector<std::string> k_reserved_extra = {"model",  "messages", "input",        "contents",
                                                   "stream", "system",   "instructions", "tools"};

// A JSON object for the body as it stands; "" for an empty one, which changes nothing.
std::string read_extra(const YamlNode& node, FileReport& report) {
  if (node.kind != YamlNode::Kind::map) {
    report.error(node.place, fmt::format("extra must be a map; found {}", describe(node)));
    return "";
  }
  for (const YamlEntry& entry : node.entries) {
    if (std::ranges::find(k_reserved_extra, entry.key) == k_reserved_extra.end()) continue;
    report.error(entry.place, fmt::format("extra must not hold '{}', which plumb writes itself", entry.key));
  }
  return node.entries.empty() ? "" : dump_json(to_json(node));
}

}  // namespace

Parameters read_parameters(const YamlNode& node, const KeyTable& table, FileReport& report) {
  const MapReader map(node, table, report);
  Parameters parameters;
  parameters.temperature = map.number("temperature", 0.0, 2.0);
  parameters.top_p = map.number("top_p", 0.0, 1.0);
  if (const auto tokens = map.integer("tokens_max", 1, 1'000'000)) parameters.tokens_max = static_cast<int>(*tokens);
  parameters.seed = map.integer("seed", 0, std::numeric_limits<std::int64_t>::max());
  parameters.logprobs = map.flag("logprobs");
  const YamlNode* extra = table.has("extra") ? map.find("extra") : nullptr;
  if (extra) parameters.extra_json = read_extra(*extra, report);
  return parameters;
}

Price read_price(const YamlNode& node, FileReport& report) {
  const MapReader map(node, price_keys(), report);
  Price price{.input_usd = map.number("input", 0.0, 10'000.0).value_or(0.0),
              .output_usd = map.number("output", 0.0, 10'000.0).value_or(0.0),
              .cached_input_usd = map.number("cached_input", 0.0, 10'000.0),
              .as_of = ""};
  return price;
}

RateLimits read_rates(const YamlNode& node, FileReport& report) {
  const MapReader map(node, rates_keys(), report);
  RateLimits rates;
  const auto small = [&](const char* key, std::int64_t max) -> std::optional<int> {
    const auto value = map.integer(key, 1, max);
    return value ? std::optional<int>(static_cast<int>(*value)) : std::nullopt;
  };
  rates.in_flight_max = small("in_flight_max", 10'000);
  rates.requests_per_minute = small("requests_per_minute", 10'000'000);
  rates.tokens_per_minute = map.integer("tokens_per_minute", 1, 1'000'000'000'000);
  return rates;
}

}  // namespace plumb
