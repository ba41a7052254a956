#include "providers/anthropic_stream.h"

#include <fmt/format.h>

#include <map>
#include <string>

#include "providers/reply.h"

namespace plumb {

namespace {

struct Block {
  Json json;
  std::string input;  // of a tool, as it comes in pieces
};

Status append(std::string& whole, const Json& delta, const char* key) {
  const Json* piece = find(delta, key);
  if (!piece || !piece->is_string()) return Error{fmt::format("a delta without {}", key)};
  whole += piece->get_ref<const std::string&>();
  return Done{};
}

Status append(Json& block, const Json& delta, const char* key) {
  Json& whole = block[key];
  if (!whole.is_string()) whole = "";
  return append(whole.get_ref<std::string&>(), delta, key);
}

class Assembly {
 public:
  Status take(const std::string& event, Json& data) {
    const std::string type = string_at(data, "type", event);
    if (type == "message_start") {
      const Json* message = find(data, "message");
      if (!message || !message->is_object()) return Error{"message_start without a message"};
      message_ = *message;
    } else if (type == "content_block_start") {
      const Json* block = find(data, "content_block");
      if (!block || !block->is_object()) return Error{"content_block_start without a block"};
      // llama.cpp leaves message_start out when the first token ends within a character, as Korean ones often do.
      if (!message_.is_object()) message_ = Json::object();
      blocks_[integer_at(data, "index", -1)] = {*block, ""};
    } else if (type == "content_block_delta") {
      const auto block = blocks_.find(integer_at(data, "index", -1));
      if (block == blocks_.end()) return Error{"a delta of a block that never began"};
      const Json* delta = find(data, "delta");
      return delta ? add(block->second, *delta) : Done{};
    } else if (type == "message_delta") {
      add_to_message(data);
    } else if (type == "message_stop") {
      stopped_ = true;
    }
    return Done{};
  }

  Result<Json> whole() {
    if (!stopped_ || !message_.is_object()) return broke_off();
    Json& content = message_["content"] = Json::array();
    for (auto& [index, block] : blocks_) {
      if (!block.input.empty()) {
        auto input = parse_json(block.input);
        block.json["input"] = input ? *std::move(input) : Json(block.input);
      }
      content.push_back(std::move(block.json));
    }
    return std::move(message_);
  }

 private:
  static Status add(Block& block, const Json& delta) {
    const std::string type = string_at(delta, "type");
    if (type == "text_delta") return append(block.json, delta, "text");
    if (type == "thinking_delta") return append(block.json, delta, "thinking");
    if (type == "input_json_delta") return append(block.input, delta, "partial_json");
    if (type == "signature_delta") block.json["signature"] = string_at(delta, "signature");
    return Done{};
  }

  // Counts in `usage` are of the whole message so far, and stand for those that came before.
  void add_to_message(const Json& data) {
    if (!message_.is_object()) return;
    if (const Json* delta = find(data, "delta"); delta && delta->is_object()) {
      for (const auto& [key, value] : delta->items()) message_[key] = value;
    }
    const Json* usage = find(data, "usage");
    if (!usage || !usage->is_object()) return;
    Json& known = message_["usage"];
    if (!known.is_object()) known = Json::object();
    for (const auto& [key, value] : usage->items()) {
      if (!value.is_null()) known[key] = value;
    }
  }

  Json message_;
  std::map<long long, Block> blocks_;  // by index
  bool stopped_ = false;
};

}  // namespace

Result<Json> message_of_stream(const HttpResponse& response) {
  Assembly assembly;
  TRY(read_events(response, [&](const std::string& event, Json& data) { return assembly.take(event, data); }));
  return assembly.whole();
}

}  // namespace plumb
