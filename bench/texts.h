// What is asked in a measurement: the same by the floor, by plumb and by promptfoo, so that all three send and get
// about the same bytes.
#pragma once

#include <string>

namespace plumb::bench {

inline constexpr const char* k_system = "주어진 자료만 근거로 답하세요.";
inline constexpr const char* k_other_system = "자료에 없으면 없다고 답하세요. 있으면 그대로 답하세요.";
inline constexpr const char* k_passage =
    "접수 마감일은 2026년 11월 30일이고 근무지는 서울 구로구입니다. 온콜 수당은 따로 없습니다.";
inline constexpr const char* k_expected = "2026년 11월 30일";

// The number makes each question another cell, and another request.
inline std::string question(long number) {
  return "문의 " + std::to_string(number) + ": 이 공고의 접수 마감일은 언제인가요?";
}

// As plumb shows one passage, so that the stand-in vendor answers from it.
inline std::string user_message(long number) {
  return std::string("[1] 공고\n") + k_passage + "\n\n[질문]\n" + question(number);
}

}  // namespace plumb::bench
