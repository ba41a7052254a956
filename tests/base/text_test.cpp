#include "base/text.h"

#include <doctest/doctest.h>

namespace plumb {
namespace {

// 가 as conjoining jamo, as macOS writes file names.
const std::string k_nfd_ga = "\u1100\u1161";
const std::string k_nfd_seoul = "\u1109\u1165\u110B\u116E\u11AF";  // 서울

TEST_CASE("ill-formed UTF-8 is found where it begins") {
  CHECK_FALSE(find_invalid_utf8("서울 abc"));
  CHECK(find_invalid_utf8("ab\xFF") == 2);
  CHECK(find_invalid_utf8("\xED\xA0\x80") == 0);  // a surrogate
  CHECK(find_invalid_utf8("a\xC0\xAF") == 1);     // overlong
  CHECK(find_invalid_utf8("서\xEC\x9A") == 3);    // cut short
  CHECK_FALSE(find_invalid_utf8(std::string_view("a\0b", 3)));
  CHECK(repair_utf8("a\xFFz") == "a\uFFFDz");
}

TEST_CASE("folding maps every byte back to the original") {
  const std::string text = "합격보상금 " + k_nfd_seoul + " １２０만원 ＡＩ";
  const Folded folded = fold(text);
  CHECK(folded.text == "합격보상금 서울 120만원 ai");
  const std::size_t at = folded.text.find("서울");
  CHECK(folded.original({at, at + 6}).of(text) == k_nfd_seoul);
  const std::size_t number = folded.text.find("120");
  CHECK(folded.original({number, number + 3}).of(text) == "１２０");
  CHECK(folded.original({0, 0}).empty());
  CHECK(folded.begin.size() == folded.text.size());
  CHECK(folded.end.size() == folded.text.size());
}

TEST_CASE("NFD and NFC, spaced and not, fold to the same") {
  CHECK(squeeze("할 수 있다") == squeeze("할수있다"));
  CHECK(squeeze(k_nfd_ga + "나") == squeeze("가나"));
  CHECK(squeeze("Spring Boot") == squeeze("SPRING-BOOT"));
  CHECK(nfc(k_nfd_seoul) == "서울");
}

TEST_CASE("square units keep their form, so that 84㎡ does not become 84m2") { CHECK(fold("84㎡").text == "84㎡"); }

TEST_CASE("Hangul is two columns wide, in either form") {
  CHECK(display_width("서울 abc") == 8);
  CHECK(display_width(k_nfd_seoul) == 4);
  CHECK(fit("서울", 6) == "서울  ");
  CHECK(fit("서울", 6, true) == "  서울");
  CHECK(fit("서울특별시", 6) == "서울… ");
  CHECK(display_width(fit("서울특별시 abc", 7)) == 7);
  CHECK(fit("abc", 0) == "");
}

TEST_CASE("what a terminal would obey is taken out") {
  CHECK(printable("a\x1b[31mred\x1b[0m") == "ared");
  CHECK(printable("a\x1b]0;title\x07z") == "az");
  CHECK(printable("a\x1b]52;c;x\x1b\\z") == "az");
  CHECK(printable("a\rb\nc") == "ab c");
  CHECK(printable("a\nb", true) == "a\nb");
  CHECK(printable("\u202Eabc\u2066") == "abc");
  CHECK(printable("\u009B31mx") == "x");
  CHECK(printable("\x1b") == "");
  CHECK(printable("서울") == "서울");
}

TEST_CASE("suggestions are near or none") {
  CHECK(suggest("opnai", {"openai", "ollama"}) == "openai");
  CHECK(suggest("promts", {"models", "prompts"}) == "prompts");
  CHECK_FALSE(suggest("zzz", {"models", "prompts"}));
  CHECK_FALSE(suggest("", {"models"}));
}

TEST_CASE("trimming and splitting keep what is inside") {
  CHECK(trim(" \u3000 서울 x \n") == "서울 x");
  CHECK(trim("   ") == "");
  CHECK(split("a,,b", ',').size() == 3);
  CHECK(split("", ',').size() == 1);
  CHECK(replace_all("aaa", "a", "aa") == "aaaaaa");
}

}  // namespace
}  // namespace plumb
