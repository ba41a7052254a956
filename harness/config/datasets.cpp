// load_dataset: a folder's dataset.yaml, passages/ and questions/, and what must hold between them.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/file.h"
#include "config/config.h"
#include "config/passages.h"
#include "config/questions.h"
#include "config/reader.h"
#include "config/text_file.h"

namespace plumb {

namespace fs = std::filesystem;

namespace {

// What is being put together, with all that its checks need to name a place.
struct Loading {
  fs::path folder;
  Dataset dataset;
  DatasetPlaces places;
  std::vector<Diagnostic> diagnostics;
  std::set<std::string> passage_stems;  // of all files, also of those with errors: their ids are known
  std::vector<std::pair<std::string, ReadQuestion>> questions;  // with their files

  FileReport report(const fs::path& file) { return {file.generic_string(), diagnostics}; }
};

std::string folder_name(const fs::path& folder) {
  const fs::path whole = fs::absolute(folder).lexically_normal();
  return (whole.has_filename() ? whole.filename() : whole.parent_path().filename()).string();
}

void read_description(Loading& loading) {
  const fs::path file = loading.folder / "dataset.yaml";
  loading.places.dataset_yaml = file.generic_string();
  FileReport report = loading.report(file);
  const auto text = load_text(file, k_config_bytes_max, report);
  if (!text) return;
  const auto root = parse_yaml(*text, report);
  if (!root) return;
  const MapReader map(*root, dataset_keys(), report);
  loading.dataset.name = map.text("name");
  loading.dataset.title = map.text("title");
  loading.dataset.language = map.word("language", language_words()).value_or("");
  loading.dataset.license = map.text("license");
  loading.dataset.version = static_cast<int>(map.integer("version", 1, 1'000'000).value_or(1));
  const std::string expected = folder_name(loading.folder);
  if (!loading.dataset.name.empty() && loading.dataset.name != expected) {
    report.error(map.place("name"),
                 fmt::format("the name '{}' is not the folder's name '{}'", loading.dataset.name, expected));
  }
}

// Files with the extension below a folder of the dataset; files that only look like it are named.
std::vector<fs::path> files_in(Loading& loading, const char* name, const char* extension, const char* lookalike) {
  const fs::path folder = loading.folder / name;
  std::error_code error;
  if (!fs::is_directory(folder, error)) return {};
  if (auto ignored = list_files(folder, lookalike)) {
    for (const fs::path& file : *ignored) {
      loading.report(file).warning({}, fmt::format("not read: files here end in {}", extension));
    }
  }
  auto files = list_files(folder, extension);
  if (files) return *std::move(files);
  loading.report(folder).error({}, files.error().message);
  return {};
}

// Tells an id that was used before; true if it is new.
bool take_id(std::map<std::string, DatasetPlaces::FilePlace>& places, const std::string& id, Place place,
             const char* what, FileReport& report) {
  const auto [first, is_new] = places.emplace(id, DatasetPlaces::FilePlace{report.file(), place});
  if (!is_new) {
    report.error(place, fmt::format("{} '{}' is there twice; first at {}:{}", what, id, first->second.file,
                                    first->second.place.line));
  }
  return is_new;
}

void read_passages(Loading& loading) {
  for (const fs::path& file : files_in(loading, "passages", ".md", ".markdown")) {
    FileReport report = loading.report(file);
    loading.passage_stems.insert(file.stem().string());
    auto read = read_passage(file, loading.dataset.name, report);
    if (!read || !take_id(loading.places.passages, read->passage.id, read->place, "passage", report)) continue;
    loading.dataset.passages.push_back(std::move(read->passage));
  }
}

void read_question_files(Loading& loading) {
  const std::vector<fs::path> files = files_in(loading, "questions", ".yaml", ".yml");
  if (files.empty()) loading.report(loading.folder).error({}, "no questions: questions/*.yaml");
  for (const fs::path& file : files) {
    FileReport report = loading.report(file);
    const auto text = load_text(file, k_questions_bytes_max, report);
    if (!text) continue;
    for (ReadQuestion& read : read_questions(*text, loading.dataset.name, report)) {
      if (!take_id(loading.places.questions, read.question.id, read.place, "question", report)) continue;
      loading.questions.emplace_back(report.file(), std::move(read));
    }
  }
}

void check_passages_exist(Loading& loading, const std::string& file, const ReadQuestion& read) {
  FileReport report(file, loading.diagnostics);
  const std::vector<std::string> known(loading.passage_stems.begin(), loading.passage_stems.end());
  for (std::size_t i = 0; i < read.question.passages.size(); ++i) {
    const std::string& id = read.question.passages[i];
    if (loading.passage_stems.contains(id)) continue;
    report.error(read.passage_places[i],
                 fmt::format("no passage '{}' in {}{}", id, (loading.folder / "passages").generic_string(),
                             did_you_mean(id, known)));
  }
  for (std::size_t i = 0; i < read.question.evidence.size(); ++i) {
    const Passage* passage = loading.dataset.find_passage(read.question.evidence[i]);
    if (passage && passage->distractor) {
      report.error(read.evidence_places[i],
                   fmt::format("evidence '{}' is a passage with distractor: true", passage->id));
    }
  }
}

void check_pairs(Loading& loading) {
  std::map<std::string, int> members;
  for (const auto& [file, read] : loading.questions) ++members[read.question.pair];
  for (const auto& [file, read] : loading.questions) {
    if (read.question.pair.empty() || members[read.question.pair] > 1) continue;
    FileReport(file, loading.diagnostics)
        .error(read.place,
               fmt::format("question '{}' is the only one of pair '{}'", read.question.id, read.question.pair));
  }
}

// Grade and source of a question that names none: those of its evidence, or of what is shown without any.
void inherit(Question& question, const Dataset& dataset) {
  const auto& ids = question.evidence.empty() ? question.passages : question.evidence;
  Grade lowest = Grade::law;
  std::vector<std::string> sources;
  for (const std::string& id : ids) {
    const Passage* passage = dataset.find_passage(id);
    if (!passage) continue;
    lowest = std::max(lowest, passage->grade);
    if (!passage->source.empty() && std::ranges::find(sources, passage->source) == sources.end()) {
      sources.push_back(passage->source);
    }
  }
  if (question.grade == Grade::none && !ids.empty()) question.grade = lowest;
  if (question.source.empty()) question.source = fmt::format("{}", fmt::join(sources, "; "));
}

}  // namespace

LoadedDataset load_dataset(const fs::path& folder) {
  Loading loading;
  loading.folder = folder.empty() ? fs::path(".") : folder;
  loading.dataset.folder = loading.folder.generic_string();
  loading.dataset.folder = folder.generic_string();
  std::error_code error;
  if (!fs::is_directory(loading.folder, error)) {
    loading.report(loading.folder).error({}, "no such folder");
    return {{}, std::move(loading.diagnostics), {}};
  }
  read_description(loading);
  read_passages(loading);
  read_question_files(loading);
  const bool all_read = !has_errors(loading.diagnostics);
  for (const auto& [file, read] : loading.questions) check_passages_exist(loading, file, read);
  if (all_read) check_pairs(loading);  // a twin that was not read would be missed
  sort_diagnostics(loading.diagnostics);
  if (has_errors(loading.diagnostics)) return {{}, std::move(loading.diagnostics), std::move(loading.places)};
  for (auto& [file, read] : loading.questions) {
    inherit(read.question, loading.dataset);
    loading.dataset.questions.push_back(std::move(read.question));
  }
  seal(loading.dataset);
  return {std::move(loading.dataset), std::move(loading.diagnostics), std::move(loading.places)};
}

}  // namespace plumb
