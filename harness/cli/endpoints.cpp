#include "cli/endpoints.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <tuple>

#include "base/text.h"
#include "providers/provider.h"

namespace plumb {

namespace fs = std::filesystem;

namespace {

// The address as Provider::encode will use it.
std::string address_of(const Model& model) {
  const Provider* provider = find_provider(model.provider);
  return model.base_url.empty() && provider ? std::string(provider->default_base_url()) : model.base_url;
}

bool is_remote(const Model& model) {
  return model.provider != "builtin" && !model.program && find_provider(model.provider);
}

bool may_run(const fs::path& file) {
  std::error_code ignored;
  return fs::is_regular_file(file, ignored) && ::access(file.c_str(), X_OK) == 0;
}

// As execvp looks for it, after the change of folder; "" if it is nowhere.
std::string find_command(const std::string& name, const fs::path& folder) {
  if (contains(name, "/")) {
    const fs::path file = folder / name;  // an absolute name stays what it is
    return may_run(file) ? file.string() : "";
  }
  const char* path = std::getenv("PATH");
  for (const std::string_view part : split(path ? path : "/bin:/usr/bin", ':')) {
    const fs::path file = (part.empty() ? folder : fs::path(part)) / name;
    if (may_run(file)) return file.string();
  }
  return "";
}

bool looks_like_script(std::string_view word) {
  constexpr std::array k_endings = {".py", ".js", ".mjs", ".cjs", ".ts", ".rb", ".sh", ".pl", ".php", ".jar", ".R"};
  return !word.starts_with('-') && std::ranges::any_of(k_endings, [&](const char* e) { return word.ends_with(e); });
}

}  // namespace

std::vector<const Model*> endpoints_of(const EvalSpec& spec) {
  std::vector<const Model*> endpoints;
  std::set<std::tuple<std::string, std::string, std::string>> seen;
  for (const Model& model : spec.models) {
    if (!is_remote(model)) continue;
    if (seen.emplace(model.provider, address_of(model), model.key_env).second) endpoints.push_back(&model);
  }
  return endpoints;
}

std::string endpoint_name(const Model& model, const EvalSpec& spec) {
  std::string address = address_of(model);
  const bool several = std::ranges::any_of(spec.models, [&](const Model& other) {
    return is_remote(other) && address_of(other) == address && other.key_env != model.key_env;
  });
  if (!several) return address;
  return model.key_env.empty() ? address + ", no key" : fmt::format("{}, {}", address, model.key_env);
}

Finding judge_probe(const Model& model, const HttpResponse& response) {
  const int status = response.status;
  if (status == 0) return {false, response.error.empty() ? "no answer" : response.error};
  if (status >= 500) return {false, fmt::format("answers {}: the server itself fails", status)};
  if (model.http) return {true, fmt::format("is there (answers {} at its origin; no question was asked)", status)};
  if (status == 401 || status == 403) {
    if (model.key_env.empty())
      return {false, fmt::format("answers {}: it wants a key; name its variable in key_env", status)};
    return {false, fmt::format("answers {}: the key in {} is not accepted", status, model.key_env)};
  }
  if (status == 404) {
    return {false, "answers 404 to a request for its models: is base_url right? Most need /v1 at the end"};
  }
  if (status >= 300 && status < 400)
    return {false, fmt::format("answers {}, a redirect, which is never followed", status)};
  return {true, fmt::format("answers ({})", status)};
}

Finding check_program(const Program& program) {
  const std::string& name = program.command.front();
  const std::string found = find_command(name, program.folder);
  const std::string folder = program.folder.empty() ? "." : program.folder;
  if (found.empty()) {
    const std::string where = contains(name, "/") ? fmt::format("in '{}'", folder) : "in PATH";
    return {false, fmt::format("no program '{}' {} that may be run", name, where)};
  }
  if (program.command.size() > 1 && looks_like_script(program.command[1])) {
    std::error_code ignored;
    if (!fs::exists(fs::path(program.folder) / program.command[1], ignored)) {
      return {false, fmt::format("no file '{}' in '{}'", program.command[1], folder)};
    }
  }
  return {true, fmt::format("{} (not started)", found)};
}

std::string describe_prices(const EvalSpec& spec) {
  std::set<std::string> days, unknown;
  for (const Model& model : spec.models) {
    if (!model.price && is_remote(model) && !model.http) unknown.insert(model.name);  // a bot of one's own has none
    if (model.price && !model.price->as_of.empty()) days.insert(model.price->as_of);
  }
  std::string words;
  if (!days.empty()) words = fmt::format("of {} where eval.yaml has none", fmt::join(days, ", "));
  if (unknown.empty()) return words;
  return fmt::format("{}{}not known for {}: give {} a `price`", words, words.empty() ? "" : "; ",
                     fmt::join(unknown, ", "), unknown.size() == 1 ? "it" : "them");
}

}  // namespace plumb
