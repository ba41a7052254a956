// Prompt templates: {{name}} of known names, replaced in one pass. Nothing else is a template language:
// no environment, no files, no filters, and a value that contains {{…}} stays as it is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "domain/answer.h"

namespace plumb {

// {{question}}, {{context}} (the passages, numbered, each with its title), {{as_of}} (the question's day).
const std::vector<std::string>& placeholder_names();

struct Placeholder {
  std::string name;
  Span span;
};

// Every {{…}} in the template, known or not; an unclosed {{ has the name "".
std::vector<Placeholder> find_placeholders(std::string_view text);

// The passages as a model sees them: "[1] title\ntext", blank line between. "(없음)" when there are none.
std::string format_context(const std::vector<Passage>&);

struct PromptTemplate {
  std::string member;
  std::string name;  // unique among a member's prompts
  std::string description;
  std::string system;              // may be empty: then no system message is sent
  std::vector<std::string> turns;  // said before `user`, each after the answer to the one before; usually none
  std::string user;
  Parameters parameters;                // over the model's own
  std::vector<std::string> models;      // names; empty: all
  std::vector<std::string> retrievals;  // names; empty: all
  std::string digest;                   // of what is sent: system, user, parameters
};

void seal(PromptTemplate&);

// The messages of the first request: system, if there is one, and the first thing a user says.
std::vector<Message> render(const PromptTemplate&, const Question&, const std::vector<Passage>&);
// What the user says after the answer to that, and so on; the last is `user`. Empty where there are no turns.
std::vector<std::string> render_later_turns(const PromptTemplate&, const Question&, const std::vector<Passage>&);

}  // namespace plumb
