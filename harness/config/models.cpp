#include "config/models.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace plumb {

namespace {

constexpr const char* k_builtin = "builtin";

// Where a vendor's own documentation tells its users to put the key.
constexpr std::pair<std::string_view, const char*> k_key_variables[] = {
    {"anthropic", "ANTHROPIC_API_KEY"},
    {"gemini", "GEMINI_API_KEY"},
    {"openai", "OPENAI_API_KEY"},
};

// A server of one's own needs no key, so only a vendor's own address has a default.
void name_usual_key(Model& model) {
  if (!model.base_url.empty() || !model.key_env.empty()) return;
  for (const auto& [provider, variable] : k_key_variables) {
    if (model.provider == provider) model.key_env = variable;
  }
}

bool is_one_of(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

bool is_variable_name(std::string_view name) {
  const auto good = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
  return !name.empty() && name.size() <= 64 && !(name[0] >= '0' && name[0] <= '9') && std::ranges::all_of(name, good);
}

void check_provider(const Model& model, Place provider, Place id, const KnownNames& known, FileReport& report) {
  std::vector<std::string> providers = known.providers;
  providers.emplace_back(k_builtin);
  if (!is_one_of(providers, model.provider)) {
    std::string near = did_you_mean(model.provider, providers);
    if (near.empty()) near = fmt::format("; there are {}", fmt::join(providers, ", "));
    report.error(provider, fmt::format("unknown provider '{}'{}", printable(model.provider), near));
  } else if (model.provider == k_builtin && !is_one_of(known.builtin_models, model.id)) {
    std::string near = did_you_mean(model.id, known.builtin_models);
    if (near.empty()) near = fmt::format("; there are {}", fmt::join(known.builtin_models, ", "));
    report.error(id, fmt::format("unknown builtin model '{}'{}", printable(model.id), near));
  }
}

std::string_view authority_of(std::string_view url) {
  url.remove_prefix(std::min(url.size(), url.find("://") + 3));
  return url.substr(0, url.find_first_of("/?#"));
}

bool is_local(std::string_view authority) {
  const std::string_view host = authority.starts_with('[') ? authority.substr(0, authority.find(']') + 1)
                                                           : authority.substr(0, authority.find(':'));
  return host == "localhost" || host.starts_with("127.") || host == "[::1]" || host.ends_with(".local") ||
         host.starts_with("10.") || host.starts_with("192.168.");
}

// The address is not repeated: it may hold a password.
void check_base_url(const Model& model, Place place, FileReport& report) {
  const std::string& url = model.base_url;
  const bool http = url.starts_with("http://");
  if (!http && !url.starts_with("https://")) {
    report.error(place, "base_url must begin with http:// or https://");
    return;
  }
  const std::string_view authority = authority_of(url);
  if (contains(authority, "@")) {
    report.error(place, "base_url must hold no user or password; name the key's variable in key_env");
  } else if (authority.empty() || authority.starts_with(':')) {
    report.error(place, "base_url has no host");
  } else if (url.find_first_of("?#\\ \t\n") != std::string::npos) {
    report.error(place,
                 "base_url must be an address without query, fragment or spaces, such as http://localhost:8000/v1");
  } else if (http && !is_local(authority) && !model.key_env.empty()) {
    report.warning(place, "the key is sent unencrypted to another machine; use https");
  }
}

// The value is not repeated: it may be the key.
void check_key_env(const std::string& name, Place place, FileReport& report) {
  if (holds_secret(name) || name.starts_with("sk-")) {
    report.error(place, "this looks like a key; put the key into an environment variable and name it here");
  } else if (!is_variable_name(name)) {
    report.error(place,
                 "key_env must name an environment variable (capitals, digits, underscores), such as OPENAI_API_KEY; "
                 "if this is the key, put the key into an environment variable and name it here");
  }
}

Price read_price(const YamlNode& node, FileReport& report) {
  const MapReader map(node, price_keys(), report);
  return {.input_usd = map.number("input", 0.0, 10'000.0).value_or(0.0),
          .output_usd = map.number("output", 0.0, 10'000.0).value_or(0.0)};
}

// `openai:gpt-4o-mini`; the id may hold colons of its own (`ollama:llama3:8b`).
std::optional<Model> read_short_model(const YamlNode& node, const KnownNames& known, FileReport& report) {
  const auto text = read_text(node, "a model", report);
  if (!text) return {};
  const std::size_t colon = text->find(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == text->size()) {
    report.error(node.place,
                 fmt::format("a model is written provider:id, such as openai:gpt-4o-mini; found {}", describe(node)));
    return {};
  }
  Model model;
  model.provider = text->substr(0, colon);
  model.id = trim(std::string_view(*text).substr(colon + 1));
  check_provider(model, node.place, node.place, known, report);
  return model;
}

std::optional<Model> read_long_model(const YamlNode& node, const KnownNames& known, FileReport& report) {
  const MapReader map(node, model_keys(), report);
  if (!map.is_map()) return {};
  Model model;
  model.name = map.text("name");
  model.provider = map.text("provider");
  model.id = map.text("id");
  model.base_url = map.text("base_url");
  model.key_env = map.text("key_env");
  if (const YamlNode* parameters = map.find("parameters")) model.parameters = read_parameters(*parameters, report);
  if (const YamlNode* price = map.find("price")) model.price = read_price(*price, report);
  if (!model.provider.empty() && !model.id.empty()) {
    check_provider(model, map.place("provider"), map.place("id"), known, report);
  }
  if (!model.key_env.empty()) check_key_env(model.key_env, map.place("key_env"), report);
  if (!model.base_url.empty()) check_base_url(model, map.place("base_url"), report);
  if (model.provider == k_builtin) {
    for (const char* key : {"base_url", "key_env"}) {
      if (map.has(key)) report.error(map.place(key), fmt::format("a builtin model has no {}", key));
    }
  }
  return model;
}

}  // namespace

bool check_name(std::string_view name, std::string_view what, Place place, FileReport& report) {
  std::string wrong;
  if (contains(name, " · ")) wrong = "' · ', which separates the parts of a system's name";
  if (contains(name, "/")) wrong = "a slash, which separates member and prompt";
  if (printable(name) != name) wrong = "characters that cannot be shown";
  if (display_width(name) > 64) wrong = "more than 64 columns";
  if (wrong.empty()) return true;
  report.error(place, fmt::format("the name of {} must not hold {}", what, wrong));
  return false;
}

std::optional<Model> read_model(const YamlNode& node, const KnownNames& known, FileReport& report) {
  const int before = report.errors();
  auto model =
      node.kind == YamlNode::Kind::map ? read_long_model(node, known, report) : read_short_model(node, known, report);
  if (!model || report.errors() > before) return {};
  if (model->name.empty()) model->name = replace_all(model->id, "/", "-");  // vendor/model, as routers write it
  const YamlEntry* name = node.find("name");
  if (!check_name(model->name, "a model", name ? name->value.place : node.place, report)) return {};
  model->control = model->provider == k_builtin && is_one_of(known.controls, model->id);
  name_usual_key(*model);
  return model;
}

std::optional<Retrieval> read_retrieval(const YamlNode& node, const KnownNames& known, FileReport& report) {
  const int before = report.errors();
  Retrieval retrieval;
  Place place = node.place;
  if (node.kind == YamlNode::Kind::map) {
    const MapReader map(node, retrieval_keys(), report);
    retrieval.retriever = map.text("retriever");
    retrieval.name = map.has("name") ? map.text("name") : retrieval.retriever;
    retrieval.passages_max = static_cast<int>(map.integer("passages_max", 1, 100).value_or(retrieval.passages_max));
    retrieval.tables = map.word("tables", tables_words()).value_or(retrieval.tables);
    place = map.place("retriever");
    if (map.has("name")) check_name(retrieval.name, "a retrieval", map.place("name"), report);
  } else {
    retrieval.retriever = read_text(node, "a retrieval", report).value_or("");
    retrieval.name = retrieval.retriever;
  }
  if (!retrieval.retriever.empty() && !is_one_of(known.retrievers, retrieval.retriever)) {
    std::string near = did_you_mean(retrieval.retriever, known.retrievers);
    if (near.empty()) near = fmt::format("; there are {}", fmt::join(known.retrievers, ", "));
    report.error(place, fmt::format("unknown retriever '{}'{}", printable(retrieval.retriever), near));
  }
  if (retrieval.retriever.empty() || report.errors() > before) return {};
  return retrieval;
}

Parameters read_parameters(const YamlNode& node, FileReport& report) {
  const MapReader map(node, parameters_keys(), report);
  Parameters parameters;
  parameters.temperature = map.number("temperature", 0.0, 2.0);
  parameters.top_p = map.number("top_p", 0.0, 1.0);
  if (const auto tokens = map.integer("tokens_max", 1, 1'000'000)) parameters.tokens_max = static_cast<int>(*tokens);
  parameters.seed = map.integer("seed", 0, std::numeric_limits<std::int64_t>::max());
  return parameters;
}

}  // namespace plumb
