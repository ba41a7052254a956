// When a wrong value in an answer is not what the answer claims: it only repeats the question, is what another
// source is said to say, or is said of something else.
#pragma once

#include "domain/reference.h"
#include "scorers/scorer.h"

namespace plumb {

// The question itself names the value, and every sentence that does so in the answer says no, or the answer declines.
bool repeats_question(const Forbidden&, const Question&, const ReadText& answer);

// "블로그는 2011년이라고 하지만 2010년입니다": a report, followed by a turn.
bool conceded(const Forbidden&, const ReadText& answer);

// "L4는 500만원이지만 L3는 300만원입니다", asked about L3: the clause names what the sources say the value of (a row, a
// title), the question does not ask about that, and no place that has the key's own value is called so.
bool told_of_another(const Forbidden&, const Case&, const ReadText& answer);

}  // namespace plumb
