#include "providers/gemini_stream.h"

#include <string>
#include <utility>

#include "providers/reply.h"

namespace plumb {

namespace {

// A signature stays with the part it came with, and a thought is no answer.
bool is_plain_text(const Json& part) {
  const Json* text = find(part, "text");
  return text && text->is_string() && part.size() == 1;
}

class Assembly {
 public:
  Status take(Json& chunk) {
    for (const char* name : {"modelVersion", "responseId", "usageMetadata", "promptFeedback"}) {
      if (const Json* value = find(chunk, name); value && !value->is_null()) root_[name] = *value;
    }
    const Json* candidates = find(chunk, "candidates");
    if (!candidates || candidates->is_null()) return Done{};
    if (!candidates->is_array()) return Error{"a chunk's candidates are no list"};
    for (const Json& candidate : *candidates) {
      if (integer_at(candidate, "index") == 0) TRY(take_candidate(candidate));
    }
    return Done{};
  }

  Result<Json> whole() {
    const Json* feedback = find(root_, "promptFeedback");
    const bool blocked = feedback && !string_at(*feedback, "blockReason").empty();
    if (!find(candidate_, "finishReason") && !blocked) return broke_off();
    if (find(candidate_, "finishReason")) {
      candidate_["content"] = {{"role", "model"}, {"parts", std::move(parts_)}};
      if (!logprobs_.empty()) candidate_["logprobsResult"] = {{"chosenCandidates", std::move(logprobs_)}};
      root_["candidates"].push_back(std::move(candidate_));
    }
    return std::move(root_);
  }

 private:
  Status take_candidate(const Json& candidate) {
    if (!candidate.is_object()) return Error{"a candidate is no object"};
    if (std::string reason = string_at(candidate, "finishReason"); !reason.empty()) {
      candidate_["finishReason"] = reason;
    }
    if (const Json* result = find(candidate, "logprobsResult")) {
      const Json* chosen = find(*result, "chosenCandidates");
      if (chosen && chosen->is_array()) logprobs_.insert(logprobs_.end(), chosen->begin(), chosen->end());
    }
    const Json* content = find(candidate, "content");
    const Json* parts = content ? find(*content, "parts") : nullptr;
    if (!parts || parts->is_null()) return Done{};
    if (!parts->is_array()) return Error{"a chunk's parts are no list"};
    for (const Json& part : *parts) {
      if (!parts_.empty() && is_plain_text(part) && is_plain_text(parts_.back())) {
        parts_.back()["text"].get_ref<std::string&>() += part["text"].get_ref<const std::string&>();
      } else {
        parts_.push_back(part);
      }
    }
    return Done{};
  }

  Json root_ = Json::object(), candidate_ = Json::object(), parts_ = Json::array(), logprobs_ = Json::array();
};

}  // namespace

Result<Json> content_of_stream(const HttpResponse& response) {
  Assembly assembly;
  TRY(read_events(response, [&](const std::string&, Json& chunk) { return assembly.take(chunk); }));
  return assembly.whole();
}

}  // namespace plumb
