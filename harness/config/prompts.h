// Reads one prompt, with the places that eval.yaml's own checks need.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "config/diagnostic.h"
#include "domain/prompt.h"

namespace plumb {

struct ReadPrompt {
  PromptTemplate prompt;                // sealed
  Place place;                          // of its name, or of the file's first key
  std::vector<Place> model_places;      // of each of prompt.models
  std::vector<Place> retrieval_places;  // of each of prompt.retrievals
};

// `text`: instead of the file's content. None if the file has errors, which are told.
std::optional<ReadPrompt> read_prompt(const std::filesystem::path&, std::optional<std::string_view> text, FileReport&);

}  // namespace plumb
