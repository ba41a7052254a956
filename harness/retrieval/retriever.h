// A retriever chooses the passages a model is shown.
//
// To add one: write retrieval/NAME.cpp that defines `const RetrieverKind& retriever_NAME()`. One that
// needs a server asks for it by returning Ask from next(); see base/step.h.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/http.h"
#include "base/result.h"
#include "base/step.h"
#include "domain/dataset.h"
#include "domain/spec.h"

namespace plumb {

// Prepared for one dataset and one set of settings; then const and safe from any thread.
// The dataset outlives it.
class Retriever {
 public:
  virtual ~Retriever() = default;
  // The passages in the order they are shown, tables written as the settings say, best first. Never
  // called for closed-book questions. `replies` holds the responses to all that was asked so far.
  virtual Step<HttpRequest, Result<std::vector<Passage>>> next(const Question&,
                                                               std::span<const HttpResponse> replies) const = 0;
};

class RetrieverKind {
 public:
  virtual ~RetrieverKind() = default;
  virtual Result<std::unique_ptr<Retriever>> prepare(const Retrieval&, const Dataset&) const = 0;
};

const RetrieverKind* find_retriever(std::string_view name);
std::vector<std::string_view> retriever_names();

// The passage as this retrieval shows it: its tables written as `Retrieval::tables` says.
Passage as_shown(const Passage&, const Retrieval&);

}  // namespace plumb
