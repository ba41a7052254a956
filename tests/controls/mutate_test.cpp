#include "controls/mutate.h"

#include <doctest/doctest.h>

#include <set>

#include "controls/control.h"
#include "domain/reference.h"

namespace plumb {
namespace {

Question asked(std::string text, std::string answer, std::vector<Reference> references) {
  Question question;
  question.id = "q";
  question.text = std::move(text);
  question.answer = std::move(answer);
  question.references = std::move(references);
  return question;
}

Question declined(std::string text, std::string answer, std::vector<Forbidden> forbidden) {
  Question question = asked(std::move(text), std::move(answer), {});
  question.answerable = false;
  question.forbidden = std::move(forbidden);
  return question;
}

bool meets_all(const Question& question, const std::string& text) {
  const ReadText read = read_text(text, question.as_of);
  for (const Reference& reference : question.references) {
    if (!match_reference(reference, read).met()) return false;
  }
  return true;
}

std::vector<Mutation> of_kind(const Question& question, MutationKind kind) {
  std::vector<Mutation> out;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    for (Mutation& mutation : all_mutations(question, seed)) {
      if (mutation.kind == kind) out.push_back(std::move(mutation));
    }
  }
  return out;
}

std::set<std::string> texts(const Question& question, MutationKind kind) {
  std::set<std::string> out;
  for (const Mutation& mutation : of_kind(question, kind)) out.insert(mutation.text);
  return out;
}

TEST_CASE("a changed figure keeps its unit, its commas and the particle after it") {
  const Question salary = asked("얼마인가요?", "모두 1,161만원을 받습니다.", {NumberRef{"1161만원", ""}});
  const auto found = of_kind(salary, MutationKind::number);
  REQUIRE(found.size() == 40);
  for (const Mutation& mutation : found) {
    CAPTURE(mutation.text);
    CHECK(mutation.text.starts_with("모두 "));
    CHECK(contains(mutation.after, ",") == (parse_quantity(mutation.after)->value >= 10'000'000));
    CHECK(mutation.text.ends_with("만원을 받습니다."));
    CHECK(mutation.before == "1,161만원");
    CHECK_FALSE(meets_all(salary, mutation.text));
    const std::optional<Quantity> now = parse_quantity(mutation.after);
    REQUIRE(now);
    CHECK(now->dimension == Dimension::won);
  }
}

TEST_CASE("a compound amount, a decimal and a Hangul numeral are changed in their own form") {
  const Question compound = asked("얼마인가요?", "상한은 1억4,500만원입니다.", {NumberRef{"1억4500만원", ""}});
  for (const std::string& text : texts(compound, MutationKind::number)) {
    CAPTURE(text);
    CHECK(contains(text, "억"));
    CHECK(contains(text, "만원입니다."));
  }
  const Question decimal = asked("몇 퍼센트인가요?", "이율은 4.5%입니다.", {NumberRef{"4.5%", ""}});
  for (const std::string& text : texts(decimal, MutationKind::number)) {
    CAPTURE(text);
    CHECK(contains(text, "."));
    CHECK(text.ends_with("%입니다."));
  }
  const Question native = asked("몇 번인가요?", "갱신은 두 번까지 됩니다.", {NumberRef{"2번", ""}});
  const auto found = texts(native, MutationKind::number);
  CHECK(found.contains("갱신은 세 번까지 됩니다."));
  CHECK(found.contains("갱신은 한 번까지 됩니다."));
}

TEST_CASE("a percentage stays below a hundred") {
  const Question question = asked("몇 퍼센트인가요?", "급여의 90%를 받습니다.", {NumberRef{"90%", ""}});
  for (const Mutation& mutation : of_kind(question, MutationKind::number)) {
    CAPTURE(mutation.after);
    CHECK(parse_quantity(mutation.after)->value <= 100.0);
  }
}

TEST_CASE("every mention of the changed figure changes with it") {
  const Question question = asked("며칠인가요?", "기한은 14일입니다. 14일이 지나면 끝납니다.", {NumberRef{"14일", ""}});
  for (const Mutation& mutation : of_kind(question, MutationKind::number)) CHECK_FALSE(contains(mutation.text, "14일"));
  CHECK_FALSE(of_kind(question, MutationKind::number).empty());
}

TEST_CASE("only what is asked for is changed") {
  const Question question =
      asked("한도는 얼마인가요?", "시가 25억원은 25억원 이하 구간에 들어가므로 한도는 4억원입니다.",
            {NumberRef{"4억원", ""}});
  for (const Mutation& mutation : of_kind(question, MutationKind::number)) {
    CHECK(mutation.text.starts_with("시가 25억원은 25억원 이하 구간에 들어가므로 한도는 "));
  }
}

TEST_CASE("a changed date exists and is written as it was") {
  const Question iso = asked("언제인가요?", "마감은 2028-02-29입니다.", {DateRef{"2028-02-29"}});
  const auto found = texts(iso, MutationKind::date);
  CHECK(found.size() > 2);
  CHECK_FALSE(found.contains("마감은 2029-02-29입니다."));
  CHECK_FALSE(found.contains("마감은 2028-02-30입니다."));
  for (const std::string& text : found) CHECK(text.size() == iso.answer.size());
  const Question korean = asked("언제인가요?", "2026년 12월 10일까지 받습니다.", {DateRef{"2026-12-10"}});
  for (const std::string& text : texts(korean, MutationKind::date)) {
    CAPTURE(text);
    CHECK(text.ends_with("일까지 받습니다."));
  }
}

TEST_CASE("a name is replaced by another of its kind, with its particle") {
  const Question tech = asked("무엇을 씁니까?", "메시지 큐로 Kafka를 씁니다.", {TextRef{{"Kafka", "카프카"}}});
  for (const std::string& text : texts(tech, MutationKind::name)) {
    CAPTURE(text);
    CHECK_FALSE(contains(text, "Kafka"));
    CHECK(text.starts_with("메시지 큐로 "));
  }
  CHECK(texts(tech, MutationKind::name).contains("메시지 큐로 RabbitMQ를 씁니다."));
  const Question person = asked("누구인가요?", "그 문장을 읽은 사람은 MBN 이시열 기자입니다.", {TextRef{{"이시열"}}});
  const auto names = texts(person, MutationKind::name);
  CHECK(names.size() > 3);
  for (const std::string& text : names) CHECK(contains(text, "MBN 이시"));
}

TEST_CASE("a place is replaced by a place") {
  const Question question =
      asked("어디인가요?", "근무지는 대전 유성구입니다.", {TextRef{{"대전"}}, TextRef{{"유성구"}}});
  const auto found = texts(question, MutationKind::region);
  CHECK(found.contains("근무지는 부산 유성구입니다."));
  CHECK(found.contains("근무지는 대전 분당구입니다."));
}

TEST_CASE("a denial changes the whole sentence") {
  const auto turned = [](std::string answer, bool yes) {
    const auto found = texts(asked("가능한가요?", std::move(answer), {YesNoRef{yes}}), MutationKind::negation);
    return found.empty() ? std::string() : *found.begin();
  };
  CHECK(turned("예, 재택근무가 가능합니다.", true) == "아니요, 재택근무가 불가능합니다.");
  CHECK(turned("아니요, 6월 15일에는 조정대상지역이 아니었습니다.", false) ==
        "예, 6월 15일에는 조정대상지역이었습니다.");
  CHECK(turned("네, 비자를 지원합니다.", true) == "아니요, 비자를 지원하지 않습니다.");
  CHECK(turned("아니요, 행사할 수 없습니다.", false) == "예, 행사할 수 있습니다.");
  CHECK(turned("예, 그 공고는 상시채용입니다.", true) == "아니요, 그 공고는 상시채용이 아닙니다.");
  CHECK(turned("아니요, 태그에는 있지만 본문은 상주입니다.", false) == "예, 태그에는 없지만 본문은 상주가 아닙니다.");
}

TEST_CASE("the past is denied and affirmed as the present is") {
  const auto turned = [](std::string answer, bool yes) {
    const auto found = texts(asked("나왔나요?", std::move(answer), {YesNoRef{yes}}), MutationKind::negation);
    return found.empty() ? std::string() : *found.begin();
  };
  CHECK(turned("아니요, 아직 다뤄지지 않았습니다.", false) == "예, 아직 다뤄졌습니다.");
  CHECK(turned("아니요, 보너스를 받지 않았습니다.", false) == "예, 보너스를 받았습니다.");
  CHECK(turned("예, 그때 시작되었습니다.", true) == "아니요, 그때 시작되지 않았습니다.");
  CHECK(turned("예, 지금도 운영하고 있습니다.", true) == "아니요, 지금도 운영하고 있지 않습니다.");
}

TEST_CASE("a plain statement is not denied by a bare 아닙니다 while a figure can be changed") {
  const Question question = asked("얼마인가요?", "식대는 월 20만원입니다.", {NumberRef{"20만원", ""}});
  CHECK(of_kind(question, MutationKind::negation).empty());
}

TEST_CASE("a name is replaced by the one the key warns of") {
  Question question = asked("누구인가요?", "그 가수는 멜 토메입니다.", {TextRef{{"멜 토메", "멜토메"}}});
  question.forbidden = {{TextRef{{"루이 암스트롱", "홈런을 치면"}}, HallucinationKind::invented}};
  CHECK(texts(question, MutationKind::name) == std::set<std::string>{"그 가수는 루이 암스트롱입니다."});
}

TEST_CASE("words that name nothing are not misspelt while something else can be changed") {
  const Question question =
      asked("맞나요?", "두 글이 서로 다릅니다. 값은 3년입니다.", {TextRef{{"다릅니다", "달라"}}, NumberRef{"3년", ""}});
  CHECK(of_kind(question, MutationKind::name).empty());
  CHECK_FALSE(of_kind(question, MutationKind::number).empty());
}

TEST_CASE("an answer in NFD is changed as one in NFC") {
  const std::string nfd = "\u1109\u1165\u110b\u116e\u11af\u110b\u1175\u11b8\u1102\u1175\u1103\u1161.";  // 서울입니다.
  const auto found = texts(asked("어디인가요?", nfd, {TextRef{{"서울"}}}), MutationKind::region);
  CHECK(found.contains("부산입니다."));
}

TEST_CASE("a question that should be declined gets its first forbidden value, as an answer") {
  const Question salary = declined("공고가 제시한 연봉 범위는 얼마부터 얼마까지인가요?", "연봉은 나와 있지 않습니다.",
                                   {{NumberRef{"6000만원", ""}, HallucinationKind::invented},
                                    {NumberRef{"7000만원", ""}, HallucinationKind::invented}});
  const Mutation mutation = mutate_gold(salary, 1);
  CHECK(mutation.kind == MutationKind::invention);
  CHECK(mutation.text == "공고가 제시한 연봉 범위는 6,000만원입니다.");
  CHECK(mutation.after == "6,000만원");
}

TEST_CASE("a false premise is accepted") {
  Question question = declined("금지되어 있는데, 이 금지는 언제 풀리나요?", "전면 금지된 것이 아닙니다.",
                               {{NumberRef{"3억원", ""}, HallucinationKind::invented},
                                {DateRef{"2026-12-31"}, HallucinationKind::false_premise}});
  question.premise = Premise::wrong;
  CHECK(mutate_gold(question, 1).text == "금지되어 있는데, 이 금지는 2026년 12월 31일에 풀립니다.");
}

TEST_CASE("pieces of sentences among the forbidden words are completed") {
  const auto planted = [](std::string text, std::string alias) {
    return mutate_gold(declined(std::move(text), "나와 있지 않습니다.",
                                {{TextRef{{std::move(alias)}}, HallucinationKind::invented}}),
                       1)
        .text;
  };
  CHECK(planted("비자를 지원하나요?", "비자를 지원합니다") == "예, 비자를 지원합니다.");
  CHECK(planted("왜 마감했나요?", "마감한 이유는").starts_with("마감한 이유는 "));
  CHECK(planted("법은 언제 바뀌었나요?", "2021년에 개정") == "2021년에 개정되었습니다.");
  CHECK(contains(planted("주소를 적어 주세요.", "https://"), "주소는 https://www."));
  CHECK(contains(planted("판례의 사건번호를 적어 주세요.", "2023다"), "사건번호는 2023다2"));
}

TEST_CASE("without forbidden values an answer is made up all the same") {
  const Mutation mutation =
      mutate_gold(declined("실제로 부담금을 낸 조합은 모두 몇 곳인가요?", "나와 있지 않습니다.", {}), 3);
  CHECK(mutation.kind == MutationKind::invention);
  CHECK(mutation.text.starts_with("실제로 부담금을 낸 조합은 모두 "));
  CHECK(mutation.text.ends_with("곳입니다."));
}

TEST_CASE("where nothing in the answer can be changed, another is invented") {
  const Question question = asked("어떤 느낌인가요?", "그저 그렇군요.", {TextRef{{"그렇군"}}});
  const Mutation mutation = mutate_gold(question, 1);
  CHECK(mutation.kind == MutationKind::invention);
  CHECK_FALSE(meets_all(question, mutation.text));
  CHECK_FALSE(mutation.text.empty());
}

TEST_CASE("the same seed plants the same error, other seeds others") {
  const Question question = asked("언제, 얼마인가요?", "2026년 12월 10일에 서울에서 120만원을 줍니다.",
                                  {DateRef{"2026-12-10"}, NumberRef{"120만원", ""}, TextRef{{"서울"}}});
  std::set<std::string> seen;
  std::set<MutationKind> kinds;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const Mutation mutation = mutate_gold(question, seed);
    CHECK(mutate_gold(question, seed).text == mutation.text);
    CHECK(find_control("mutant")->answer(question, seed).planted == to_string(mutation.kind));
    CHECK_FALSE(meets_all(question, mutation.text));
    CHECK(find_control("mutant")->answer(question, seed).text == mutation.text);
    CHECK(find_control("mutant")->answer(question, seed).planted == to_string(mutation.kind));
    seen.insert(mutation.text);
    kinds.insert(mutation.kind);
  }
  CHECK(seen.size() > 8);
  CHECK(kinds == std::set{MutationKind::number, MutationKind::date, MutationKind::region});
}

TEST_CASE("two questions with one seed do not share their dice") {
  std::set<std::string> changes;
  for (int i = 0; i < 12; ++i) {
    Question question = asked("얼마인가요?", "120만원입니다.", {NumberRef{"120만원", ""}});
    question.id = "q" + std::to_string(i);
    seal(question);
    changes.insert(mutate_gold(question, 1).after);
  }
  CHECK(changes.size() > 1);
}

TEST_CASE("the oracle says the gold answer, and abstain nothing") {
  const Question question = asked("얼마인가요?", "120만원입니다.", {NumberRef{"120만원", ""}});
  REQUIRE(find_control("oracle") != nullptr);
  CHECK(find_control("oracle")->answer(question, 1).text == question.answer);
  CHECK(find_control("abstain")->answer(question, 1).text == "알 수 없습니다.");
  CHECK(find_abstention(find_control("abstain")->answer(question, 1).text).kind == Abstention::full);
  CHECK(find_control("extractive") == nullptr);
}

TEST_CASE("every kind has a name") {
  CHECK(std::string(to_string(MutationKind::number)) == "number");
  CHECK(std::string(to_string(MutationKind::invention)) == "invention");
}

}  // namespace
}  // namespace plumb
