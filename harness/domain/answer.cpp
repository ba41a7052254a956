#include "domain/answer.h"

#include <string_view>

#include "base/digest.h"
#include "base/enum_names.h"

namespace plumb {

namespace {

constexpr const char* k_stops[] = {"finished", "length", "filtered", "refused", "tool_calls", "unknown"};
constexpr const char* k_failures[] = {"timeout",     "network",   "throttled", "rejected", "malformed",
                                      "over_budget", "cancelled", "retrieval", "unclear"};

}  // namespace

const char* to_string(Completion::Stop stop) { return enum_name(k_stops, stop); }
const char* to_string(Failure::Kind kind) { return enum_name(k_failures, kind); }
std::optional<Completion::Stop> stop_of(std::string_view name) { return enum_of<Completion::Stop>(k_stops, name); }
std::optional<Failure::Kind> failure_kind_of(std::string_view name) { return enum_of<Failure::Kind>(k_failures, name); }

std::string digest(const Parameters& p) {
  Digester digester;
  digester.add(p.temperature ? std::to_string(*p.temperature) : "").add(p.top_p ? std::to_string(*p.top_p) : "");
  digester.add(p.tokens_max ? std::to_string(*p.tokens_max) : "").add(p.seed ? std::to_string(*p.seed) : "");
  // Only where set, so that what was asked before there were these keeps its digest.
  if (p.logprobs) digester.add("logprobs").add(*p.logprobs ? "yes" : "no");
  if (!p.extra_json.empty()) digester.add("extra").add(p.extra_json);
  return digester.hex();
}

}  // namespace plumb
