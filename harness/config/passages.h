// Reads one passage: front matter between two lines of dashes, then Markdown.
#pragma once

#include <filesystem>
#include <optional>

#include "config/diagnostic.h"
#include "domain/dataset.h"

namespace plumb {

struct ReadPassage {
  Passage passage;  // not sealed
  Place place;      // of its id
};

// None if the file has errors, which are told. The body is kept as written, less blank lines at either end;
// a passage without a body is an error. `dataset` is put into the passage.
std::optional<ReadPassage> read_passage(const std::filesystem::path&, const std::string& dataset, FileReport&);

}  // namespace plumb
