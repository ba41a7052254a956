// Several requests for one answer: tools that a model calls are answered, and a user who says more than one thing
// says the next. Pure; the engine does the asking.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "domain/answer.h"
#include "domain/dataset.h"

namespace plumb {

struct Conversation {
  ChatRequest request;                 // what to send next
  std::vector<std::string> later;      // what the user has yet to say, in order
  std::span<const OfferedTool> tools;  // with the outputs that the model is told when it calls them
  int tool_rounds_max = 0;             // replies with calls that are answered; one more ends the conversation
  int step = 0;                        // requests answered so far
  int tool_rounds = 0;                 // of those, the ones that called tools
  Completion so_far;                   // tokens, time and calls of the replies so far
};

// What a model is told of the tools: never what they give back.
std::vector<ToolOffer> offers(std::span<const OfferedTool>);

// The call with its output filled in. Whatever the arguments are, a tool gives the output that the question set
// says; one that is to fail, and one that does not exist, fail.
ToolCall answer_call(ToolCall, std::span<const OfferedTool>);

// Takes the reply to `request`. None: there is a next request, now in the conversation. Else the whole answer: the
// text of the last reply, the tokens and the time of all, and every call with its output; Stop::tool_calls if the
// model still called tools when the rounds were used up.
std::optional<Completion> advance(Conversation&, Completion reply);

}  // namespace plumb
