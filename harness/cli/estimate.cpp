#include "cli/estimate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/text.h"
#include "domain/cost.h"

namespace plumb {

namespace {

constexpr int k_answer_tokens = 150;
constexpr int k_requests_with_tools = 3;  // a call or two, then the answer
constexpr double k_seconds_per_reply = 3.0;

// About a token for four Latin letters or for one and a half syllables.
std::int64_t tokens_of(std::string_view text) {
  double tokens = 0.0;
  for (std::size_t at = 0; at < text.size();) tokens += next_code_point(text, at) < 0x80 ? 0.25 : 0.7;
  return static_cast<std::int64_t>(tokens) + 4;
}

// What the model is shown is not known before the retrieval has run; its own passages are as long as any.
std::vector<Passage> likely_passages(const EvalSpec& spec, const Question& question, const Retrieval& retrieval) {
  std::vector<Passage> passages;
  if (question.closed_book || retrieval.retriever == "none") return passages;
  const Dataset& dataset = spec.dataset(question.dataset);
  for (const std::string& id : question.passages) {
    if (const Passage* passage = dataset.find_passage(id)) passages.push_back(*passage);
  }
  return passages;
}

struct Load {
  std::int64_t requests = 0, tokens_in = 0, tokens_out = 0;
};

Load load_of(const EvalSpec& spec, const System& system) {
  const PromptTemplate& prompt = spec.prompt(system.prompt);
  const Retrieval& retrieval = spec.retrieval(system.retrieval);
  Load load;
  for (const Question& question : spec.questions) {
    const auto passages = likely_passages(spec, question, retrieval);
    std::int64_t tokens = 0;
    for (const Message& message : render(prompt, question, passages)) tokens += tokens_of(message.text);
    const auto turns = static_cast<std::int64_t>(prompt.turns.size()) + 1;
    const std::int64_t requests = question.tools.empty() ? turns : turns - 1 + k_requests_with_tools;
    load.requests += requests;
    load.tokens_in += requests * tokens + requests * (requests - 1) / 2 * k_answer_tokens;
    load.tokens_out += requests * k_answer_tokens;
  }
  load.requests *= spec.trials;
  load.tokens_in *= spec.trials;
  load.tokens_out *= spec.trials;
  return load;
}

double seconds_for(const Load& load, const Model& model, const Limits& limits) {
  const double at_a_time = std::max(1, model.rates.in_flight_max.value_or(limits.in_flight_max));
  double seconds = static_cast<double>(load.requests) * k_seconds_per_reply / at_a_time;
  if (const auto rate = model.rates.requests_per_minute)
    seconds = std::max(seconds, 60.0 * static_cast<double>(load.requests) / *rate);
  if (const auto rate = model.rates.tokens_per_minute)
    seconds =
        std::max(seconds, 60.0 * static_cast<double>(load.tokens_in + load.tokens_out) / static_cast<double>(*rate));
  return seconds;
}

std::string with_commas(std::int64_t number) {
  std::string digits = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

std::string words_of(std::chrono::seconds time) {
  if (time < std::chrono::minutes(1)) return "under a minute";
  const auto minutes = (time.count() + 30) / 60;
  return minutes < 120 ? fmt::format("about {} min", minutes) : fmt::format("about {} h", (minutes + 30) / 60);
}

}  // namespace

Estimate estimate(const EvalSpec& spec) {
  Estimate total;
  total.cells = spec.systems.size() * spec.questions.size() * static_cast<std::size_t>(spec.trials);
  std::map<std::string, double> seconds;  // by account: they are asked side by side
  for (const System& system : spec.systems) {
    const Model& model = spec.model(system.model);
    if (model.provider == "builtin") continue;
    const Load load = load_of(spec, system);
    total.requests += load.requests;
    total.tokens_in += load.tokens_in;
    total.tokens_out += load.tokens_out;
    const auto cost = cost_of(model.price, {.tokens_in = load.tokens_in, .tokens_out = load.tokens_out});
    total.cost_usd += cost.value_or(0.0);
    total.price_unknown = total.price_unknown || !cost;
    if (model.price && !model.price->as_of.empty()) total.prices_as_of = model.price->as_of;
    seconds[model.provider + model.base_url + model.key_env] += seconds_for(load, model, spec.limits);
  }
  for (const auto& [account, each] : seconds)
    total.time = std::max(total.time, std::chrono::seconds(std::llround(each)));
  return total;
}

std::string describe(const Estimate& estimate) {
  if (estimate.requests == 0) return "over the network: nothing";
  std::string prices = estimate.price_unknown ? " and what models without a price cost" : "";
  if (!estimate.prices_as_of.empty()) prices += fmt::format(" (prices of {})", estimate.prices_as_of);
  return fmt::format("over the network: {} requests, about {} tokens in, {} out, ${:.2f}{}; {}",
                     with_commas(estimate.requests), with_commas(estimate.tokens_in), with_commas(estimate.tokens_out),
                     estimate.cost_usd, prices, words_of(estimate.time));
}

}  // namespace plumb
