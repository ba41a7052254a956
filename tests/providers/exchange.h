// What the tests of every dialect do: take a recorded body, ask in Korean, look for the key.
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "providers/provider.h"

namespace plumb::test {

inline const Provider& provider(std::string_view name) {
  const Provider* found = find_provider(name);
  REQUIRE(found);
  return *found;
}

inline HttpResponse response(int status, std::string body, std::map<std::string, std::string> headers = {}) {
  HttpResponse made;
  made.status = status;
  made.body = std::move(body);
  made.headers = std::move(headers);
  return made;
}

inline Completion decoded(const Provider& provider, std::string body, std::map<std::string, std::string> headers = {}) {
  auto completion = provider.decode(response(200, std::move(body), std::move(headers)));
  if (!completion) FAIL(completion.error().message);
  return *std::move(completion);
}

// What a body is as a stream: server-sent events without names.
inline std::string events(const std::vector<std::string>& data) {
  std::string body;
  for (const std::string& each : data) body += "data: " + each + "\n\n";
  return body;
}

// "" when there is none.
inline std::string error_of(const Provider& provider, std::string body) {
  const auto completion = provider.decode(response(200, std::move(body)));
  return completion ? "" : completion.error().message;
}

// 보상금 in NFD, as macOS writes file names and people paste them.
inline constexpr std::string_view k_nfd =
    "\xE1\x84\x87\xE1\x85\xA9\xE1\x84\x89\xE1\x85\xA1\xE1\x86\xBC\xE1\x84\x80\xE1\x85\xB3\xE1\x86\xB7";

inline ChatRequest question() {
  ChatRequest request;
  request.messages = {{Message::Role::system, "지문만 보세요."},
                      {Message::Role::user, "보상금은 \"얼마\"인가요?\nYears of service 기준, 빈칸없이도."}};
  return request;
}

inline ChatRequest question_with_all_set() {
  ChatRequest request = question();
  request.parameters = {.temperature = 0.0, .top_p = 0.9, .tokens_max = 50, .seed = 3};
  return request;
}

// A tool, a turn in which the model called it twice, and what came of the calls, the second of which failed.
inline ChatRequest question_with_tools() {
  ChatRequest request = question();
  request.tools = {{"fee", "보상금을 찾는다", R"({"type":"object","properties":{"rank":{"type":"string"}}})"},
                   {"today", "", ""}};
  const ToolCall fee{.id = "call_1", .name = "fee", .arguments = R"({"rank":"과장"})"};
  const ToolCall today{.id = "call_2", .name = "today", .arguments = "", .output = "no clock", .failed = true};
  request.messages.push_back({.role = Message::Role::assistant, .text = "찾아보겠습니다.", .tool_calls = {fee, today}});
  request.messages.push_back({.role = Message::Role::tool, .text = "100만원", .tool_calls = {fee}});
  request.messages.push_back({.role = Message::Role::tool, .text = "no clock", .tool_calls = {today}});
  return request;
}

inline Json encoded(const Provider& provider, const Model& model, const ChatRequest& request) {
  auto body = parse_json(provider.encode(model, request, "").body);
  REQUIRE(body);
  return *std::move(body);
}

// The key, in this header and nowhere else; without a key, no such header.
inline void check_key_is_in(const Provider& provider, const std::string& header, const std::string& before_key = "") {
  constexpr const char* key = "k-Secret-0123456789";
  Model model;
  model.id = "m";
  const HttpRequest with = provider.encode(model, question_with_all_set(), key);
  int holders = 0;
  for (const auto& [name, value] : with.headers) {
    if (name == header) CHECK(value == before_key + key);
    if ((name + value).find(key) != std::string::npos) ++holders;
  }
  CHECK(holders == 1);
  CHECK(with.url.find(key) == std::string::npos);
  CHECK(with.body.find(key) == std::string::npos);
  for (const auto& [name, value] : provider.encode(model, question(), "").headers) CHECK(name != header);
}

inline void check_equal_requests_give_equal_bytes(const Provider& provider) {
  Model model;
  model.id = "m";
  const HttpRequest one = provider.encode(model, question_with_all_set(), "k");
  const HttpRequest two = provider.encode(model, question_with_all_set(), "k");
  CHECK(one.url == two.url);
  CHECK(one.headers == two.headers);
  CHECK(one.body == two.body);
}

// Bodies that are no reply of anyone's.
inline void check_refuses_what_is_no_reply(const Provider& provider) {
  for (const char* body : {"", " ", "null", "[]", "12", "true", "\"text\"", "{", "{}", "<html>502</html>",
                           "data: {\"x\":1}\n\n", "{\"a\":1,\"a\":2}", "1e400", "\"\\ud800\"", "\xff\xfe"}) {
    CAPTURE(body);
    CHECK(error_of(provider, body) != "");
  }
  std::string deep;
  for (int i = 0; i < 1'000'000; ++i) deep += '[';
  CHECK(error_of(provider, deep) != "");
  CHECK(error_of(provider, "{\"message\":" + deep) != "");
}

// Every value of a reply that is well formed is replaced by what it should not be. Whatever comes of it is an answer
// or an error in words. `body_of` makes a body of the text of a reply.
template <class BodyOf>
void check_survives_wrong_types(const Provider& provider, const std::string& reply, BodyOf body_of) {
  const Json root = *parse_json(reply);
  std::vector<Json::json_pointer> places;
  const auto visit = [&](const auto& self, const Json& node, const Json::json_pointer& place) -> void {
    places.push_back(place);
    if (!node.is_structured()) return;
    for (const auto& [key, value] : node.items()) {
      self(self, value, node.is_array() ? place / static_cast<std::size_t>(std::stoul(key)) : place / key);
    }
  };
  visit(visit, root, Json::json_pointer());
  const std::string deep = std::string(100'000, '['), marker = "\"@hostile@\"";
  for (const Json::json_pointer& place : places) {
    Json changed = root;
    changed[place] = "@hostile@";
    const std::string text = dump_json(changed);
    for (const std::string& value :
         {std::string("null"), std::string("true"), std::string("12"), std::string("-1.5"), std::string("1e400"),
          std::string("18446744073709551615"), std::string(R"("")"), std::string(R"("\u0000")"),
          std::string(R"("\ud800")"), std::string("[]"), std::string("{}"), std::string("[null]"), std::string("[[]]"),
          std::string(R"([{"type":7,"text":{}}])"), std::string(R"({"error":0})"), deep}) {
      CAPTURE(place.to_string());
      CAPTURE(value.substr(0, 40));
      std::string hostile = text;
      hostile.replace(hostile.find(marker), marker.size(), value);
      const HttpResponse sent = response(200, body_of(hostile));
      const auto completion = provider.decode(sent);
      CHECK((completion || !completion.error().message.empty()));
      provider.classify(sent);
      CHECK_FALSE(provider.error_message(sent).empty());
    }
  }
}

inline void check_refuses(const Provider& provider, const std::vector<std::string>& bodies) {
  for (const std::string& body : bodies) {
    CAPTURE(body);
    CHECK(error_of(provider, body) != "");
  }
}

}  // namespace plumb::test
