#include "controls/invent.h"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>

#include "controls/hangul.h"
#include "controls/phrases.h"
#include "controls/statement.h"
#include "language/quantity.h"

namespace plumb {

namespace {

// 6000만원 -> 6,000만원; years stay as they are.
std::string with_commas(std::string_view value) {
  std::string out;
  for (std::size_t i = 0; i < value.size();) {
    std::size_t end = i;
    while (end < value.size() && value[end] >= '0' && value[end] <= '9') ++end;
    std::string figures(value.substr(i, end - i));
    if (figures.empty()) {
      out += value[i++];
      continue;
    }
    const bool joined = (i > 0 && (value[i - 1] == '.' || value[i - 1] == ',')) ||
                        (end < value.size() && (value[end] == '-' || value.substr(end).starts_with("년")));
    if (!joined) {
      for (std::size_t at = figures.size(); at > 3; at -= 3) figures.insert(at - 3, ",");
    }
    out += figures;
    i = end;
  }
  return out;
}

// Sentences that state the value, and how the value is called.
Phrases assertions(const QuestionForm& form, const Reference& value, Dice& dice, std::string& said) {
  Phrases out;
  if (const auto* text = std::get_if<TextRef>(&value)) {
    said = text->aliases.empty() ? "" : text->aliases.front();
    for (const std::string& alias : text->aliases) {
      Phrases more = phrases_with(alias, form, dice);
      std::move(more.whole.begin(), more.whole.end(), std::back_inserter(out.whole));
      std::move(more.rough.begin(), more.rough.end(), std::back_inserter(out.rough));
    }
    return out;
  }
  if (const auto* yes_no = std::get_if<YesNoRef>(&value)) {
    said = yes_no->yes ? "예" : "아니요";
    if (yes_no->yes) out.whole.push_back(statement(form, ""));
    out.whole.push_back(yes_no->yes ? "예, 그렇습니다." : "아니요, 그렇지 않습니다.");
    std::erase(out.whole, "");
    return out;
  }
  if (const auto* number = std::get_if<NumberRef>(&value)) said = with_commas(number->value);
  if (const auto* date = std::get_if<DateRef>(&value)) {
    const std::optional<Date> parsed = parse_date(date->iso);
    said = parsed ? to_korean(*parsed) : date->iso;
  }
  out.whole = {statement(form, said), is_so(said) + "."};
  std::erase(out.whole, "");
  return out;
}

// Values of the kind asked for that stand in no key.
std::vector<std::string> unkeyed_values(const QuestionForm& form, Dice& dice) {
  std::vector<std::string> values;
  switch (form.asked) {
    case Asked::amount:
      values = {"340만원", "1,260만원", "78만원", "2억3,000만원"};
      break;
    case Asked::date:
      values = {"2025년 8월 19일", "2024년 11월 7일", "2023년 5월 23일"};
      break;
    case Asked::count:
      for (const int n : {7, 11, 17, 26, 43})
        values.push_back(fmt::format("{}{}", n, form.unit.empty() ? "개" : form.unit));
      break;
    case Asked::person:
      values = {"윤재호 기자", "한석진 씨", "오민규 씨"};
      break;
    case Asked::place:
      values = {"춘천", "군산", "진주"};
      break;
    default:
      break;
  }
  dice.shuffle(values);
  for (const int n : {37, 43, 58, 71}) values.push_back(fmt::format("{}건", n));
  return values;
}

}  // namespace

std::vector<Candidate> inventions(const Question& question, Dice& dice) {
  const QuestionForm form = question_form(question.text);
  std::vector<Candidate> out;
  const bool premise = question.premise != Premise::ok;
  std::vector<Candidate> rough;
  for (const bool first_choice : {true, false}) {
    for (const Forbidden& forbidden : question.forbidden) {
      const bool accepts =
          forbidden.kind == HallucinationKind::false_premise || forbidden.kind == HallucinationKind::stale;
      if ((!premise || accepts) != first_choice) continue;
      std::string said;
      Phrases phrases = assertions(form, forbidden.value, dice, said);
      for (std::string& text : phrases.whole) out.push_back({std::move(text), question.answer, said});
      for (std::string& text : phrases.rough) rough.push_back({std::move(text), question.answer, said});
    }
  }
  std::move(rough.begin(), rough.end(), std::back_inserter(out));
  for (const std::string& value : unkeyed_values(form, dice)) {
    if (std::string text = statement(form, value); !text.empty())
      out.push_back({std::move(text), question.answer, value});
    out.push_back({is_so(value) + ".", question.answer, value});
  }
  return out;
}

}  // namespace plumb
