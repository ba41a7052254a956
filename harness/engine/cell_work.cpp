#include "engine/cell_work.h"

#include <fmt/format.h>

#include <utility>

#include "base/check.h"
#include "base/digest.h"
#include "base/text.h"
#include "domain/cost.h"

namespace plumb {

namespace {

constexpr int k_rounds_max = 16;
constexpr std::int64_t k_answer_tokens = 500;  // expected where the request names no limit
constexpr std::size_t k_bytes_per_token = 3;   // of a request's body; a syllable of Hangul is one token or two

// A key stands in a header, and neither it nor where it stands is what is asked.
std::string key_of(const Endpoint& endpoint, const HttpRequest& request, const std::string& session, int trial) {
  Digester digester;
  digester.add(endpoint.model->name).add(request.method).add(request.url).add(trial);
  if (!session.empty() && contains(request.body, session)) {
    digester.add(replace_all(request.body, session, ""));
  } else {
    digester.add(request.body);
  }
  for (const auto& [name, value] : request.headers) {
    const bool secret = !endpoint.key.empty() && contains(value, endpoint.key);
    digester.add(name).add(secret ? "" : value);
  }
  if (request.program) {
    for (const std::string& word : request.program->command) digester.add(word);
  }
  return digester.hex();
}

}  // namespace

Outgoing outgoing(const Endpoint& endpoint, const ChatRequest& request, int trial, bool alone) {
  const Model& model = *endpoint.model;
  const auto without_sending = [&](Reply reply) {
    return Outgoing{&endpoint, request_digest(model, request, trial), 0, std::move(reply)};
  };
  if (!endpoint.missing_key.empty()) {
    return without_sending(Failure{Failure::Kind::rejected, 0, endpoint.missing_key + " is not set"});
  }
  if (auto computed = endpoint.provider->answer(model, request)) return without_sending(*std::move(computed));
  HttpRequest http = endpoint.provider->encode(model, request, endpoint.key);
  const auto tokens_in = static_cast<std::int64_t>(http.body.size() / k_bytes_per_token);
  const std::int64_t tokens_out = request.parameters.tokens_max.value_or(k_answer_tokens);
  return {&endpoint, key_of(endpoint, http, alone ? request.session : "", trial), tokens_in + tokens_out,
          std::move(http), request.parameters.tokens_max};
}

std::string origin_of(const std::string& url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string::npos) return url;
  return url.substr(0, url.find_first_of("/?#", scheme + 3));
}

std::variant<Ask<HttpRequest>, Failure, Prepared> prepare(const Assignment& cell,
                                                          std::span<const HttpResponse> retrieved) {
  Prepared prepared;
  if (cell.retriever) {
    auto step = cell.retriever->next(*cell.question, retrieved);
    if (auto* ask = std::get_if<Ask<HttpRequest>>(&step)) {
      PLUMB_CHECK(!ask->requests.empty());
      return std::move(*ask);
    }
    auto& passages = std::get<Result<std::vector<Passage>>>(step);
    if (!passages) return Failure{Failure::Kind::retrieval, 0, passages.error().message};
    prepared.passages = *std::move(passages);
  }

  ChatRequest request;
  request.model = cell.endpoint->model->name;
  request.messages = render(*cell.prompt, *cell.question, prepared.passages);
  request.parameters = cell.endpoint->model->parameters;
  const Parameters& own = cell.prompt->parameters;
  if (own.temperature) request.parameters.temperature = own.temperature;
  if (own.top_p) request.parameters.top_p = own.top_p;
  if (own.tokens_max) request.parameters.tokens_max = own.tokens_max;
  if (own.seed) request.parameters.seed = own.seed;
  if (own.logprobs) request.parameters.logprobs = own.logprobs;
  if (!own.extra_json.empty()) request.parameters.extra_json = own.extra_json;
  // A seed fixed for all trials would buy the same answer again and again.
  if (request.parameters.seed) *request.parameters.seed += cell.trial;
  request.tools = offers(cell.question->tools);
  request.question = cell.question->text;
  request.passages = prepared.passages;
  request.session = cell.session;

  if (cell.endpoint->control) {
    Completion completion;
    ControlAnswer answer = cell.endpoint->control->answer(*cell.question, cell.control_seed);
    completion.text = std::move(answer.text);
    completion.stop = Completion::Stop::finished;
    // Stored with the answer, so that a board can say which kinds of planted error were caught.
    completion.model_answered = cell.endpoint->model->id + (answer.planted.empty() ? "" : ":" + answer.planted);
    prepared.outgoing = {cell.endpoint, request_digest(*cell.endpoint->model, request, cell.trial), 0,
                         Reply(std::move(completion))};
  } else {
    const bool alone = cell.prompt->turns.empty() && request.tools.empty();
    prepared.outgoing = outgoing(*cell.endpoint, request, cell.trial, alone);
  }
  prepared.conversation = {.request = std::move(request),
                           .later = render_later_turns(*cell.prompt, *cell.question, prepared.passages),
                           .tools = cell.question->tools,
                           .tool_rounds_max = cell.tool_rounds_max};
  return prepared;
}

Outgoing outgoing(const Endpoints& endpoints, const ChatRequest& request, int trial) {
  const auto it = endpoints.find(request.model);
  if (it == endpoints.end() || it->second.control) {
    const char* what = it == endpoints.end() ? "there is no model '{}'" : "'{}' is a control and answers no questions";
    return {nullptr, "", 0, Reply(Failure{Failure::Kind::rejected, 0, fmt::format(fmt::runtime(what), request.model)})};
  }
  return outgoing(it->second, request, trial, true);
}

AnswerRecord record_of(std::string request_key, Landing landing) {
  AnswerRecord record;
  record.request_digest = std::move(request_key);
  record.attempts = landing.attempts;
  record.unclear = landing.unclear;
  record.attempt = landing.attempt;
  record.answered_at = wall_clock();
  record.cost_usd = landing.cost_usd;
  record.cost_known = landing.cost_known;
  record.raw_body = std::move(landing.response.body);
  if (landing.failure) {
    record.reply = *std::move(landing.failure);
  } else {
    PLUMB_CHECK(landing.completion);
    landing.completion->latency = landing.response.latency;
    record.reply = *std::move(landing.completion);
  }
  return record;
}

AnswerRecord record_of(std::string request_key, Reply reply) {
  AnswerRecord record;
  record.reply = std::move(reply);
  record.request_digest = std::move(request_key);
  record.answered_at = wall_clock();
  record.cost_known = true;
  return record;
}

std::optional<AnswerRecord> record_of(const Endpoint& endpoint, std::string request_key, KnownReply known) {
  auto completion = endpoint.provider->decode_for(*endpoint.model, known.response);
  if (!completion) return std::nullopt;
  completion->latency = known.response.latency;
  AnswerRecord record;
  record.request_digest = std::move(request_key);
  record.answered_at = wall_clock();
  record.attempt = known.attempt;
  record.cached = !known.of_this_run;
  record.cost_known = true;
  if (known.of_this_run) {
    record.attempts = known.attempts;
    record.unclear = known.unclear;
    const auto cost = cost_of(endpoint.model->price, completion->usage);
    record.cost_known = cost.has_value();
    record.cost_usd = cost.value_or(0.0);
  }
  record.raw_body = std::move(known.response.body);
  record.reply = *std::move(completion);
  return record;
}

void fold(AnswerRecord& whole, AnswerRecord exchange) {
  const bool first = whole.request_digest.empty();
  if (!first) {
    exchange.request_digest = std::move(whole.request_digest);
    exchange.attempts += whole.attempts;
    exchange.unclear += whole.unclear;
    exchange.cached = exchange.cached && whole.cached;
    exchange.cost_usd += whole.cost_usd;
    exchange.cost_known = exchange.cost_known && whole.cost_known;
  }
  whole = std::move(exchange);
}

std::variant<Ask<ChatRequest>, OutcomeOf> advance(std::span<const Scorer* const> scorers,
                                                  std::span<const std::string> names, const Case& given,
                                                  Scoring& scoring) {
  while (scoring.scores.size() < scorers.size()) {
    const std::size_t at = scoring.scores.size();
    auto step = scorers[at]->next(given, scoring.replies);
    if (auto* ask = std::get_if<Ask<ChatRequest>>(&step)) {
      PLUMB_CHECK(!ask->requests.empty());
      if (++scoring.rounds <= k_rounds_max) return std::move(*ask);
      Score gave_up;
      gave_up.why = fmt::format("asked {} times and came to no verdict", k_rounds_max);
      step = std::move(gave_up);
    }
    Score& score = std::get<Score>(step);
    if (score.scorer.empty()) score.scorer = names[at];
    scoring.scores.push_back(std::move(score));
    scoring.replies.clear();
    scoring.rounds = 0;
  }
  return decide_outcome(given.question, Reply(given.answer), scoring.scores);
}

}  // namespace plumb
