// What an answer asserts, as values: for saying what it stated in the place of what was asked for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/reference.h"
#include "scorers/scorer.h"

namespace plumb {

// A value the answer asserts.
struct StatedValue {
  Span span;  // in the answer
  bool in_passage = false;
};

// The first value of the kind that `wanted` demands (a quantity of its dimension, a date as precise) which the
// answer asserts and which is another; none for text references. Values that only repeat the question, or that
// the answer denies, are passed over.
std::optional<StatedValue> other_value(const Reference& wanted, const Case&, const ReadText& answer);

// Does the answer offer the wanted number or date as one of several: "100만원 또는 70만원입니다"? Only values of one
// dimension with nothing but an alternative between them count: explained arithmetic, ranges and comparisons
// name other values as well, and are no hedges.
std::optional<Span> hedged_with(const Reference& wanted, const ReadText& answer);

// "70만원이", "비율이", "T1이(가)".
std::string with_subject_particle(std::string text);

}  // namespace plumb
