// What the names in a spec stand for, looked up once before a run; then const and shared by all threads.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "engine/cell_work.h"
#include "engine/engine.h"

namespace plumb {

struct ResolvedParts {
  Endpoints endpoints;
  std::vector<const Scorer*> scorers;                                                    // in the spec's order
  std::map<std::pair<std::string, std::string>, std::unique_ptr<Retriever>> retrievers;  // by retrieval and dataset
};

// An error names the model, the scorer or the retrieval that cannot be had. A key that is not set is none: the
// cells that need it fail, each saying so.
Result<ResolvedParts> resolve_parts(const EvalSpec&, const EngineOptions&);

}  // namespace plumb
