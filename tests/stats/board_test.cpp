#include "stats/board.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace plumb {
namespace {

constexpr Day k_today = {2026, 11, 22};

System system_named(const std::string& name, bool control = false) {
  System system;
  system.name = name;
  system.model = name;
  system.control = control;
  return system;
}

Question question_named(const std::string& id, std::vector<std::string> passages = {}) {
  Question question;
  question.id = id;
  question.dataset = "postings";
  question.passages = std::move(passages);
  return question;
}

std::vector<Question> questions_numbered(int n) {
  std::vector<Question> questions;
  for (int i = 0; i < n; ++i) questions.push_back(question_named("q" + std::to_string(i)));
  return questions;
}

ScoredCell cell(int system, int question, Outcome outcome, bool right = false) {
  ScoredCell cell;
  cell.system = system;
  cell.question = question;
  cell.outcome.outcome = outcome;
  cell.outcome.right = right || outcome == Outcome::correct;
  if (outcome == Outcome::hallucinated) cell.outcome.kind = HallucinationKind::invented;
  return cell;
}

// The row of the only system.
BoardRow row_of(const std::vector<Question>& questions, const std::vector<ScoredCell>& cells, int trials = 1) {
  const Board board = make_board({system_named("mini")}, questions, cells, trials, k_today);
  REQUIRE(board.rows.size() == 1);
  return board.rows[0];
}

TEST_CASE("every outcome is counted where it belongs") {
  std::vector<Question> questions = questions_numbered(8);
  questions[5].answerable = questions[6].answerable = questions[7].answerable = false;
  const BoardRow row = row_of(
      questions, {cell(0, 0, Outcome::correct), cell(0, 1, Outcome::hallucinated), cell(0, 2, Outcome::abstained),
                  cell(0, 3, Outcome::error), cell(0, 4, Outcome::unscorable), cell(0, 5, Outcome::abstained, true),
                  cell(0, 6, Outcome::incorrect), cell(0, 7, Outcome::partial)});
  // Answered and judged: correct, hallucinated, incorrect, partial.
  CHECK(*row.hallucination_rate.value == doctest::Approx(1.0 / 4.0));
  CHECK(row.hallucination_rate.n == 4);
  CHECK(row.hallucination_rate.unscored == 1);
  CHECK(row.hallucination_rate.errors == 1);
  CHECK(row.hallucination_rate.worst_case == doctest::Approx(2.0 / 5.0));
  // Judged: all but the error and the unscorable one. Right: the correct one and the right abstention.
  CHECK(*row.correct.value == doctest::Approx(2.0 / 6.0));
  CHECK(row.correct.n == 6);
  CHECK(row.correct.unscored == 1);
  CHECK(row.correct.errors == 1);
  // Without error: seven, of which two abstained.
  CHECK(*row.answer_rate.value == doctest::Approx(5.0 / 7.0));
  CHECK(row.answer_rate.n == 7);
  CHECK(row.answer_rate.errors == 1);
  // Answerable without error: four, of which one abstained.
  CHECK(*row.over_refusal.value == doctest::Approx(1.0 / 4.0));
  CHECK(row.over_refusal.n == 4);
  CHECK(row.over_refusal.errors == 1);
  // Not answerable: three, of which one declined.
  CHECK(*row.abstention_right.value == doctest::Approx(1.0 / 3.0));
  CHECK(row.abstention_right.n == 3);
  CHECK(row.abstention_right.errors == 0);
  CHECK(row.cells_planned == 8);
  CHECK(row.cells == 8);
  CHECK(row.errors == 1);
  CHECK(row.unscorable == 1);
  CHECK(row.expired == 0);
  CHECK(row.kinds == std::map<HallucinationKind, int>{{HallucinationKind::invented, 1}});
}

TEST_CASE("an unscorable answer to what cannot be answered stands beside that rate") {
  std::vector<Question> questions = questions_numbered(2);
  questions[0].answerable = questions[1].answerable = false;
  const BoardRow row = row_of(questions, {cell(0, 0, Outcome::unscorable), cell(0, 1, Outcome::error)});
  CHECK(row.abstention_right.unscored == 1);
  CHECK(row.abstention_right.errors == 1);
  CHECK_FALSE(row.abstention_right.value.has_value());
  CHECK(row.over_refusal.errors == 0);
}

TEST_CASE("a system that always abstains has no hallucination rate and no rank") {
  const Board board = make_board({system_named("silent"), system_named("bold")}, questions_numbered(2),
                                 {cell(0, 0, Outcome::abstained), cell(0, 1, Outcome::abstained),
                                  cell(1, 0, Outcome::hallucinated), cell(1, 1, Outcome::hallucinated)},
                                 1, k_today);
  CHECK(board.rows[0].system.name == "bold");
  CHECK(board.rows[0].rank == 1);
  CHECK(board.rows[1].system.name == "silent");
  CHECK(board.rows[1].rank == 0);
  CHECK_FALSE(board.rows[1].hallucination_rate.value.has_value());
  CHECK(*board.rows[1].answer_rate.value == 0.0);
  CHECK(*board.rows[1].over_refusal.value == 1.0);
}

TEST_CASE("a system without cells is a row of unknowns at the end") {
  const Board board = make_board({system_named("absent"), system_named("mini")}, questions_numbered(1),
                                 {cell(1, 0, Outcome::hallucinated)}, 1, k_today);
  CHECK(board.rows[1].system.name == "absent");
  CHECK(board.rows[1].rank == 0);
  CHECK(board.rows[1].cells == 0);
  CHECK(board.rows[1].cells_planned == 1);
  CHECK_FALSE(board.rows[1].correct.value.has_value());
  CHECK_FALSE(board.rows[1].cost_usd.has_value());
  CHECK(make_board({}, {}, {}, 1, k_today).rows.empty());
}

TEST_CASE("rows go by hallucination rate, then right answers, then name; equal rates share a rank") {
  const std::vector<Question> questions = questions_numbered(4);
  std::vector<ScoredCell> cells;
  const auto add = [&](int system, std::vector<Outcome> outcomes) {
    for (int i = 0; i < 4; ++i) cells.push_back(cell(system, i, outcomes[static_cast<std::size_t>(i)]));
  };
  const Outcome good = Outcome::correct, bad = Outcome::hallucinated, wrong = Outcome::incorrect;
  add(0, {bad, bad, good, good});     // d
  add(1, {bad, wrong, wrong, good});  // c: same rate as b and a, fewer right
  add(2, {bad, good, good, good});    // b
  add(3, {bad, good, good, good});    // a
  add(4, {good, good, good, good});   // oracle, a control
  const Board board = make_board(
      {system_named("d"), system_named("c"), system_named("b"), system_named("a"), system_named("oracle", true)},
      questions, cells, 1, k_today);
  std::vector<std::pair<std::string, int>> got;
  for (const BoardRow& row : board.rows) got.emplace_back(row.system.name, row.rank);
  CHECK(got == std::vector<std::pair<std::string, int>>{{"a", 1}, {"b", 1}, {"c", 1}, {"d", 4}, {"oracle", 0}});
}

TEST_CASE("rates that differ by rounding only are equal") {
  // A tenth in every question, which sums to 0.9999999999999999, and all of a tenth of the questions.
  const std::vector<Question> questions = questions_numbered(10);
  std::vector<ScoredCell> cells;
  for (int question = 0; question < 10; ++question) {
    for (int trial = 0; trial < 10; ++trial) {
      cells.push_back(cell(0, question, trial == 0 ? Outcome::hallucinated : Outcome::correct));
      cells.push_back(cell(1, question, question == 0 ? Outcome::hallucinated : Outcome::correct));
    }
  }
  const Board board = make_board({system_named("b"), system_named("a")}, questions, cells, 10, k_today);
  CHECK(*board.rows[0].hallucination_rate.value != *board.rows[1].hallucination_rate.value);
  CHECK(board.rows[0].rank == 1);
  CHECK(board.rows[1].rank == 1);
  CHECK(board.rows[0].system.name == "a");
}

TEST_CASE("the board does not depend on the order of the cells") {
  std::vector<Question> questions = questions_numbered(40);
  std::vector<ScoredCell> cells;
  for (int question = 0; question < 40; ++question) {
    for (int trial = 0; trial < 3; ++trial) {
      cells.push_back(cell(0, question, (question * 7 + trial) % 5 == 0 ? Outcome::hallucinated : Outcome::correct));
    }
  }
  const BoardRow forward = row_of(questions, cells, 3);
  std::reverse(cells.begin(), cells.end());
  const BoardRow backward = row_of(questions, cells, 3);
  CHECK(*forward.hallucination_rate.value == *backward.hallucination_rate.value);
  CHECK(forward.hallucination_rate.low == backward.hallucination_rate.low);
}

TEST_CASE("expired questions are in no rate; they are counted, and what they cost was spent") {
  std::vector<Question> questions = questions_numbered(3);
  questions[0].valid_to = Day{2026, 11, 21};
  questions[1].valid_from = Day{2026, 11, 23};
  questions[2].valid_from = questions[2].valid_to = k_today;
  std::vector<ScoredCell> cells = {cell(0, 0, Outcome::hallucinated), cell(0, 1, Outcome::error),
                                   cell(0, 2, Outcome::correct)};
  for (ScoredCell& each : cells) {
    each.cost_known = true;
    each.cost_usd = 0.5;
    each.tokens_in = 10;
    each.tokens_out = 1;
  }
  const Board board = make_board({system_named("mini")}, questions, cells, 2, k_today);
  CHECK(board.questions == 3);
  CHECK(board.expired == 2);
  const BoardRow& row = board.rows[0];
  CHECK(*row.hallucination_rate.value == 0.0);
  CHECK(row.hallucination_rate.n == 1);
  CHECK(row.cells_planned == 2);
  CHECK(row.cells == 1);
  CHECK(row.errors == 0);
  CHECK(row.expired == 2);
  CHECK(row.kinds.empty());
  CHECK(*row.cost_usd == doctest::Approx(1.5));
  CHECK(row.tokens_in == 30);
  CHECK(row.tokens_out == 3);
}

TEST_CASE("rates by type and by dataset have their own denominators") {
  std::vector<Question> questions = questions_numbered(4);
  questions[1].type = questions[2].type = QuestionType::numeric;
  questions[3].type = QuestionType::conflict;
  questions[2].dataset = "memes";
  const BoardRow row = row_of(questions, {cell(0, 0, Outcome::correct), cell(0, 1, Outcome::hallucinated),
                                          cell(0, 2, Outcome::error), cell(0, 3, Outcome::unscorable)});
  CHECK(row.by_type.size() == 3);
  CHECK(*row.by_type.at(QuestionType::single_fact).value == 0.0);
  CHECK(*row.by_type.at(QuestionType::numeric).value == 1.0);
  CHECK(row.by_type.at(QuestionType::numeric).errors == 1);
  CHECK_FALSE(row.by_type.at(QuestionType::conflict).value.has_value());
  CHECK(row.by_type.at(QuestionType::conflict).unscored == 1);
  CHECK(*row.by_dataset.at("postings").value == doctest::Approx(0.5));
  CHECK_FALSE(row.by_dataset.at("memes").value.has_value());
  CHECK(row.by_dataset.at("memes").errors == 1);
}

TEST_CASE("questions whose first passage is the same are one cluster, within one dataset") {
  const auto width = [](const std::vector<Question>& questions) {
    std::vector<ScoredCell> cells;
    for (int i = 0; i < 12; ++i) cells.push_back(cell(0, i, i / 4 == 0 ? Outcome::hallucinated : Outcome::correct));
    const Rate rate = row_of(questions, cells).hallucination_rate;
    return rate.high - rate.low;
  };
  std::vector<Question> alone, shared, of_datasets;
  for (int i = 0; i < 12; ++i) {
    const std::string id = std::to_string(i);
    alone.push_back(question_named(id));
    shared.push_back(question_named(id, {"p" + std::to_string(i / 4), "other" + id}));
    of_datasets.push_back(question_named(id, {"p"}));
    of_datasets.back().dataset = "d" + id;
  }
  CHECK(width(shared) > 1.2 * width(alone));
  CHECK(width(of_datasets) == doctest::Approx(width(alone)));
}

TEST_CASE("a question's own id is not mistaken for a passage's") {
  std::vector<Question> questions = {question_named("nuri"), question_named("other", {"nuri"})};
  // Two clusters: else all would be one observation.
  const Rate rate =
      row_of(questions, {cell(0, 0, Outcome::hallucinated), cell(0, 1, Outcome::correct)}).hallucination_rate;
  CHECK(rate.low > wilson(0.5, 1.0).low - 1e-12);
  const Rate one = row_of({question_named("a", {"nuri"}), question_named("b", {"nuri"})},
                          {cell(0, 0, Outcome::hallucinated), cell(0, 1, Outcome::hallucinated)})
                       .hallucination_rate;
  const Rate two = row_of({question_named("nuri"), question_named("b", {"nuri"})},
                          {cell(0, 0, Outcome::hallucinated), cell(0, 1, Outcome::hallucinated)})
                       .hallucination_rate;
  CHECK(one.low == doctest::Approx(wilson(1.0, 1.0).low));
  CHECK(two.low == doctest::Approx(wilson(2.0, 2.0).low));
}

TEST_CASE("groundedness is the mean over answered cells that have it") {
  std::vector<ScoredCell> cells = {cell(0, 0, Outcome::correct), cell(0, 1, Outcome::partial),
                                   cell(0, 2, Outcome::abstained), cell(0, 3, Outcome::correct)};
  cells[0].groundedness = 1.0;
  cells[1].groundedness = 0.5;
  cells[2].groundedness = 0.0;  // nothing was claimed
  CHECK(*row_of(questions_numbered(4), cells).groundedness == doctest::Approx(0.75));
  CHECK_FALSE(row_of(questions_numbered(4), {cells[3]}).groundedness.has_value());
}

TEST_CASE("an unknown price is no price, and latency is the median of cells without error") {
  std::vector<ScoredCell> cells = {cell(0, 0, Outcome::correct), cell(0, 1, Outcome::correct),
                                   cell(0, 2, Outcome::abstained), cell(0, 3, Outcome::error)};
  cells[0].latency_ms = 100;
  cells[1].latency_ms = 900;
  cells[2].latency_ms = 300;
  cells[3].latency_ms = 120'000;
  CHECK_FALSE(row_of(questions_numbered(4), cells).cost_usd.has_value());
  CHECK(row_of(questions_numbered(4), cells).latency_ms_median == 300.0);
  cells.erase(cells.begin());
  cells[0].cost_known = true;
  CHECK(*row_of(questions_numbered(4), cells).cost_usd == 0.0);
  CHECK(row_of(questions_numbered(4), cells).latency_ms_median == 600.0);
}

TEST_CASE(
    "cells of unknown cost, answers perhaps paid for twice and cached ones are counted, whatever they were worth") {
  std::vector<ScoredCell> cells = {cell(0, 0, Outcome::correct), cell(0, 1, Outcome::hallucinated),
                                   cell(0, 2, Outcome::error)};
  cells[0].cost_known = true;
  cells[0].cost_usd = 0.25;
  cells[1].paid_twice = cells[2].paid_twice = true;
  cells[1].cached = true;
  const BoardRow row = row_of(questions_numbered(3), cells);
  CHECK(*row.cost_usd == 0.25);
  CHECK(row.cost_unknown == 2);
  CHECK(row.paid_twice == 2);
  CHECK(row.cached == 1);
}

TEST_CASE("planted errors: how many of each kind were noticed") {
  std::vector<ScoredCell> cells = {cell(0, 0, Outcome::hallucinated), cell(0, 1, Outcome::incorrect),
                                   cell(0, 2, Outcome::correct),      cell(0, 3, Outcome::unscorable),
                                   cell(0, 4, Outcome::error),        cell(1, 0, Outcome::correct),
                                   cell(2, 0, Outcome::hallucinated)};
  const char* kinds[] = {"number", "date", "number", "", "date", "", "number"};
  for (std::size_t i = 0; i < cells.size(); ++i) cells[i].planted = kinds[i];
  System member = system_named("mutant");  // what is no control plants nothing
  const Board board = make_board({system_named("변이", true), system_named("oracle", true), member},
                                 questions_numbered(5), cells, 1, k_today);
  REQUIRE(board.recall.size() == 2);
  CHECK(board.recall[0].kind == "number");
  CHECK(board.recall[0].planted == 2);
  CHECK(board.recall[0].caught == 1);
  CHECK(board.recall[1].kind == "date");
  CHECK(board.recall[1].planted == 1);
  CHECK(board.recall[1].caught == 1);
  CHECK(make_board({system_named("oracle", true)}, questions_numbered(1), {cell(0, 0, Outcome::correct)}, 1, k_today)
            .recall.empty());
}

}  // namespace
}  // namespace plumb
