// A data set's file as anyone may write it: the first byte says whether it is the questions or a passage.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "config/config.h"
#include "config/dataset_rules.h"
#include "config/diagnostic.h"

namespace {

namespace fs = std::filesystem;

constexpr const char* k_passage =
    "---\nid: p1\ntitle: 누리솔루션 백엔드\nkind: posting\nsource: 자체 창작\ngrade: fiction\nas_of: 2026-11-03\n---\n"
    "합격보상금은 100만원입니다.\n";
constexpr const char* k_questions =
    "- id: q1\n  type: single\n  question: 합격보상금은 얼마인가요?\n  passages: [p1]\n  answer: 100만원입니다.\n"
    "  references: [{number: 100만원}]\n";

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
    fs::create_directories(path / "passages");
    fs::create_directories(path / "questions");
    std::ofstream(path / "dataset.yaml") << "name: data\ntitle: 자료\nlanguage: ko\nlicense: CC0-1.0\nversion: 1\n";
    return path;
  }();
  return made;
}

void write(const fs::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary).write(text.data(), static_cast<std::streamsize>(text.size()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const bool of_questions = data[0] % 2 == 0;
  write(folder() / "passages" / "p1.md", of_questions ? k_passage : text);
  write(folder() / "questions" / "q.yaml", of_questions ? text : k_questions);
  const plumb::LoadedDataset loaded = plumb::load_dataset(folder());
  if (!loaded.dataset && !plumb::has_errors(loaded.diagnostics)) __builtin_trap();
  return 0;
}
