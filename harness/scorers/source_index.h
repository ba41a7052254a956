// The passages of a case, cut into the pieces that can support a claim, and an index of what each says.
//
// A piece is a sentence, a line, a row of a table, or one cell of it together with its row's label and its
// column's header. What a piece is about also stands in its title and headings; those are its context.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "domain/dataset.h"
#include "language/quantity.h"
#include "language/table.h"

namespace plumb {

struct SourcePiece {
  int passage = 0;
  Span span;            // in the text of that passage
  std::string text;     // what it says
  std::string subject;  // of a cell: its row's label and its column's header
  std::string context;  // title and headings
  Values values;        // of `text`; figures in a column whose header names a unit carry it
  bool cell = false;
};

// A content word of a claim, reduced to what is looked up.
struct ContentWord {
  std::string stem;
  std::vector<std::uint64_t> keys;  // its two-syllable pieces, or one key for a Latin word
  Span span;                        // in the text it was read from
  double weight = 1.0;              // of an unseen noun: 1; less for frequent ones and for predicates
  bool predicate = false;
  bool latin = false;
  bool asked = false;  // stands in the question: repeating it claims nothing
};

// Words that carry content, in order: no figures, no one-syllable stems, no words any answer has (경우, 해당, 다음).
std::vector<ContentWord> content_words(std::string_view text);

class SourceIndex {
 public:
  SourceIndex(const std::vector<Passage>& passages, const std::optional<Day>& as_of);

  const std::vector<SourcePiece>& pieces() const { return pieces_; }

  // How well each piece says the word, 0 to 1: all of it, most of its syllable pairs, or its first two syllables.
  // A word that only stands in the context of a piece counts `k_context` there.
  std::vector<float> support(const ContentWord&) const;

  // 1 for a word no piece says, less the more pieces say it (after inverse document frequency).
  double weight(const ContentWord&) const;

  static constexpr float k_context = 0.8F;

 private:
  struct Posting {
    std::int32_t piece;
    bool context;
  };

  // Where in a passage something stands, and what is known of it from above.
  struct Place {
    int passage = 0;
    std::string context;
    std::string unit;  // of bare figures, from a caption
    std::optional<Day> as_of;
  };

  void add_passage(const Passage&, int number, const std::optional<Day>& as_of);
  void add_table(const Table&, const Place&);
  void add_piece(SourcePiece, const std::optional<Day>& as_of, const std::string& unit);
  void index(const std::vector<std::uint64_t>& keys, bool context);

  std::vector<SourcePiece> pieces_;
  std::string indexed_context_;                                       // neighbours share it
  std::vector<std::uint64_t> context_keys_;                           // of it
  std::unordered_map<std::uint64_t, std::vector<Posting>> postings_;  // each piece at most once a key
};

}  // namespace plumb
