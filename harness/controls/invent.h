// Invented answers: what a model makes up where it should have declined.
#pragma once

#include <vector>

#include "controls/alter.h"
#include "domain/dataset.h"

namespace plumb {

// Statements that answer the question with a forbidden value (those that accept a false premise first,
// where the premise is false), then with values that nobody keyed; the most natural first. `before` is the gold
// answer, `after` the value. Never empty.
std::vector<Candidate> inventions(const Question&, Dice&);

}  // namespace plumb
