// The main job, whole: the repository's own evaluation, run into a scratch database, and what its controls
// must show. If one of these fails, a scorer or a key is wrong.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <set>

#include "cli/run_evaluation.h"
#include "cli/session.h"
#include "config/config.h"

namespace plumb {
namespace {

namespace fs = std::filesystem;

// Run once for all cases: the evaluation does not change between them.
struct Whole {
  fs::path folder = fs::temp_directory_path() / fmt::format("plumb_board_test_{}", ::getpid());
  EvalSpec spec;
  RunResult result;
  Report report;
  std::vector<StoredCell> cells;

  Whole() {
    fs::create_directories(folder);
    LoadedSpec loaded = load_spec(PLUMB_SOURCE_DIR "/eval.yaml", known_names());
    for (const Diagnostic& diagnostic : loaded.diagnostics) MESSAGE(to_string(diagnostic));
    REQUIRE(loaded.spec);
    spec = std::move(*loaded.spec);
    result = fill();
    REQUIRE(result.run);
    const auto opened = open_run(store(), "last");
    REQUIRE(opened);
    auto made = make_report(*opened->store, opened->run, &spec, Day{2026, 11, 22});
    REQUIRE(made);
    report = std::move(*made);
    auto stored = opened->store->cells(opened->run.id, true);
    REQUIRE(stored);
    cells = std::move(*stored);
  }
  ~Whole() { fs::remove_all(folder); }

  fs::path store() const { return folder / "plumb.db"; }
  RunResult fill() const {
    Terminal terminal;
    return run_evaluation(spec, {.store = store(), .quiet = true, .progress = ProgressStyle::none}, terminal);
  }
  std::vector<const BoardRow*> rows_of(const std::string& model) const {
    std::vector<const BoardRow*> rows;
    for (const BoardRow& row : report.board.rows) {
      if (row.system.model == model) rows.push_back(&row);
    }
    REQUIRE(rows.size() == spec.prompts.size());
    return rows;
  }
};

const Whole& whole() {
  static const Whole instance;
  return instance;
}

double value(const Rate& rate) {
  REQUIRE(rate.value);
  return *rate.value;
}

TEST_CASE("the repository's evaluation fills every cell") {
  CHECK(whole().result.exit == Exit::ok);
  CHECK(whole().spec.prompts.size() == 3);
  CHECK(whole().spec.questions.size() >= 60);
  CHECK(whole().cells.size() == whole().spec.questions.size() * whole().spec.systems.size());
  for (const BoardRow& row : whole().report.board.rows) CHECK(row.errors == 0);
}

TEST_CASE("oracle is above extractive, and extractive above mutant, on correctness") {
  const double oracle = value(whole().rows_of("oracle")[0]->correct);
  const double extractive = value(whole().rows_of("extractive")[0]->correct);
  const double mutant = value(whole().rows_of("mutant")[0]->correct);
  CAPTURE(oracle);
  CAPTURE(extractive);
  CAPTURE(mutant);
  CHECK(oracle > extractive);
  CHECK(extractive > mutant);
  CHECK(oracle >= 0.99);
}

TEST_CASE("the mutant is seen through") {
  for (const BoardRow* row : whole().rows_of("mutant")) CHECK(value(row->hallucination_rate) > 0.9);
  int planted = 0, caught = 0;
  for (const MutantRecall& recall : whole().report.board.recall) {
    CHECK(recall.kind != "unknown");
    planted += recall.planted;
    caught += recall.caught;
  }
  CHECK(planted == static_cast<int>(whole().spec.questions.size() * whole().spec.prompts.size()));
  CHECK(caught > planted * 0.95);
}

TEST_CASE("the correctness scorer alone sees through 95 in 100 mutants") {
  std::set<std::string> mutants;
  for (const System& system : whole().spec.systems) {
    if (system.model == "mutant") mutants.insert(system.digest);
  }
  int all = 0, caught = 0;
  for (const StoredCell& cell : whole().cells) {
    if (!mutants.contains(cell.system_digest)) continue;
    ++all;
    for (const Score& score : cell.scores) {
      if (score.scorer == "correctness") caught += score.kind.has_value() || (score.value && *score.value < 1.0);
    }
  }
  CAPTURE(caught);
  CHECK(caught >= 0.95 * all);
}

TEST_CASE("who always declines answers nothing, and is right on exactly what cannot be answered") {
  for (const BoardRow* row : whole().rows_of("abstain")) {
    CHECK(value(row->answer_rate) == 0.0);
    CHECK_FALSE(row->hallucination_rate.value);
    CHECK(value(row->over_refusal) == 1.0);
    CHECK(value(row->abstention_right) == 1.0);
  }
  std::map<std::string, const Question*> question_of;
  for (const Question& question : whole().spec.questions) question_of[question.digest] = &question;
  for (const System& system : whole().spec.systems) {
    if (system.model != "abstain") continue;
    for (const StoredCell& cell : whole().cells) {
      if (cell.system_digest != system.digest) continue;
      REQUIRE(cell.outcome);
      CHECK(cell.outcome->right != question_of.at(cell.question_digest)->answerable);
    }
  }
}

TEST_CASE("controls are marked, unranked and below the members") {
  bool controls = false;
  for (const BoardRow& row : whole().report.board.rows) {
    controls = controls || row.system.control;
    CHECK(row.system.control == controls);
    CHECK((row.rank == 0) == row.system.control);
    CHECK(row.system.control == (row.system.model != "extractive"));
  }
}

TEST_CASE("what is finished is not asked again, and the board stays as it is") {
  const RunResult again = whole().fill();
  CHECK(again.exit == Exit::ok);
  const auto opened = open_run(whole().store(), "last");
  REQUIRE(opened);
  CHECK(opened->run.id == whole().result.run->id);
  const auto report = make_report(*opened->store, opened->run, &whole().spec, Day{2026, 11, 22});
  REQUIRE(report);
  const Reporter& json = *find_reporter("json");
  CHECK(json.render(*report, {}) == json.render(whole().report, {}));
}

TEST_CASE("every evidence span lies inside its passage, and every claim inside its answer") {
  std::map<std::string, std::string> text_of;
  for (const Dataset& dataset : whole().spec.datasets) {
    for (const Passage& passage : dataset.passages) text_of[dataset.name + "/" + passage.id] = passage.text;
  }
  std::map<std::string, std::string> dataset_of;
  for (const Question& question : whole().spec.questions) dataset_of[question.digest] = question.dataset;
  int claims = 0;
  for (const StoredCell& cell : whole().cells) {
    const auto* completion = std::get_if<Completion>(&cell.answer.reply);
    REQUIRE(completion);
    for (const Score& score : cell.scores) {
      for (const Claim& claim : score.claims) {
        ++claims;
        CHECK(claim.span.end <= completion->text.size());
        if (claim.passage_id.empty()) continue;
        const std::string& text = text_of.at(dataset_of.at(cell.question_digest) + "/" + claim.passage_id);
        CHECK(claim.evidence.end <= text.size());
      }
    }
  }
  CHECK(claims > 100);
}

}  // namespace
}  // namespace plumb
