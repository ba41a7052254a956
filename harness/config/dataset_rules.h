// What must hold between the questions, keys and passages of a dataset, beyond its form. Run by
// `plumb validate datasets`, so that a wrong key is found before a model is blamed for it.
#pragma once

#include <vector>

#include "config/config.h"
#include "config/diagnostic.h"
#include "domain/dataset.h"

namespace plumb {

// Errors and warnings, each at its question, in the order of files and lines; none for an empty dataset.
//
// Of each question (question_rules.h): the gold answer meets its references and states no forbidden value;
// references that are said to stand in the evidence do; `compute` gives the figure; a question that cannot be
// answered is declined, and what would be invented stands nowhere in what is shown.
// Of the whole: twins (other than open_closed) show the same and differ in answerability; whatever cannot be answered
// has a twin; no question is asked twice (bigram Jaccard above 0.8); grades key only what they may; of 100 questions or
// more, 6 of each type and 35 to 45 % not answerable (warnings).
std::vector<Diagnostic> check_dataset(const Dataset&, const DatasetPlaces&);

}  // namespace plumb
