// The indices of passages that were read lately: a question is put to many systems, and reading its passages is
// most of what judging an answer costs.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "scorers/source_index.h"

namespace plumb {

// Of exactly these passages in this order, as of this day; made when it is not there. From any thread; what is
// returned stays as it is however long it is held. A bounded number is kept, the least lately used go first.
std::shared_ptr<const SourceIndex> source_index_of(const std::vector<Passage>&, const std::optional<Day>& as_of);

}  // namespace plumb
