#include "report/reporter.h"

#include <doctest/doctest.h>

#include "base/json.h"
#include "base/text.h"
#include "report/style.h"
#include "support/approve.h"

namespace plumb {
namespace {

Rate rate(double value, int n, int unscored = 0, int errors = 0) {
  Rate out;
  out.value = value;
  out.low = value * 0.8;
  out.high = value + (1 - value) * 0.2;
  out.n = n;
  out.unscored = unscored;
  out.errors = errors;
  out.worst_case = (value * n + unscored) / (n + unscored);
  return out;
}

Report sample() {
  Report report;
  report.title = "plumb-study";
  report.run = "20261122-111530-1a2b";
  report.week = "2026-W47";
  report.started_at = "2026-11-22 20:15";
  report.datasets = {"postings", "memes"};
  report.trials = 1;
  report.board.questions = 40;
  for (const char* member : {"김하나", "lee"}) {
    BoardRow row;
    row.system = {"mini · " + std::string(member) + "/조심스럽게 · gold",
                  member,
                  "mini",
                  std::string(member) + "/조심스럽게",
                  "gold",
                  false,
                  "d"};
    row.rank = report.board.rows.empty() ? 1 : 2;
    row.hallucination_rate = rate(report.board.rows.empty() ? 0.075 : 0.4, 40, 2, 1);
    row.correct = rate(0.8, 40);
    row.answer_rate = rate(0.9, 41);
    row.over_refusal = rate(0.1, 25);
    row.abstention_right = rate(0.75, 15);
    row.groundedness = 0.93;
    row.kinds[HallucinationKind::stale] = 2;
    row.by_type[QuestionType::numeric] = rate(0.5, 4);
    row.by_dataset["postings"] = rate(0.1, 20);
    row.cells_planned = 43;
    row.cells = 43;
    row.errors = 1;
    row.unscorable = 2;
    row.cost_usd = 0.0123;
    row.latency_ms_median = 1234;
    row.tokens_in = 100;
    row.tokens_out = 50;
    report.board.rows.push_back(row);
  }
  BoardRow control;
  control.system = {"oracle · lee/조심스럽게 · gold", "lee", "oracle", "lee/조심스럽게", "gold", true, "o"};
  control.hallucination_rate = rate(0.0, 30);
  control.correct = rate(1.0, 40);
  control.cells_planned = control.cells = 40;
  report.board.rows.push_back(control);
  report.board.recall = {{"date", 10, 10}, {"number", 20, 19}};
  report.notes = {"3 questions are outside their validity"};
  return report;
}

TEST_CASE("the board in a terminal, plain and in colour") {
  test::check_approved("report/approved/board.txt", find_reporter("terminal")->render(sample(), {false, 130}));
  test::check_approved("report/approved/board_color.txt", find_reporter("terminal")->render(sample(), {true, 130}));
}

TEST_CASE("the board for machines") {
  test::check_approved("report/approved/board.json", find_reporter("json")->render(sample(), {}));
}

TEST_CASE("every line of the table is equally wide, Korean names or not") {
  const std::string text = find_reporter("terminal")->render(sample(), {false, 130});
  std::vector<int> widths;
  for (const std::string_view line : split(text, '\n')) {
    if (contains(line, "/조심스럽게")) widths.push_back(display_width(line));
  }
  REQUIRE(widths.size() == 3);
  CHECK(widths[0] == widths[1]);
  CHECK(widths[1] == widths[2]);
  CHECK(widths[0] <= 130);
}

TEST_CASE("the JSON board has the documented shape") {
  const auto json = parse_json(find_reporter("json")->render(sample(), {}));
  REQUIRE(json);
  const Json& row = (*json)["rows"][0];
  for (const char* key : {"rank",
                          "system",
                          "member",
                          "model",
                          "prompt",
                          "retrieval",
                          "control",
                          "n",
                          "hallucination_rate",
                          "correct",
                          "answer_rate",
                          "abstention",
                          "groundedness",
                          "kinds",
                          "by_type",
                          "by_dataset",
                          "cells",
                          "cost_usd",
                          "latency_ms_median",
                          "tokens"}) {
    CAPTURE(key);
    CHECK(row.contains(key));
  }
  for (const char* key : {"value", "low", "high", "n", "unscored", "errors", "worst_case"}) {
    CAPTURE(key);
    CHECK(row["hallucination_rate"].contains(key));
    CHECK(row["abstention"]["right"].contains(key));
  }
  CHECK(row["control"] == false);
  CHECK((*json)["rows"][2]["rank"].is_null());
  CHECK((*json)["rows"][2]["cost_usd"].is_null());
}

TEST_CASE("what is not known of a cost, paid for twice or taken from an earlier run is said") {
  Report report = sample();
  const auto text = [&] { return find_reporter("terminal")->render(report, {false, 130}); };
  CHECK(text().find("≥") == std::string::npos);
  CHECK(text().find("paid for twice") == std::string::npos);
  CHECK(text().find("--cache") == std::string::npos);
  report.board.rows[0].cost_unknown = 3;
  report.board.rows[0].paid_twice = 2;
  report.board.rows[1].paid_twice = 1;
  report.board.rows[1].cached = 5;
  CHECK(text().find("≥$0.01") != std::string::npos);
  CHECK(text().find("3 answers may have been paid for twice") != std::string::npos);
  CHECK(text().find("5 answers are those of an earlier run") != std::string::npos);
  report.board.rows[0].cost_usd = 0.0;  // nothing is known but that of what was free
  CHECK(text().find("≥") == std::string::npos);
}

TEST_CASE("questions outside their validity are not in the heading's product") {
  Report report = sample();
  report.board.questions = 43;
  report.board.expired = 3;
  CHECK(find_reporter("terminal")->render(report, {false, 130}).find("40 questions") != std::string::npos);
}

TEST_CASE("a rate of nothing is unknown, not zero") {
  Report report = sample();
  report.board.rows[0].hallucination_rate = Rate{};
  const std::string text = find_reporter("terminal")->render(report, {});
  CHECK(contains(text, "–"));
  CHECK_FALSE(contains(text, "nan"));
  CHECK((*parse_json(find_reporter("json")->render(report, {})))["rows"][0]["hallucination_rate"]["value"].is_null());
}

TEST_CASE("what a member writes cannot take over the terminal") {
  Report report = sample();
  report.board.rows[0].system.name = "evil\x1b[2J\x1b]0;x\x07 name";
  CHECK_FALSE(contains(find_reporter("terminal")->render(report, {}), "\x1b"));
}

TEST_CASE("bars are as long as the share") {
  CHECK(bar(0.0, 4) == "    ");
  CHECK(bar(1.0, 4) == "████");
  CHECK(bar(0.5, 4) == "██  ");
  CHECK(bar(0.03125, 4) == "▏   ");
  CHECK(display_width(bar(0.37, 10)) == 10);
}

}  // namespace
}  // namespace plumb
