#include "domain/spec.h"

#include <algorithm>

#include "base/check.h"
#include "base/digest.h"

namespace plumb {

namespace {

template <class T, class Key>
const T& named(const std::vector<T>& all, const std::string& name, Key key) {
  const auto it = std::ranges::find_if(all, [&](const T& each) { return key(each) == name; });
  PLUMB_CHECK(it != all.end());
  return *it;
}

bool allows(const std::vector<std::string>& names, const std::string& name) {
  return names.empty() || std::ranges::find(names, name) != names.end();
}

// How a model is asked, apart from what every model has. Only what is set, so that systems which have none of it
// keep the digests under which they are stored. Not in it: prices, rates, the key's variable, where a program lies
// and how much memory it may take, and streaming, none of which changes an answer.
void add_ways(Digester& digester, const Model& model) {
  if (!model.api.empty()) digester.add("api").add(model.api);
  if (model.http) {
    const HttpService& http = *model.http;
    digester.add("http").add(http.method).add(http.body_json);
    digester.add(static_cast<long long>(http.headers.size()));
    for (const auto& [name, value] : http.headers) digester.add(name).add(value);
    digester.add(http.answer ? "at " + *http.answer : "").add(http.passages);
    digester.add(http.passage_text).add(http.passage_title).add(http.passage_id);
    digester.add(http.tool_calls).add(http.session);
  }
  if (model.program) {
    digester.add("program").add(static_cast<long long>(model.program->command.size()));
    for (const std::string& word : model.program->command) digester.add(word);
  }
}

}  // namespace

const Model& EvalSpec::model(const std::string& wanted) const {
  return named(models, wanted, [](const Model& each) { return each.name; });
}
const PromptTemplate& EvalSpec::prompt(const std::string& wanted) const {
  return named(prompts, wanted, [](const PromptTemplate& each) { return each.member + "/" + each.name; });
}
const Retrieval& EvalSpec::retrieval(const std::string& wanted) const {
  return named(retrievals, wanted, [](const Retrieval& each) { return each.name; });
}
const Dataset& EvalSpec::dataset(const std::string& wanted) const {
  return named(datasets, wanted, [](const Dataset& each) { return each.name; });
}

void expand(EvalSpec& spec) {
  spec.questions.clear();
  for (const Dataset& dataset : spec.datasets) {
    spec.questions.insert(spec.questions.end(), dataset.questions.begin(), dataset.questions.end());
  }
  Digester corpora;
  for (const Dataset& dataset : spec.datasets) corpora.add(dataset.digest);
  const std::string corpus = corpora.hex();
  spec.systems.clear();
  for (const Model& model : spec.models) {
    for (const PromptTemplate& prompt : spec.prompts) {
      if (!allows(prompt.models, model.name)) continue;
      for (const Retrieval& retrieval : spec.retrievals) {
        if (!allows(prompt.retrievals, retrieval.name)) continue;
        System system;
        system.name = model.name + " · " + prompt.member + "/" + prompt.name + " · " + retrieval.name;
        system.member = prompt.member;
        system.model = model.name;
        system.prompt = prompt.member + "/" + prompt.name;
        system.retrieval = retrieval.name;
        system.control = model.control;
        Digester digester;
        // With its name: two models of one configuration are two rows (an A/A test), each asked for itself.
        digester.add(model.name).add(model.provider).add(model.id).add(model.base_url).add(digest(model.parameters));
        add_ways(digester, model);
        digester.add(prompt.member).add(prompt.name).add(prompt.digest);
        digester.add(retrieval.name).add(retrieval.retriever).add(retrieval.passages_max).add(retrieval.tables);
        // A search may show any passage; `gold` shows those whose digests are part of the question's own.
        if (retrieval.retriever != "gold" && retrieval.retriever != "none") digester.add(corpus);
        system.digest = digester.hex();
        spec.systems.push_back(std::move(system));
      }
    }
  }
}

std::string request_digest(const Model& model, const ChatRequest& request, int trial) {
  Digester digester;
  digester.add(model.provider).add(model.id).add(model.base_url).add(digest(request.parameters));
  add_ways(digester, model);
  digester.add(static_cast<long long>(request.messages.size()));
  for (const Message& message : request.messages) {
    digester.add(static_cast<long long>(message.role)).add(message.text);
    for (const ToolCall& call : message.tool_calls) {
      digester.add(call.name).add(call.arguments).add(call.output);
      if (call.failed) digester.add("failed");
    }
    if (!message.echo.empty()) digester.add("echo").add(message.echo);
  }
  digester.add(trial);
  for (const ToolOffer& tool : request.tools) digester.add(tool.name).add(tool.description).add(tool.parameters_json);
  if (model.http || model.program) {  // they are sent more than messages
    digester.add(request.question).add(static_cast<long long>(request.passages.size()));
    for (const Passage& passage : request.passages) digester.add(passage.id).add(passage.title).add(passage.text);
  }
  return digester.hex();
}

}  // namespace plumb
