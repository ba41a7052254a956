#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>

#include "base/text.h"
#include "cli/session.h"
#include "engine/curl_transport.h"
#include "providers/provider.h"
#include "report/style.h"

namespace plumb {

namespace {

namespace fs = std::filesystem;

class Findings {
 public:
  explicit Findings(Terminal& terminal) : terminal_(terminal) {}
  void good(const std::string& what, const std::string& detail) { line(Tone::good, "ok", what, detail); }
  void plain(const std::string& what, const std::string& detail) { line(Tone::dim, "–", what, detail); }
  void bad(const std::string& what, const std::string& detail) {
    ++problems_;
    line(Tone::bad, "!!", what, detail);
  }
  int problems() const { return problems_; }

 private:
  void line(Tone tone, const char* sign, const std::string& what, const std::string& detail) {
    terminal_.out(fmt::format("{} {} {}\n", paint(terminal_.color_out(), tone, fit(sign, 2)), fit(printable(what), 28),
                              printable(detail)));
  }
  Terminal& terminal_;
  int problems_ = 0;
};

void check_store(const fs::path& path, Findings& findings) {
  std::error_code error;
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  if (!fs::exists(path, error)) {
    if (::access(folder.c_str(), W_OK) == 0) {
      findings.good("database", path.string() + " (not there yet; the first run creates it)");
    } else {
      findings.bad("database",
                   "cannot write in '" + folder.string() + "': choose another place with `store:` in eval.yaml");
    }
    return;
  }
  const auto store = Store::open(path);
  const auto runs = store ? (*store)->runs() : Result<std::vector<RunInfo>>(store.error());
  if (!runs) return findings.bad("database", runs.error().message);
  if (::access(path.c_str(), W_OK) != 0)
    return findings.bad("database", path.string() + " is read-only: results cannot be stored");
  findings.good("database", fmt::format("{}: {} run{}, schema {}", path.string(), runs->size(),
                                        runs->size() == 1 ? "" : "s", schema_version()));
}

// Asks the model list of an endpoint, with the key if there is one: says what a run would meet.
void check_endpoint(const Provider& provider, const Model& model, const std::string& base_url, Findings& findings) {
  const char* key = model.key_env.empty() ? nullptr : std::getenv(model.key_env.c_str());
  if (!model.key_env.empty() && (!key || !*key)) return;  // said already; without it nothing can be learned
  const auto transport = make_curl_transport({.connect_timeout = std::chrono::seconds(3)});
  const HttpRequest request = provider.probe(model, key ? key : "");
  transport->start(1, request, std::chrono::seconds(5));
  const Instant give_up = transport->now() + std::chrono::seconds(6);
  std::vector<Transfer> ended;
  while (ended.empty() && transport->now() < give_up) ended = transport->wait(give_up);
  if (ended.empty()) return findings.bad(base_url, "no answer within 6 s");
  const HttpResponse& response = ended[0].response;
  if (response.status == 0) return findings.bad(base_url, response.error);
  if (response.status == 401 || response.status == 403) {
    return findings.bad(base_url,
                        fmt::format("answers {}: the key in {} is not accepted", response.status, model.key_env));
  }
  findings.good(base_url, fmt::format("answers ({})", response.status));
}

Exit run(const Args& args, Terminal& terminal) {
  Findings findings(terminal);
  findings.good("plumb", PLUMB_VERSION);
  findings.good("curl", curl_version_line());
  findings.good("sqlite", sqlite_version_line());
  findings.plain("terminal",
                 fmt::format("{} columns, colour {}", terminal.columns(), terminal.color_out() ? "on" : "off"));
  const auto names = [](const std::vector<std::string>& all) { return fmt::format("{}", fmt::join(all, ", ")); };
  const KnownNames known = known_names();
  findings.plain("providers", names(known.providers) + "; builtin: " + names(known.builtin_models));
  findings.plain("retrievers", names(known.retrievers));
  findings.plain("scorers", names(known.scorers));

  MaybeSpec loaded = load_evaluation_if_any(args, terminal);
  if (loaded.failed) return Exit::usage;
  const EvalSpec* spec = loaded.spec ? &*loaded.spec : nullptr;
  if (!spec) {
    findings.plain("evaluation", "no eval.yaml here; 'plumb init' writes one");
  } else {
    findings.good("evaluation", fmt::format("{}: {} systems × {} questions", spec->name, spec->systems.size(),
                                            spec->questions.size()));
    std::map<std::string, std::set<std::string>> models_of_key;
    std::map<std::string, const Model*> endpoints;
    for (const Model& model : spec->models) {
      if (!model.key_env.empty()) models_of_key[model.key_env].insert(model.name);
      const Provider* provider = find_provider(model.provider);
      if (!provider || model.provider == "builtin") continue;
      endpoints.emplace(model.base_url.empty() ? std::string(provider->default_base_url()) : model.base_url, &model);
    }
    for (const auto& [name, models] : models_of_key) {
      const char* value = std::getenv(name.c_str());
      const std::string wanted_by = fmt::format("needed by {}", fmt::join(models, ", "));
      if (value && *value) {
        findings.good(name, "is set; " + wanted_by);
      } else {
        findings.bad(name, "is not set; " + wanted_by);
      }
    }
    if (!args.has("offline")) {
      for (const auto& [base_url, model] : endpoints)
        check_endpoint(*find_provider(model->provider), *model, base_url, findings);
    }
  }
  check_store(store_path(args, spec), findings);
  terminal.out(findings.problems() == 0
                   ? "all is well\n"
                   : fmt::format("{} thing{} to mend\n", findings.problems(), findings.problems() == 1 ? "" : "s"));
  return findings.problems() == 0 ? Exit::ok : Exit::environment;
}

}  // namespace

const Command& command_doctor() {
  static const Command command{
      .name = "doctor",
      .alias = "",
      .summary = "what works here: libraries, keys (present or not), endpoints, database",
      .description = "Never prints a key. Asks each endpoint for its list of models unless --offline.",
      .example =
          "plumb doctor\n"
          "plumb doctor --offline",
      .positional = "",
      .options = {{"--offline", "", "ask no endpoint", false}, config_option(), store_option()},
      .run = run};
  return command;
}

}  // namespace plumb
