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

struct Message {
  enum class Role { system, user, assistant, tool };
  Role role = Role::user;
  std::string text;
};

// Sampling parameters; what is not set is left to the vendor and not sent.
struct Parameters {
  std::optional<double> temperature;
  std::optional<double> top_p;
  std::optional<int> tokens_max;
  std::optional<std::int64_t> seed;
  bool operator==(const Parameters&) const = default;
};
std::string digest(const Parameters&);

// One question to one model, in no vendor's dialect. Holds nothing of the references.
struct ChatRequest {
  std::string model;  // names an entry of EvalSpec::models
  std::vector<Message> messages;
  Parameters parameters;
  std::string question;           // as asked, for systems that are more than a model
  std::vector<Passage> passages;  // as shown
};

struct Usage {
  std::optional<std::int64_t> tokens_in, tokens_out, tokens_reasoning, tokens_cached;
};

struct Completion {
  enum class Stop { finished, length, filtered, refused, tool_calls, unknown };
  std::string text;
  Stop stop = Stop::unknown;
  Usage usage;
  std::string model_answered;  // as the vendor names it
  std::string request_id;
  std::chrono::milliseconds latency{};
};

// Why there is no completion. A failure is a result to be stored and counted, not an exception;
// it is never scored as a wrong answer.
struct Failure {
  enum class Kind { timeout, network, throttled, rejected, malformed, over_budget, cancelled, retrieval };
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
