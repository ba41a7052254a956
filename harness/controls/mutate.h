// Planted errors: a gold answer with exactly one thing made wrong, of a known kind. What a scorer does
// not notice here it does not notice anywhere.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "domain/dataset.h"

namespace plumb {

enum class MutationKind { number, date, name, negation, region, invention };

struct Mutation {
  std::string text;  // the answer with the error in it
  MutationKind kind = MutationKind::number;
  std::string before, after;  // what was changed into what
};

// A mutation of the question's gold answer such that its references are no longer met, chosen by seed
// among the kinds that apply to it. `invention` (a forbidden value asserted in the place of an answer)
// is for questions whose gold answer declines, and the last resort; every question has one.
Mutation mutate_gold(const Question&, std::uint64_t seed);

// All kinds that apply to this question, one mutation of each; never empty.
std::vector<Mutation> all_mutations(const Question&, std::uint64_t seed);

const char* to_string(MutationKind);

}  // namespace plumb
