#include "cli/mix_table.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "base/file.h"
#include "base/text.h"
#include "config/config.h"

namespace plumb {
namespace {

TEST_CASE("the table in datasets/README.md is the one the command prints") {
  std::vector<Dataset> datasets;
  for (const char* name : {"memes", "postings", "realestate"}) {
    LoadedDataset loaded = load_dataset(std::string(PLUMB_SOURCE_DIR "/datasets/") + name);
    REQUIRE(loaded.dataset);
    datasets.push_back(std::move(*loaded.dataset));
  }
  const auto readme = read_file(PLUMB_SOURCE_DIR "/datasets/README.md");
  REQUIRE(readme);
  CHECK(contains(*readme, "--mix -->\n" + mix_table(datasets) + "<!-- end -->"));
}

TEST_CASE("types and totals are counted") {
  Dataset dataset;
  dataset.name = "d";
  Question a, b;
  a.type = b.type = QuestionType::numeric;
  b.answerable = false;
  dataset.questions = {a, b};
  const std::string table = mix_table({dataset});
  CHECK(contains(table, "| numeric | 2 (1) | 2 (1) |"));
  CHECK(contains(table, "| temporal | 0 | 0 |"));
  CHECK(contains(table, "| **all** | **2 (1)** | **2 (1)** |"));
  CHECK(contains(table, "| share not answerable | 50.0 % | 50.0 % |"));
}

}  // namespace
}  // namespace plumb
