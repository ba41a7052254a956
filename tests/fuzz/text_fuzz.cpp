// Text from anywhere: folding, quantities, sentences, tables must neither crash nor point outside the text.
#include <cstdlib>

#include "base/text.h"
#include "language/korean.h"
#include "language/match.h"
#include "language/quantity.h"
#include "language/table.h"

using namespace plumb;

namespace {
void inside(Span span, std::string_view text) {
  if (span.begin > span.end || span.end > text.size()) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Folded folded = fold(text);
  if (folded.begin.size() != folded.text.size() || folded.end.size() != folded.text.size()) std::abort();
  if (!folded.text.empty()) inside(folded.original({0, folded.text.size()}), text);
  const Values values = find_values(text, Day{2026, 11, 22});
  for (const Quantity& quantity : values.quantities) inside(quantity.span, text);
  for (const Date& date : values.dates) inside(date.span, text);
  for (const Span& span : sentences(text)) inside(span, text);
  for (const Word& word : words(text)) inside(word.span, text);
  for (const Table& table : markdown_tables(text)) inside(table.span, text);
  with_tables_as(text, TableFormat::html);
  with_tables_as(text, TableFormat::csv);
  inside(find_abstention(text).evidence, text);
  polarity(text);
  search_terms(text);
  if (const auto found = find_alias(read_text(text), {"서울", "T1", "3.5"})) inside(*found, text);
  if (find_invalid_utf8(printable(text)) && !find_invalid_utf8(text)) std::abort();
  if (display_width(fit(printable(text), 20)) != 20) std::abort();
  return 0;
}
