#include "stats/board.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "base/check.h"

namespace plumb {
namespace {

// A rate in the making: hits and scored trials by question, and what stands beside them.
class Tally {
 public:
  void add(int question, bool hit) {
    Unit& unit = units_[question];
    unit.hits += hit ? 1.0 : 0.0;
    unit.scored += 1;
  }
  void add_unscored() { ++unscored_; }
  void add_error() { ++errors_; }

  Rate rate(const std::vector<int>& cluster_of_question) const {
    std::vector<Unit> units;
    for (auto [question, unit] : units_) {
      unit.cluster = cluster_of_question[static_cast<std::size_t>(question)];
      units.push_back(unit);
    }
    return make_rate(units, unscored_, errors_);
  }

 private:
  std::map<int, Unit> units_;  // ordered, so that sums are the same whatever the order of the cells
  int unscored_ = 0;
  int errors_ = 0;
};

// All that one row counts, before rates are made of it.
struct RowTally {
  Tally hallucinated, right, answered, over_refused, declined_right;
  std::map<QuestionType, Tally> by_type;
  std::map<std::string, Tally> by_dataset;
  double groundedness_sum = 0.0;
  int groundedness_n = 0;
  std::vector<double> latencies_ms;
};

// Questions on one passage share a cluster; one that shows none is a cluster of its own.
std::vector<int> clusters_of(const std::vector<Question>& questions) {
  std::map<std::tuple<std::string, bool, std::string>, int> numbers;
  std::vector<int> clusters;
  for (const Question& question : questions) {
    const bool alone = question.passages.empty();
    const auto key = std::tuple(question.dataset, alone, alone ? question.id : question.passages.front());
    clusters.push_back(numbers.try_emplace(key, static_cast<int>(numbers.size())).first->second);
  }
  return clusters;
}

double median(std::vector<double> values) {
  if (values.empty()) return 0.0;
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2.0;
}

// What was spent is spent, whatever the answer was worth.
void add_spending(const ScoredCell& cell, BoardRow& row) {
  row.tokens_in += cell.tokens_in.value_or(0);
  row.tokens_out += cell.tokens_out.value_or(0);
  if (cell.cost_known) {
    row.cost_usd = row.cost_usd.value_or(0.0) + cell.cost_usd;
  } else {
    ++row.cost_unknown;
  }
  row.paid_twice += cell.paid_twice;
  row.cached += cell.cached;
}

void add_error(const Question& question, BoardRow& row, RowTally& tally) {
  ++row.errors;
  for (Tally* each : {&tally.hallucinated, &tally.right, &tally.answered}) each->add_error();
  (question.answerable ? tally.over_refused : tally.declined_right).add_error();
  tally.by_type[question.type].add_error();
  tally.by_dataset[question.dataset].add_error();
}

// The three tallies of the hallucination rate: over all, by type and by dataset.
template <class Change>
void change_hallucinated(const Question& question, RowTally& tally, Change change) {
  change(tally.hallucinated);
  change(tally.by_type[question.type]);
  change(tally.by_dataset[question.dataset]);
}

void add_answer(const ScoredCell& cell, const Question& question, BoardRow& row, RowTally& tally) {
  const bool abstained = cell.outcome.outcome == Outcome::abstained;
  const bool hallucinated = cell.outcome.outcome == Outcome::hallucinated;
  tally.answered.add(cell.question, !abstained);
  if (question.answerable) tally.over_refused.add(cell.question, abstained);
  if (hallucinated && cell.outcome.kind) ++row.kinds[*cell.outcome.kind];
  if (cell.groundedness && !abstained) {
    tally.groundedness_sum += *cell.groundedness;
    ++tally.groundedness_n;
  }

  if (cell.outcome.outcome == Outcome::unscorable) {
    ++row.unscorable;
    tally.right.add_unscored();
    if (!question.answerable) tally.declined_right.add_unscored();
    change_hallucinated(question, tally, [](Tally& each) { each.add_unscored(); });
    return;
  }
  tally.right.add(cell.question, cell.outcome.right);
  if (!question.answerable) tally.declined_right.add(cell.question, cell.outcome.right);
  if (!abstained) {
    change_hallucinated(question, tally, [&](Tally& each) { each.add(cell.question, hallucinated); });
  }
}

void finish_row(const RowTally& tally, const std::vector<int>& clusters, BoardRow& row) {
  row.hallucination_rate = tally.hallucinated.rate(clusters);
  row.correct = tally.right.rate(clusters);
  row.answer_rate = tally.answered.rate(clusters);
  row.over_refusal = tally.over_refused.rate(clusters);
  row.abstention_right = tally.declined_right.rate(clusters);
  for (const auto& [type, each] : tally.by_type) row.by_type[type] = each.rate(clusters);
  for (const auto& [dataset, each] : tally.by_dataset) row.by_dataset[dataset] = each.rate(clusters);
  if (tally.groundedness_n > 0) row.groundedness = tally.groundedness_sum / tally.groundedness_n;
  row.latency_ms_median = median(tally.latencies_ms);
}

// Rates that differ by rounding only are equal; whole numbers keep the order of rows a strict one.
std::int64_t as_key(const std::optional<double>& value, std::int64_t unknown) {
  return value ? std::llround(*value * 1e12) : unknown;
}

std::int64_t rate_key(const BoardRow& row) {
  return as_key(row.hallucination_rate.value, std::numeric_limits<std::int64_t>::max());
}

void order_and_rank(std::vector<BoardRow>& rows) {
  const auto place = [](const BoardRow& row) {
    return std::tuple(row.system.control, rate_key(row), -as_key(row.correct.value, -1), row.system.name);
  };
  std::stable_sort(rows.begin(), rows.end(), [&](const BoardRow& a, const BoardRow& b) { return place(a) < place(b); });
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].system.control || !rows[i].hallucination_rate.value) continue;
    const bool tied = i > 0 && rate_key(rows[i - 1]) == rate_key(rows[i]);
    rows[i].rank = tied ? rows[i - 1].rank : static_cast<int>(i) + 1;
  }
}

// Kinds in the order in which controls/ lists them; any other after these.
std::vector<MutantRecall> in_order_of_kinds(const std::map<std::string, MutantRecall>& by_kind) {
  static const std::vector<std::string> k_order = {"number", "date", "name", "negation", "region", "invention"};
  std::vector<MutantRecall> recall;
  for (const std::string& kind : k_order) {
    if (const auto found = by_kind.find(kind); found != by_kind.end()) recall.push_back(found->second);
  }
  for (const auto& [kind, each] : by_kind) {
    if (std::find(k_order.begin(), k_order.end(), kind) == k_order.end()) recall.push_back(each);
  }
  return recall;
}

void add_planted(const ScoredCell& cell, std::map<std::string, MutantRecall>& recall) {
  MutantRecall& each = recall[cell.planted];
  each.kind = cell.planted;
  ++each.planted;
  const Outcome outcome = cell.outcome.outcome;
  if (outcome == Outcome::hallucinated || outcome == Outcome::incorrect) ++each.caught;
}

}  // namespace

Board make_board(const std::vector<System>& systems, const std::vector<Question>& questions,
                 const std::vector<ScoredCell>& cells, int trials, Day today) {
  Board board;
  board.questions = static_cast<int>(questions.size());
  board.expired = static_cast<int>(
      std::count_if(questions.begin(), questions.end(), [&](const Question& each) { return !each.valid_on(today); }));
  board.rows.resize(systems.size());
  for (std::size_t i = 0; i < systems.size(); ++i) {
    board.rows[i].system = systems[i];
    board.rows[i].cells_planned = (board.questions - board.expired) * trials;
  }

  std::vector<RowTally> tallies(systems.size());
  std::map<std::string, MutantRecall> recall;
  for (const ScoredCell& cell : cells) {
    const auto system = static_cast<std::size_t>(cell.system);
    PLUMB_CHECK(system < systems.size() && static_cast<std::size_t>(cell.question) < questions.size());
    const Question& question = questions[static_cast<std::size_t>(cell.question)];
    BoardRow& row = board.rows[system];
    add_spending(cell, row);
    if (!question.valid_on(today)) {
      ++row.expired;
      continue;
    }
    ++row.cells;
    if (cell.outcome.outcome == Outcome::error) {
      add_error(question, row, tallies[system]);
      continue;
    }
    tallies[system].latencies_ms.push_back(cell.latency_ms);
    add_answer(cell, question, row, tallies[system]);
    if (row.system.control && !cell.planted.empty()) add_planted(cell, recall);
  }

  const std::vector<int> clusters = clusters_of(questions);
  for (std::size_t i = 0; i < systems.size(); ++i) finish_row(tallies[i], clusters, board.rows[i]);
  order_and_rank(board.rows);
  board.recall = in_order_of_kinds(recall);
  return board;
}

}  // namespace plumb
