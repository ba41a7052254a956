// Text with spans marked by verdict: colours on a terminal, brackets without.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "domain/score.h"

namespace plumb {

struct Mark {
  Span span;  // in the text; spans outside it are ignored
  Verdict verdict = Verdict::supported;
};

// Where marks overlap, contradicted wins over not_in_source, and that over supported. The text itself is
// made printable; line breaks are kept. Without colour: «supported», [-contradicted-], [?not in source?].
std::string highlighted(std::string_view text, const std::vector<Mark>& marks, bool color);

}  // namespace plumb
