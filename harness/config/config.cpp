// load_spec: eval.yaml and all that it names, put together and checked against each other.
#include "config/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

#include "base/file.h"
#include "base/text.h"
#include "config/models.h"
#include "config/prompts.h"
#include "config/reader.h"
#include "config/settings.h"
#include "config/text_file.h"

namespace plumb {

namespace fs = std::filesystem;

namespace {

struct PromptFile {
  std::string file;
  ReadPrompt read;
};

struct Loading {
  const KnownNames& known;
  fs::path folder;  // of eval.yaml
  FileReport& report;
  std::vector<Diagnostic>& diagnostics;
  EvalSpec spec;
  std::vector<PromptFile> prompts;
  bool models_read = true;  // all of them: then an unknown name in a prompt is a mistake there
  bool retrievals_read = true;
};

fs::path resolve(const Loading& loading, const std::string& entry) {
  return (loading.folder / entry).lexically_normal();
}

std::string whole(const fs::path& path) { return fs::absolute(path).lexically_normal().generic_string(); }

// Names are told apart without case, width and Unicode form, but gpt-4.1 is not gpt-41.
class UniqueNames {
 public:
  // False, and told, if there was one alike.
  bool take(const std::string& name, const char* what, Place place, FileReport& report) {
    const auto [first, is_new] = seen_.emplace(fold(name).text, Seen{name, report.file(), place.line});
    if (is_new) return true;
    const Seen& other = first->second;
    report.error(place,
                 fmt::format("{} '{}' is there twice; first{} at {}:{}", what, name,
                             other.name == name ? "" : fmt::format(" as '{}'", other.name), other.file, other.line));
    return false;
  }

 private:
  struct Seen {
    std::string name;
    std::string file;
    int line;
  };
  std::map<std::string, Seen> seen_;
};

void load_datasets(Loading& loading, const MapReader& map) {
  const std::vector<std::string> entries = map.texts("datasets");
  const std::vector<Place> places = map.places("datasets");
  if (map.has("datasets") && places.empty()) loading.report.error(map.place("datasets"), "datasets names no folder");
  UniqueNames names;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const fs::path folder = resolve(loading, entries[i]);
    std::error_code error;
    if (!fs::is_directory(folder, error)) {
      loading.report.error(places[i], fmt::format("no folder '{}'", whole(folder)));
      continue;
    }
    LoadedDataset loaded = load_dataset(folder);
    loading.diagnostics.insert(loading.diagnostics.end(), loaded.diagnostics.begin(), loaded.diagnostics.end());
    if (!loaded.dataset || !names.take(loaded.dataset->name, "dataset", places[i], loading.report)) continue;
    loading.spec.datasets.push_back(*std::move(loaded.dataset));
  }
}

// The files of one entry of `prompts`: itself, or all below it.
std::vector<fs::path> prompt_files(Loading& loading, const std::string& entry, Place place) {
  const fs::path path = resolve(loading, entry);
  std::error_code error;
  if (fs::is_regular_file(path, error)) return {path};
  if (!fs::is_directory(path, error)) {
    loading.report.error(place, fmt::format("no folder or file '{}'", whole(path)));
    return {};
  }
  auto files = list_files(path, ".yaml");
  if (!files) {
    loading.report.error(place, files.error().message);
    return {};
  }
  if (files->empty()) loading.report.error(place, fmt::format("no prompts (*.yaml) in '{}'", whole(path)));
  return *std::move(files);
}

void load_prompts(Loading& loading, const MapReader& map) {
  const std::vector<std::string> entries = map.texts("prompts");
  const std::vector<Place> places = map.places("prompts");
  if (map.has("prompts") && places.empty())
    loading.report.error(map.place("prompts"), "prompts names no folder or file");
  UniqueNames names;
  std::set<std::string> seen;  // a file that two entries name is read once
  for (std::size_t i = 0; i < entries.size(); ++i) {
    for (const fs::path& file : prompt_files(loading, entries[i], places[i])) {
      if (!seen.insert(whole(file)).second) continue;
      FileReport report(file.generic_string(), loading.diagnostics);
      auto read = read_prompt(file, {}, report);
      if (!read) continue;
      const std::string name = read->prompt.member + "/" + read->prompt.name;
      if (names.take(name, "prompt", read->place, report)) loading.prompts.push_back({report.file(), *std::move(read)});
    }
  }
}

void load_models(Loading& loading, const MapReader& map) {
  const std::vector<YamlNode>& nodes = map.list("models");
  if (map.has("models") && nodes.empty() && map.find("models")->kind == YamlNode::Kind::list) {
    loading.report.error(map.place("models"), "models names no model");
  }
  UniqueNames names;
  for (const YamlNode& node : nodes) {
    auto model = read_model(node, loading.known, loading.report, loading.folder);
    if (model && names.take(model->name, "model", node.place, loading.report)) {
      loading.spec.models.push_back(*std::move(model));
    } else {
      loading.models_read = false;
    }
  }
}

void load_retrievals(Loading& loading, const MapReader& map) {
  if (!map.has("retrievals")) {
    loading.spec.retrievals = {{.name = "gold"}};
    return;
  }
  UniqueNames names;
  for (const YamlNode& node : map.list("retrievals")) {
    auto retrieval = read_retrieval(node, loading.known, loading.report);
    if (retrieval && names.take(retrieval->name, "retrieval", node.place, loading.report)) {
      loading.spec.retrievals.push_back(*std::move(retrieval));
    } else {
      loading.retrievals_read = false;
    }
  }
}

void load_scorers(Loading& loading, const MapReader& map) {
  if (!map.has("scorers")) {
    loading.spec.scorers = {"correctness", "abstention", "groundedness"};
    return;
  }
  const std::vector<Place> places = map.places("scorers");
  UniqueNames names;
  const std::vector<std::string> scorers = map.texts("scorers");
  for (std::size_t i = 0; i < scorers.size(); ++i) {
    if (std::ranges::find(loading.known.scorers, scorers[i]) == loading.known.scorers.end()) {
      std::string near = did_you_mean(scorers[i], loading.known.scorers);
      if (near.empty()) near = fmt::format("; there are {}", fmt::join(loading.known.scorers, ", "));
      loading.report.error(places[i], fmt::format("unknown scorer '{}'{}", printable(scorers[i]), near));
    } else if (names.take(scorers[i], "scorer", places[i], loading.report)) {
      loading.spec.scorers.push_back(scorers[i]);
    }
  }
}

void load_settings(Loading& loading, const MapReader& map) {
  EvalSpec& spec = loading.spec;
  const fs::path own_folder = fs::absolute(loading.folder.empty() ? "." : loading.folder).lexically_normal();
  spec.name = map.has("name") ? map.text("name")
                              : (own_folder.has_filename() ? own_folder : own_folder.parent_path()).filename().string();
  spec.trials = static_cast<int>(map.integer("trials", 1, 1'000).value_or(1));
  spec.seed = static_cast<std::uint64_t>(map.integer("seed", 0, std::numeric_limits<std::int64_t>::max()).value_or(1));
  if (const YamlNode* limits = map.find("limits")) spec.limits = read_limits(*limits, loading.report);
  if (const YamlNode* season = map.find("season")) spec.season = read_season(*season, loading.report);
  if (const YamlNode* gate = map.find("gate")) spec.gate = read_gate(*gate, loading.report);
  spec.store = resolve(loading, map.has("store") ? map.text("store") : "plumb.db").string();
}

template <class T>
std::vector<std::string> names_of(const std::vector<T>& all) {
  std::vector<std::string> names;
  for (const T& each : all) names.push_back(each.name);
  return names;
}

void refuse_unknown(const std::vector<std::string>& wanted, const std::vector<Place>& places, const char* what,
                    const std::vector<std::string>& known, FileReport& report) {
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (std::ranges::find(known, wanted[i]) != known.end()) continue;
    std::string near = did_you_mean(wanted[i], known);
    if (near.empty()) near = fmt::format("; there are {}", fmt::join(known, ", "));
    report.error(places[i], fmt::format("eval.yaml has no {} '{}'{}", what, printable(wanted[i]), near));
  }
}

void check_prompts(Loading& loading) {
  for (const auto& [file, read] : loading.prompts) {
    FileReport report(file, loading.diagnostics);
    if (loading.models_read) {
      refuse_unknown(read.prompt.models, read.model_places, "model", names_of(loading.spec.models), report);
    }
    if (loading.retrievals_read) {
      refuse_unknown(read.prompt.retrievals, read.retrieval_places, "retrieval", names_of(loading.spec.retrievals),
                     report);
    }
  }
}

bool follows_turns(const HttpService& service) {
  return std::ranges::any_of(find_placeholders(service.body_json), [](const Placeholder& placeholder) {
    return placeholder.name == "prompt" || placeholder.name == "messages";
  });
}

// A service whose body holds only the question is asked the same in every turn, which nobody wants.
void check_turns(Loading& loading) {
  for (const auto& [file, read] : loading.prompts) {
    const std::vector<std::string>& models = read.prompt.models;
    for (const Model& model : loading.spec.models) {
      const bool asked = models.empty() || std::ranges::find(models, model.name) != models.end();
      if (read.prompt.turns.empty() || !asked || !model.http || follows_turns(*model.http)) continue;
      FileReport(file, loading.diagnostics)
          .warning(read.place,
                   fmt::format("this prompt has turns, but the body of '{}' holds neither {{{{prompt}}}} nor "
                               "{{{{messages}}}}, so each turn asks it the same",
                               model.name));
    }
  }
}

void load_all(Loading& loading, const YamlNode& root) {
  const MapReader map(root, eval_keys(), loading.report);
  if (!map.is_map()) return;
  refuse_secrets(root, loading.report);
  load_settings(loading, map);
  load_models(loading, map);
  load_retrievals(loading, map);
  load_scorers(loading, map);
  load_datasets(loading, map);
  load_prompts(loading, map);
  check_prompts(loading);
  check_turns(loading);
  for (PromptFile& prompt : loading.prompts) loading.spec.prompts.push_back(std::move(prompt.read.prompt));
}

}  // namespace

LoadedSpec load_spec(const fs::path& eval_yaml, const KnownNames& known) {
  LoadedSpec loaded;
  FileReport report(eval_yaml.generic_string(), loaded.diagnostics);
  const auto text = load_text(eval_yaml, k_config_bytes_max, report);
  const auto root = text ? parse_yaml(*text, report) : std::nullopt;
  if (!root) return loaded;
  Loading loading{.known = known,
                  .folder = eval_yaml.parent_path(),
                  .report = report,
                  .diagnostics = loaded.diagnostics,
                  .spec = {},
                  .prompts = {}};
  load_all(loading, *root);
  // Not the range's version: clang 14 cannot read what libstdc++ 12 returns from it.
  std::stable_partition(loaded.diagnostics.begin(), loaded.diagnostics.end(),
                        [&](const Diagnostic& d) { return d.file == report.file(); });
  sort_diagnostics(loaded.diagnostics);
  if (has_errors(loaded.diagnostics)) return loaded;
  expand(loading.spec);
  loaded.spec = std::move(loading.spec);
  return loaded;
}

}  // namespace plumb
