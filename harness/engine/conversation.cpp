#include "engine/conversation.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace plumb {

namespace {

void add(std::optional<std::int64_t>& sum, const std::optional<std::int64_t>& more) {
  if (more) sum = sum.value_or(0) + *more;
}

// What was not told once is unknown for the whole: half a bill is no bill.
Usage sum_of(const Usage& before, const Usage& now, bool first) {
  if (first) return now;
  Usage sum = before;
  add(sum.tokens_reasoning, now.tokens_reasoning);
  add(sum.tokens_cached, now.tokens_cached);
  sum.tokens_in = before.tokens_in && now.tokens_in ? std::optional(*before.tokens_in + *now.tokens_in) : std::nullopt;
  sum.tokens_out =
      before.tokens_out && now.tokens_out ? std::optional(*before.tokens_out + *now.tokens_out) : std::nullopt;
  return sum;
}

// The reply as the whole answer up to here.
Completion joined(Conversation& conversation, Completion reply) {
  Completion& before = conversation.so_far;
  reply.usage = sum_of(before.usage, reply.usage, conversation.step == 0);
  reply.latency += before.latency;
  if (!reply.passages) reply.passages = std::move(before.passages);
  before.tool_calls.insert(before.tool_calls.end(), std::make_move_iterator(reply.tool_calls.begin()),
                           std::make_move_iterator(reply.tool_calls.end()));
  reply.tool_calls = std::move(before.tool_calls);
  return reply;
}

}  // namespace

std::vector<ToolOffer> offers(std::span<const OfferedTool> tools) {
  std::vector<ToolOffer> all;
  for (const OfferedTool& tool : tools) all.push_back({tool.name, tool.description, tool.parameters_json});
  return all;
}

ToolCall answer_call(ToolCall call, std::span<const OfferedTool> tools) {
  const auto tool = std::ranges::find_if(tools, [&](const OfferedTool& each) { return each.name == call.name; });
  if (tool == tools.end()) {
    std::vector<std::string> names;
    for (const OfferedTool& each : tools) names.push_back(each.name);
    call.output = fmt::format("there is no tool '{}'; there are: {}", call.name, fmt::join(names, ", "));
    call.failed = true;
  } else {
    call.failed = !tool->error.empty();
    call.output = call.failed ? tool->error : tool->output;
  }
  return call;
}

std::optional<Completion> advance(Conversation& conversation, Completion reply) {
  ChatRequest& request = conversation.request;
  // Calls that come with their outputs were made by a service of its own accord; they ask for nothing.
  const bool calls = reply.stop == Completion::Stop::tool_calls && !reply.tool_calls.empty();
  const bool to_answer =
      calls && !conversation.tools.empty() && conversation.tool_rounds < conversation.tool_rounds_max;
  // However an earlier turn ended: what was said to a greeting is no answer to the question.
  const bool to_go_on = !calls && !conversation.later.empty();
  if (!to_answer && !to_go_on) return joined(conversation, std::move(reply));

  Message said{.role = Message::Role::assistant, .text = reply.text, .echo = reply.echo};
  if (to_answer) {
    ++conversation.tool_rounds;
    said.tool_calls = reply.tool_calls;
    request.messages.push_back(std::move(said));
    for (ToolCall& call : reply.tool_calls) {
      call = answer_call(std::move(call), conversation.tools);
      request.messages.push_back({.role = Message::Role::tool, .text = call.output, .tool_calls = {call}});
    }
  } else {
    request.messages.push_back(std::move(said));
    request.messages.push_back({.role = Message::Role::user, .text = std::move(conversation.later.front())});
    conversation.later.erase(conversation.later.begin());
  }
  Completion whole = joined(conversation, std::move(reply));
  conversation.so_far = std::move(whole);
  ++conversation.step;
  return std::nullopt;
}

}  // namespace plumb
