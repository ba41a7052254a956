// No passages: what the model knows by itself.
#include "retrieval/retriever.h"

namespace plumb {

namespace {

class None final : public Retriever {
 public:
  Step<HttpRequest, Result<std::vector<Passage>>> next(const Question&, std::span<const HttpResponse>) const override {
    return Result<std::vector<Passage>>(std::vector<Passage>{});
  }
};

class NoneKind final : public RetrieverKind {
 public:
  Result<std::unique_ptr<Retriever>> prepare(const Retrieval&, const Dataset&) const override {
    return std::unique_ptr<Retriever>(std::make_unique<None>());
  }
};

}  // namespace

const RetrieverKind& retriever_none() {
  static const NoneKind kind;
  return kind;
}

}  // namespace plumb
