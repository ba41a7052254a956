// A question turned into the statement that answers it: "연봉은 얼마인가요?" and 6,000만원 give
// "연봉은 6,000만원입니다." So a planted answer reads like an answer to its question.
#pragma once

#include <string>
#include <string_view>

namespace plumb {

enum class Asked { polar, amount, count, date, place, person, thing, reason, manner };

struct QuestionForm {
  std::string sentence;  // the one that asks, without its mark
  Asked asked = Asked::polar;
  std::string wh;        // the words that stand for the answer: "몇 개월", "얼마부터 얼마까지"; "" if polar
  std::string unit;      // 개월 of "몇 개월"; for Asked::count
  bool several = false;  // asks for more than one thing
};

// The sentence that asks is the last with a question word, else the last with a question mark, else the last.
QuestionForm question_form(std::string_view question);

// The statement with `value` in the place of the question word. A polar question is affirmed and `value`
// added. "" if no rule turns this question into a statement.
std::string statement(const QuestionForm&, std::string_view value);

// "있나요" -> "있습니다", "가능한가요" -> "가능합니다", "무엇인지 알려 주세요" -> "무엇입니다"; "" if not known.
std::string declarative(std::string_view sentence);

}  // namespace plumb
