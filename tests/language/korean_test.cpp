#include "language/korean.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace plumb;

namespace {

using Strings = std::vector<std::string>;

Strings split_sentences(std::string_view text) {
  Strings out;
  for (const Span& span : sentences(text)) out.emplace_back(span.of(text));
  return out;
}

Strings stems(std::string_view text) {
  Strings out;
  for (const Word& word : words(text)) out.push_back(word.stem);
  return out;
}

bool has(const Strings& all, const std::string& one) { return std::find(all.begin(), all.end(), one) != all.end(); }

bool negated_at(std::string_view text, std::string_view value) {
  const std::size_t at = text.find(value);
  REQUIRE(at != std::string_view::npos);
  return negated(text, {at, at + value.size()});
}

bool contrasted_at(std::string_view text, std::string_view value) {
  const std::size_t at = text.find(value);
  REQUIRE(at != std::string_view::npos);
  return contrasted(text, {at, at + value.size()});
}

// --- sentences ---

TEST_CASE("a sentence ends at 다. 요. 음. ? ! and the end of a line") {
  CHECK(split_sentences("근무지는 부산입니다. 재택은 주 2일이에요. 연봉은 협의함. 맞나요? 네!\n끝") ==
        Strings{"근무지는 부산입니다.", "재택은 주 2일이에요.", "연봉은 협의함.", "맞나요?", "네!", "끝"});
  CHECK(split_sentences("했습니다.그러나 아닙니다.") == Strings{"했습니다.", "그러나 아닙니다."});
}

TEST_CASE("no sentence ends inside a figure, a date, (주), a quotation or an address") {
  for (const char* text : {"금리는 3.5%입니다.", "2024. 7. 8. 시행되었습니다.", "'24. 7. 8. 자로 바뀝니다.",
                           "누리솔루션(주). 채용 공고입니다", "그는 \"안녕하세요. 반갑습니다.\"라고 말했다.",
                           "“됩니다. 네.”라고 답했다.", "https://a.kr/b?c=1.2 를 보세요.",
                           "Node.js 경험이 있으면 좋습니다.", "Mr. Kim이 왔다.", "「제1조. 목적」을 본다."}) {
    CAPTURE(text);
    CHECK(split_sentences(text).size() == 1);
  }
}

TEST_CASE("list items and table rows are sentences of their own, without their marks") {
  CHECK(split_sentences("# 혜택\n- 식대 월 20만원\n* 재택\n1. 서류\n2) 면접\n| 경력 | 3년 |\n|---|---|\n") ==
        Strings{"혜택", "식대 월 20만원", "재택", "서류", "면접", "| 경력 | 3년 |"});
}

TEST_CASE("sentences of nothing are none") {
  CHECK(sentences("").empty());
  CHECK(sentences(" \n\n---\n").empty());
}

TEST_CASE("sentences in NFD end where those in NFC do") {
  const std::string nfd = "\u1102\u1166\u1110\u1161. \u1103\u1161.";
  CHECK(sentences(nfd).size() == 2);
}

// --- words ---

TEST_CASE("particles come off, the longest stack first") {
  CHECK(strip_particle("서울에서는") == "서울");
  CHECK(strip_particle("서울로부터") == "서울");
  CHECK(strip_particle("컬처핏으로") == "컬처핏");
  CHECK(strip_particle("지원자까지도") == "지원자");
  CHECK(strip_particle("추천인이") == "추천인");
  CHECK(strip_particle("경력만을") == "경력");
  CHECK(strip_particle("나에게") == "나");
}

TEST_CASE("nouns that end in what looks like a particle stay whole") {
  for (const char* noun : {"국가", "고양이", "제도", "나이", "회의", "차이", "어린이", "카카오", "보도", "경로"}) {
    CAPTURE(noun);
    CHECK(strip_particle(noun) == noun);
  }
}

TEST_CASE("words split Latin, figures and Hangul from each other") {
  CHECK(stems("AI는 3년 T1과") == Strings{"ai", "3", "년", "t1"});
  CHECK(stems("Spring Boot, Node.js·C++") == Strings{"spring", "boot", "node.js", "c++"});
  CHECK(stems("1,200,000원") == Strings{"1200000", "원"});
}

TEST_CASE("verbal endings come off and mark the word as a predicate") {
  for (const char* form : {"시행했습니다", "시행하였다", "시행되었습니다", "시행합니다", "시행한다", "시행된", "시행함",
                           "시행됨", "시행했어요", "시행하며", "시행되는"}) {
    CAPTURE(form);
    const std::vector<Word> all = words(form);
    REQUIRE(all.size() == 1);
    CHECK(all[0].stem == "시행");
    CHECK(all[0].predicate);
  }
  CHECK(words("했습니다")[0].stem == "하");
  CHECK_FALSE(words("경력은")[0].predicate);
  CHECK_FALSE(words("사고")[0].predicate);
  CHECK_FALSE(words("경기도")[0].predicate);
  CHECK(words("오르지 않았다")[0].predicate);
  CHECK_FALSE(words("바지를 샀다")[0].predicate);
}

TEST_CASE("spans of words are bytes of the original") {
  const std::string text = "서울에서는 ＡＩ를 쓴다";
  const std::vector<Word> all = words(text);
  CHECK(all[0].span.of(text) == "서울에서는");
  CHECK(all[1].span.of(text) == "ＡＩ");
  CHECK(all[1].stem == "ai");
}

TEST_CASE("search terms find a word inside a longer one") {
  CHECK(has(search_terms("수도권과 지방"), "수도"));
  CHECK(has(search_terms("수도권과 지방"), "수도권"));
  CHECK(has(search_terms("Kotlin 3년"), "kotlin"));
  CHECK(has(search_terms("Kotlin 3년"), "3"));
  CHECK_FALSE(has(search_terms("서울에서는"), "에서"));
  CHECK(search_terms("").empty());
}

// --- negation ---

TEST_CASE("a value is denied by its own clause") {
  CHECK(negated_at("5년이 아니라 3년입니다", "5년"));
  CHECK_FALSE(negated_at("5년이 아니라 3년입니다", "3년"));
  CHECK(negated_at("Kafka 경험이 필수는 아닙니다", "필수"));
  CHECK(negated_at("5년이라는 조건은 지문에 없습니다", "5년"));
  CHECK(negated_at("재택근무는 지원하지 않습니다", "재택근무"));
  CHECK(negated_at("현역 전직은 불가합니다", "전직"));
  CHECK(negated_at("it is not 5 years", "5 years"));
  CHECK_FALSE(negated_at("3년 이상이면 나이 제한이 없습니다", "3년"));
  CHECK_FALSE(negated_at("합격보상금은 100만원이고 사이닝은 없습니다", "100만원"));
  CHECK_FALSE(negated_at("2년간 매도할 수 없습니다", "2년"));
  CHECK_FALSE(negated_at("보상금은 70만원입니다. 없는 것은 식대입니다", "70만원"));
}

TEST_CASE("what looks like negation and is none") {
  CHECK_FALSE(negated_at("100만원 못지않은 금액", "100만원"));
  CHECK_FALSE(negated_at("서울뿐만 아니라 부산도 됩니다", "서울"));
  CHECK_FALSE(negated_at("70만원을 주지 않을 수 없다", "70만원"));
  CHECK_FALSE(negated_at("부산임이 틀림없습니다", "부산"));
}

TEST_CASE("a contrast is the closest kind of denial only") {
  CHECK(contrasted_at("5년이 아니라 3년입니다", "5년"));
  CHECK(contrasted_at("임원면접은 아닙니다", "임원면접"));
  CHECK_FALSE(contrasted_at("웹 접근성 외에는 우대사항이 없습니다", "웹 접근성"));
  CHECK_FALSE(contrasted_at("회사내규에 따르며 금액은 없습니다", "회사내규"));
  CHECK_FALSE(contrasted_at("서울뿐 아니라 부산도", "서울"));
}

// --- yes and no ---

TEST_CASE("yes, in many words") {
  for (const char* text :
       {"네", "예.", "네, 가능합니다.", "예, 그렇습니다.", "가능합니다.", "네 맞습니다", "지원할 수 있습니다.",
        "**네.** 됩니다", "Yes, it is.", "정답: 예", "제한이 없으므로 가능합니다.", "신입도 지원 가능", "해당합니다.",
        "면접은 두 번이라고 볼 수 있습니다."}) {
    CAPTURE(text);
    CHECK(polarity(text) == Polarity::yes);
  }
}

TEST_CASE("no, in many words") {
  for (const char* text :
       {"아니요", "아니오, 안 됩니다.", "아닙니다.", "불가합니다.", "현역은 전직할 수 없습니다.", "해당하지 않습니다.",
        "재택은 불가능합니다.", "그렇지 않습니다.", "가능하지 않습니다.", "이 공고는 조정대상지역이 아닙니다.",
        "No, it is not.", "현역 전직은 불가하다고 명시되어 있습니다.",
        "보충역 편입은 됩니다만, 따라서 현역 전직은 불가합니다."}) {
    CAPTURE(text);
    CHECK(polarity(text) == Polarity::no);
  }
}

TEST_CASE("neither yes nor no") {
  for (const char* text :
       {"", "합격보상금은 100만원입니다.", "예를 들어 서울입니다.", "네 가지 서류를 냅니다.", "네이버입니다.",
        "지문에서 확인할 수 없습니다.", "예상 연봉은 5천만원입니다.", "보충역만 적혀 있습니다."}) {
    CAPTURE(text);
    CHECK(polarity(text) == Polarity::unclear);
  }
}

// --- declining ---

TEST_CASE("a full abstention says nothing else") {
  for (const char* text :
       {"알 수 없습니다.", "지문에 나와 있지 않습니다.", "제공된 정보로는 확인할 수 없습니다.",
        "제공된 문서에는 연봉이 명시되어 있지 않습니다.", "모르겠습니다.",
        "죄송하지만 주어진 지문에서는 해당 내용을 찾을 수 없습니다.",
        "연봉 정보는 지문에 없습니다. 회사에 문의하시기 바랍니다.", "답변드리기 어렵습니다.",
        "공고에는 '회사내규에 따름'이라고만 적혀 있고 금액은 나와 있지 않습니다.", "알수없음", "I don't know.",
        "The passage does not mention the salary.", "지문에는 고양이의 품종에 대한 언급이 없습니다."}) {
    CAPTURE(text);
    CHECK(find_abstention(text).kind == Abstention::full);
  }
}

TEST_CASE("a partial abstention declines and then says something all the same") {
  for (const char* text : {"지문에는 없지만, 일반적으로 5,000만원 정도입니다.",
                           "연봉은 명시되어 있지 않습니다. 하지만 통상 4천만원 수준으로 추정됩니다.",
                           "합격보상금은 100만원입니다. 지급 시기는 나와 있지 않습니다.",
                           "전면 재택이 아니라 주 2일 재택이며 이유는 공고에 나와 있지 않습니다."}) {
    CAPTURE(text);
    CHECK(find_abstention(text).kind == Abstention::partial);
  }
}

TEST_CASE("rejecting the premise of a question") {
  for (const char* text :
       {"질문의 전제가 잘못되었습니다.", "그런 사실은 없습니다.", "손흥민이 한 말이라는 것은 사실이 아닙니다.",
        "폐지된 것이 아니라 유예되었습니다.", "그런 말을 한 적이 없습니다."}) {
    CAPTURE(text);
    CHECK(find_abstention(text).kind == Abstention::premise_rejected);
  }
}

TEST_CASE("an answer that says there is none is an answer") {
  for (const char* text :
       {"합격보상금은 없습니다.", "나이 제한이 없습니다.", "마감일은 2026-12-15입니다.", "상시채용입니다.",
        "현역은 전직할 수 없습니다.", "", "9월판에는 합격보상금이 없습니다.", "그 팀은 실적이 없습니다."}) {
    CAPTURE(text);
    CHECK(find_abstention(text).kind == Abstention::none);
  }
}

TEST_CASE("the words that decline are quoted from the answer, spaces and NFD aside") {
  const std::string text = "연봉은 지문에서 알 수 없습니다.";
  CHECK(find_abstention(text).evidence.of(text) == "알 수 없");
  const std::string nfd =
      "\u110b\u1161\u11af \u1109\u116e \u110b\u1165\u11b9\u1109\u1173\u11b8\u1102\u1175\u1103\u1161";  // 알 수 없습니다
  CHECK(find_abstention(nfd).kind == Abstention::full);
  CHECK(find_abstention(nfd).evidence.begin == 0);
}

// --- language ---

TEST_CASE("the main language is the one most letters are in") {
  CHECK(main_language("합격보상금은 100만원입니다.") == "ko");
  CHECK(main_language("Kotlin과 Spring Boot 경험을 우대합니다.") == "ko");
  CHECK(main_language("The reward is 1 million won.") == "en");
  CHECK(main_language("これは日本語です") == "other");
  CHECK(main_language("120 %") == "");
}

}  // namespace
