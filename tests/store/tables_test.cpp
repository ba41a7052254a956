// The views that members query with a sqlite3 shell: each by a plain SELECT.
#include <doctest/doctest.h>

#include "base/text.h"
#include "store/database.h"
#include "store/sample.h"

namespace plumb {
namespace {

using sample::value_of;

// All rows, columns divided by |, lines by \n; NULL as -.
std::string rows(const std::filesystem::path& path, std::string_view sql) {
  const auto database = value_of(Database::open(path, Database::Access::read));
  Statement select = value_of(database->prepare(sql));
  const auto columns = static_cast<int>(split(sql.substr(0, sql.find(" FROM ")), ',').size());
  std::string all;
  while (value_of(select.step())) {
    for (int i = 0; i < columns; ++i) all += (i ? "|" : "") + (select.is_null(i) ? "-" : select.text(i));
    all += '\n';
  }
  return all;
}

// One answer of each sort to minji's prompt with model mini; one to seojun's.
std::string store_results(const std::filesystem::path& path, const EvalSpec& spec) {
  const auto writer = sample::writer(path, spec);
  AnswerRecord answer = sample::answer("보상금은 120만원입니다. 경력은 3년입니다.");
  answer.cost_known = true;
  answer.cost_usd = 0.25;
  answer.attempts = 3;
  answer.unclear = 2;
  std::get<Completion>(answer.reply).latency = std::chrono::milliseconds(1'500);
  std::vector<Score> scores = sample::scores();
  scores[0].claims = {{{0, 32}, Verdict::contradicted, "nuri-backend", {0, 3}, "지문: 100만원"},
                      {{33, 56}, Verdict::supported, "nuri-backend", {0, 3}, ""}};
  sample::require_ok(writer->answered({0, 0, 0}, answer));
  sample::require_ok(writer->finished({0, 0, 0}, scores, sample::outcome(Outcome::hallucinated)));
  sample::fill(*writer, {0, 0, 1}, Outcome::correct);
  sample::fill(*writer, {0, 1, 0}, Outcome::correct);
  sample::fill(*writer, {0, 1, 1}, Outcome::unscorable);
  sample::fill(*writer, {0, 2, 0}, Outcome::abstained);
  sample::fill(*writer, {0, 2, 1}, Outcome::error);
  sample::fill(*writer, {0, 3, 0}, Outcome::hallucinated);  // no claim marked
  sample::fill(*writer, {0, 3, 1}, Outcome::incorrect);
  AnswerRecord cached = sample::answer("합격보상금은 100만원입니다.");
  cached.cached = true;
  sample::require_ok(writer->answered({1, 0, 0}, cached));
  sample::require_ok(writer->finished({1, 0, 0}, sample::scores(), sample::outcome(Outcome::abstained)));
  sample::require_ok(writer->answered({1, 1, 0}, sample::answer("채점 전")));
  sample::require_ok(writer->close());
  return writer->run().id;
}

TEST_CASE("results: one row a cell, with all a reader asks for") {
  const sample::Folder folder;
  const std::string run = store_results(folder / "r.db", sample::spec());
  CHECK(
      rows(folder / "r.db",
           "SELECT run, week, member, system, model, prompt, retrieval, control, dataset, question_id, type, question,"
           " answer, outcome, kind, right, why, cost_usd, latency_ms, answered_at, unclear, cached FROM results WHERE "
           "trial = 0"
           " AND member = 'minji' AND dataset = 'postings' AND question_id = 'reward'") ==
      run +
          "|2026-W47|minji|mini · minji/plain · gold|mini|minji/plain|gold|0|postings|reward|single_fact|"
          "합격보상금은 얼마인가요?|보상금은 120만원입니다. 경력은 3년입니다.|hallucinated|invented|0|지문과 견줌|"
          "0.25|1500|2026-11-22T11:15:30.123Z|2|0\n");
  CHECK(rows(folder / "r.db", "SELECT count(*) FROM results") == "10\n");
  // A price that is not known is none, and so is what was not scored; a failure says why.
  CHECK(
      rows(folder / "r.db", "SELECT outcome, cost_usd, answer FROM results WHERE member = 'seojun' ORDER BY outcome") ==
      "-|-|채점 전\nabstained|-|합격보상금은 100만원입니다.\n");
  CHECK(rows(folder / "r.db", "SELECT outcome, right, answer, latency_ms FROM results WHERE outcome = 'error'") ==
        "error|0|-|-\n");
}

TEST_CASE("results: a failure without words of a scorer shows its own") {
  const sample::Folder folder;
  const auto writer = sample::writer(folder / "r.db", sample::spec());
  sample::require_ok(writer->answered({0, 0, 0}, sample::failure()));
  OutcomeOf outcome;
  outcome.outcome = Outcome::error;
  sample::require_ok(writer->finished({0, 0, 0}, {}, outcome));
  sample::require_ok(writer->close());
  CHECK(rows(folder / "r.db", "SELECT why FROM results") == "120초 안에 답이 없음\n");
}

TEST_CASE("invented: the words that the sources do not bear out, and why") {
  const sample::Folder folder;
  store_results(folder / "r.db", sample::spec());
  CHECK(
      rows(folder / "r.db",
           "SELECT member, dataset, question_id, claim, verdict, passage, claim_why FROM invented ORDER BY dataset") ==
      "minji|memes|reward|-|-|-|-\n"
      "minji|postings|reward|보상금은 120만원입니다.|contradicted|nuri-backend|지문: 100만원\n");
}

TEST_CASE("board: what was answered and judged makes the rate, trials averaged first") {
  const sample::Folder folder;
  const std::string run = store_results(folder / "r.db", sample::spec());
  // Judged: reward 1 of 2 hallucinated, career 0 of 1, memes 1 of 2; abstained, errors and unscorable aside.
  CHECK(rows(folder / "r.db",
             "SELECT run, member, cells, hallucinated, correct, abstained, errors, unscorable, expired, rate,"
             " unclear, cached FROM board") ==
        run + "|minji|8|2|2|1|1|1|0|0.333333333333333|1|0\n" + run + "|seojun|2|0|0|1|0|0|0|-|0|1\n");
}

TEST_CASE("board: expired questions are counted and in no rate") {
  const sample::Folder folder;
  EvalSpec spec = sample::spec();
  spec.datasets[0].questions[0].valid_to = Day{2020, 1, 1};
  spec.datasets[0].questions[1].valid_from = Day{2020, 1, 1};
  spec.datasets[0].questions[1].valid_to = Day{9998, 1, 1};
  spec.datasets[1].questions[0].valid_from = Day{9998, 1, 1};
  sample::renew(spec);
  store_results(folder / "r.db", spec);
  CHECK(rows(folder / "r.db", "SELECT cells, hallucinated, correct, expired, rate FROM board WHERE member = 'minji'") ==
        "4|0|1|4|0.0\n");
}

TEST_CASE("views tell of what is current") {
  const sample::Folder folder;
  EvalSpec spec = sample::spec();
  store_results(folder / "r.db", spec);
  spec.prompts[0].user = "{{question}}";
  sample::renew(spec);
  sample::require_ok(sample::writer(folder / "r.db", spec)->close());
  CHECK(rows(folder / "r.db", "SELECT DISTINCT member FROM results") == "seojun\n");
  CHECK(rows(folder / "r.db", "SELECT count(*) FROM cells") == "10\n");
}

}  // namespace
}  // namespace plumb
