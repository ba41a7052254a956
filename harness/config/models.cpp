#include "config/models.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "config/address.h"
#include "config/command.h"
#include "config/parameters.h"
#include "config/prices.h"
#include "config/services.h"

namespace plumb {

namespace {

namespace fs = std::filesystem;

constexpr const char* k_builtin = "builtin";
constexpr const char* k_http = "http";
constexpr const char* k_exec = "exec";
constexpr int k_programs_at_once = 2;  // each takes memory of this machine

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

// Keys that only some providers take; `hint` says where the thing is written instead.
struct Belongs {
  const char* key;
  std::vector<std::string> providers;
  const char* hint;
};

const std::vector<Belongs>& belongings() {
  static const std::vector<std::string> vendors = {"anthropic", "gemini", "ollama", "openai"};
  static const std::vector<Belongs> all = {
      {"base_url", vendors, "; its address is written as url"},
      {"key_env", {"anthropic", "gemini", "ollama", "openai", k_http}, "; a program reads its environment itself"},
      {"api", {"openai"}, ""},
      {"stream", vendors, ""},
      {"url", {k_http}, "; its address is written as base_url"},
      {"http", {k_http}, ""},
      {"command", {k_exec}, ""},
      {"memory_mb", {k_exec}, ""},
      {"parameters", {"anthropic", "gemini", "ollama", "openai", k_exec, k_builtin}, "; write them into its body"},
      {"rates", {"anthropic", "gemini", "ollama", "openai", k_http, k_exec}, ""},
  };
  return all;
}

void check_belongings(const Model& model, const MapReader& map, FileReport& report) {
  const bool vowel = std::string_view("aeiou").find(model.provider[0]) != std::string_view::npos;
  const char* article = vowel || model.provider == k_http ? "an" : "a";
  for (const Belongs& each : belongings()) {
    if (!map.has(each.key) || is_one_of(each.providers, model.provider)) continue;
    const bool hinted =
        !(model.provider == k_builtin || (std::string_view(each.key) == "base_url" && model.provider == k_exec));
    report.error(map.place(each.key),
                 fmt::format("{} {} model has no {}{}", article, model.provider, each.key, hinted ? each.hint : ""));
  }
}

void require(const MapReader& map, const char* key, Place place, FileReport& report) {
  if (!map.has(key)) report.error(place, fmt::format("{} needs the key '{}'", model_keys().what, key));
}

// What a service or a program is called where nobody says: "http://localhost:8000/ask" is localhost:8000-ask.
std::string usual_name(const Model& model) {
  std::string_view text = model.id;
  std::string words;
  if (model.program) words = fmt::format("{}", fmt::join(model.program->command, " "));
  if (model.program) text = words;
  if (model.provider == k_http) {
    text = model.base_url;
    text.remove_prefix(text.find("://") + 3);
    text = text.substr(0, text.find('?'));
    while (text.ends_with('/')) text.remove_suffix(1);
  }
  return replace_all(std::string(text), "/", "-");  // vendor/model, as routers write it
}

// `google` is how others call it.
std::string provider_of(std::string_view name) { return name == "google" ? "gemini" : std::string(name); }

// The way of asking that some put between provider and id: openai:responses:gpt-5-mini.
void take_api(Model& model) {
  const auto take = [&](std::string_view prefix) {
    const bool there = model.id.starts_with(prefix) && model.id.size() > prefix.size();
    if (there) model.id.erase(0, prefix.size());
    return there;
  };
  if (model.provider == "openai" && !take("chat:") && take("responses:")) model.api = "responses";
  if (model.provider == "anthropic") take("messages:");
}

// `openai:gpt-4o-mini`; the id may hold colons and slashes of its own (`ollama:llama3:8b`).
std::optional<Model> read_short_model(const YamlNode& node, const KnownNames& known, FileReport& report,
                                      const fs::path& folder) {
  const auto text = read_text(node, "a model", report);
  if (!text) return {};
  Model model;
  if (text->starts_with("http://") || text->starts_with("https://")) {
    model.provider = k_http;
    model.base_url = *text;
    model.http = HttpService{};
    check_address(model, "url", node.place, report);
    return model;
  }
  std::size_t end = text->find(':');
  if (const std::size_t slash = text->find('/'); slash < end) {  // openai/gpt-4o-mini, but not vendor/model alone
    if (is_one_of(known.providers, provider_of(text->substr(0, slash)))) end = slash;
  }
  if (end == std::string::npos || end == 0 || end + 1 == text->size()) {
    report.error(node.place,
                 fmt::format("a model is written provider:id, such as openai:gpt-4o-mini; found {}", describe(node)));
    return {};
  }
  model.provider = provider_of(text->substr(0, end));
  model.id = trim(std::string_view(*text).substr(end + 1));
  if (model.provider == k_exec) {
    YamlNode command = node;
    command.text = std::exchange(model.id, "");
    model.program = read_command(command, folder, report);
  } else if (model.provider == k_http) {
    report.error(node.place, "a service is written as its address, such as http://localhost:8000/ask");
  } else {
    take_api(model);
  }
  check_provider(model, node.place, node.place, known, report);
  return model;
}

void read_service(const MapReader& map, Place place, Model& model, FileReport& report) {
  require(map, "url", place, report);
  model.base_url = map.text("url");
  if (!model.base_url.empty()) check_address(model, "url", map.place("url"), report);
  const YamlNode* http = map.find("http");
  model.http = http ? read_http(*http, !model.key_env.empty(), report) : HttpService{};
}

void read_program(const MapReader& map, Place place, const fs::path& folder, Model& model, FileReport& report) {
  require(map, "command", place, report);
  const YamlNode* command = map.find("command");
  const auto program = command ? read_command(*command, folder, report) : nullptr;
  const auto memory = map.integer("memory_mb", 16, 1'048'576);
  if (program && memory) program->memory_mb_max = static_cast<int>(*memory);
  model.program = program;
}

std::optional<Model> read_long_model(const YamlNode& node, const KnownNames& known, FileReport& report,
                                     const fs::path& folder) {
  const MapReader map(node, model_keys(), report);
  if (!map.is_map()) return {};
  Model model;
  model.name = map.text("name");
  model.provider = provider_of(map.text("provider"));
  model.id = map.text("id");
  model.key_env = map.text("key_env");
  if (!model.key_env.empty()) check_key_env(model.key_env, map.place("key_env"), report);
  if (const YamlNode* parameters = map.find("parameters")) {
    model.parameters = read_parameters(*parameters, parameters_keys(), report);
  }
  if (const YamlNode* price = map.find("price")) model.price = read_price(*price, report);
  if (const YamlNode* rates = map.find("rates")) model.rates = read_rates(*rates, report);
  if (map.word("api", api_words()).value_or("chat") != "chat") model.api = map.text("api");
  model.stream = map.flag("stream").value_or(false);
  if (model.provider.empty()) return {};
  check_provider(model, map.place("provider"), map.place("id"), known, report);
  check_belongings(model, map, report);
  if (model.provider == k_http) {
    read_service(map, node.place, model, report);
  } else if (model.provider == k_exec) {
    read_program(map, node.place, folder, model, report);
  } else {
    require(map, "id", node.place, report);
    if (model.provider != k_builtin) model.base_url = map.text("base_url");
    if (!model.base_url.empty()) check_address(model, "base_url", map.place("base_url"), report);
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

std::optional<Model> read_model(const YamlNode& node, const KnownNames& known, FileReport& report,
                                const fs::path& folder) {
  const int before = report.errors();
  auto model = node.kind == YamlNode::Kind::map ? read_long_model(node, known, report, folder)
                                                : read_short_model(node, known, report, folder);
  if (!model || report.errors() > before) return {};
  if (model->name.empty()) model->name = usual_name(*model);
  if (model->id.empty()) model->id = model->name;
  const YamlEntry* name = node.find("name");
  if (!check_name(model->name, "a model", name ? name->value.place : node.place, report)) return {};
  model->control = model->provider == k_builtin && is_one_of(known.controls, model->id);
  if (model->program && !model->rates.in_flight_max) model->rates.in_flight_max = k_programs_at_once;
  name_usual_key(*model);
  if (!model->price) model->price = usual_price(*model);
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

}  // namespace plumb
