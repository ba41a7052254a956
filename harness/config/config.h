// Reads eval.yaml and all that it names: datasets and prompts. yaml-cpp is used by config/yaml.cpp only.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostic.h"
#include "domain/spec.h"

namespace plumb {

// What exists, told by the caller because config knows no registry.
struct KnownNames {
  std::vector<std::string> providers;       // without "builtin"
  std::vector<std::string> builtin_models;  // extractive and the controls
  std::vector<std::string> controls;        // those of the above that are controls
  std::vector<std::string> retrievers;
  std::vector<std::string> scorers;
};

struct LoadedSpec {
  std::optional<EvalSpec> spec;         // none if any diagnostic is an error
  std::vector<Diagnostic> diagnostics;  // all there are, in the order of files and lines
};

// Paths in the file are relative to it. The result is expanded and sealed.
LoadedSpec load_spec(const std::filesystem::path& eval_yaml, const KnownNames&);

// Where each question and passage stands, by id; for checks that come after loading (dataset_rules.h).
struct DatasetPlaces {
  struct FilePlace {
    std::string file;
    Place place;
  };
  std::string dataset_yaml;  // the file
  std::map<std::string, FilePlace> questions;
  std::map<std::string, FilePlace> passages;
};

struct LoadedDataset {
  std::optional<Dataset> dataset;  // sealed; none if any diagnostic is an error
  std::vector<Diagnostic> diagnostics;
  DatasetPlaces places;
};
// The structure: files, keys, ids, values that can be read. What the questions say is dataset_rules.h's matter.
LoadedDataset load_dataset(const std::filesystem::path& folder);

struct LoadedPrompt {
  std::optional<PromptTemplate> prompt;  // sealed; none if any diagnostic is an error
  std::vector<Diagnostic> diagnostics;
};
// `text` instead of the file's content when a submission has not been saved yet. The member is the name of the
// file's folder.
LoadedPrompt load_prompt(const std::filesystem::path&, std::optional<std::string_view> text = {});

}  // namespace plumb
