// What the repository ships can be read: eval.yaml, its prompts and datasets, and the documentation's examples.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "config/config.h"
#include "config/dataset_rules.h"
#include "temp_folder.h"

namespace plumb {

namespace {

namespace fs = std::filesystem;
using test::TempFolder;

const fs::path k_root = PLUMB_SOURCE_DIR;

std::string joined(const std::vector<Diagnostic>& diagnostics) {
  std::string all;
  for (const Diagnostic& diagnostic : diagnostics) all += to_string(diagnostic) + "\n";
  return all;
}

// The text of each ```LANGUAGE block of a Markdown file, in order.
std::vector<std::string> code_blocks(const std::string& markdown, const std::string& language) {
  std::vector<std::string> blocks;
  const std::string open = "\n```" + language + "\n";
  for (std::size_t at = markdown.find(open); at != std::string::npos; at = markdown.find(open, at)) {
    at += open.size();
    const std::size_t close = markdown.find("\n```", at);
    blocks.push_back(markdown.substr(at, close - at) + "\n");
    at = close;
  }
  return blocks;
}

// The word after the first `key`.
std::string value_of(const std::string& text, const std::string& key) {
  const std::size_t at = text.find(key) + key.size();
  return text.substr(at, text.find_first_of(" \n", at) - at);
}

// With the repository's own datasets and prompts, wherever the text lies.
std::string at_root(std::string text) {
  for (const char* folder : {"datasets/", "prompts/"}) {
    for (const char* before : {"- ", "["}) {
      const std::string entry = std::string(before) + folder;
      for (std::size_t at = text.find(entry); at != std::string::npos; at = text.find(entry, at + 1)) {
        text.insert(at + std::string(before).size(), k_root.string() + "/");
      }
    }
  }
  return text;
}

KnownNames all_providers() {
  KnownNames known = test::known_names();
  known.providers = {"anthropic", "exec", "gemini", "http", "ollama", "openai"};
  return known;
}

}  // namespace

TEST_CASE("the repository's eval.yaml loads, with its prompts and datasets") {
  const LoadedSpec loaded = load_spec(k_root / "eval.yaml", test::known_names());
  CHECK(joined(loaded.diagnostics) == "");
  REQUIRE(loaded.spec);
  CHECK(loaded.spec->name == "plumb-study");
  CHECK(loaded.spec->datasets.size() == 3);
  CHECK(loaded.spec->models.size() == 4);
  CHECK(loaded.spec->prompts.size() == 3);
  CHECK(loaded.spec->systems.size() == 12);
  CHECK(loaded.spec->questions.size() > 30);
}

TEST_CASE("the models that eval.yaml only suggests are right once their # is removed") {
  std::string text = test::read_all(k_root / "eval.yaml");
  const TempFolder folder;
  for (const char* line :
       {"- openai:", "- anthropic:", "- google:", "- ollama:", "- exec:", "- name: ", "  provider: ", "  id: ",
        "  parameters: ", "  price: ", "  rates: ", "  base_url: ", "  url: ", "  http: "}) {
    const std::string commented = std::string("  # ") + line;
    for (std::size_t at = text.find(commented); at != std::string::npos; at = text.find(commented, at)) {
      text.erase(at + 2, 2);
    }
  }
  const LoadedSpec loaded = load_spec(folder.write("eval.yaml", at_root(text)), all_providers());
  CHECK(joined(loaded.diagnostics) == "");
  REQUIRE(loaded.spec);
  CHECK(loaded.spec->models.size() == 12);
}

TEST_CASE("every model in docs/models.md can be read as it stands") {
  const std::string page = test::read_all(k_root / "docs/models.md");
  std::vector<std::string> examples = code_blocks(page, "yaml");
  CHECK(examples.size() == 3);
  // The short ids in the first column of the table, `…` standing for any.
  std::string ids = "models:\n";
  const std::size_t begin = page.find("\n| id | asks"), end = page.find("\n\n", begin);
  for (std::size_t at = page.find("\n| `", begin); at < end; at = page.find("\n| `", at + 1)) {
    ids += "  - " + page.substr(at + 4, page.find('`', at + 4) - at - 4) + "\n";
  }
  examples.push_back(ids);
  std::size_t models = 0;
  for (const std::string& example : examples) {
    CAPTURE(example);
    const TempFolder folder;
    const LoadedSpec loaded = load_spec(
        folder.write("eval.yaml", at_root("datasets: [datasets/memes]\nprompts: [prompts/examples]\n" + example)),
        all_providers());
    CHECK(folder.told(loaded.diagnostics) == "");
    if (loaded.spec) models += loaded.spec->models.size();
  }
  CHECK(models == 7 + 1 + 1 + 8);
}

TEST_CASE("the shipped datasets keep the rules") {
  for (const char* name : {"postings", "memes", "realestate"}) {
    const LoadedDataset loaded = load_dataset(k_root / "datasets" / name);
    CAPTURE(name);
    CHECK(joined(loaded.diagnostics) == "");
    if (!loaded.dataset) continue;
    CHECK(joined(check_dataset(*loaded.dataset, loaded.places)) == "");
  }
}

TEST_CASE("the examples of docs/dataset-format.md can be read as they stand") {
  const std::string page = test::read_all(k_root / "docs/dataset-format.md");
  const std::vector<std::string> yaml = code_blocks(page, "yaml");
  const std::vector<std::string> markdown = code_blocks(page, "markdown");
  REQUIRE(yaml.size() == 2);
  REQUIRE(markdown.size() == 1);
  const std::string id = value_of(markdown[0], "id: ");
  std::string twin = yaml[1];  // a pair needs two
  twin.replace(twin.find(value_of(twin, "- id: ")), 1, "other-");
  const TempFolder folder;
  folder.write("postings/dataset.yaml", yaml[0]);
  folder.write("postings/passages/" + id + ".md", markdown[0]);
  folder.write("postings/questions/all.yaml", yaml[1] + twin);
  const LoadedDataset loaded = load_dataset(folder.path() / "postings");
  CHECK(folder.told(loaded.diagnostics) == "");
  REQUIRE(loaded.dataset);
  CHECK(loaded.dataset->questions[0].references.size() == 2);
  CHECK(loaded.dataset->questions[0].forbidden.size() == 2);
  CHECK(loaded.dataset->passages[0].grade == Grade::fiction);
}

TEST_CASE("every part in the documentation's table of references can be read") {
  const std::string page = test::read_all(k_root / "docs/dataset-format.md");
  const std::size_t begin = page.find("### References");
  const std::string table = page.substr(begin, page.find("\n\nA number carries", begin) - begin);
  std::string questions;
  int parts = 0;
  for (std::size_t at = table.find("\n| `"); at != std::string::npos; at = table.find("\n| `", at + 1)) {
    const std::string cell = table.substr(at + 3, table.find(" | ", at + 3) - at - 3);
    for (std::size_t tick = cell.find('`'); tick != std::string::npos; tick = cell.find('`', tick + 1)) {
      const std::size_t close = cell.find('`', tick + 1);
      const std::string part = cell.substr(tick + 1, close - tick - 1);
      tick = close;
      questions += fmt::format(
          "- id: q-{}\n  type: single_fact\n  question: 물음 {}\n  passages: [nuri-backend]\n  answer: 답\n"
          "  references:\n    - {}\n",
          parts, parts, part);
      ++parts;
    }
  }
  CHECK(parts == 7);
  const TempFolder folder;
  folder.write("postings/dataset.yaml", "name: postings\ntitle: 공고\nlanguage: ko\nlicense: CC0\nversion: 1\n");
  folder.write("postings/passages/nuri-backend.md",
               "---\nid: nuri-backend\ntitle: 누리\nkind: posting\ngrade: FICTION\n---\n글\n");
  folder.write("postings/questions/all.yaml", questions);
  const LoadedDataset loaded = load_dataset(folder.path() / "postings");
  CHECK(folder.told(loaded.diagnostics) == "");
  CHECK(loaded.dataset);
}

}  // namespace plumb
