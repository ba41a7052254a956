// An eval.yaml as anyone may write it, beside a real data set and prompt: read, or refused with diagnostics.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "config/config.h"
#include "config/diagnostic.h"

namespace {

namespace fs = std::filesystem;

// Made once, gone with the process.
const fs::path& folder() {
  static const fs::path made = [] {
    std::string name = (fs::temp_directory_path() / "plumb-fuzz-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    std::atexit([] {
      std::error_code ignored;
      fs::remove_all(folder(), ignored);
    });
    const fs::path path = name;
    fs::create_directories(path / "data/passages");
    fs::create_directories(path / "data/questions");
    fs::create_directories(path / "prompts/kim");
    std::ofstream(path / "data/dataset.yaml") << "name: data\n";
    std::ofstream(path / "prompts/kim/plain.yaml") << "user: \"{{context}} {{question}}\"\n";
    return path;
  }();
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const fs::path file = folder() / "eval.yaml";
  std::ofstream(file, std::ios::binary).write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  const plumb::KnownNames names{.providers = {"openai", "http", "exec", "builtin"},
                                .builtin_models = {"extractive", "oracle"},
                                .controls = {"oracle"},
                                .retrievers = {"gold", "bm25", "none"},
                                .scorers = {"correctness", "groundedness"}};
  const plumb::LoadedSpec loaded = plumb::load_spec(file, names);
  if (!loaded.spec && !plumb::has_errors(loaded.diagnostics)) __builtin_trap();
  return 0;
}
