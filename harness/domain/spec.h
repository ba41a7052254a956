// What is compared: the systems under test and how each is run.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/http.h"
#include "domain/answer.h"
#include "domain/dataset.h"
#include "domain/prompt.h"

namespace plumb {

// US dollars for a million tokens. Reasoning counts as output.
struct Price {
  double input_usd = 0.0;
  double output_usd = 0.0;
  std::optional<double> cached_input_usd;  // of tokens_in, those that the vendor had in its cache; none: as input
  std::string as_of;                       // the day plumb's own table was read, "2026-11-22"; "" : from eval.yaml
};

// What an account may be asked, as its owner knows it; what is not set is found out.
struct RateLimits {
  std::optional<int> in_flight_max;
  std::optional<int> requests_per_minute;
  std::optional<std::int64_t> tokens_per_minute;  // in and out
  bool operator==(const RateLimits&) const = default;
};

// A chat bot or a retrieval system of one's own, behind HTTP. Pointers are JSON pointers (RFC 6901) into its reply.
struct HttpService {
  std::string method = "POST";
  std::vector<std::pair<std::string, std::string>> headers;  // {{key}} in a value is the key
  // A JSON document in whose strings {{question}}, {{prompt}}, ... are replaced (domain/service_body.h).
  std::string body_json = R"({"question":"{{question}}"})";
  std::optional<std::string> answer;  // to the text; a list of texts is joined; none: the first usual place there is
  std::string passages;               // to a list of what it relied on; "" : it does not say
  std::string passage_text, passage_title, passage_id;  // within one of them; "" : usual keys, or it is a string itself
  std::string tool_calls;                               // to a list of {name, arguments, output}; "" : none
  std::string session;                                  // to what {{session}} is from the second turn on; "" : ours
};

struct Model {
  std::string name;      // how reports call it
  std::string provider;  // the stem of a file in providers/, or "builtin"
  std::string id;        // how the provider calls it
  std::string base_url;  // "" : the provider's own
  std::string key_env;   // the variable that holds the key; never the key itself
  Parameters parameters;
  std::optional<Price> price;
  RateLimits rates;
  std::string api;                         // openai: "chat" or "responses"; "" : chat
  bool stream = false;                     // ask for the answer piece by piece: tells the time to the first token
  std::optional<HttpService> http;         // of provider http
  std::shared_ptr<const Program> program;  // of provider exec
  bool control = false;                    // oracle, mutant, abstain: sees the references, is never ranked
};

struct Retrieval {
  std::string name;
  std::string retriever = "gold";  // the stem of a file in retrieval/
  int passages_max = 5;
  std::string tables = "markdown";  // how tables are shown: markdown, html, csv, text
};

// One row of the leaderboard: a model, asked in one way, given sources in one way.
struct System {
  std::string name;    // "mini · plain · gold"
  std::string member;  // whose prompt it is
  std::string model;
  std::string prompt;  // "member/name"
  std::string retrieval;
  bool control = false;
  std::string digest;  // of the model as configured, the prompt and the retrieval: what can change an answer
};

// One square of the grid, by index into EvalSpec::systems and EvalSpec::questions.
struct Cell {
  int system = 0;
  int question = 0;
  int trial = 0;  // from 0
  auto operator<=>(const Cell&) const = default;
};

struct Limits {
  int in_flight_max = 16;  // requests at a time, per account (base URL and key)
  int cells_open_max = 1'024;
  int attempts_max = 4;
  int resend = 1;           // how often to ask again what was sent whole and got no reply that can be read
  int tool_rounds_max = 8;  // replies with tool calls in one conversation
  std::chrono::milliseconds request_timeout{120'000};
  std::optional<double> cost_max_usd;
};

// A season is a number of study sessions; weeks and sessions are counted in its time zone.
struct Season {
  int number = 1;
  std::optional<Day> starts;
  int sessions = 4;
  int days_between = 14;
  int utc_offset_minutes = 540;
};

// What must hold for a session to start; checked by `plumb check`.
struct Gate {
  std::optional<double> hallucination_rate_max;
  std::optional<double> hallucination_rise_max;
  std::optional<double> answer_rate_min;
  std::optional<double> cost_max_usd;
};

struct EvalSpec {
  std::string name;
  std::vector<Dataset> datasets;
  std::vector<Question> questions;  // of all datasets, in order; Question::dataset says which
  std::vector<Model> models;
  std::vector<PromptTemplate> prompts;
  std::vector<Retrieval> retrievals;
  std::vector<System> systems;  // the product of models, prompts and retrievals, less what a prompt excludes
  std::vector<std::string> scorers;
  int trials = 1;
  std::uint64_t seed = 1;
  Limits limits;
  Season season;
  Gate gate;
  std::string store;  // path of the database

  const Model& model(const std::string& name) const;
  const PromptTemplate& prompt(const std::string& member_and_name) const;
  const Retrieval& retrieval(const std::string& name) const;
  const Dataset& dataset(const std::string& name) const;
};

// Fills `systems` (names, digests, order: by model, then prompt, then retrieval) and `questions`.
void expand(EvalSpec&);

// What a request is: endpoint, model id, parameters, messages, tools and trial; for a service or a program of one's
// own also the question and the passages. Equal digests, equal questions asked.
std::string request_digest(const Model&, const ChatRequest&, int trial);

}  // namespace plumb
