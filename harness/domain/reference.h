// Whether a text meets a reference. Shared by the correctness scorer, the checks of a dataset and the
// planted errors, so that all three mean the same by "meets".
#pragma once

#include <optional>
#include <vector>

#include "domain/dataset.h"
#include "language/match.h"

namespace plumb {

struct ReferenceMatch {
  double share = 0.0;       // 1: met; sets and lists: the share of items that are
  std::vector<Span> where;  // in the text
  std::string missing;      // what is not there, for people; "" when met
  bool met() const { return share >= 1.0; }
};

ReferenceMatch match_reference(const Reference&, const ReadText&);

// As match_reference, but a value that the text denies ("5년이 아니라 3년") is not stated by it.
bool states_forbidden(const Forbidden&, const ReadText&);

// For people: "120만원", "컬처핏 / 컬쳐핏", "2026-12-15".
std::string describe(const Reference&);

}  // namespace plumb
