// Reads a file of questions: a list, each with all that is known of its answer.
#pragma once

#include <string_view>
#include <vector>

#include "config/diagnostic.h"
#include "domain/dataset.h"

namespace plumb {

struct ReadQuestion {
  Question question;                   // not sealed; grade and source only if the file says them
  Place place;                         // of the question
  std::vector<Place> passage_places;   // of each of question.passages
  std::vector<Place> evidence_places;  // of each of question.evidence; of the passages when it is the default
};

// Those that are well-formed by themselves; what is wrong with the others is told. `text` is clean (text_file.h).
std::vector<ReadQuestion> read_questions(std::string_view text, const std::string& dataset, FileReport&);

}  // namespace plumb
