// Okapi BM25 over the dataset's passages (Robertson and Zaragoza 2009, "The Probabilistic Relevance
// Framework", 3.2), with the idf of Lucene, ln(1 + (N - n + 0.5) / (n + 0.5)), which is never negative.
//
// Terms are those of language/korean.h: stems and all two-syllable pieces, so that 수도 finds 수도권.
// A passage's title counts as part of its text. Passages that share no term with the question are not shown.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <unordered_map>

#include "language/korean.h"
#include "retrieval/retriever.h"
#include "retrieval/shown.h"

namespace plumb {

namespace {

constexpr double k_k1 = 1.2;
constexpr double k_b = 0.75;

struct Posting {
  std::size_t passage = 0;
  double frequency = 0.0;
};

class Bm25 final : public Retriever {
 public:
  Bm25(const Retrieval& settings, const Dataset& dataset) : settings_(settings), dataset_(dataset) {
    double total = 0.0;
    for (std::size_t i = 0; i < dataset.passages.size(); ++i) {
      const Passage& passage = dataset.passages[i];
      std::map<std::string, double> frequencies;
      const std::vector<std::string> terms = search_terms(passage.title + "\n" + passage.text);
      for (const std::string& term : terms) frequencies[term] += 1.0;
      for (const auto& [term, frequency] : frequencies) postings_[term].push_back({i, frequency});
      lengths_.push_back(static_cast<double>(terms.size()));
      total += lengths_.back();
    }
    length_mean_ = lengths_.empty() ? 0.0 : total / static_cast<double>(lengths_.size());
  }

  Step<HttpRequest, Result<std::vector<Passage>>> next(const Question& question,
                                                       std::span<const HttpResponse>) const override {
    std::vector<Passage> shown;
    if (question.closed_book) return Result<std::vector<Passage>>(std::move(shown));
    const std::vector<double> scores = scores_of(question.text);
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < scores.size(); ++i) {
      if (scores[i] > 0.0) order.push_back(i);
    }
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      if (scores[a] != scores[b]) return scores[a] > scores[b];
      return dataset_.passages[a].id < dataset_.passages[b].id;
    });
    order.resize(std::min(order.size(), static_cast<std::size_t>(settings_.passages_max)));
    for (const std::size_t i : order) shown.push_back(as_shown(dataset_.passages[i], settings_));
    return Result<std::vector<Passage>>(std::move(shown));
  }

 private:
  std::vector<double> scores_of(std::string_view question) const {
    std::vector<double> scores(lengths_.size(), 0.0);
    const double count = static_cast<double>(lengths_.size());
    const std::vector<std::string> terms = search_terms(question);
    // A set: sums in one order give equal bits, and ties stay ties.
    for (const std::string& term : std::set<std::string>(terms.begin(), terms.end())) {
      const auto found = postings_.find(term);
      if (found == postings_.end()) continue;
      const double holding = static_cast<double>(found->second.size());
      const double idf = std::log(1.0 + (count - holding + 0.5) / (holding + 0.5));
      for (const Posting& posting : found->second) {
        const double norm = k_k1 * (1.0 - k_b + k_b * lengths_[posting.passage] / length_mean_);
        scores[posting.passage] += idf * posting.frequency * (k_k1 + 1.0) / (posting.frequency + norm);
      }
    }
    return scores;
  }

  Retrieval settings_;
  const Dataset& dataset_;
  std::unordered_map<std::string, std::vector<Posting>> postings_;
  std::vector<double> lengths_;  // in terms
  double length_mean_ = 0.0;
};

class Bm25Kind final : public RetrieverKind {
 public:
  Result<std::unique_ptr<Retriever>> prepare(const Retrieval& settings, const Dataset& dataset) const override {
    TRY(check_settings(settings));
    return std::unique_ptr<Retriever>(std::make_unique<Bm25>(settings, dataset));
  }
};

}  // namespace

const RetrieverKind& retriever_bm25() {
  static const Bm25Kind kind;
  return kind;
}

}  // namespace plumb
