#include "domain/prompt.h"

#include "base/digest.h"

namespace plumb {

const std::vector<std::string>& placeholder_names() {
  static const std::vector<std::string> names = {"question", "context", "as_of"};
  return names;
}

std::vector<Placeholder> find_placeholders(std::string_view text) {
  std::vector<Placeholder> found;
  std::size_t at = 0;
  while ((at = text.find("{{", at)) != std::string_view::npos) {
    const std::size_t close = text.find("}}", at + 2);
    const std::size_t line_end = text.find('\n', at);
    if (close == std::string_view::npos || (line_end != std::string_view::npos && line_end < close)) {
      found.push_back({"", {at, at + 2}});
      at += 2;
      continue;
    }
    found.push_back({std::string(trim(text.substr(at + 2, close - at - 2))), {at, close + 2}});
    at = close + 2;
  }
  return found;
}

std::string format_context(const std::vector<Passage>& passages) {
  if (passages.empty()) return "(없음)";
  std::string out;
  for (std::size_t i = 0; i < passages.size(); ++i) {
    if (i > 0) out += "\n\n";
    out += "[" + std::to_string(i + 1) + "] " + passages[i].title + "\n" + std::string(trim(passages[i].text));
  }
  return out;
}

void seal(PromptTemplate& prompt) {
  Digester digester;
  digester.add(prompt.system).add(prompt.user).add(digest(prompt.parameters));
  for (const std::string& turn : prompt.turns) digester.add(turn);
  prompt.digest = digester.hex();
}

namespace {

// One pass over the template: what is put in is never looked at again.
std::string fill(std::string_view text, const Question& question, const std::vector<Passage>& passages) {
  std::string out;
  std::size_t from = 0;
  for (const Placeholder& placeholder : find_placeholders(text)) {
    out += text.substr(from, placeholder.span.begin - from);
    from = placeholder.span.end;
    if (placeholder.name == "question") {
      out += question.text;
    } else if (placeholder.name == "context") {
      out += format_context(passages);
    } else if (placeholder.name == "as_of") {
      out += question.as_of ? to_string(*question.as_of) : "";
    } else {
      out += placeholder.span.of(text);
    }
  }
  out += text.substr(from);
  return out;
}

}  // namespace

std::vector<Message> render(const PromptTemplate& prompt, const Question& question,
                            const std::vector<Passage>& passages) {
  std::vector<Message> messages;
  const auto add = [&](Message::Role role, std::string_view text) {
    messages.push_back({.role = role, .text = fill(text, question, passages)});
  };
  if (!trim(prompt.system).empty()) add(Message::Role::system, prompt.system);
  add(Message::Role::user, prompt.turns.empty() ? prompt.user : prompt.turns.front());
  return messages;
}

std::vector<std::string> render_later_turns(const PromptTemplate& prompt, const Question& question,
                                            const std::vector<Passage>& passages) {
  std::vector<std::string> texts;
  if (prompt.turns.empty()) return texts;
  for (std::size_t i = 1; i < prompt.turns.size(); ++i) texts.push_back(fill(prompt.turns[i], question, passages));
  texts.push_back(fill(prompt.user, question, passages));
  return texts;
}

}  // namespace plumb
