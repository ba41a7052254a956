// What is sent to a model and what came back: completions, and the ways in which there can be none.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "domain/dataset.h"

namespace plumb {

// A tool that a model may call, as it is told of it.
struct ToolOffer {
  std::string name;
  std::string description;
  std::string parameters_json;  // a JSON Schema; "" where the tool takes nothing
};

// One call of a tool: as the model asked for it, and what came back.
struct ToolCall {
  std::string id;         // the vendor's, unique within its message; "" where it gives none
  std::string name;       // as the model wrote it: there may be no such tool
  std::string arguments;  // JSON as the model wrote it, which may be none
  std::string output;     // what the model was told; "" until it is answered
  bool failed = false;    // the tool failed, or there is none of that name
};

struct Message {
  enum class Role { system, user, assistant, tool };
  Role role = Role::user;
  std::string text;                  // of a tool: its output
  std::vector<ToolCall> tool_calls;  // of an assistant: what it asked for; of a tool: the one call it answers
  std::string echo;                  // of an assistant: Completion::echo
};

// Sampling parameters; what is not set is left to the vendor and not sent.
struct Parameters {
  std::optional<double> temperature;
  std::optional<double> top_p;
  std::optional<int> tokens_max;
  std::optional<std::int64_t> seed;
  std::optional<bool> logprobs;  // of the answer's tokens, where the vendor offers them
  std::string extra_json;        // a JSON object of what only this vendor knows, merged into the body; "" : none
  bool operator==(const Parameters&) const = default;
};
std::string digest(const Parameters&);

// One question to one model, in no vendor's dialect. Holds nothing of the references.
struct ChatRequest {
  std::string model;  // names an entry of EvalSpec::models
  std::vector<Message> messages;
  Parameters parameters;
  std::vector<ToolOffer> tools;
  std::string question;           // as asked, for systems that are more than a model
  std::vector<Passage> passages;  // as shown
  std::string session;            // equal for all requests of one conversation, and of no other
};

struct Usage {
  std::optional<std::int64_t> tokens_in, tokens_out, tokens_reasoning, tokens_cached;
};

// Natural logarithms of the probabilities of the tokens of an answer.
struct Logprobs {
  double mean = 0.0;
  double min = 0.0;
  int tokens = 0;  // at least 1
};

struct Completion {
  enum class Stop { finished, length, filtered, refused, tool_calls, unknown };
  std::string text;
  Stop stop = Stop::unknown;
  Usage usage;
  std::string model_answered;  // as the vendor names it
  std::string request_id;
  std::chrono::milliseconds latency{};
  std::optional<std::chrono::milliseconds> first_token;  // only when streamed
  // As decoded, what the model asks for; in a finished answer, every call of the conversation, answered.
  std::vector<ToolCall> tool_calls;
  std::optional<Logprobs> logprobs;
  // What a service that retrieves for itself says it relied on; none where the harness retrieved.
  std::optional<std::vector<Passage>> passages;
  // This message in the vendor's own form, where it must be sent back unchanged in the next request of the
  // conversation (signed reasoning); "" where role, text and calls say it all.
  std::string echo;
};

// Why there is no completion. A failure is a result to be stored and counted, not an exception;
// it is never scored as a wrong answer.
struct Failure {
  enum class Kind {
    timeout,      // no reply within the time, and it is known that none was worked on
    network,      // no connection, or a server's own failure
    throttled,    // too fast, until patience ended
    rejected,     // the vendor refused the request, or the account
    malformed,    // a reply that cannot be read
    over_budget,  // would have cost more than was allowed
    cancelled,    // the run was stopped first
    retrieval,    // no passages could be had
    unclear,      // sent whole, no complete reply: it may have been worked on, and billed
  };
  Kind kind = Kind::network;
  int http_status = 0;
  std::string message;
};

using Reply = std::variant<Completion, Failure>;

const char* to_string(Completion::Stop);
const char* to_string(Failure::Kind);
std::optional<Completion::Stop> stop_of(std::string_view);
std::optional<Failure::Kind> failure_kind_of(std::string_view);

}  // namespace plumb
