#include "config/dataset_rules.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/text.h"

namespace plumb {

namespace {

Passage passage(const std::string& id, const std::string& text, Grade grade = Grade::fiction) {
  Passage p;
  p.id = id;
  p.title = "별마루테크랩 공고";
  p.text = text;
  p.group = id;
  p.grade = grade;
  return p;
}

Question answerable() {
  Question q;
  q.id = "reward";
  q.text = "별마루테크랩의 합격보상금은 얼마인가요?";
  q.answer = "합격보상금은 120만원입니다.";
  q.passages = q.evidence = {"nuri"};
  q.references = {NumberRef{"120만원", ""}};
  q.forbidden = {{NumberRef{"70만원", ""}, HallucinationKind::swapped}};
  q.grade = Grade::fiction;
  q.pair = "nuri-1";
  return q;
}

Question not_answerable() {
  Question q;
  q.id = "bonus";
  q.type = QuestionType::unanswerable;
  q.text = "설날 상여로 무엇을 주나요?";
  q.answer = "설날 상여는 지문에 나와 있지 않습니다.";
  q.answerable = false;
  q.passages = {"nuri"};
  q.forbidden = {{TextRef{{"스팸 세트"}}, HallucinationKind::invented}};
  q.grade = Grade::fiction;
  q.pair = "nuri-1";
  return q;
}

// A dataset that keeps all rules; tests break one.
Dataset good() {
  Dataset dataset;
  dataset.name = "nuri";
  dataset.passages = {
      passage("nuri",
              "합격보상금 1,200,000원. 수습 3개월, 기본급 5,200만원의 90%.\n전형: 서류 → 코딩테스트 → 실무 면접"),
      passage("dasom", "합격보상금 70만원")};
  dataset.questions = {answerable(), not_answerable()};
  return dataset;
}

DatasetPlaces places_of(const Dataset& dataset) {
  DatasetPlaces places;
  places.dataset_yaml = "dataset.yaml";
  int line = 1;
  for (const Question& question : dataset.questions) places.questions[question.id] = {"q.yaml", {line++, 3}};
  return places;
}

std::string told(const Dataset& dataset) {
  std::string all;
  for (const Diagnostic& diagnostic : check_dataset(dataset, places_of(dataset))) all += to_string(diagnostic) + "\n";
  return all;
}

// What is told when one question of the good dataset is changed: 0 can be answered, 1 cannot.
template <class Change>
std::string told_when(std::size_t question, Change change) {
  Dataset dataset = good();
  change(dataset.questions[question]);
  return told(dataset);
}

}  // namespace

TEST_CASE("a dataset that keeps the rules is told nothing; nor is an empty one") {
  CHECK(told(good()) == "");
  CHECK(check_dataset({}, {}).empty());
}

TEST_CASE("the gold answer meets its references") {
  CHECK(told_when(0, [](Question& q) { q.answer = "합격보상금은 백이십만 원입니다."; }) == "");
  CHECK(told_when(0, [](Question& q) {
          q.answer = "합격보상금은 200만원입니다.";
        }).starts_with("q.yaml:1:3: error: reward: the gold answer does not meet its reference '120만원'"));
}

TEST_CASE("the gold answer states no forbidden value, unless it denies it") {
  CHECK(told_when(0, [](Question& q) { q.answer = "합격보상금은 120만원이고 다솜은 70만원입니다."; }) ==
        "q.yaml:1:3: error: reward: the gold answer states its forbidden value '70만원'\n");
  CHECK(told_when(0, [](Question& q) { q.answer = "합격보상금은 70만원이 아니라 120만원입니다."; }) == "");
}

TEST_CASE("an extractive reference stands in the evidence") {
  const auto elsewhere = [](Question& q) {
    q.answer = "합격보상금은 120만원이며 추천인이 절반을 받습니다.";
    q.references.push_back(TextRef{{"추천인"}});
  };
  CHECK(told_when(0, elsewhere) ==
        "q.yaml:1:3: error: reward: the reference '추천인' does not stand in the evidence (nuri): missing 추천인; else "
        "basis: computed or inferred\n");
  CHECK(told_when(0, [&](Question& q) {
          elsewhere(q);
          q.basis = Basis::inferred;
        }) == "");
}

TEST_CASE("a list need stand in the evidence item by item only, and a yes or no not at all") {
  CHECK(told_when(0, [](Question& q) {
          q.answer = "예, 실무 면접에 이어 서류를 봅니다.";
          q.references = {ListRef{{{"실무 면접"}, {"서류"}}}, YesNoRef{true}};
        }) == "");
}

TEST_CASE("compute gives the figure in the reference's own unit") {
  const auto computed = [](const char* compute, const char* reference, const char* answer) {
    return told_when(0, [&](Question& q) {
      q.answer = answer;
      q.basis = Basis::computed;
      q.compute = compute;
      q.references = {NumberRef{reference, ""}};
    });
  };
  CHECK(computed("5200/12*0.9*3", "1170만원", "모두 1,170만원입니다.") == "");
  CHECK(computed("5200/12*0.9*3", "1,170만원", "모두 1,170만원입니다.") == "");
  CHECK(computed("14500", "1억4500만원", "모두 1억4,500만원입니다.") == "");
  CHECK(computed("3*12", "36개월", "36개월입니다.") == "");
  CHECK(computed("9/2", "4.5%", "4.5%입니다.") == "");
  CHECK(computed("5200/12*3", "1170만원", "모두 1,170만원입니다.") ==
        "q.yaml:1:3: error: reward: compute gives 1300만원, the reference says 1170만원\n");
  CHECK(computed("11700000", "1170만원", "모두 1,170만원입니다.") ==
        "q.yaml:1:3: error: reward: compute gives 11700000만원, the reference says 1170만원\n");
}

TEST_CASE("what cannot be answered is declined, put right, or meets its references") {
  CHECK(
      told_when(1, [](Question& q) { q.answer = "설날에는 한우를 줍니다."; }) ==
      "q.yaml:2:3: error: bonus: cannot be answered, yet the gold answer neither declines nor puts the premise right, "
      "nor meets references\n");
  CHECK(told_when(1, [](Question& q) {
          q.answer = "회사 내규에 따라 정해집니다.";
          q.references = {TextRef{{"내규"}}};
        }) == "");
}

TEST_CASE("what can be answered is not declined") {
  CHECK(told_when(0, [](Question& q) {
          q.answer = "지문에 나와 있지 않습니다.";
        }).ends_with("q.yaml:1:3: error: reward: can be answered, yet the gold answer declines\n"));
}

TEST_CASE("an answer to a yes or no question says so first") {
  const auto polar = [](const char* answer) {
    return told_when(0, [&](Question& q) {
      q.answer = answer;
      q.basis = Basis::inferred;
      q.references = {YesNoRef{false}};
    });
  };
  CHECK(polar("아니요, 상시채용이 아닙니다.") == "");
  CHECK(polar("네, 가능합니다.").find("the gold answer's first sentence must say no") != std::string::npos);
  CHECK(polar("수습은 3개월입니다. 아니요, 불가능합니다.").find("first sentence must say no") != std::string::npos);
}

TEST_CASE("what would be invented stands nowhere in what is shown") {
  CHECK(told_when(1, [](Question& q) {
          q.forbidden.push_back({TextRef{{"코딩 테스트"}}, HallucinationKind::invented});
        }) == "q.yaml:2:3: error: bonus: '코딩 테스트' is forbidden as invented, but stands in passage 'nuri'\n");
  CHECK(told_when(1, [](Question& q) {
          q.forbidden.push_back({TextRef{{"코딩 테스트"}}, HallucinationKind::swapped});
        }) == "");
}

TEST_CASE("the gold answer is in the language asked for") {
  CHECK(told_when(0, [](Question& q) { q.language = "en"; }) ==
        "q.yaml:1:3: error: reward: the gold answer is in 'ko', the answer must be in 'en'\n");
  CHECK(told_when(0, [](Question& q) { q.language = "any"; }) == "");
}

TEST_CASE("a question is asked on a day on which its key holds") {
  CHECK(told_when(0, [](Question& q) {
          q.as_of = Day{2026, 11, 22};
          q.valid_to = Day{2026, 11, 21};
        }) == "q.yaml:1:3: error: reward: as_of 2026-11-22 is outside valid_from and valid_to\n");
}

TEST_CASE("twins show the same passages, and one of them cannot be answered") {
  Dataset dataset = good();
  dataset.questions[1].passages = {"dasom"};
  CHECK(told(dataset) == "q.yaml:2:3: error: bonus: pair 'nuri-1' must show the same passages as its twin reward\n");
  dataset = good();
  dataset.questions[1] = answerable();
  dataset.questions[1].id = "reward-2";
  dataset.questions[1].text = "추천하면 무엇을 얼마나 받나요?";
  CHECK(told(dataset) ==
        "q.yaml:2:3: error: reward-2: pair 'nuri-1' needs a question that can be answered and one that cannot\n");
}

TEST_CASE("twins that both cannot be answered lack the one that can") {
  Dataset dataset = good();
  dataset.questions[0] = not_answerable();
  dataset.questions[0].id = "meal";
  dataset.questions[0].text = "점심값은 하루에 얼마를 받나요?";
  CHECK(told(dataset) ==
        "q.yaml:2:3: error: bonus: pair 'nuri-1' needs a question that can be answered and one that cannot\n");
}

TEST_CASE("twins with and without the passage need not show the same") {
  Dataset dataset = good();
  dataset.questions[0].type = dataset.questions[1].type = QuestionType::open_closed;
  dataset.questions[1].closed_book = true;
  dataset.questions[1].passages = {};
  CHECK(told(dataset) == "");
}

TEST_CASE("what cannot be answered has a twin that can") {
  CHECK(told_when(1, [](Question& q) {
          q.pair = "";
        }).find("q.yaml:2:3: error: bonus: cannot be answered and has no twin that can (pair)\n") != std::string::npos);
}

TEST_CASE("no question is asked twice, but twins may be alike") {
  Dataset dataset = good();
  dataset.questions.push_back(answerable());
  dataset.questions[2].id = "reward-2";
  dataset.questions[2].text = "별마루테크랩의 합격 보상금은 얼마인가요??";
  CHECK(told(dataset) == "");
  dataset.questions[2].pair = "";
  CHECK(told(dataset) == "q.yaml:3:3: error: reward-2: asks nearly the same as 'reward' (100 % of letter pairs)\n");
  dataset.questions[2].text = "다솜솔루션의 지원자 상금은 얼마인가요?";
  CHECK(told(dataset) == "");
}

TEST_CASE("questions on the law name a year, unless the law is made up or the day does not matter") {
  Dataset dataset = good();
  dataset.name = "realestate";
  CHECK(told(dataset) == "");
  dataset.questions[0].grade = Grade::law;
  CHECK(told(dataset) ==
        "q.yaml:1:3: error: reward: the question names no year; law changes (tag it timeless if it does not matter)\n");
  dataset.questions[0].tags = {"timeless"};
  CHECK(told(dataset) == "");
  dataset.questions[0].tags = {};
  dataset.questions[0].text = "2026년 6월 법령 기준, 보상금은 얼마인가요?";
  CHECK(told(dataset) == "");
}

TEST_CASE("facts of the web key only questions with their passage, where the law is asked") {
  Dataset dataset = good();
  dataset.name = "realestate";
  dataset.questions[1].text += " 2026년 기준으로 답해 주세요.";
  dataset.questions[1].type = dataset.questions[0].type = QuestionType::open_closed;
  dataset.questions[1].closed_book = true;
  dataset.questions[1].passages = {};
  dataset.questions[1].grade = Grade::web;
  CHECK(told(dataset) == "q.yaml:2:3: error: bonus: grade V-WEB may key open-book questions only\n");
  dataset.questions[1].grade = Grade::gov;
  CHECK(told(dataset) == "");
  dataset.questions[1].grade = Grade::web;
  dataset.questions[1].closed_book = false;
  CHECK(told(dataset) == "");
}

TEST_CASE("the mix of 100 questions is a warning, of 99 it is not") {
  // Texts without a letter pair in common.
  const auto many = [](int count, int declined) {
    Dataset dataset = good();
    dataset.questions.clear();
    for (int i = 0; i < count; ++i) {
      Question q = i < declined ? not_answerable() : answerable();
      q.id = fmt::format("q-{}", i);
      q.type = static_cast<QuestionType>(i % 11);
      q.text.clear();
      append_code_point(q.text, static_cast<char32_t>(0xAC00 + 20 * i));
      append_code_point(q.text, static_cast<char32_t>(0xAC00 + 20 * i + 7));
      dataset.questions.push_back(std::move(q));
    }
    return dataset;
  };
  CHECK(told(many(100, 40)) == "");
  CHECK(told(many(100, 46)) ==
        "dataset.yaml: warning: 46 % of the questions cannot be answered; 35 to 45 % tell a system that always answers "
        "from one that always declines\n");
  CHECK(told(many(100, 34)).starts_with("dataset.yaml: warning: 34 % of the questions"));
  CHECK(told(many(99, 10)) == "");
  Dataset dataset = many(100, 40);
  for (Question& q : dataset.questions) {
    if (q.type == QuestionType::conflict) q.type = QuestionType::temporal;
  }
  CHECK(told(dataset) == "dataset.yaml: warning: 0 questions of type conflict; 6 or more say something of it\n");
}

}  // namespace plumb
