#include "store/spec_json.h"

#include "base/json.h"

namespace plumb {
namespace {

template <class Value>
Json to_json(const std::optional<Value>& value) {
  return value ? Json(*value) : Json();
}

// A document that is kept as text; as text where it is none.
Json as_json(const std::string& text) {
  auto json = parse_json(text);
  return json ? *std::move(json) : Json(text);
}

// What was added later is there only where it is set.
Json to_json(const Parameters& parameters) {
  Json json = {{"temperature", to_json(parameters.temperature)},
               {"top_p", to_json(parameters.top_p)},
               {"tokens_max", to_json(parameters.tokens_max)},
               {"seed", to_json(parameters.seed)}};
  if (parameters.logprobs) json["logprobs"] = *parameters.logprobs;
  if (!parameters.extra_json.empty()) json["extra"] = as_json(parameters.extra_json);
  return json;
}

Json to_json(const Price& price) {
  Json json = {{"input_usd", price.input_usd}, {"output_usd", price.output_usd}};
  if (price.cached_input_usd) json["cached_input_usd"] = *price.cached_input_usd;
  if (!price.as_of.empty()) json["as_of"] = price.as_of;
  return json;
}

// Of headers the names only: what stands in a value may be a secret that nobody recognised.
Json to_json(const HttpService& http) {
  Json headers = Json::array();
  for (const auto& [name, value] : http.headers) headers.push_back(name);
  return {{"method", http.method},
          {"headers", std::move(headers)},
          {"body", as_json(http.body_json)},
          {"answer", to_json(http.answer)},
          {"passages", http.passages},
          {"passage_text", http.passage_text},
          {"passage_title", http.passage_title},
          {"passage_id", http.passage_id},
          {"tool_calls", http.tool_calls},
          {"session", http.session}};
}

Json to_json(const RateLimits& rates) {
  return {{"in_flight_max", to_json(rates.in_flight_max)},
          {"requests_per_minute", to_json(rates.requests_per_minute)},
          {"tokens_per_minute", to_json(rates.tokens_per_minute)}};
}

Json to_json(const Dataset& dataset) {
  return {{"name", dataset.name},       {"title", dataset.title},     {"language", dataset.language},
          {"license", dataset.license}, {"version", dataset.version}, {"digest", dataset.digest}};
}

Json to_json(const Model& model) {
  Json json = {{"name", model.name},       {"provider", model.provider},
               {"id", model.id},           {"base_url", without_credentials(model.base_url)},
               {"key_env", model.key_env}, {"parameters", to_json(model.parameters)},
               {"control", model.control}};
  if (!model.api.empty()) json["api"] = model.api;
  if (model.stream) json["stream"] = true;
  if (model.http) json["http"] = to_json(*model.http);
  if (model.program) {
    json["command"] = model.program->command;
    json["memory_mb_max"] = model.program->memory_mb_max;
  }
  if (!(model.rates == RateLimits{})) json["rates"] = to_json(model.rates);
  if (model.price) json["price"] = to_json(*model.price);
  return json;
}

Json to_json(const PromptTemplate& prompt) {
  Json json = {{"member", prompt.member},           {"name", prompt.name},
               {"description", prompt.description}, {"models", prompt.models},
               {"retrievals", prompt.retrievals},   {"digest", prompt.digest}};
  if (!prompt.turns.empty()) json["turns"] = prompt.turns.size() + 1;
  return json;
}

Json to_json(const Retrieval& retrieval) {
  return {{"name", retrieval.name},
          {"retriever", retrieval.retriever},
          {"passages_max", retrieval.passages_max},
          {"tables", retrieval.tables}};
}

Json to_json(const System& system) { return {{"name", system.name}, {"digest", system.digest}}; }

Json to_json(const Limits& limits) {
  return {{"in_flight_max", limits.in_flight_max},       {"cells_open_max", limits.cells_open_max},
          {"attempts_max", limits.attempts_max},         {"resend", limits.resend},
          {"tool_rounds_max", limits.tool_rounds_max},   {"request_timeout_ms", limits.request_timeout.count()},
          {"cost_usd_max", to_json(limits.cost_max_usd)}};
}

Json to_json(const Season& season) {
  return {{"number", season.number},
          {"starts", season.starts ? Json(to_string(*season.starts)) : Json()},
          {"sessions", season.sessions},
          {"days_between", season.days_between},
          {"utc_offset_minutes", season.utc_offset_minutes}};
}

Json to_json(const Gate& gate) {
  return {{"hallucination_rate_max", to_json(gate.hallucination_rate_max)},
          {"hallucination_rise_max", to_json(gate.hallucination_rise_max)},
          {"answer_rate_min", to_json(gate.answer_rate_min)},
          {"cost_usd_max", to_json(gate.cost_max_usd)}};
}

template <class Value>
Json list_of(const std::vector<Value>& values) {
  Json list = Json::array();
  for (const Value& value : values) list.push_back(to_json(value));
  return list;
}

}  // namespace

std::string without_credentials(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  const std::size_t scheme = url.find("://");
  const std::size_t begin = scheme == std::string_view::npos ? 0 : scheme + 3;
  const std::string_view authority = url.substr(begin, url.find('/', begin) - begin);
  const std::size_t at = authority.rfind('@');
  if (at == std::string_view::npos) return std::string(url);
  return std::string(url.substr(0, begin)) + std::string(url.substr(begin + at + 1));
}

std::string to_json_text(const Parameters& parameters) { return dump_json(to_json(parameters)); }

std::string to_json_text(const EvalSpec& spec) {
  const Json json = {
      {"name", spec.name},
      {"datasets", list_of(spec.datasets)},
      {"models", list_of(spec.models)},
      {"prompts", list_of(spec.prompts)},
      {"retrievals", list_of(spec.retrievals)},
      {"systems", list_of(spec.systems)},
      {"scorers", spec.scorers},
      {"trials", spec.trials},
      {"seed", spec.seed},
      {"limits", to_json(spec.limits)},
      {"season", to_json(spec.season)},
      {"gate", to_json(spec.gate)},
  };
  return dump_json(json);
}

}  // namespace plumb
