// The question's own passages, all of them and in its order: retrieval without its mistakes.
// passages_max does not cut them, since an answer may need the last.
#include <fmt/core.h>

#include "retrieval/retriever.h"
#include "retrieval/shown.h"

namespace plumb {

namespace {

class Gold final : public Retriever {
 public:
  Gold(const Retrieval& settings, const Dataset& dataset) : settings_(settings), dataset_(dataset) {}

  Step<HttpRequest, Result<std::vector<Passage>>> next(const Question& question,
                                                       std::span<const HttpResponse>) const override {
    std::vector<Passage> shown;
    if (question.closed_book) return Result<std::vector<Passage>>(shown);
    for (const std::string& id : question.passages) {
      const Passage* passage = dataset_.find_passage(id);
      if (passage == nullptr) {
        return Result<std::vector<Passage>>(Error{fmt::format(
            "question '{}' names the passage '{}', which dataset '{}' does not have", question.id, id, dataset_.name)});
      }
      shown.push_back(as_shown(*passage, settings_));
    }
    return Result<std::vector<Passage>>(std::move(shown));
  }

 private:
  Retrieval settings_;
  const Dataset& dataset_;
};

class GoldKind final : public RetrieverKind {
 public:
  Result<std::unique_ptr<Retriever>> prepare(const Retrieval& settings, const Dataset& dataset) const override {
    TRY(check_settings(settings));
    return std::unique_ptr<Retriever>(std::make_unique<Gold>(settings, dataset));
  }
};

}  // namespace

const RetrieverKind& retriever_gold() {
  static const GoldKind kind;
  return kind;
}

}  // namespace plumb
