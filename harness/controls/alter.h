// Candidates for a planted error, one function a kind: the answer with one thing changed. Whether the
// change makes it wrong is mutate.cpp's business. All return an empty list when the kind does not apply.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "controls/dice.h"
#include "domain/dataset.h"
#include "language/match.h"

namespace plumb {

struct Candidate {
  std::string text;           // the whole answer
  std::string before, after;  // what was changed into what
};

// Another plausible figure of the same unit, written in the same form; every mention of it is changed.
std::vector<Candidate> altered_numbers(const ReadText&, Dice&);

// A day, month or year beside the one stated, that exists; written in the same form.
std::vector<Candidate> altered_dates(const ReadText&, Dice&);

// How far a change may go: `natural` ones read like a believable mistake; `forced` ones (a misspelt word, a bare
// "is not") are for answers that offer nothing better.
enum class Reach { natural, forced };

// Natural: a word of a family of like things (Kafka, 서류, 임차인) replaced by a relative, the word of the only text
// reference by a forbidden one, a person by one of a similar name. Forced: a word of the references misspelt.
std::vector<Candidate> altered_names(const ReadText&, const Question&, Reach, Dice&);

// A place replaced by another of its kind: 서울, 김포시, 성동구, 벨기에.
std::vector<Candidate> altered_regions(const ReadText&, Dice&);

// 가능 to 불가능, 있습니다 to 없습니다, 예 to 아니요, and back; a leading yes or no and the predicates of its
// sentence change together. 입니다 to 이 아닙니다 only beside a yes or no, or when forced.
std::vector<Candidate> altered_polarity(const ReadText&, Reach);

}  // namespace plumb
