#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>

#include "base/text.h"
#include "cli/endpoints.h"
#include "cli/session.h"
#include "engine/transports.h"
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

bool is_set(const std::string& variable) {
  const char* value = std::getenv(variable.c_str());
  return value && *value;
}

void check_keys(const EvalSpec& spec, Findings& findings) {
  std::map<std::string, std::set<std::string>> models_of_key;
  for (const Model& model : spec.models) {
    if (!model.key_env.empty()) models_of_key[model.key_env].insert(model.name);
  }
  for (const auto& [name, models] : models_of_key) {
    const std::string wanted_by = fmt::format("needed by {}", fmt::join(models, ", "));
    if (is_set(name)) {
      findings.good(name, "is set; " + wanted_by);
    } else {
      findings.bad(name, "is not set; " + wanted_by);
    }
  }
}

void tell(Findings& findings, const std::string& what, const Finding& finding) {
  finding.good ? findings.good(what, finding.words) : findings.bad(what, finding.words);
}

// The answer to one request; status 0 and an error where there is none.
HttpResponse ask(const HttpRequest& request) {
  HttpResponse none;
  const auto made =
      make_transport({.http = {.connect_timeout = std::chrono::seconds(3)}, .needs_http = !request.program});
  if (!made) {
    none.error = made.error().message;
    return none;
  }
  Transport& transport = **made;
  transport.start(1, request, std::chrono::seconds(5));
  const Instant give_up = transport.now() + std::chrono::seconds(6);
  std::vector<Transfer> ended;
  while (ended.empty() && transport.now() < give_up) ended = transport.wait(give_up);
  if (!ended.empty()) return std::move(ended[0].response);
  none.error = "no answer within 6 s";
  return none;
}

void check_endpoints(const EvalSpec& spec, Findings& findings) {
  for (const Model* model : endpoints_of(spec)) {
    if (!model->key_env.empty() && !is_set(model->key_env) && !model->http) continue;  // said already
    const char* key = model->key_env.empty() ? nullptr : std::getenv(model->key_env.c_str());
    const HttpRequest request = find_provider(model->provider)->probe(*model, key ? key : "");
    tell(findings, endpoint_name(*model, spec), judge_probe(*model, ask(request)));
  }
}

void check_evaluation(const EvalSpec& spec, bool offline, Findings& findings) {
  findings.good("evaluation",
                fmt::format("{}: {} systems × {} questions", spec.name, spec.systems.size(), spec.questions.size()));
  check_keys(spec, findings);
  if (const std::string prices = describe_prices(spec); !prices.empty()) findings.plain("prices", prices);
  for (const Model& model : spec.models) {
    if (model.program) tell(findings, model.name, check_program(*model.program));
  }
  if (!offline) check_endpoints(spec, findings);
}

Exit run(const Args& args, Terminal& terminal) {
  Findings findings(terminal);
  findings.good("plumb", PLUMB_VERSION);
  const auto curl = curl_version_line();
  curl ? findings.good("curl", *curl) : findings.bad("curl", curl.error().message);
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
    check_evaluation(*spec, args.has("offline"), findings);
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
      .description =
          "Never prints a key. Asks each endpoint for its list of models, and whether a service of your own is there,\n"
          "unless --offline. Starts no program.",
      .example =
          "plumb doctor\n"
          "plumb doctor --offline",
      .positional = "",
      .options = {{"--offline", "", "ask no endpoint", false}, config_option(), store_option()},
      .run = run};
  return command;
}

}  // namespace plumb
