// Passages cut into what can be quoted as an answer: sentences, list items and table rows, each with
// what stands above it.
#pragma once

#include <string>
#include <vector>

#include "domain/dataset.h"

namespace plumb {

struct EvidenceUnit {
  std::string passage_id;
  std::string text;     // a sentence, a list item without its bullet, or "header: cell, header: cell"
  std::string context;  // the passage's title and the headings above
  std::vector<std::string> header, cells;  // of a table row, of equal length; else empty
};

// In the order of the text. Tables may be written as Markdown, HTML, CSV or as lines of text. Headings
// are context and no units of their own. Empty for an empty text.
std::vector<EvidenceUnit> evidence_units(const Passage&);

}  // namespace plumb
