// A run is a grid that may grow: what is filled is never asked again, what changed is.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "store/database.h"
#include "store/sample.h"
#include "store/store.h"

namespace plumb {
namespace {

using sample::k_now;
using sample::value_of;

std::set<Cell> finished(const Writer& writer) {
  const std::vector<Cell> cells = value_of(writer.finished_cells());
  std::set<Cell> set(cells.begin(), cells.end());
  CHECK(set.size() == cells.size());
  return set;
}

TEST_CASE("a run's id is the time and its week is the season's") {
  const sample::Folder folder;
  const auto writer = sample::writer(folder / "r.db", sample::spec());
  CHECK(writer->run().id.substr(0, 16) == "20261122-111530-");
  CHECK(writer->run().id.size() == 20);
  CHECK(writer->run().name == "그룹 평가");
  CHECK(writer->run().started_at == k_now);
  CHECK(writer->run().updated_at == k_now);
  CHECK(writer->run().week == "2026-W47");
  CHECK(writer->run().harness_version == "0.1.0");
  CHECK(writer->run().systems == 4);
  CHECK(writer->run().cells_planned == 4 * 4 * 2);
  CHECK(writer->run().cells_finished == 0);
  CHECK_FALSE(writer->resumed());
}

TEST_CASE("the week is counted where the group lives") {
  const sample::Folder folder;
  EvalSpec spec = sample::spec();
  const UnixMillis sunday_late = k_now + 4 * 3'600'000;  // 15:15 UTC: Monday in Seoul
  CHECK(sample::writer(folder / "a.db", spec, false, sunday_late)->run().week == "2026-W48");
  spec.season.utc_offset_minutes = 0;
  CHECK(sample::writer(folder / "b.db", spec, false, sunday_late)->run().week == "2026-W47");
}

TEST_CASE("resuming tells what is filled by index into the spec, however that is ordered now") {
  const sample::Folder folder;
  EvalSpec spec = sample::spec();
  const auto first = sample::writer(folder / "r.db", spec);
  sample::fill(*first, {0, 0, 0});
  sample::fill(*first, {0, 3, 1});
  sample::fill(*first, {3, 2, 0});
  sample::require_ok(first->close());

  std::swap(spec.datasets[0], spec.datasets[1]);
  std::swap(spec.prompts[0], spec.prompts[1]);
  std::swap(spec.models[0], spec.models[1]);
  sample::renew(spec);
  const auto second = sample::writer(folder / "r.db", spec, false, k_now + 60'000);
  CHECK(second->resumed());
  CHECK(second->run().id == first->run().id);
  CHECK(second->run().started_at == k_now);
  CHECK(finished(*second) == std::set<Cell>{{3, 1, 0}, {3, 0, 1}, {0, 3, 0}});
}

TEST_CASE("cells without an answer are asked again, and the new answer takes their place") {
  const sample::Folder folder;
  const EvalSpec spec = sample::spec();
  auto writer = sample::writer(folder / "r.db", spec);
  sample::fill(*writer, {0, 0, 0}, Outcome::error);
  sample::require_ok(writer->answered({0, 1, 0}, sample::failure()));  // never finished
  sample::require_ok(writer->close());

  writer = sample::writer(folder / "r.db", spec);
  CHECK(writer->run().cells_finished == 1);
  CHECK(writer->run().errors == 1);
  CHECK(finished(*writer).empty());
  CHECK(value_of(writer->unscored_answers()).empty());
  sample::fill(*writer, {0, 0, 0}, Outcome::correct, "이번에는 답함");
  sample::require_ok(writer->close());

  const auto cells = value_of(sample::reader(folder / "r.db")->cells(writer->run().id, true));
  REQUIRE(cells.size() == 2);
  CHECK(std::get<Completion>(cells[0].answer.reply).text == "이번에는 답함");
  CHECK(cells[0].outcome->outcome == Outcome::correct);
  CHECK(cells[0].scores.size() == 1);
}

TEST_CASE("an answer that was never scored is handed back with all it was") {
  const sample::Folder folder;
  const EvalSpec spec = sample::spec();
  auto writer = sample::writer(folder / "r.db", spec);
  AnswerRecord record = sample::answer("채점 전에 멈춤", k_now + 5);
  record.passages = {"nuri-backend"};
  record.raw_body = "{\"raw\":1}";
  sample::require_ok(writer->answered({1, 2, 1}, record));
  sample::fill(*writer, {0, 0, 0});
  sample::require_ok(writer->close());

  writer = sample::writer(folder / "r.db", spec);
  CHECK(finished(*writer) == std::set<Cell>{{0, 0, 0}});
  const auto unscored = value_of(writer->unscored_answers());
  REQUIRE(unscored.size() == 1);
  CHECK((unscored[0].first == Cell{1, 2, 1}));
  CHECK(std::get<Completion>(unscored[0].second.reply).text == "채점 전에 멈춤");
  CHECK(unscored[0].second.passages == record.passages);
  CHECK(unscored[0].second.raw_body == record.raw_body);

  // Scored without an answer of this process.
  sample::require_ok(writer->finished({1, 2, 1}, sample::scores(), sample::outcome(Outcome::correct)));
  sample::require_ok(writer->flush());
  CHECK(finished(*writer).size() == 2);
  CHECK(value_of(writer->unscored_answers()).empty());
}

TEST_CASE("scoring again replaces scores and claims") {
  const sample::Folder folder;
  const auto writer = sample::writer(folder / "r.db", sample::spec());
  sample::require_ok(writer->answered({0, 0, 0}, sample::answer("답")));
  std::vector<Score> before = sample::scores();
  before[0].claims = {{{0, 3}, Verdict::contradicted, "", {}, "첫 채점"}, {{0, 3}, Verdict::contradicted, "", {}, ""}};
  before.push_back(before[0]);
  sample::require_ok(writer->finished({0, 0, 0}, before, sample::outcome(Outcome::hallucinated)));
  sample::require_ok(writer->finished({0, 0, 0}, sample::scores(), sample::outcome(Outcome::correct)));
  sample::require_ok(writer->close());
  const auto cells = value_of(sample::reader(folder / "r.db")->cells(writer->run().id, true));
  REQUIRE(cells.size() == 1);
  REQUIRE(cells[0].scores.size() == 1);
  CHECK(cells[0].scores[0].claims.empty());
  CHECK(cells[0].outcome->outcome == Outcome::correct);
}

TEST_CASE("fresh starts another run and leaves the old one as it is") {
  const sample::Folder folder;
  const EvalSpec spec = sample::spec();
  const auto first = sample::writer(folder / "r.db", spec);
  sample::fill(*first, {0, 0, 0});
  sample::require_ok(first->close());
  const auto second = sample::writer(folder / "r.db", spec, true);  // in the same millisecond
  CHECK_FALSE(second->resumed());
  CHECK(second->run().id != first->run().id);
  CHECK(finished(*second).empty());
  sample::fill(*second, {0, 0, 0}, Outcome::hallucinated);
  sample::require_ok(second->close());

  const auto third = sample::writer(folder / "r.db", spec);
  CHECK(third->run().id == second->run().id);  // the latest is continued
  const auto store = sample::reader(folder / "r.db");
  const auto runs = value_of(store->runs());
  REQUIRE(runs.size() == 2);
  CHECK(runs[0].id == second->run().id);
  CHECK(runs[1].id == first->run().id);
  CHECK(value_of(store->cells(first->run().id, false))[0].outcome->outcome == Outcome::correct);
  CHECK(value_of(store->cells(second->run().id, false))[0].outcome->outcome == Outcome::hallucinated);
}

TEST_CASE("another evaluation in the same database has its own run") {
  const sample::Folder folder;
  EvalSpec spec = sample::spec();
  auto first = sample::writer(folder / "r.db", spec);
  sample::fill(*first, {0, 0, 0});
  sample::require_ok(first->close());
  spec.name = "연습";
  auto other = sample::writer(folder / "r.db", spec, false, k_now + 1'000);
  CHECK_FALSE(other->resumed());
  CHECK(finished(*other).empty());
  sample::require_ok(other->close());
  spec.name = "그룹 평가";
  CHECK(sample::writer(folder / "r.db", spec)->run().id == first->run().id);
}

TEST_CASE("a changed question is a new square; taking the change back finds the old answer") {
  const sample::Folder folder;
  const EvalSpec before = sample::spec();
  auto writer = sample::writer(folder / "r.db", before);
  for (int question = 0; question < 4; ++question) sample::fill(*writer, {0, question, 0});
  sample::require_ok(writer->close());

  EvalSpec after = before;
  after.datasets[0].questions[0].text = "합격 보상금은 얼마예요?";
  sample::renew(after);
  writer = sample::writer(folder / "r.db", after);
  CHECK(finished(*writer) == std::set<Cell>{{0, 1, 0}, {0, 2, 0}, {0, 3, 0}});
  CHECK(writer->run().cells_finished == 3);
  const std::string run = writer->run().id;
  sample::require_ok(writer->close());
  const auto questions = value_of(sample::reader(folder / "r.db")->questions(run));
  REQUIRE(questions.size() == 4);
  CHECK(questions[0].text == "합격 보상금은 얼마예요?");
  CHECK(value_of(sample::reader(folder / "r.db")->cells(run, false)).size() == 3);

  writer = sample::writer(folder / "r.db", before);
  CHECK(finished(*writer).size() == 4);
  CHECK(writer->run().cells_finished == 4);
}

TEST_CASE("what cannot change an answer follows the latest wording of a question, and asks nothing again") {
  const sample::Folder folder;
  EvalSpec spec = sample::spec();
  auto writer = sample::writer(folder / "r.db", spec);
  sample::fill(*writer, {0, 0, 0});
  sample::require_ok(writer->close());
  spec.datasets[0].questions[0].valid_to = Day{2020, 1, 1};
  spec.datasets[0].questions[0].tags = {"만료"};
  sample::renew(spec);
  writer = sample::writer(folder / "r.db", spec);
  CHECK(finished(*writer).size() == 1);
  const auto questions = value_of(sample::reader(folder / "r.db")->questions(writer->run().id));
  CHECK(questions[0].valid_to == Day{2020, 1, 1});
  CHECK(questions[0].tags == std::vector<std::string>{"만료"});
  const auto database = value_of(Database::open(folder / "r.db", Database::Access::read));
  CHECK(value_of(database->integer("SELECT expired FROM results")) == 1);
}

TEST_CASE("a changed passage makes its questions new squares") {
  const sample::Folder folder;
  EvalSpec spec = sample::spec();
  auto writer = sample::writer(folder / "r.db", spec);
  for (int question = 0; question < 4; ++question) sample::fill(*writer, {0, question, 0});
  sample::require_ok(writer->close());
  spec.datasets[0].passages[1].text = "합격보상금은 80만원입니다.";  // shown to the second question only
  sample::renew(spec);
  writer = sample::writer(folder / "r.db", spec);
  CHECK(finished(*writer) == std::set<Cell>{{0, 0, 0}, {0, 2, 0}, {0, 3, 0}});
}

TEST_CASE("a new prompt adds squares, a changed one takes the place of the old") {
  const sample::Folder folder;
  EvalSpec spec = sample::spec();
  auto writer = sample::writer(folder / "r.db", spec);
  for (int system = 0; system < 4; ++system) sample::fill(*writer, {system, 0, 0});
  sample::require_ok(writer->close());

  spec.prompts[0].system = "모르면 모른다고 하세요.";
  PromptTemplate added = spec.prompts[1];
  added.member = "haneul";
  spec.prompts.push_back(added);
  sample::renew(spec);
  writer = sample::writer(folder / "r.db", spec);
  CHECK(writer->run().systems == 6);
  CHECK(finished(*writer) == std::set<Cell>{{1, 0, 0}, {4, 0, 0}});  // seojun's, of both models
  const std::string run = writer->run().id;
  sample::require_ok(writer->close());
  CHECK(value_of(sample::reader(folder / "r.db")->systems(run)).size() == 6);
  CHECK(value_of(sample::reader(folder / "r.db")->cells(run, false)).size() == 2);
}

TEST_CASE("a spec that names less takes nothing away") {
  const sample::Folder folder;
  EvalSpec spec = sample::spec();
  auto writer = sample::writer(folder / "r.db", spec);
  for (int system = 0; system < 4; ++system) sample::fill(*writer, {system, 3, 0});
  sample::require_ok(writer->close());
  spec.models.resize(1);
  spec.datasets.pop_back();
  sample::renew(spec);
  writer = sample::writer(folder / "r.db", spec);
  CHECK(finished(*writer).empty());
  const std::string run = writer->run().id;
  CHECK(writer->run().cells_planned == 4 * 4 * 2);  // of the grid, as it is told
  sample::require_ok(writer->close());
  const auto store = sample::reader(folder / "r.db");
  CHECK(value_of(store->cells(run, false)).size() == 4);
  CHECK(value_of(store->systems(run)).size() == 4);
  CHECK(value_of(store->systems(run))[0].model == "mini");
  CHECK(value_of(store->questions(run)).size() == 4);
}

TEST_CASE("what is planned is never less than what is finished, however a run was narrowed") {
  const sample::Folder folder;
  EvalSpec spec = sample::spec();
  auto writer = sample::writer(folder / "r.db", spec);
  for (int n = 0; n < 32; ++n) sample::fill(*writer, {n % 4, n / 4 % 4, n / 16});
  sample::require_ok(writer->close());
  spec.prompts.pop_back();
  spec.models.pop_back();
  spec.datasets.pop_back();
  spec.trials = 1;
  sample::renew(spec);
  sample::require_ok(sample::writer(folder / "r.db", spec)->close());
  const RunInfo run = value_of(sample::reader(folder / "r.db")->runs())[0];
  CHECK(run.cells_finished == 32);
  CHECK(run.cells_planned == 32);
}

TEST_CASE("a run that is opened again tells what it has spent, answers that were replaced included") {
  const sample::Folder folder;
  EvalSpec spec = sample::spec();
  auto writer = sample::writer(folder / "r.db", spec);
  AnswerRecord failed = sample::failure();
  failed.cost_known = true;
  failed.cost_usd = 0.25;
  sample::require_ok(writer->answered({0, 0, 0}, failed));
  sample::require_ok(writer->finished({0, 0, 0}, {}, sample::outcome(Outcome::error)));
  sample::require_ok(writer->close());
  AnswerRecord answer = sample::answer("답");
  answer.cost_known = true;
  answer.cost_usd = 0.5;
  for (int again = 0; again < 2; ++again) {
    writer = sample::writer(folder / "r.db", spec);
    CHECK(writer->run().spent_usd == 0.25 + again * 0.5);
    sample::require_ok(writer->answered({0, 0, 0}, answer));
    sample::require_ok(writer->close());
  }
  sample::fill(*sample::writer(folder / "r.db", spec), {0, 0, 1});  // at a price that is not known
  spec.prompts[0].system = "바뀜";
  sample::renew(spec);
  // Its cell is no longer current, and was paid for all the same.
  CHECK(sample::writer(folder / "r.db", spec)->run().spent_usd == 1.25);
  CHECK(sample::writer(folder / "r.db", spec, /*fresh=*/true)->run().spent_usd == 0.0);
}

TEST_CASE("fewer trials tell only of those that are in the grid") {
  const sample::Folder folder;
  EvalSpec spec = sample::spec();
  auto writer = sample::writer(folder / "r.db", spec);
  sample::fill(*writer, {0, 0, 0});
  sample::fill(*writer, {0, 0, 1});
  sample::require_ok(writer->answered({0, 1, 1}, sample::answer("답")));
  sample::require_ok(writer->close());
  spec.trials = 1;
  writer = sample::writer(folder / "r.db", spec);
  CHECK(finished(*writer) == std::set<Cell>{{0, 0, 0}});
  CHECK(writer->run().cells_planned == 4 * 4 * 2);
  CHECK(writer->run().cells_finished == 2);
  CHECK(value_of(writer->unscored_answers()).empty());
}

}  // namespace
}  // namespace plumb
