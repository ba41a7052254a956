#include "domain/service_body.h"

namespace plumb {

const std::vector<std::string>& service_text_names() {
  static const std::vector<std::string> names = {"question", "prompt", "system", "context", "session", "model"};
  return names;
}

const std::vector<std::string>& service_list_names() {
  static const std::vector<std::string> names = {"messages", "passages"};
  return names;
}

const std::vector<std::string>& service_asking_names() {
  static const std::vector<std::string> names = {"question", "prompt", "messages"};
  return names;
}

}  // namespace plumb
