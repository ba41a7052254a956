#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "base/text.h"
#include "cli/mix_table.h"
#include "cli/session.h"
#include "config/dataset_rules.h"

namespace plumb {

namespace {

namespace fs = std::filesystem;

// What was looked at, for the closing line, and what is wrong with it.
struct Checked {
  std::vector<Diagnostic> diagnostics;
  std::vector<std::string> summary;
  std::vector<Dataset> datasets;

  void add(std::vector<Diagnostic> more) {
    diagnostics.insert(diagnostics.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }
};

std::string dataset_line(const Dataset& dataset) {
  const auto not_answerable =
      std::ranges::count_if(dataset.questions, [](const Question& each) { return !each.answerable; });
  std::map<std::string, int> types;
  for (const Question& question : dataset.questions) ++types[to_string(question.type)];
  const double share = dataset.questions.empty() ? 0.0
                                                 : 100.0 * static_cast<double>(not_answerable) /
                                                       static_cast<double>(dataset.questions.size());
  return fmt::format("{}: {} questions of {} types, {} ({:.1f} %) not answerable, {} passages", dataset.name,
                     dataset.questions.size(), types.size(), not_answerable, share, dataset.passages.size());
}

void check_dataset_folder(const fs::path& folder, Checked& checked) {
  LoadedDataset loaded = load_dataset(folder);
  checked.add(std::move(loaded.diagnostics));
  if (!loaded.dataset) return;
  checked.add(check_dataset(*loaded.dataset, loaded.places));
  checked.summary.push_back(dataset_line(*loaded.dataset));
  checked.datasets.push_back(std::move(*loaded.dataset));
}

void check_prompt(const fs::path& file, Checked& checked) {
  LoadedPrompt loaded = load_prompt(file);
  checked.add(std::move(loaded.diagnostics));
  if (loaded.prompt)
    checked.summary.push_back(fmt::format("{}/{}: a prompt", loaded.prompt->member, loaded.prompt->name));
}

std::vector<fs::path> entries(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    found.push_back(it->path());
  std::ranges::sort(found);
  return found;
}

// A dataset, a folder of datasets, an evaluation, a prompt, a folder of prompts: told by what is there.
void check_path(const fs::path& path, Checked& checked) {
  std::error_code ignored;
  const auto wrong = [&](std::string message) {
    checked.diagnostics.push_back({Diagnostic::Severity::error, path.generic_string(), 0, 0, std::move(message)});
  };
  if (!fs::exists(path, ignored)) return wrong("no such file or folder");
  if (fs::is_directory(path, ignored)) {
    if (fs::exists(path / "dataset.yaml", ignored)) return check_dataset_folder(path, checked);
    bool any = false;
    for (const fs::path& entry : entries(path)) {
      const bool folder = fs::is_directory(entry, ignored) && !entry.filename().string().starts_with(".");
      if (folder || entry.extension() == ".yaml") {
        any = true;
        check_path(entry, checked);
      }
    }
    if (!any) wrong("neither a dataset (no dataset.yaml) nor a folder of datasets or prompts");
    return;
  }
  if (path.filename() == "eval.yaml") {
    LoadedSpec loaded = load_spec(path, known_names());
    checked.add(std::move(loaded.diagnostics));
    if (!loaded.spec) return;
    checked.summary.push_back(fmt::format("{}: {} systems × {} questions × {} trials", path.generic_string(),
                                          loaded.spec->systems.size(), loaded.spec->questions.size(),
                                          loaded.spec->trials));
    return;
  }
  if (path.filename() == "dataset.yaml") return check_dataset_folder(path.parent_path(), checked);
  check_prompt(path, checked);
}

Exit run(const Args& args, Terminal& terminal) {
  Checked checked;
  if (args.positionals().empty()) {
    const fs::path eval = args.value("config", "eval.yaml");
    LoadedSpec loaded = load_spec(eval, known_names());
    checked.add(std::move(loaded.diagnostics));
    if (loaded.spec) {
      checked.summary.push_back(fmt::format("{}: {} systems × {} questions × {} trials", eval.generic_string(),
                                            loaded.spec->systems.size(), loaded.spec->questions.size(),
                                            loaded.spec->trials));
      for (const Dataset& dataset : loaded.spec->datasets) check_dataset_folder(dataset.folder, checked);
    }
  }
  for (const std::string& path : args.positionals()) check_path(path, checked);

  for (const Diagnostic& diagnostic : checked.diagnostics) terminal.note(printable(to_string(diagnostic)));
  if (args.has("mix")) {
    terminal.out(mix_table(checked.datasets));
    return has_errors(checked.diagnostics) ? Exit::usage : Exit::ok;
  }
  for (const std::string& line : checked.summary) terminal.out(printable(line) + "\n");
  const auto errors = std::ranges::count_if(
      checked.diagnostics, [](const Diagnostic& each) { return each.severity == Diagnostic::Severity::error; });
  const auto warnings = static_cast<std::ptrdiff_t>(checked.diagnostics.size()) - errors;
  terminal.out(
      fmt::format("{} error{}, {} warning{}\n", errors, errors == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s"));
  return errors == 0 ? Exit::ok : Exit::usage;
}

}  // namespace

const Command& command_validate() {
  static const Command command{
      .name = "validate",
      .alias = "",
      .summary = "check configuration, datasets and prompts; asks nothing",
      .description =
          "Without arguments: eval.yaml and all it names. Else the datasets, folders of datasets, prompts or "
          "evaluations\n"
          "given. Prints every mistake at once as file:line:col, and exits with 2 if there is an error.",
      .example =
          "plumb validate\n"
          "plumb validate datasets\n"
          "plumb validate datasets --mix"
          "\n"
          "plumb validate datasets/postings prompts/kim/careful.yaml",
      .positional = "[PATH...]",
      .options = {{"--mix", "", "print the table of question types of datasets/README.md", false}, config_option()},
      .run = run};
  return command;
}

}  // namespace plumb
