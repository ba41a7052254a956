// The layers of the program, lowest first. A file may include only from its own folder and from
// those on its row; each third-party library has one door. This table is the architecture; the rest of
// this file checks it.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

const std::map<std::string, std::set<std::string>> k_may_include = {
    {"base", {}},
    {"language", {"base"}},
    {"domain", {"base", "language"}},
    {"config", {"base", "language", "domain"}},
    {"providers", {"base", "language", "domain"}},
    {"retrieval", {"base", "language", "domain"}},
    {"scorers", {"base", "language", "domain"}},
    {"controls", {"base", "language", "domain"}},
    {"store", {"base", "domain"}},
    {"stats", {"base", "domain"}},
    {"report", {"base", "domain", "stats"}},
    {"engine", {"base", "domain", "providers", "retrieval", "scorers", "controls"}},
    {"cli",
     {"base", "language", "domain", "config", "providers", "retrieval", "scorers", "controls", "stats", "report",
      "store", "engine"}},
    {"main.cpp", {"cli"}},
};

// A library's header, as a pattern, and the files that may include it.
const std::vector<std::pair<std::string, std::set<std::string>>> k_doors = {
    {R"(nlohmann/)", {"base/json.h"}},      {R"(utf8proc)", {"base/text.cpp"}},
    {R"(openssl/)", {"base/digest.cpp"}},   {R"(yaml-cpp/)", {"config/yaml.cpp"}},
    {R"(sqlite3)", {"store/database.cpp"}}, {R"(curl/)", {"engine/curl_library.h"}},
    {R"(CLI/)", {"cli/args.cpp"}},
};

struct Include {
  fs::path file;       // relative to harness/
  std::string target;  // as written
  bool ours = false;   // in quotes
};

std::vector<Include> all_includes() {
  const fs::path root = PLUMB_SOURCE_DIR "/harness";
  const std::regex include(R"re(^\s*#\s*include\s+(["<])([^">]+)[">])re");
  std::vector<Include> found;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path());
    for (std::string line; std::getline(in, line);) {
      std::smatch match;
      if (std::regex_search(line, match, include)) {
        found.push_back({entry.path().lexically_relative(root), match[2], match[1] == "\""});
      }
    }
  }
  return found;
}

TEST_CASE("every include points down") {
  int seen = 0;
  for (const Include& include : all_includes()) {
    if (!include.ours) continue;
    const std::string from = include.file.begin()->string();
    const std::string to = fs::path(include.target).begin()->string();
    CAPTURE(include.file.string());
    CAPTURE(include.target);
    REQUIRE(k_may_include.contains(from));
    CHECK((from == to || k_may_include.at(from).contains(to)));
    ++seen;
  }
  CHECK(seen > 50);
}

TEST_CASE("each third-party library has one door") {
  for (const Include& include : all_includes()) {
    if (include.ours) continue;
    for (const auto& [pattern, doors] : k_doors) {
      if (include.target.rfind(pattern, 0) != 0) continue;
      CAPTURE(include.target);
      CAPTURE(include.file.string());
      CHECK(doors.contains(include.file.string()));
    }
  }
}

TEST_CASE("no include cycles") {
  std::map<std::string, std::set<std::string>> graph;
  for (const Include& include : all_includes()) {
    if (include.ours) graph[include.file.string()].insert(include.target);
  }
  std::map<std::string, int> state;  // 1: on the path, 2: done
  std::string cycle;
  const std::function<void(const std::string&)> visit = [&](const std::string& file) {
    state[file] = 1;
    for (const std::string& next : graph[file]) {
      if (state[next] == 1) cycle = file + " -> " + next;
      if (state[next] == 0) visit(next);
    }
    state[file] = 2;
  };
  std::vector<std::string> files;
  for (const auto& [file, targets] : graph) files.push_back(file);
  for (const std::string& file : files) {
    if (state[file] == 0) visit(file);
  }
  CHECK(cycle == "");
}

TEST_CASE("ARCHITECTURE.md has a line for every unit") {
  std::ifstream in(PLUMB_SOURCE_DIR "/ARCHITECTURE.md");
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  // Per folder, the names in backquotes before the text of each bullet.
  std::map<std::string, std::set<std::string>> listed;
  std::string folder;
  std::istringstream lines(text.substr(text.find("## Files")));
  for (std::string line; std::getline(lines, line) && line.rfind("## Rules", 0) != 0;) {
    if (line.rfind("**", 0) == 0) folder = line.substr(2, line.rfind("**") - 2);
    const std::regex names("^- ((`[a-z_0-9]+`(, )?)+)");
    std::smatch match;
    if (!std::regex_search(line, match, names)) continue;
    const std::string all = match[1];
    for (std::size_t at = 0; (at = all.find('`', at)) != std::string::npos;) {
      const std::size_t end = all.find('`', at + 1);
      listed[folder].insert(all.substr(at + 1, end - at - 1));
      at = end + 1;
    }
  }
  std::map<std::string, std::set<std::string>> present;
  for (const auto& entry : fs::recursive_directory_iterator(PLUMB_SOURCE_DIR "/harness")) {
    const auto file = entry.path().lexically_relative(PLUMB_SOURCE_DIR "/harness");
    const std::string extension = file.extension().string();
    if ((extension == ".h" || extension == ".cpp") && file.has_parent_path()) {
      present[file.parent_path().string()].insert(file.stem().string());
    }
  }
  CHECK(present.size() > 10);
  for (const auto& [name, units] : present) {
    for (const std::string& unit : units) {
      CAPTURE(name);
      CAPTURE(unit);
      CHECK(listed[name].contains(unit));
    }
    for (const std::string& unit : listed[name]) {
      CAPTURE(name);
      CAPTURE(unit);
      CHECK(units.contains(unit));
    }
  }
}

TEST_CASE("every source file opens with what it owns") {
  for (const auto& entry : fs::recursive_directory_iterator(PLUMB_SOURCE_DIR "/harness")) {
    if (entry.path().extension() != ".h") continue;
    std::ifstream in(entry.path());
    std::string first;
    std::getline(in, first);
    CAPTURE(entry.path().string());
    CHECK(first.rfind("// ", 0) == 0);
  }
}

}  // namespace
