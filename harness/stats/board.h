// The leaderboard: from cells to the rows that people read. Pure; the caller hands in the cells.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domain/score.h"
#include "domain/spec.h"
#include "stats/rate.h"

namespace plumb {

// All that the board needs to know of a cell.
struct ScoredCell {
  int system = 0;    // index into the systems given
  int question = 0;  // index into the questions given
  int trial = 0;
  OutcomeOf outcome;
  std::string planted;  // the kind of error a control put into its answer; "" where none was
  std::optional<double> groundedness;
  std::optional<std::int64_t> tokens_in, tokens_out;
  double cost_usd = 0.0;
  bool cost_known = false;
  bool paid_twice = false;  // perhaps: a request for it had gone out whole, came to nothing, and was sent again
  bool cached = false;      // its answer is that of an earlier run
  double latency_ms = 0.0;
};

struct BoardRow {
  System system;
  int rank = 0;  // 1 is best; 0 for controls and where no rate is known. Equal rates share a rank
  // "Answered" below: neither an error nor an abstention.
  Rate hallucination_rate;             // hallucinated / (answered less unscorable); lower is better
  Rate correct;                        // right (correct, or abstained where that is right) / cells that were judged
  Rate answer_rate;                    // answered / cells without error
  Rate over_refusal;                   // abstained on what can be answered / answerable cells without error
  Rate abstention_right;               // declined or put right, on what cannot be answered
  std::optional<double> groundedness;  // mean over answered cells that have it
  std::map<HallucinationKind, int> kinds;
  std::map<QuestionType, Rate> by_type;    // hallucination rate
  std::map<std::string, Rate> by_dataset;  // hallucination rate
  // Of questions that are not expired: squares of the grid, those filled, and of these the ones with no answer
  // and those that no scorer could tell. Last, the filled squares of expired questions.
  int cells_planned = 0, cells = 0, errors = 0, unscorable = 0, expired = 0;
  int paid_twice = 0, cached = 0;  // filled squares, expired questions included
  std::optional<double> cost_usd;  // none when no price is known
  int cost_unknown = 0;            // filled squares whose cost is not in cost_usd, because nobody knows it
  double latency_ms_median = 0.0;  // of cells without error; 0 when there are none
  std::int64_t tokens_in = 0, tokens_out = 0;
};

// How well the scorers caught the errors that the control `mutant` planted.
struct MutantRecall {
  std::string kind;  // number, date, name, negation, region, invention
  int planted = 0;
  int caught = 0;  // outcome hallucinated or incorrect
};

struct Board {
  // Members by hallucination rate, then by right answers, then by name; those without a rate last. Then
  // controls, in the same order.
  std::vector<BoardRow> rows;
  std::vector<MutantRecall> recall;  // empty when no mutant ran
  int questions = 0;                 // expired ones included
  int expired = 0;                   // questions outside their validity: left out of every rate
};

// `today` decides which questions are expired: they are in no rate and no count but `expired`, while what
// they cost stays in the costs and tokens. Every index of a cell must be one into the vectors given.
Board make_board(const std::vector<System>&, const std::vector<Question>&, const std::vector<ScoredCell>&, int trials,
                 Day today);

}  // namespace plumb
