// A folder of files for one test, and what the loaders tell of it. Removed at the end.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"

namespace plumb::test {

class TempFolder {
 public:
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "plumb-config-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path& path() const { return path_; }

  std::filesystem::path write(const std::string& name, std::string_view text) const {
    const std::filesystem::path file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return file;
  }

  // One line each, as a user sees it, with paths relative to this folder.
  std::string told(const std::vector<Diagnostic>& diagnostics) const {
    std::string all;
    const std::string prefix = path_.generic_string() + "/";
    for (const Diagnostic& diagnostic : diagnostics) {
      std::string line = to_string(diagnostic);
      for (std::size_t at = line.find(prefix); at != std::string::npos; at = line.find(prefix)) {
        line.erase(at, prefix.size());
      }
      all += line + "\n";
    }
    return all;
  }

 private:
  std::filesystem::path path_;
};

inline std::string read_all(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// A text with one mistake, and the lines that tell of it.
struct Mistake {
  std::string rule;
  std::string text;
  std::string told;
};

// What exists in these tests.
inline KnownNames known_names() {
  return {.providers = {"openai"},
          .builtin_models = {"abstain", "extractive", "mutant", "oracle"},
          .controls = {"abstain", "mutant", "oracle"},
          .retrievers = {"bm25", "gold", "none"},
          .scorers = {"abstention", "citations", "correctness", "groundedness"}};
}

}  // namespace plumb::test
