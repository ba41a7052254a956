// Answers come from models and may be anything: cut off inside a character, endless, or not text at all.
#include <doctest/doctest.h>

#include <string>

#include "language/korean.h"
#include "language/match.h"
#include "language/table.h"

using namespace plumb;

namespace {

void inside(Span span, const std::string& text) {
  CHECK(span.begin <= span.end);
  CHECK(span.end <= text.size());
}

void read_all(const std::string& text) {
  const ReadText read = read_text(text, Day{2026, 11, 22});
  for (const Quantity& q : read.values.quantities) {
    inside(q.span, text);
    CHECK_FALSE(q.span.empty());
    CHECK_FALSE(to_korean(q).empty());
    CHECK(negated(text, q.span) == negated(text, q.span));
  }
  for (const Date& d : read.values.dates) inside(d.span, text);
  for (const Span& s : sentences(text)) inside(s, text);
  for (const Word& w : words(text)) inside(w.span, text);
  inside(find_abstention(text).evidence, text);
  CHECK(polarity(text) == polarity(text));
  for (const Table& table : markdown_tables(text)) inside(table.span, text);
  CHECK(search_terms(text).size() == search_terms(text).size());
}

const std::string k_mixed =
    "# 제목 (만원)\n| a | b |\n|---|---|\n| '24. 7. 8. | 3~7년 |\n"
    "제6조의3 제1항①, 20분의 1을 넘지 못한다. \u1112\u1161\u11ab 5 대 1 오후 3시 30분 ½ ㎡ ￦１２０만원 스물세 살 "
    "https://a.b/c?d=1 [1, 2] T1 -3.5%p 2025-06-28~10-15 “5년이 아니라 3년”입니다. 알 수 없습니다.";

TEST_CASE("a text cut off at any byte is read without harm") {
  for (std::size_t size = 0; size <= k_mixed.size(); ++size) read_all(k_mixed.substr(0, size));
  for (std::size_t from = 0; from <= k_mixed.size(); from += 3) read_all(k_mixed.substr(from));
}

TEST_CASE("bytes that are no text are read without harm") {
  std::uint32_t state = 1;
  for (int round = 0; round < 300; ++round) {
    std::string text = k_mixed;
    for (int change = 0; change < 12; ++change) {
      state = state * 1664525U + 1013904223U;
      text[(state >> 8) % text.size()] = static_cast<char>(state >> 24);
    }
    read_all(text);
  }
  read_all(std::string(300, '\0'));
  read_all("\xff\xfe\xed\xa0\x80");
}

TEST_CASE("endless runs of one thing are read, not searched again and again") {
  for (const char* unit : {"1",   "1,",  "1.", "1~", "1/",     "1·", "(", "“",    "\"", "[1",   "천",
                           "만 ", "가?", "| ", "'2", "2024. ", "제", "-", "3년 ", "없", "지 않"}) {
    std::string text;
    while (text.size() < 20'000) text += unit;
    CAPTURE(unit);
    const Values values = find_values(text);
    CHECK(values.quantities.size() <= text.size());
    CHECK(sentences(text).size() <= text.size());
    CHECK(words(text).size() <= text.size());
    inside(find_abstention(text).evidence, text);
  }
}

}  // namespace
