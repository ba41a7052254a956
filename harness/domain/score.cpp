#include "domain/score.h"

#include <string_view>

#include "base/enum_names.h"

namespace plumb {

namespace {

constexpr const char* k_verdicts[] = {"supported", "contradicted", "not_in_source"};
constexpr const char* k_outcomes[] = {"correct",   "partial", "incorrect", "hallucinated",
                                      "abstained", "error",   "unscorable"};

}  // namespace

const char* to_string(Verdict verdict) { return enum_name(k_verdicts, verdict); }
const char* to_string(Outcome outcome) { return enum_name(k_outcomes, outcome); }
std::optional<Verdict> verdict_of(std::string_view name) { return enum_of<Verdict>(k_verdicts, name); }
std::optional<Outcome> outcome_of(std::string_view name) { return enum_of<Outcome>(k_outcomes, name); }

}  // namespace plumb
