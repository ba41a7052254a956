// Do the sources say a value? As it stands, as an end of a range, in the unit of a table, or worked out from two
// of their values in one step.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scorers/source_index.h"

namespace plumb {

struct ValueFinding {
  bool supported = false;
  int piece = -1;  // one that says it; -1: the question does, or it was worked out or counted
  Span evidence;   // in the text of that piece
};

class ValueSupport {
 public:
  // `index` must outlive this.
  ValueSupport(const SourceIndex& index, const Values& question);

  // What may be worked out rather than copied.
  struct Latitude {
    bool arithmetic = false;       // results of one step from any two values, or of several from those beside
    bool timespan = false;         // the time between two dates
    std::vector<Quantity> beside;  // the quantities of the claim
  };

  // `nearest`: pieces in order of preference; the first that says the value is the evidence.
  ValueFinding find(const Quantity&, const std::vector<int>& nearest, const Latitude&) const;
  ValueFinding find(const Date&, const std::vector<int>& nearest) const;

  // Does any source, or the question, say it with this very bound?
  bool says_bounded(const Quantity&) const;

  // A supported value may be worked with in what follows (5,200÷12=433, 433×0.9=…).
  void learn(const Quantity& q) { known_.push_back(q); }

 private:
  bool between_dates(const Quantity&) const;
  bool only_counted(const Quantity&) const;
  bool year_known(int year) const;

  const SourceIndex& index_;
  Values question_;
  std::vector<Quantity> known_;  // all of sources and question, ranges as their two ends
  std::vector<Date> dates_;
};

// A value of the same kind in this piece that is another one: the hard evidence of a contradiction.
std::optional<Span> rival(const Quantity&, const SourcePiece&);
std::optional<Span> rival(const Date&, const SourcePiece&);

// The same figure in this piece, but bounded the other way: 3년 이상 for 3년 미만.
std::optional<Span> opposite_bound(const Quantity&, const SourcePiece&);

// 합계, 차이, 몇 배, 동안: words that announce arithmetic.
bool announces_arithmetic(std::string_view text);

// 며칠, 만에, 몇 년 몇 개월: words that ask for the time between two dates.
bool announces_timespan(std::string_view text);

}  // namespace plumb
