#include <doctest/doctest.h>

#include "scorers/support.h"

using namespace plumb;
using namespace plumb::testing;

namespace {

Score abstention(const std::string& answer) { return score("abstention", question("연봉은?"), {}, answer); }

TEST_CASE("the value says how far an answer declines") {
  CHECK(abstention("지문에 나와 있지 않습니다.").value == 1.0);
  CHECK(abstention("지문에 나와 있지 않습니다.").label == "full");
  CHECK(abstention("지문에는 없지만 일반적으로 5천만원입니다.").value == 0.5);
  CHECK(abstention("지문에는 없지만 일반적으로 5천만원입니다.").label == "partial");
  CHECK(abstention("질문의 전제가 잘못되었습니다.").value == 1.0);
  CHECK(abstention("질문의 전제가 잘못되었습니다.").label == "premise_rejected");
  CHECK(abstention("5천만원입니다.").value == 0.0);
  CHECK(abstention("5천만원입니다.").label == "none");
}

TEST_CASE("the words that decline are quoted") {
  CHECK(abstention("연봉은 지문에서 알 수 없습니다.").why == "\"알 수 없\"");
  CHECK(abstention("5천만원입니다.").why.empty());
}

TEST_CASE("an empty answer declines") {
  CHECK(abstention("").label == "full");
  CHECK(abstention(" \n").label == "full");
}

TEST_CASE("an identical refusal gets an identical score, whatever was asked and shown") {
  const std::string refusal = "제공된 정보로는 확인할 수 없습니다.";
  Question closed = question("합격보상금은 얼마인가요?", {NumberRef{"100만원", ""}});
  Question open = question("고양이의 품종은?");
  open.answerable = false;
  const Score a = score("abstention", closed, {}, refusal);
  const Score b = score("abstention", open, {passage("p", "고양이", "고양이가 걸어갑니다.")}, refusal);
  CHECK(a.value == b.value);
  CHECK(a.label == b.label);
  CHECK(a.why == b.why);
}

TEST_CASE("NFD and missing spaces do not hide a refusal") {
  CHECK(abstention(nfd("지문에 나와 있지 않습니다.")).label == "full");
  CHECK(abstention("지문에나와있지않습니다").label == "full");
}

}  // namespace
