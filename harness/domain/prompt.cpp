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
  prompt.digest = Digester().add(prompt.system).add(prompt.user).add(digest(prompt.parameters)).hex();
}

std::vector<Message> render(const PromptTemplate& prompt, const Question& question,
                            const std::vector<Passage>& passages) {
  // One pass over the template: what is put in is never looked at again.
  const auto fill = [&](std::string_view text) {
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
  };
  std::vector<Message> messages;
  if (!trim(prompt.system).empty()) messages.push_back({Message::Role::system, fill(prompt.system)});
  messages.push_back({Message::Role::user, fill(prompt.user)});
  return messages;
}

}  // namespace plumb
