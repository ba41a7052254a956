#include "providers/openai_stream.h"

#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

#include "providers/dialect.h"
#include "providers/reply.h"

namespace plumb {

namespace {

// Members of a message that are streamed as texts, or as lists of parts.
constexpr const char* k_pieces[] = {"content", "refusal", "reasoning_content", "reasoning", "reasoning_details"};

Json parts_of(Json content) {
  if (content.is_array()) return content;
  return Json::array({Json::object({{"type", "text"}, {"text", std::move(content)}})});
}

// Texts are joined; lists too, and what was a text becomes their first part.
Status append(Json& whole, Json& piece, const char* name) {
  if (piece.is_null()) return Done{};
  if (!piece.is_string() && !piece.is_array())
    return Error{fmt::format("a delta's {} is a {}", name, piece.type_name())};
  if (whole.is_null()) {
    whole = std::move(piece);
  } else if (whole.is_string() && piece.is_string()) {
    whole.get_ref<std::string&>() += piece.get_ref<const std::string&>();
  } else {
    whole = parts_of(std::move(whole));
    const Json more = parts_of(std::move(piece));
    whole.insert(whole.end(), more.begin(), more.end());
  }
  return Done{};
}

// The calls of tools, told apart by their index. Some servers give none, and some the same one to all.
class Calls {
 public:
  void add(const Json& delta) {
    if (!delta.is_object()) return;
    const Json* function = find(delta, "function");
    const std::string id = string_at(delta, "id"), name = function ? string_at(*function, "name") : "";
    Call& call = call_at(integer_at(delta, "index", -1), id, name);
    if (call.id.empty()) call.id = id;
    if (call.name.empty()) call.name = name;
    if (function) call.arguments += arguments_text(find(*function, "arguments"));
    if (const Json* extra = find(delta, "extra_content"); extra && !extra->is_null()) call.extra = *extra;
  }

  Json json() const {
    Json list = Json::array();
    for (const Call& call : calls_) {
      Json json = {
          {"id", call.id}, {"type", "function"}, {"function", {{"name", call.name}, {"arguments", call.arguments}}}};
      if (!call.extra.is_null()) json["extra_content"] = call.extra;
      list.push_back(std::move(json));
    }
    return list;
  }
  bool empty() const { return calls_.empty(); }

 private:
  struct Call {
    std::string id, name, arguments;
    Json extra;
  };

  // A name with an id of its own begins a call, even at an index that is taken.
  Call& call_at(long long index, const std::string& id, const std::string& name) {
    const auto at_index = positions_.find(index);
    const bool known = index < 0 ? !calls_.empty() : at_index != positions_.end();
    const std::size_t position = index < 0 ? calls_.size() - 1 : known ? at_index->second : 0;
    const bool begins = !known || (!name.empty() && !id.empty() && id != calls_[position].id) ||
                        (index < 0 && id.empty() && !name.empty());
    if (!begins) return calls_[position];
    if (index >= 0) positions_[index] = calls_.size();
    return calls_.emplace_back();
  }

  std::vector<Call> calls_;
  std::map<long long, std::size_t> positions_;  // by index, where there is one
};

class Assembly {
 public:
  Status take(Json& chunk) {
    for (const char* name : {"id", "model", "usage"}) {
      if (const Json* value = find(chunk, name); value && !value->is_null()) root_[name] = *value;
    }
    const Json* choices = find(chunk, "choices");  // an empty list or null beside the usage at the end
    if (!choices || !choices->is_array()) return Done{};
    for (Json& choice : chunk["choices"]) {
      if (choice.is_object() && integer_at(choice, "index") == 0) TRY(take_choice(choice));
    }
    return Done{};
  }

  Result<Json> whole(bool marked_as_done) {
    const bool finished = find(choice_, "finish_reason");
    if (!finished && !marked_as_done) return broke_off();
    root_["choices"] = Json::array();
    if (any_choice_) {
      if (!calls_.empty()) message_["tool_calls"] = calls_.json();
      choice_["message"] = std::move(message_);
      choice_["logprobs"] = {{"content", std::move(logprobs_)}};
      root_["choices"].push_back(std::move(choice_));
    }
    return std::move(root_);
  }

 private:
  Status take_choice(Json& choice) {
    any_choice_ = true;
    if (std::string reason = string_at(choice, "finish_reason"); !reason.empty()) choice_["finish_reason"] = reason;
    if (const Json* given = find(choice, "logprobs"); given && find(*given, "content")) {
      const Json& content = *find(*given, "content");
      if (content.is_array()) logprobs_.insert(logprobs_.end(), content.begin(), content.end());
    }
    const auto delta = choice.find("delta");
    if (delta == choice.end() || !delta->is_object()) return Done{};
    for (const char* name : k_pieces) {
      if (const auto piece = delta->find(name); piece != delta->end()) TRY(append(message_[name], *piece, name));
    }
    const Json* calls = find(*delta, "tool_calls");
    if (!calls || !calls->is_array()) return Done{};
    for (const Json& call : *calls) calls_.add(call);
    return Done{};
  }

  Json root_ = Json::object(), choice_ = Json::object(), message_ = Json::object(), logprobs_ = Json::array();
  Calls calls_;
  bool any_choice_ = false;
};

}  // namespace

Result<Json> chat_completion_of_stream(const HttpResponse& response) {
  Assembly assembly;
  const bool done = TRY(read_events(response, [&](const std::string&, Json& chunk) { return assembly.take(chunk); }));
  return assembly.whole(done);
}

}  // namespace plumb
