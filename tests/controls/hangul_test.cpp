#include "controls/hangul.h"

#include <doctest/doctest.h>

namespace plumb {
namespace {

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  return replace_every_noun(text, from, to);
}

TEST_CASE("a particle agrees with the word that now stands before it") {
  CHECK(replaced("서울은 춥고 서울을 떠납니다.", "서울", "대구") == "대구는 춥고 대구를 떠납니다.");
  CHECK(replaced("대구가 좋고 대구와 멉니다.", "대구", "부산") == "부산이 좋고 부산과 멉니다.");
  CHECK(replaced("카프카로 옮깁니다.", "카프카", "펄스") == "펄스로 옮깁니다.");
  CHECK(replaced("제주로 갑니다.", "제주", "부산") == "부산으로 갑니다.");
  CHECK(replaced("부산으로 갑니다.", "부산", "서울") == "서울로 갑니다.");  // ㄹ takes 로
  CHECK(replaced("제주라고 합니다.", "제주", "부산") == "부산이라고 합니다.");
  CHECK(replaced("부산이었습니다.", "부산", "제주") == "제주였습니다.");
}

TEST_CASE("the copula stays and quotes are passed over") {
  CHECK(replaced("근무지는 부산이며 제주가 아닙니다.", "부산", "제주도") == "근무지는 제주도이며 제주가 아닙니다.");
  CHECK(replaced("근무지는 부산입니다.", "부산", "제주") == "근무지는 제주입니다.");
  CHECK(replaced("'푸본'이 이겼습니다.", "푸본", "두나") == "'두나'가 이겼습니다.");
}

TEST_CASE("a Latin word and a figure take the particle of how they are read") {
  CHECK(replaced("Kafka를 씁니다.", "Kafka", "Kotlin") == "Kotlin을 씁니다.");
  CHECK(replaced("MySQL을 씁니다.", "MySQL", "Kafka") == "Kafka를 씁니다.");
  CHECK(final_sound("MySQL") == FinalSound::rieul);
  CHECK(final_sound("4,500") == FinalSound::consonant);
  CHECK(final_sound("T1") == FinalSound::rieul);
  CHECK(final_sound("12") == FinalSound::vowel);
  CHECK(final_sound("") == FinalSound::vowel);
}

TEST_CASE("a noun is not found inside another word") {
  CHECK(find_noun("부산물은 재활용합니다.", "부산").empty());
  CHECK(find_noun("이천만원입니다.", "이천").empty());
  CHECK(find_noun("신서울에서 만납니다.", "서울").empty());
  CHECK_FALSE(find_noun("서울에서는 만납니다.", "서울").empty());
  CHECK_FALSE(find_noun("(서울)", "서울").empty());
  CHECK(find_noun("T10입니다.", "T1").empty());
}

TEST_CASE("a stem becomes a polite predicate") {
  CHECK(polite("하") == "합니다");
  CHECK(polite("받") == "받습니다");
  CHECK(polite("만들") == "만듭니다");
  CHECK(polite("있") == "있습니다");
  CHECK(polite("") == "");
}

}  // namespace
}  // namespace plumb
