#include "inputs.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "texts.h"

namespace plumb::bench {

namespace {

namespace fs = std::filesystem;

// A YAML file may hold 200,000 values.
constexpr long k_questions_a_file = 5'000;

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
  const fs::path dataset = dataset_folder(root, inputs.questions);
  write_dataset(dataset, inputs.questions);
  fs::create_directories(root / "prompts/bench");
  std::ofstream(root / "prompts/bench/plain.yaml")
      << "description: generated\nsystem: " << k_system << "\nuser: |-\n  {{context}}\n\n  [질문]\n  {{question}}\n"
      << "parameters: {temperature: 0}\n";
  const fs::path path = root / fmt::format("eval-{}-{}.yaml", inputs.questions, inputs.in_flight);
  std::ofstream(path) << fmt::format(
      "name: bench\ndatasets: [{}]\nprompts: [{}]\n"
      "models: [{{name: mock, provider: openai, id: mock-a, base_url: \"{}\"}}]\n"
      "retrievals: [gold]\nscorers: [correctness]\nlimits: {{in_flight_max: {}{}{}}}\n",
      dataset.string(), (root / "prompts/bench").string(), inputs.url, inputs.in_flight,
      inputs.more_limits.empty() ? "" : ", ", inputs.more_limits);
  return path;
}

double bytes_a_question(const std::string& folder, long questions) {
  double bytes = 0.0;
  for (const auto& file : fs::directory_iterator(dataset_folder(folder, questions) / "questions")) {
    bytes += static_cast<double>(file.file_size());
  }
  return bytes / static_cast<double>(questions);
}

std::string write_promptfoo(const std::string& folder, const Inputs& inputs) {
  const fs::path path = fs::path(folder) / fmt::format("promptfoo-{}.json", inputs.questions);
  std::ofstream out(path);
  fmt::print(
      out,
      R"({{"providers":[{{"id":"openai:chat:mock-a","config":{{"apiBaseUrl":"{}","apiKey":"none","temperature":0}}}}],)"
      R"("prompts":["[{{\"role\":\"system\",\"content\":\"{}\"}},{{\"role\":\"user\",\"content\":\"[1] 공고\\n{}\\n\\n[질문]\\n{{{{question}}}}\"}}]"],)"
      R"("defaultTest":{{"assert":[{{"type":"contains","value":"{}"}}]}},"tests":[)",
      inputs.url, k_system, k_passage, k_expected);
  for (long i = 0; i < inputs.questions; ++i) {
    fmt::print(out, R"({}{{"vars":{{"question":"{}"}}}})", i == 0 ? "" : ",", question(i));
  }
  fmt::print(out, "]}}\n");
  return path;
}

}  // namespace plumb::bench
