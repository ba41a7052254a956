// What is computed for a cell, without I/O: which request it makes, what its answer was, what that is worth.
//
// These run on workers. They read what is fixed for the run and write only what is handed to them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/http.h"
#include "base/step.h"
#include "controls/control.h"
#include "domain/sink.h"
#include "domain/spec.h"
#include "engine/conversation.h"
#include "engine/lane.h"
#include "providers/provider.h"
#include "retrieval/retriever.h"
#include "scorers/scorer.h"

namespace plumb {

// A model of the spec with all that is needed to ask it. Exactly one of provider and control is set.
struct Endpoint {
  const Model* model = nullptr;
  const Provider* provider = nullptr;
  const Control* control = nullptr;
  std::string key;          // goes to Provider::encode and nowhere else
  std::string missing_key;  // the variable that should hold the key and does not; "": all is well
  std::string account;      // whose rate limit its requests count against
};

// By name; made once, then const and shared by all threads.
using Endpoints = std::unordered_map<std::string, Endpoint>;

// Scheme, host and port of a URL; the whole of it if it has no scheme.
std::string origin_of(const std::string& url);

// What one cell is made of; all of it outlives the cell.
struct Assignment {
  const Question* question = nullptr;
  const PromptTemplate* prompt = nullptr;
  const Retriever* retriever = nullptr;  // null: no passages are shown
  const Endpoint* endpoint = nullptr;
  int trial = 0;
  int tool_rounds_max = 0;
  std::uint64_t control_seed = 0;
  std::string session;  // of this cell in this run, and of no other
};

// A question put to a model: what is to be sent, or what came of it without sending anything.
struct Outgoing {
  const Endpoint* endpoint = nullptr;
  // Equal for the same bytes to the same model at the same address for the same trial; 32 hex digits. Of what is
  // not sent: of the request as a value.
  std::string request_key;
  std::int64_t tokens_expected = 0;  // in and out
  std::variant<HttpRequest, Reply> content;
  std::optional<int> tokens_max;  // of the reply, as the request says
};

struct Prepared {
  std::vector<Passage> passages;
  Conversation conversation;
  Outgoing outgoing;  // its first request
};

// Retrieves, renders and encodes. Ask: the retriever's own requests; Failure: it could not retrieve.
std::variant<Ask<HttpRequest>, Failure, Prepared> prepare(const Assignment&, std::span<const HttpResponse> retrieved);

// One request of a conversation. `alone`: it is all of it; then the session is no part of what is asked, so that equal
// questions to a service that is told the session are equal requests.
Outgoing outgoing(const Endpoint&, const ChatRequest&, int trial, bool alone);

// The same for a question a scorer puts to a model. A model unknown to the spec, or a control, gives a Failure.
Outgoing outgoing(const Endpoints&, const ChatRequest&, int trial);

// The record of one exchange, less the passages.
AnswerRecord record_of(std::string request_key, Landing);
AnswerRecord record_of(std::string request_key, Reply);  // nothing was sent
// None if the reply cannot be read: then it is as if it were not known.
std::optional<AnswerRecord> record_of(const Endpoint&, std::string request_key, KnownReply);

// Adds a further exchange to what is known of an answer: its reply takes the place of the last one's.
void fold(AnswerRecord& whole, AnswerRecord exchange);

// How far the scorers have come with one answer.
struct Scoring {
  std::vector<Score> scores;
  std::vector<Reply> replies;  // to all that the scorer at work has asked
  int rounds = 0;              // of asking, by the scorer at work
};

// Runs the scorers in order, from the first without a score, until one asks or all have spoken. A scorer that
// asks without end is given up with an empty score that says so.
std::variant<Ask<ChatRequest>, OutcomeOf> advance(std::span<const Scorer* const>, std::span<const std::string> names,
                                                  const Case&, Scoring&);

}  // namespace plumb
