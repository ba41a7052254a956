// Models that run inside plumb, need no key and cost nothing. `extractive` quotes a line of the passages;
// oracle, mutant and abstain are controls (controls/) and never come here.
#include "providers/extractive.h"
#include "providers/provider.h"

namespace plumb {

namespace {

class Builtin final : public Provider {
 public:
  HttpRequest encode(const Model&, const ChatRequest&, std::string_view) const override { return {}; }

  Result<Completion> decode(const HttpResponse&) const override {
    return Error{"a builtin model answers inside plumb and has no response to read"};
  }

  std::string_view default_base_url() const override { return ""; }

  std::optional<Completion> answer(const Model& model, const ChatRequest& request) const override {
    if (model.id != "extractive") return std::nullopt;
    Completion completion;
    completion.text = extractive_answer(request.question, request.passages);
    completion.stop = Completion::Stop::finished;
    completion.model_answered = model.id;
    return completion;
  }
};

}  // namespace

const Provider& provider_builtin() {
  static const Builtin instance;
  return instance;
}

}  // namespace plumb
