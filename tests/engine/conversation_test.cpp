#include "engine/conversation.h"

#include <doctest/doctest.h>

namespace plumb {
namespace {

using Role = Message::Role;
using Stop = Completion::Stop;

const std::vector<OfferedTool> k_tools = {
    {.name = "search", .description = "공고를 찾는다", .parameters_json = "{}", .output = "보상금 120만원"},
    {.name = "salary", .description = "연봉을 찾는다", .error = "시간 초과"}};

Conversation about(int rounds_max = 3) {
  Conversation conversation;
  conversation.request.messages = {{.role = Role::user, .text = "보상금은?"}};
  conversation.tools = k_tools;
  conversation.tool_rounds_max = rounds_max;
  return conversation;
}

Completion calling(const std::vector<std::string>& names) {
  Completion reply;
  reply.stop = Stop::tool_calls;
  reply.usage = {.tokens_in = 10, .tokens_out = 2};
  reply.latency = std::chrono::milliseconds(100);
  for (const std::string& name : names)
    reply.tool_calls.push_back({.id = "call-" + name, .name = name, .arguments = "{}"});
  return reply;
}

Completion saying(const std::string& text) {
  Completion reply;
  reply.text = text;
  reply.stop = Stop::finished;
  reply.usage = {.tokens_in = 30, .tokens_out = 5};
  reply.latency = std::chrono::milliseconds(50);
  return reply;
}

TEST_CASE("a model is told of tools but not of what they give back") {
  const auto told = offers(k_tools);
  REQUIRE(told.size() == 2);
  CHECK(told[0].name == "search");
  CHECK(told[0].description == "공고를 찾는다");
  CHECK(told[0].parameters_json == "{}");
}

TEST_CASE("a reply that is no call is the answer") {
  Conversation conversation = about();
  const auto answer = advance(conversation, saying("120만원"));
  REQUIRE(answer);
  CHECK(answer->text == "120만원");
  CHECK(answer->tool_calls.empty());
  CHECK(answer->usage.tokens_in == 30);
}

TEST_CASE("calls are answered from the question set, and all of them are kept") {
  Conversation conversation = about();
  Completion first = calling({"search", "salary"});
  first.echo = "[signed]";
  REQUIRE_FALSE(advance(conversation, first));
  CHECK(conversation.step == 1);
  const auto& messages = conversation.request.messages;
  REQUIRE(messages.size() == 4);
  CHECK(messages[1].role == Role::assistant);
  CHECK(messages[1].echo == "[signed]");
  REQUIRE(messages[1].tool_calls.size() == 2);
  CHECK(messages[1].tool_calls[0].output.empty());  // it asked; it did not know
  CHECK(messages[2].role == Role::tool);
  CHECK(messages[2].text == "보상금 120만원");
  CHECK(messages[2].tool_calls.at(0).id == "call-search");
  CHECK_FALSE(messages[2].tool_calls.at(0).failed);
  CHECK(messages[3].text == "시간 초과");
  CHECK(messages[3].tool_calls.at(0).failed);

  const auto answer = advance(conversation, saying("120만원입니다."));
  REQUIRE(answer);
  CHECK(answer->text == "120만원입니다.");
  REQUIRE(answer->tool_calls.size() == 2);
  CHECK(answer->tool_calls[0].output == "보상금 120만원");
  CHECK(answer->tool_calls[1].failed);
  CHECK(answer->usage.tokens_in == 40);
  CHECK(answer->usage.tokens_out == 7);
  CHECK(answer->latency == std::chrono::milliseconds(150));
}

TEST_CASE("a tool that does not exist fails, and the model is told which there are") {
  const ToolCall call = answer_call({.name = "지도"}, k_tools);
  CHECK(call.failed);
  CHECK(call.output == "there is no tool '지도'; there are: search, salary");
}

TEST_CASE("a model that calls without end is stopped, with what it called") {
  Conversation conversation = about(2);
  REQUIRE_FALSE(advance(conversation, calling({"search"})));
  REQUIRE_FALSE(advance(conversation, calling({"search"})));
  const auto answer = advance(conversation, calling({"search"}));
  REQUIRE(answer);
  CHECK(answer->stop == Stop::tool_calls);
  REQUIRE(answer->tool_calls.size() == 3);
  CHECK(answer->tool_calls[1].output == "보상금 120만원");
  CHECK(answer->tool_calls[2].output.empty());  // asked for and never answered
}

TEST_CASE("calls where no tool was offered end the conversation") {
  Conversation conversation = about();
  conversation.tools = {};
  const auto answer = advance(conversation, calling({"search"}));
  REQUIRE(answer);
  CHECK(answer->tool_calls.size() == 1);
}

TEST_CASE("what a user says next is said after each finished answer") {
  Conversation conversation = about();
  conversation.later = {"정말?", "마감일은?"};
  Completion first = saying("120만원");
  first.echo = R"({"session":"a"})";
  first.passages = std::vector<Passage>{Passage{.id = "p"}};
  REQUIRE_FALSE(advance(conversation, first));
  CHECK(conversation.request.messages.back().text == "정말?");
  CHECK(conversation.request.messages[1].text == "120만원");
  CHECK(conversation.request.messages[1].echo == R"({"session":"a"})");
  REQUIRE_FALSE(advance(conversation, saying("네")));
  CHECK(conversation.request.messages.back().text == "마감일은?");
  CHECK(conversation.request.messages.back().role == Role::user);
  const auto answer = advance(conversation, saying("15일"));
  REQUIRE(answer);
  CHECK(answer->text == "15일");
  CHECK(answer->usage.tokens_out == 15);
  REQUIRE(answer->passages);  // of an earlier turn, where the last says nothing of them
  CHECK(answer->passages->size() == 1);
}

TEST_CASE("an earlier turn that was cut short or refused is not taken for the answer to the question") {
  for (const Stop stop : {Stop::length, Stop::refused, Stop::filtered}) {
    Conversation conversation = about();
    conversation.later = {"보상금은?"};
    Completion reply = saying("…");
    reply.stop = stop;
    REQUIRE_FALSE(advance(conversation, reply));
    CHECK(conversation.request.messages.back().text == "보상금은?");
    const auto answer = advance(conversation, reply);
    REQUIRE(answer);
    CHECK(answer->stop == stop);
  }
}

TEST_CASE("tokens that one reply does not tell are unknown for the whole") {
  Conversation conversation = about();
  Completion first = calling({"search"});
  first.usage.tokens_out.reset();
  REQUIRE_FALSE(advance(conversation, first));
  const auto answer = advance(conversation, saying("x"));
  REQUIRE(answer);
  CHECK_FALSE(answer->usage.tokens_out);
  CHECK(answer->usage.tokens_in == 40);
}

}  // namespace
}  // namespace plumb
