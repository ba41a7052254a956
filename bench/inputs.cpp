#include "inputs.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <utility>
#include <vector>

#include "texts.h"

namespace plumb::bench {

namespace {

namespace fs = std::filesystem;

// A YAML file may hold 200,000 values.
constexpr long k_questions_a_file = 5'000;

bool is_grid(long cells) { return cells >= 4; }
long questions_of(long cells) { return is_grid(cells) ? (cells + 3) / 4 : cells; }

fs::path dataset_folder(const fs::path& folder, long questions) { return folder / fmt::format("q{}", questions); }

void write_dataset(const fs::path& folder, long questions) {
  if (fs::exists(folder / "dataset.yaml")) return;
  fs::create_directories(folder / "passages");
  fs::create_directories(folder / "questions");
  std::ofstream(folder / "passages/notice.md")
      << "---\nid: notice\ntitle: 공고\nkind: posting\nas_of: 2026-11-10\ngrade: FICTION\nsource: generated\n---\n"
      << k_passage << '\n';
  std::ofstream file;
  for (long i = 0; i < questions; ++i) {
    if (i % k_questions_a_file == 0) {
      file = std::ofstream(folder / fmt::format("questions/part{:03}.yaml", i / k_questions_a_file));
    }
    fmt::print(file,
               "- {{id: q{:06}, type: single_fact, question: \"{}\", passages: [notice], answer: \"{}입니다.\", "
               "references: [{{text: [{}]}}]}}\n",
               i, question(i), k_expected, k_expected);
  }
  std::ofstream(folder / "dataset.yaml") << "name: " << folder.filename().string()
                                         << "\ntitle: generated\nlanguage: ko\nlicense: CC0-1.0\nversion: 1\n";
}

}  // namespace

std::string write_evaluation(const std::string& folder, const Inputs& inputs) {
  const fs::path root = folder;
  const fs::path dataset = dataset_folder(root, questions_of(inputs.cells));
  write_dataset(dataset, questions_of(inputs.cells));
  fs::create_directories(root / "prompts/bench");
  for (const auto& [name, system] : {std::pair("plain", k_system), std::pair("other", k_other_system)}) {
    std::ofstream(root / fmt::format("prompts/bench/{}.yaml", name))
        << "description: generated\nsystem: " << system << "\nuser: |-\n  {{context}}\n\n  [질문]\n  {{question}}\n"
        << "parameters: {temperature: 0}\n";
  }
  const fs::path path = root / fmt::format("eval-{}-{}.yaml", inputs.cells, inputs.in_flight);
  const std::string prompts = (root / "prompts/bench").string() + (is_grid(inputs.cells) ? "" : "/plain.yaml");
  std::string models;
  for (const char* id : {"mock-a", "mock-b"}) {
    if (models.empty() || is_grid(inputs.cells)) {
      models += fmt::format("{}{{name: {}, provider: openai, id: {}, base_url: \"{}\"}}", models.empty() ? "" : ", ",
                            id, id, inputs.url);
    }
  }
  std::ofstream(path) << fmt::format(
      "name: bench\ndatasets: [{}]\nprompts: [{}]\nmodels: [{}]\n"
      "retrievals: [gold]\nscorers: [correctness]\nlimits: {{in_flight_max: {}{}{}}}\n",
      dataset.string(), prompts, models, inputs.in_flight, inputs.more_limits.empty() ? "" : ", ", inputs.more_limits);
  return path;
}

double question_bytes_a_cell(const std::string& folder, long cells) {
  double bytes = 0.0;
  for (const auto& file : fs::directory_iterator(dataset_folder(folder, questions_of(cells)) / "questions")) {
    bytes += static_cast<double>(file.file_size());
  }
  return bytes / static_cast<double>(cells);
}

std::string write_promptfoo(const std::string& folder, const Inputs& inputs) {
  const fs::path path = fs::path(folder) / fmt::format("promptfoo-{}.json", inputs.cells);
  std::ofstream out(path);
  const auto list = [&](auto one, std::initializer_list<const char*> all) {
    std::string text;
    for (const char* each : all) {
      if (text.empty() || is_grid(inputs.cells)) text += (text.empty() ? "" : ",") + one(each);
    }
    return text;
  };
  const std::string providers = list(
      [&](const char* id) {
        return fmt::format(
            R"({{"id":"openai:chat:{}","config":{{"apiBaseUrl":"{}","apiKey":"none","temperature":0}}}})", id,
            inputs.url);
      },
      {"mock-a", "mock-b"});
  const std::string prompts = list(
      [&](const char* system) {
        return fmt::format(
            R"("[{{\"role\":\"system\",\"content\":\"{}\"}},{{\"role\":\"user\",\"content\":\"[1] 공고\\n{}\\n\\n[질문]\\n{{{{question}}}}\"}}]")",
            system, k_passage);
      },
      {k_system, k_other_system});
  fmt::print(
      out,
      R"({{"providers":[{}],"prompts":[{}],"defaultTest":{{"assert":[{{"type":"contains","value":"{}"}}]}},"tests":[)",
      providers, prompts, k_expected);
  for (long i = 0; i < questions_of(inputs.cells); ++i) {
    fmt::print(out, R"({}{{"vars":{{"question":"{}"}}}})", i == 0 ? "" : ",", question(i));
  }
  fmt::print(out, "]}}\n");
  return path;
}

}  // namespace plumb::bench
