// What the faulty vendor can do wrong, by name: the first part of a request's path. "/f08-int/v1/chat/completions"
// meets that fault at every request, "/once-f08-int/..." at an item's first only, and "/ok/..." at none.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "support/faulty_vendor.h"

namespace plumb::test {

inline constexpr std::string_view k_answer = "합격보상금은 100만원입니다.";

// Answers in the shape of the path asked: OpenAI's chat completions, Anthropic's messages; streamed if the body
// asks for that. An unknown name gives a 404, and what echoes headers is named "echo-401" and "echo-500".
Act misbehave(const Asked&);

std::vector<std::string_view> fault_names();

// A reply that is as it should be.
Act answer(const Asked&, std::string_view text = k_answer);

}  // namespace plumb::test
