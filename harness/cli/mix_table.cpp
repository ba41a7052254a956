#include "cli/mix_table.h"

#include <fmt/format.h>

#include <algorithm>

namespace plumb {

namespace {

struct Count {
  int questions = 0;
  int not_answerable = 0;
  void add(const Question& question) {
    ++questions;
    not_answerable += !question.answerable;
  }
};

std::string cell(const Count& count) {
  return count.not_answerable == 0 ? std::to_string(count.questions)
                                   : fmt::format("{} ({})", count.questions, count.not_answerable);
}

}  // namespace

std::string mix_table(const std::vector<Dataset>& datasets) {
  constexpr int k_types = static_cast<int>(QuestionType::open_closed) + 1;
  std::string head = "| type |", rule = "|---|";
  for (const Dataset& dataset : datasets) {
    head += fmt::format(" {} |", dataset.name);
    rule += "---:|";
  }
  std::string out = head + " all |\n" + rule + "---:|\n";
  std::vector<Count> totals(datasets.size());
  Count everything;
  for (int i = 0; i < k_types; ++i) {
    const auto type = static_cast<QuestionType>(i);
    Count of_type;
    out += fmt::format("| {} |", to_string(type));
    for (std::size_t d = 0; d < datasets.size(); ++d) {
      Count count;
      for (const Question& question : datasets[d].questions) {
        if (question.type != type) continue;
        for (Count* each : {&count, &totals[d], &of_type, &everything}) each->add(question);
      }
      out += fmt::format(" {} |", cell(count));
    }
    out += fmt::format(" {} |\n", cell(of_type));
  }
  totals.push_back(everything);
  out += "| **all** |";
  for (const Count& total : totals) out += fmt::format(" **{}** |", cell(total));
  out += "\n| share not answerable |";
  for (const Count& total : totals) {
    out += fmt::format(" {:.1f} % |", total.questions ? 100.0 * total.not_answerable / total.questions : 0.0);
  }
  out += "\n| passages |";
  std::size_t passages = 0;
  for (const Dataset& dataset : datasets) {
    out += fmt::format(" {} |", dataset.passages.size());
    passages += dataset.passages.size();
  }
  return out + fmt::format(" {} |\n", passages);
}

}  // namespace plumb
