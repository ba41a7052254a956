#include "domain/prompt.h"

#include <doctest/doctest.h>

namespace plumb {
namespace {

TEST_CASE("placeholders are found where they stand, unclosed ones too") {
  const auto found = find_placeholders("a {{question}} b {{ context }} c {{ d");
  REQUIRE(found.size() == 3);
  CHECK(found[0].name == "question");
  CHECK(found[1].name == "context");
  CHECK(found[2].name == "");
  CHECK(found[0].span == Span{2, 14});
}

TEST_CASE("what is put in is never read as a template") {
  PromptTemplate prompt;
  prompt.user = "{{question}}|{{context}}|{{as_of}}";
  Question question;
  question.text = "{{context}} {{env.HOME}}?";
  question.as_of = Day{2026, 11, 22};
  const auto messages = render(prompt, question, {});
  REQUIRE(messages.size() == 1);
  CHECK(messages[0].text == "{{context}} {{env.HOME}}?|(없음)|2026-11-22");
}

TEST_CASE("no system message is sent where none is written") {
  PromptTemplate prompt;
  prompt.system = "  \n";
  prompt.user = "{{question}}";
  CHECK(render(prompt, {}, {}).size() == 1);
  prompt.system = "너는 {{as_of}}";
  CHECK(render(prompt, {}, {}).front().role == Message::Role::system);
}

TEST_CASE("passages are numbered and titled") {
  Passage a, b;
  a.title = "가";
  a.text = "하나\n";
  b.title = "나";
  b.text = "둘";
  CHECK(format_context({a, b}) == "[1] 가\n하나\n\n[2] 나\n둘");
}

TEST_CASE("no reference reaches a request") {
  Question question;
  question.text = "마감일은?";
  question.answer = "GOLD-ANSWER";
  question.references = {TextRef{{"GOLD-REFERENCE"}}};
  question.forbidden = {{TextRef{{"GOLD-FORBIDDEN"}}, HallucinationKind::invented}};
  question.because = "GOLD-BECAUSE";
  PromptTemplate prompt;
  prompt.system = "{{context}} {{as_of}} {{answer}} {{references}}";
  prompt.user = "{{question}} {{gold}}";
  for (const Message& message : render(prompt, question, {})) CHECK(message.text.find("GOLD") == std::string::npos);
}

}  // namespace
}  // namespace plumb
