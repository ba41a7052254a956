#include "engine/parts.h"

#include <fmt/format.h>

#include <optional>
#include <set>

#include "base/text.h"

namespace plumb {

namespace {

Status resolve_models(const EvalSpec& spec, const EngineOptions& options, ResolvedParts& resolved) {
  const Parts& parts = options.parts;
  std::map<std::string, std::optional<std::string>> keys;
  for (const Model& model : spec.models) {
    Endpoint endpoint{.model = &model};
    if (model.provider == "builtin")
      endpoint.control = parts.control ? parts.control(model.id) : find_control(model.id);
    if (!endpoint.control) {
      endpoint.provider = parts.provider ? parts.provider(model.provider) : find_provider(model.provider);
      if (!endpoint.provider) return Error{fmt::format("model '{}': no provider '{}'", model.name, model.provider)};
      const std::string_view url = endpoint.provider->default_base_url();
      endpoint.account = (model.base_url.empty() ? std::string(url) : model.base_url) + "|" + model.key_env;
      if (model.program) endpoint.account = "exec:" + model.name;  // programs share nothing
    }
    if (!model.key_env.empty()) {
      auto [it, first] = keys.try_emplace(model.key_env);
      if (first && options.key_of) it->second = options.key_of(model.key_env);
      endpoint.key = trim(it->second.value_or(""));  // a key pasted into a file brings its line end along
      if (endpoint.key.empty()) endpoint.missing_key = model.key_env;
    }
    resolved.endpoints.emplace(model.name, std::move(endpoint));
  }
  return Done{};
}

Status resolve_scorers(const EvalSpec& spec, const EngineOptions& options, ResolvedParts& resolved) {
  for (const std::string& name : spec.scorers) {
    resolved.scorers.push_back(options.parts.scorer ? options.parts.scorer(name) : find_scorer(name));
    if (!resolved.scorers.back()) return Error{fmt::format("no scorer '{}'", name)};
  }
  return Done{};
}

Status resolve_retrievals(const EvalSpec& spec, const EngineOptions& options, ResolvedParts& resolved) {
  std::set<std::string> used;
  for (const System& system : spec.systems) used.insert(system.retrieval);
  std::set<std::string> open_books;
  for (const Question& question : spec.questions) {
    if (!question.closed_book) open_books.insert(question.dataset);
  }
  for (const std::string& name : used) {
    const Retrieval& retrieval = spec.retrieval(name);
    const auto& find = options.parts.retriever;
    const RetrieverKind* kind = find ? find(retrieval.retriever) : find_retriever(retrieval.retriever);
    if (!kind) return Error{fmt::format("retrieval '{}': no retriever '{}'", name, retrieval.retriever)};
    for (const std::string& dataset : open_books) {
      auto retriever = kind->prepare(retrieval, spec.dataset(dataset));
      if (!retriever) {
        return Error{fmt::format("retrieval '{}', dataset '{}': {}", name, dataset, retriever.error().message)};
      }
      resolved.retrievers[{name, dataset}] = *std::move(retriever);
    }
  }
  return Done{};
}

}  // namespace

Result<ResolvedParts> resolve_parts(const EvalSpec& spec, const EngineOptions& options) {
  ResolvedParts resolved;
  TRY(resolve_models(spec, options, resolved));
  TRY(resolve_scorers(spec, options, resolved));
  TRY(resolve_retrievals(spec, options, resolved));
  return resolved;
}

}  // namespace plumb
