#include "config/dataset_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "config/keys.h"
#include "config/question_rules.h"
#include "language/quantity.h"

namespace plumb {

namespace {

constexpr double k_near_duplicate = 0.8;
constexpr std::size_t k_mix_questions_min = 100;  // below, shares say nothing
constexpr int k_each_type_min = 6;
constexpr double k_not_answerable_min = 0.35;
constexpr double k_not_answerable_max = 0.45;

// Rules of the subject. Law changes, so a question on it says its day; and a fact known from the web or from
// code only is keyed on a passage that is shown, never on what a model is thought to know.
struct Policy {
  const char* dataset;
  bool dated_questions;
  std::vector<Grade> open_book_grades;
};
const std::vector<Policy>& policies() {
  static const std::vector<Policy> all = {{"realestate", true, {Grade::web, Grade::code}}};
  return all;
}

struct Checking {
  const Dataset& dataset;
  const DatasetPlaces& places;
  std::vector<Diagnostic> diagnostics;

  // A question that the loader did not place is told of at the file of the dataset.
  void error(const Question& question, std::string message) {
    const auto found = places.questions.find(question.id);
    const bool placed = found != places.questions.end();
    FileReport(placed ? found->second.file : places.dataset_yaml, diagnostics)
        .error(placed ? found->second.place : Place{}, fmt::format("{}: {}", question.id, message));
  }
};

bool has_tag(const Question& question, std::string_view tag) {
  return std::ranges::find(question.tags, tag) != question.tags.end();
}

void check_questions(Checking& checking) {
  for (const Question& question : checking.dataset.questions) {
    const auto found = checking.places.questions.find(question.id);
    const bool placed = found != checking.places.questions.end();
    FileReport report(placed ? found->second.file : checking.places.dataset_yaml, checking.diagnostics);
    check_question(question, checking.dataset, placed ? found->second.place : Place{}, report);
  }
}

using Pairs = std::map<std::string, std::vector<const Question*>>;

Pairs pairs_of(const Dataset& dataset) {
  Pairs pairs;
  for (const Question& question : dataset.questions) {
    if (!question.pair.empty()) pairs[question.pair].push_back(&question);
  }
  return pairs;
}

bool all_open_closed(const std::vector<const Question*>& twins) {
  return std::ranges::all_of(twins, [](const Question* q) { return q->type == QuestionType::open_closed; });
}

std::set<std::string> passage_set(const Question& question) {
  return {question.passages.begin(), question.passages.end()};
}

// Twins show that it is the question, not the passage, that decides. Those of type open_closed differ in what
// is shown instead, and both can be answered where the fact is common knowledge.
void check_twins(Checking& checking, const Pairs& pairs) {
  for (const auto& [pair, twins] : pairs) {
    if (all_open_closed(twins)) continue;
    const auto answerable = std::ranges::count_if(twins, [](const Question* q) { return q->answerable; });
    if (answerable == 0 || answerable == std::ssize(twins)) {
      checking.error(*twins.back(),
                     fmt::format("pair '{}' needs a question that can be answered and one that cannot", pair));
    }
    for (const Question* twin : twins) {
      if (passage_set(*twin) == passage_set(*twins.front())) continue;
      checking.error(*twin,
                     fmt::format("pair '{}' must show the same passages as its twin {}", pair, twins.front()->id));
    }
  }
}

void check_not_answerable_paired(Checking& checking) {
  for (const Question& question : checking.dataset.questions) {
    if (question.answerable || !question.pair.empty()) continue;
    checking.error(question, "cannot be answered and has no twin that can (pair)");
  }
}

std::vector<std::u32string> bigrams(std::string_view text) {
  const std::u32string letters = code_points(squeeze(text));
  std::vector<std::u32string> all;
  for (std::size_t i = 0; i + 1 < letters.size(); ++i) all.push_back(letters.substr(i, 2));
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

// Jaccard (1901): the size of the intersection over that of the union; 0 for two empty sets.
double jaccard(const std::vector<std::u32string>& a, const std::vector<std::u32string>& b) {
  std::vector<std::u32string> common;
  std::ranges::set_intersection(a, b, std::back_inserter(common));
  const std::size_t together = a.size() + b.size() - common.size();
  return together == 0 ? 0.0 : static_cast<double>(common.size()) / static_cast<double>(together);
}

void check_duplicates(Checking& checking) {
  const auto& questions = checking.dataset.questions;
  std::vector<std::vector<std::u32string>> grams;
  for (const Question& question : questions) grams.push_back(bigrams(question.text));
  for (std::size_t i = 0; i < questions.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const bool twins = !questions[i].pair.empty() && questions[i].pair == questions[j].pair;
      if (twins) continue;
      const double alike = jaccard(grams[i], grams[j]);
      if (alike <= k_near_duplicate) continue;
      checking.error(questions[i], fmt::format("asks nearly the same as '{}' ({:.0f} % of letter pairs)",
                                               questions[j].id, alike * 100.0));
    }
  }
}

bool says_a_year(const Question& question) {
  const Values values = find_values(question.text);
  return std::ranges::any_of(values.dates, [](const Date& date) { return date.year > 0; });
}

void check_policy(Checking& checking) {
  const auto policy = std::ranges::find(policies(), checking.dataset.name, &Policy::dataset);
  if (policy == policies().end()) return;
  for (const Question& question : checking.dataset.questions) {
    // A law that was made up has no date to go by.
    const bool undated_ok = question.grade == Grade::fiction || has_tag(question, "timeless");
    if (policy->dated_questions && !undated_ok && !says_a_year(question)) {
      checking.error(question, "the question names no year; law changes (tag it timeless if it does not matter)");
    }
    const bool open_only =
        std::ranges::find(policy->open_book_grades, question.grade) != policy->open_book_grades.end();
    if (open_only && question.closed_book) {
      checking.error(question, fmt::format("grade {} may key open-book questions only", to_string(question.grade)));
    }
  }
}

void check_mix(Checking& checking) {
  const auto& questions = checking.dataset.questions;
  if (questions.size() < k_mix_questions_min) return;
  FileReport report(checking.places.dataset_yaml, checking.diagnostics);
  for (const std::string& word : question_type_words()) {
    const auto count = std::ranges::count_if(questions, [&](const Question& q) { return to_string(q.type) == word; });
    if (count < k_each_type_min) {
      report.warning(
          {}, fmt::format("{} questions of type {}; {} or more say something of it", count, word, k_each_type_min));
    }
  }
  const auto declined = std::ranges::count_if(questions, [](const Question& q) { return !q.answerable; });
  const double share = static_cast<double>(declined) / static_cast<double>(questions.size());
  if (share < k_not_answerable_min || share > k_not_answerable_max) {
    report.warning({}, fmt::format("{:.0f} % of the questions cannot be answered; 35 to 45 % tell a system that always "
                                   "answers from one that always declines",
                                   share * 100.0));
  }
}

}  // namespace

std::vector<Diagnostic> check_dataset(const Dataset& dataset, const DatasetPlaces& places) {
  Checking checking{.dataset = dataset, .places = places, .diagnostics = {}};
  check_questions(checking);
  check_twins(checking, pairs_of(dataset));
  check_not_answerable_paired(checking);
  check_duplicates(checking);
  check_policy(checking);
  check_mix(checking);
  sort_diagnostics(checking.diagnostics);
  return std::move(checking.diagnostics);
}

}  // namespace plumb
