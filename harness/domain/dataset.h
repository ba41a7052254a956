// What is asked: passages, questions, and what is known to be true about them. Values only; read from
// files by config/. docs/dataset-format.md is the same for people.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"

namespace plumb {

// How well a fact is known, best first. What each may key is a rule of config/dataset_rules.
enum class Grade { law, gov, web, code, time, fiction, none };

// A piece of source text an answer may rely on.
struct Passage {
  std::string id;  // unique in its dataset
  std::string dataset;
  std::string title;
  std::string text;   // Markdown as written, or as the retrieval showed it
  std::string kind;   // posting, meme, policy, table, note
  std::string group;  // versions of one document share it; else the id
  std::string source;
  Grade grade = Grade::none;
  std::optional<Day> as_of;
  bool distractor = false;
  std::string digest;  // of title and text
};

enum class QuestionType {
  single_fact,
  multi_hop,
  numeric,
  table_lookup,
  temporal,
  unanswerable,
  false_premise,
  conflict,
  near_miss,
  citation_bait,
  open_closed,
};

// What an invented answer shows.
enum class HallucinationKind { contradicted, invented, stale, false_premise, swapped, tool };

struct TextRef {
  std::vector<std::string> aliases;
};  // any of them; never empty
struct NumberRef {
  std::string value;
  std::string tolerance;
};  // as people write it: 120만원
struct DateRef {
  std::string iso;
};  // YYYY, YYYY-MM or YYYY-MM-DD
struct YesNoRef {
  bool yes = false;
};
struct SetRef {
  std::vector<std::vector<std::string>> items;
};  // all, in any order; aliases inside
struct ListRef {
  std::vector<std::vector<std::string>> items;
};  // all, in this order
using Reference = std::variant<TextRef, NumberRef, DateRef, YesNoRef, SetRef, ListRef>;

struct Forbidden {
  Reference value;  // TextRef, NumberRef, DateRef or YesNoRef
  HallucinationKind kind = HallucinationKind::contradicted;
};

// A tool that the question offers, with the output it will give.
struct OfferedTool {
  std::string name;
  std::string description;
  std::string parameters_json;  // a JSON Schema, as written
  std::string output;
  std::string error;  // not empty: the call fails with this
};

enum class Premise { ok, wrong, stale };
enum class Basis { extractive, computed, inferred, knowledge };

// One item of a question set.
struct Question {
  std::string id;  // unique and stable within its dataset
  std::string dataset;
  QuestionType type = QuestionType::single_fact;
  std::string text;
  std::string answer;      // the gold answer, in whole sentences
  bool answerable = true;  // false: declining, or putting the premise right, is right
  Premise premise = Premise::ok;
  bool closed_book = false;           // no passage is ever shown
  std::vector<std::string> passages;  // shown by retrieval `gold`, in this order
  std::vector<std::string> evidence;  // those that support the answer
  std::vector<Reference> references;  // all must be met
  std::vector<Forbidden> forbidden;   // none may be met
  Basis basis = Basis::extractive;
  std::string compute;  // arithmetic for the first NumberRef
  std::string because;
  std::optional<Day> as_of, valid_from, valid_to;
  Grade grade = Grade::none;
  std::string source;
  std::string pair;
  std::string language = "ko";
  bool partial_credit = false;
  std::vector<OfferedTool> tools;
  std::vector<std::string> tags;
  std::string digest;  // of all that can change an answer or its score

  bool valid_on(Day day) const { return (!valid_from || *valid_from <= day) && (!valid_to || day <= *valid_to); }
};

struct Dataset {
  std::string name;
  std::string title;
  std::string language;
  std::string license;
  std::string folder;  // where it was read from
  int version = 1;
  std::vector<Passage> passages;
  std::vector<Question> questions;
  std::string digest;  // of all passages and questions

  const Passage* find_passage(const std::string& id) const;
};

const char* to_string(QuestionType);
const char* to_string(HallucinationKind);
const char* to_string(Grade);
std::optional<QuestionType> question_type_of(std::string_view);
std::optional<HallucinationKind> hallucination_kind_of(std::string_view);
std::optional<Grade> grade_of(std::string_view);

// Fill in `digest`. Call after any change.
void seal(Passage&);
void seal(Question&);
// Seals all in it as well; a question's digest then covers the passages that it shows.
void seal(Dataset&);

}  // namespace plumb
