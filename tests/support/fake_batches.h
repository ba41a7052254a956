// A vendor's batch interface in a world of virtual time, and a book that lives as long as the test: longer than the
// client that writes it.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "../bench/mock_batch.h"
#include "domain/batch_book.h"
#include "support/fake_transport.h"

namespace plumb::test {

class FakeBook final : public BatchBook {
 public:
  Status add(const BatchNote& note) override {
    if (broken) return Error{"disk full"};
    notes.push_back({note, true});
    return Done{};
  }
  Status created(const std::string& name, const std::string& vendor_id) override {
    if (broken) return Error{"disk full"};
    for (auto& [note, open] : notes) {
      if (note.name == name) note.vendor_id = vendor_id;
    }
    return Done{};
  }
  Status close(const std::string& name) override {
    if (broken) return Error{"disk full"};
    for (auto& [note, open] : notes) open = open && note.name != name;
    return Done{};
  }
  Result<std::vector<BatchNote>> open_batches() override {
    std::vector<BatchNote> found;
    for (const auto& [note, open] : notes) {
      if (!open) continue;
      found.push_back(note);
      std::erase_if(found.back().items, [this](const BatchItem& item) { return is_ended && is_ended(item.attempt); });
    }
    return found;
  }
  Result<std::vector<std::string>> vendor_ids() override {
    std::vector<std::string> ids;
    for (const auto& [note, open] : notes) {
      if (!note.vendor_id.empty()) ids.push_back(note.vendor_id);
    }
    return ids;
  }

  int open() const {
    int count = 0;
    for (const auto& [note, is_open] : notes) count += is_open;
    return count;
  }

  std::vector<std::pair<BatchNote, bool>> notes;
  std::function<bool(std::int64_t attempt)> is_ended;  // by the ledger
  bool broken = false;
};

constexpr std::int64_t k_epoch_ms = 1'795'000'000'000;  // when virtual time begins

// OpenAI's chat completion or Anthropic's message that says `text`.
inline std::string batch_reply(std::string_view path, const std::string& model, const std::string& text) {
  if (path == "/v1/messages") {
    return dump_json({{"id", "msg_1"},
                      {"type", "message"},
                      {"role", "assistant"},
                      {"model", model},
                      {"content", Json::array({{{"type", "text"}, {"text", text}}})},
                      {"stop_reason", "end_turn"},
                      {"usage", {{"input_tokens", 100}, {"output_tokens", 10}}}});
  }
  const Json choice = {
      {"index", 0}, {"message", {{"role", "assistant"}, {"content", text}}}, {"finish_reason", "stop"}};
  return dump_json({{"id", "chatcmpl-1"},
                    {"object", "chat.completion"},
                    {"model", model},
                    {"choices", Json::array({choice})},
                    {"usage", {{"prompt_tokens", 100}, {"completion_tokens", 10}, {"total_tokens", 110}}}});
}

// What it says is the last message, doubled, so that no answer fits another question.
inline mock::Batches::Answer doubled() {
  return [](std::string_view path, std::string_view body) -> std::pair<int, std::string> {
    const auto json = parse_json(body);
    const std::string text = string_at((*json)["messages"].back(), "content");
    return {200, batch_reply(path, string_at(*json, "model"), text + text)};
  };
}

// Puts the interface into the world. `meddle` may change a reply, or lose it: it sees what the vendor did.
using Meddle = std::function<void(const HttpRequest&, HttpResponse&)>;
inline void serve_batches(FakeTransport& world, mock::Batches& vendor, Meddle meddle = {}) {
  world.serve = [&world, &vendor, meddle = std::move(meddle)](const HttpRequest& request) {
    const std::size_t path = request.url.find('/', request.url.find("://") + 3);
    HttpResponse response;
    const auto reply = vendor.handle(request.method, std::string_view(request.url).substr(path), request.body,
                                     k_epoch_ms + world.now().count());
    response.status = reply ? reply->status : 404;
    if (reply) response.body = reply->body;
    if (!reply && request.url.ends_with("/v1/messages")) {
      const auto [status, body] = doubled()("/v1/messages", request.body);
      response.status = status;
      response.body = body;
    }
    if (meddle) meddle(request, response);
    return response;
  };
}

}  // namespace plumb::test
