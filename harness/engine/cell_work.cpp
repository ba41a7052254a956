#include "engine/cell_work.h"

#include <fmt/format.h>

#include <utility>

#include "base/check.h"
#include "base/digest.h"
#include "base/text.h"

namespace plumb {

namespace {

constexpr int k_rounds_max = 16;
constexpr std::size_t k_key_bytes_worth_hiding = 16;  // "ollama" or "EMPTY" is no secret, and may be part of an answer

Outgoing to_send(const Endpoint& endpoint, const ChatRequest& request, int trial) {
  const Model& model = *endpoint.model;
  Outgoing out{&endpoint, request_digest(model, request, trial), "", Reply(Failure{})};
  if (!endpoint.missing_key.empty()) {
    out.content = Reply(Failure{Failure::Kind::rejected, 0, endpoint.missing_key + " is not set"});
  } else if (auto computed = endpoint.provider->answer(model, request)) {
    out.content = Reply(*std::move(computed));
  } else {
    HttpRequest http = endpoint.provider->encode(model, request, endpoint.key);
    out.key = Digester().add(endpoint.account).add(http.url).add(http.body).add(trial).hex();
    out.content = std::move(http);
  }
  return out;
}

std::string without_key(std::string text, const std::string& key) {
  if (key.size() < k_key_bytes_worth_hiding) return text;
  return replace_all(std::move(text), key, "[key]");
}

// Vendors bill what they answered. A refusal by status costs nothing; of what got lost nobody knows.
void price(AnswerRecord& record, const Model& model, bool may_be_billed) {
  const auto* completion = std::get_if<Completion>(&record.reply);
  if (!completion) {
    record.cost_known = !may_be_billed;
    return;
  }
  const Usage& usage = completion->usage;
  if (!model.price || !usage.tokens_in || !usage.tokens_out) return;
  record.cost_known = true;
  record.cost_usd = (static_cast<double>(*usage.tokens_in) * model.price->input_usd +
                     static_cast<double>(*usage.tokens_out) * model.price->output_usd) /
                    1e6;
}

}  // namespace

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
  // A seed fixed for all trials would buy the same answer again and again.
  if (request.parameters.seed) *request.parameters.seed += cell.trial;
  request.question = cell.question->text;
  request.passages = prepared.passages;

  if (cell.endpoint->control) {
    Completion completion;
    ControlAnswer answer = cell.endpoint->control->answer(*cell.question, cell.control_seed);
    completion.text = std::move(answer.text);
    completion.stop = Completion::Stop::finished;
    // Stored with the answer, so that a board can say which kinds of planted error were caught.
    completion.model_answered = cell.endpoint->model->id + (answer.planted.empty() ? "" : ":" + answer.planted);
    prepared.outgoing = {cell.endpoint, request_digest(*cell.endpoint->model, request, cell.trial), "",
                         Reply(std::move(completion))};
  } else {
    prepared.outgoing = to_send(*cell.endpoint, request, cell.trial);
  }
  return prepared;
}

Outgoing outgoing(const Endpoints& endpoints, const ChatRequest& request, int trial) {
  const auto it = endpoints.find(request.model);
  if (it == endpoints.end() || it->second.control) {
    const char* what = it == endpoints.end() ? "there is no model '{}'" : "'{}' is a control and answers no questions";
    return {nullptr, "", "",
            Reply(Failure{Failure::Kind::rejected, 0, fmt::format(fmt::runtime(what), request.model)})};
  }
  return to_send(it->second, request, trial);
}

AnswerRecord record_of(const Endpoint& endpoint, std::string request_digest, Landing landing) {
  AnswerRecord record;
  record.request_digest = std::move(request_digest);
  record.attempts = landing.attempts;
  record.answered_at = wall_clock();
  landing.response.body = without_key(std::move(landing.response.body), endpoint.key);
  bool may_be_billed = false;
  if (landing.failure) {
    const Failure::Kind kind = landing.failure->kind;
    may_be_billed = landing.attempts > 0 && kind != Failure::Kind::rejected && kind != Failure::Kind::throttled;
    landing.failure->message = without_key(std::move(landing.failure->message), endpoint.key);
    record.reply = *std::move(landing.failure);
  } else if (auto completion = endpoint.provider->decode(landing.response)) {
    completion->latency = landing.response.latency;
    record.reply = *std::move(completion);
  } else {
    may_be_billed = true;
    record.reply = Failure{Failure::Kind::malformed, landing.response.status, completion.error().message};
  }
  record.raw_body = std::move(landing.response.body);
  price(record, *endpoint.model, may_be_billed);
  return record;
}

AnswerRecord record_of(std::string request_digest, Reply reply) {
  AnswerRecord record;
  record.reply = std::move(reply);
  record.request_digest = std::move(request_digest);
  record.answered_at = wall_clock();
  record.cost_known = true;
  return record;
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
