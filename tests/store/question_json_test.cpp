#include "store/question_json.h"

#include <doctest/doctest.h>

#include "base/text.h"
#include "store/sample.h"

namespace plumb {
namespace {

Question full_question() {
  Question question;
  question.id = "nuri-backend-reward";
  question.dataset = "postings";
  question.type = QuestionType::table_lookup;
  question.text = "합격보상금은 얼마인가요? \"따옴표\"\n둘째 줄";
  question.answer = "\u1112\u1161\u11ab글은 NFD, 한글은 NFC";  // 한 decomposed
  question.answerable = false;
  question.premise = Premise::stale;
  question.closed_book = true;
  question.passages = {"nuri-backend", "hana"};
  question.evidence = {"hana"};
  question.references = {TextRef{{"컬처핏", "컬쳐핏"}},
                         NumberRef{"120만원", "1만원"},
                         DateRef{"2026-12"},
                         YesNoRef{true},
                         SetRef{{{"Kafka"}, {"웹 접근성", "접근성"}}},
                         ListRef{{{"서류"}, {"실무"}}}};
  question.forbidden = {{NumberRef{"70만원", ""}, HallucinationKind::swapped},
                        {TextRef{{"상시채용"}}, HallucinationKind::tool}};
  question.basis = Basis::inferred;
  question.compute = "5200/12*0.9*3";
  question.because = "표의 둘째 행에서 나온다.";
  question.as_of = Day{2026, 11, 22};
  question.valid_from = Day{2026, 1, 1};
  question.valid_to = Day{2026, 12, 31};
  question.grade = Grade::law;
  question.source = "채용절차법 제4조";
  question.pair = "nuri-1";
  question.language = "any";
  question.partial_credit = true;
  question.tools = {{"search", "찾는다", R"({"type":"object"})", "결과 없음", ""}};
  question.tags = {"reward", "표"};
  question.digest = "00112233445566778899aabbccddeeff";
  return question;
}

void check_equal(const Reference& got, const Reference& expected) {
  REQUIRE(got.index() == expected.index());
  if (const auto* text = std::get_if<TextRef>(&got)) CHECK(text->aliases == std::get<TextRef>(expected).aliases);
  if (const auto* number = std::get_if<NumberRef>(&got)) {
    CHECK(number->value == std::get<NumberRef>(expected).value);
    CHECK(number->tolerance == std::get<NumberRef>(expected).tolerance);
  }
  if (const auto* date = std::get_if<DateRef>(&got)) CHECK(date->iso == std::get<DateRef>(expected).iso);
  if (const auto* yes_no = std::get_if<YesNoRef>(&got)) CHECK(yes_no->yes == std::get<YesNoRef>(expected).yes);
  if (const auto* set = std::get_if<SetRef>(&got)) CHECK(set->items == std::get<SetRef>(expected).items);
  if (const auto* list = std::get_if<ListRef>(&got)) CHECK(list->items == std::get<ListRef>(expected).items);
}

TEST_CASE("a question comes back from JSON as it was, field by field") {
  const Question expected = full_question();
  const Question got = sample::value_of(question_of_json(to_json_text(expected)));
  CHECK(got.id == expected.id);
  CHECK(got.dataset == expected.dataset);
  CHECK(got.type == expected.type);
  CHECK(got.text == expected.text);
  CHECK(got.answer == expected.answer);
  CHECK(got.answerable == expected.answerable);
  CHECK(got.premise == expected.premise);
  CHECK(got.closed_book == expected.closed_book);
  CHECK(got.passages == expected.passages);
  CHECK(got.evidence == expected.evidence);
  REQUIRE(got.references.size() == expected.references.size());
  for (std::size_t i = 0; i < got.references.size(); ++i) check_equal(got.references[i], expected.references[i]);
  REQUIRE(got.forbidden.size() == expected.forbidden.size());
  for (std::size_t i = 0; i < got.forbidden.size(); ++i) {
    check_equal(got.forbidden[i].value, expected.forbidden[i].value);
    CHECK(got.forbidden[i].kind == expected.forbidden[i].kind);
  }
  CHECK(got.basis == expected.basis);
  CHECK(got.compute == expected.compute);
  CHECK(got.because == expected.because);
  CHECK(got.as_of == expected.as_of);
  CHECK(got.valid_from == expected.valid_from);
  CHECK(got.valid_to == expected.valid_to);
  CHECK(got.grade == expected.grade);
  CHECK(got.source == expected.source);
  CHECK(got.pair == expected.pair);
  CHECK(got.language == expected.language);
  CHECK(got.partial_credit == expected.partial_credit);
  REQUIRE(got.tools.size() == 1);
  CHECK(got.tools[0].name == "search");
  CHECK(got.tools[0].description == "찾는다");
  CHECK(got.tools[0].parameters_json == R"({"type":"object"})");
  CHECK(got.tools[0].output == "결과 없음");
  CHECK(got.tools[0].error.empty());
  CHECK(got.tags == expected.tags);
  CHECK(got.digest == expected.digest);
  CHECK(to_json_text(got) == to_json_text(expected));
}

TEST_CASE("a question of defaults comes back too, and a resealed one has its digest") {
  Question plain = sample::question("memes", "when", "언제 나왔나요?", {});
  seal(plain);
  Question got = sample::value_of(question_of_json(to_json_text(plain)));
  CHECK(got.grade == Grade::none);
  CHECK_FALSE(got.as_of.has_value());
  CHECK(got.answerable);
  seal(got);
  CHECK(got.digest == plain.digest);
}

TEST_CASE("what is not a stored question is an error, not a guess") {
  CHECK_FALSE(question_of_json("{"));
  CHECK_FALSE(question_of_json(""));
  const std::string json = to_json_text(full_question());
  CHECK_FALSE(question_of_json(replace_all(json, "table_lookup", "table_lookdown")));
  CHECK_FALSE(question_of_json(replace_all(json, "\"yes_no\"", "\"maybe\"")));
  CHECK_FALSE(question_of_json(replace_all(json, "swapped", "swopped")));
}

}  // namespace
}  // namespace plumb
