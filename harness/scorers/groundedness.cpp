// Is each sentence of the answer supported by the passages shown? Rules, no weights and no model.
//
// What carries the signal, most first: figures and dates that the passages (or the question) do not say; content
// words they do not say, rarer ones counting more; opposite polarity in a near copy. Contradicted needs hard
// evidence: another value of the same kind where the source speaks of the same thing, or the same statement
// turned round. All else that finds no support is not_in_source. Cannot be seen: paraphrase without shared words,
// roles exchanged between words that all occur, unstated inference.
#include <algorithm>
#include <numeric>

#include "language/korean.h"
#include "scorers/clash.h"
#include "scorers/scorer.h"
#include "scorers/source_cache.h"
#include "scorers/source_index.h"
#include "scorers/stated_values.h"
#include "scorers/value_support.h"

namespace plumb {

namespace {

// Below this share of its content (by weight), a claim that adds words of its own finds no support.
constexpr double k_support_min = 0.5;
// …unless what is missing weighs less than about one rare noun: endings and fillers are no inventions.
constexpr double k_missing_min = 0.8;
// The same for a single clause.
constexpr double k_clause_support_min = 0.3;
constexpr double k_clause_missing_min = 1.0;
// Words of the claim that must be said where a rival value stands, for the value to count as contradicted.
constexpr double k_same_subject = 0.6;

// From here on a sentence of the source says the same thing, and what differs is the point.
constexpr double k_near_copy = 0.75;

// Hard evidence is looked for in the best places only.
constexpr std::size_t k_pieces_compared = 3;

struct ReadClaim {
  std::string_view text;
  Span span;  // in the answer
  std::vector<ContentWord> words;
  Values values;
};

// Where in the sources a claim belongs.
struct Located {
  std::vector<int> pieces;       // best first, all of them
  std::vector<double> coverage;  // of each piece, by number: the weighted share of the claim's words it says
  double best = 0.0;
};

// What an answer may rely on: the passages shown, then what the question's tools give.
std::vector<Passage> sources_of(const Case& c) {
  std::vector<Passage> out = c.passages;
  for (const OfferedTool& tool : c.question.tools) {
    Passage passage;
    passage.title = tool.name + " " + tool.description;
    passage.text = tool.output + "\n" + tool.error;
    out.push_back(std::move(passage));
  }
  return out;
}

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

class Checker {
 public:
  explicit Checker(const Case& c)
      : case_(c),
        sources_(sources_of(c)),
        shared_index_(source_index_of(sources_, c.question.as_of)),
        index_(*shared_index_),
        asked_(content_words(c.question.text)),
        values_(index_, find_values(c.question.text, c.question.as_of)),
        question_arithmetic_(announces_arithmetic(c.question.text)),
        question_timespan_(announces_timespan(c.question.text)) {}

  std::vector<Claim> run() {
    std::vector<Claim> out;
    const std::string_view answer = case_.answer.text;
    for (const Span& span : sentences(answer)) {
      ReadClaim claim{span.of(answer), span, content_words(span.of(answer)),
                      find_values(span.of(answer), case_.question.as_of)};
      if (claim.words.empty() && claim.values.quantities.empty() && claim.values.dates.empty()) continue;
      if (closing_remark(claim.text)) continue;
      out.push_back(judge(claim));
    }
    return out;
  }

 private:
  // "도움이 되었기를 바랍니다": nothing that could be true or false.
  static bool closing_remark(std::string_view text) {
    const std::string squeezed = squeeze(text);
    for (const std::string_view phrase :
         {"다음과같습니다", "아래와같습니다", "답변드리겠습니다", "도움이되", "문의해주", "문의하시", "감사합니다",
          "알려주시", "확인하시기바랍니다", "참고하시기바랍니다", "말씀해주"}) {
      if (contains(squeezed, phrase)) return find_values(text).quantities.empty() && find_values(text).dates.empty();
    }
    return false;
  }

  Claim judge(ReadClaim& claim) {
    Claim out;
    out.span = claim.span;
    const AbstentionFinding declines = find_abstention(claim.text);
    if (declines.kind == Abstention::full) {
      out.verdict = Verdict::supported;
      out.why = "답하지 않음";
      return out;
    }
    if (declines.kind != Abstention::none) drop_declining_clauses(claim);
    for (ContentWord& word : claim.words) {
      word.weight = index_.weight(word);
      word.asked = std::any_of(asked_.begin(), asked_.end(), [&](const ContentWord& a) { return same_word(a, word); });
    }
    const Located place = locate(claim);
    point_at(out, place.pieces.empty() ? -1 : place.pieces.front(), {});

    if (check_values(claim, place, out)) return out;
    if (declines.kind == Abstention::none && check_polarity(claim, place, out)) return out;
    check_words(claim, out);
    return out;
  }

  // "주 2일 재택이며 이유는 나와 있지 않습니다": only the first half claims anything.
  static void drop_declining_clauses(ReadClaim& claim) {
    for (const Span& clause : clauses(claim.text)) {
      if (find_abstention(clause.of(claim.text)).kind == Abstention::none) continue;
      const auto inside = [&](const auto& part) {
        return part.span.begin >= clause.begin && part.span.end <= clause.end;
      };
      std::erase_if(claim.words, inside);
      std::erase_if(claim.values.quantities, inside);
      std::erase_if(claim.values.dates, inside);
    }
  }

  static bool same_word(const ContentWord& a, const ContentWord& b) {
    if (a.stem == b.stem) return true;
    return !a.latin && !b.latin && a.keys.front() == b.keys.front();
  }

  void point_at(Claim& out, int piece, Span within) const {
    if (piece < 0) return;
    const SourcePiece& source = index_.pieces()[static_cast<std::size_t>(piece)];
    const auto number = static_cast<std::size_t>(source.passage);
    out.passage_id.clear();
    out.evidence = {};
    if (number >= case_.passages.size()) return;  // a tool's output
    out.passage_id = case_.passages[number].id;
    out.evidence = source.span;
    // A value's own place, if the piece is the passage's text as it stands (rows are put together from cells).
    if (!within.empty() && source.span.size() == source.text.size()) {
      out.evidence = {source.span.begin + within.begin, source.span.begin + within.end};
    }
  }

  Located locate(const ReadClaim& claim) const {
    Located out;
    const std::size_t n = index_.pieces().size();
    out.coverage.assign(n, 0.0);
    std::vector<double> rank(n, 0.0);
    double total = 0.0;
    for (const ContentWord& word : claim.words) {
      const std::vector<float> support = index_.support(word);
      for (std::size_t i = 0; i < n; ++i) out.coverage[i] += word.weight * static_cast<double>(support[i]);
      total += word.weight;
    }
    rank = out.coverage;
    for (const ContentWord& word : asked_) {
      // What is asked about tells which of several similar places is meant.
      if (std::any_of(claim.words.begin(), claim.words.end(), [&](const ContentWord& w) { return same_word(w, word); }))
        continue;
      const std::vector<float> support = index_.support(word);
      const double weight = 0.5 * index_.weight(word);
      for (std::size_t i = 0; i < n; ++i) rank[i] += weight * static_cast<double>(support[i]);
    }
    for (std::size_t i = 0; i < n; ++i) out.coverage[i] = total > 0.0 ? out.coverage[i] / total : 0.0;
    out.pieces.resize(n);
    std::iota(out.pieces.begin(), out.pieces.end(), 0);
    std::stable_sort(out.pieces.begin(), out.pieces.end(), [&](int a, int b) {
      return rank[static_cast<std::size_t>(a)] > rank[static_cast<std::size_t>(b)] + 1e-9;
    });
    for (const double coverage : out.coverage) out.best = std::max(out.best, coverage);
    return out;
  }

  // True when the claim is decided: a value is not in the sources.
  bool check_values(const ReadClaim& claim, const Located& place, Claim& out) {
    // Who names three figures is explaining how one comes from the others.
    const bool arithmetic =
        question_arithmetic_ || announces_arithmetic(claim.text) || claim.values.quantities.size() >= 3;
    const ValueSupport::Latitude latitude{
        arithmetic, arithmetic || question_timespan_ || !claim.values.dates.empty() || announces_timespan(claim.text),
        claim.values.quantities};
    for (const Date& date : claim.values.dates) {
      if (contrasted(claim.text, date.span)) continue;
      const ValueFinding found = values_.find(date, place.pieces);
      if (!found.supported) return fail(claim, date, date.span, place, arithmetic, out);
      if (found.piece >= 0) point_at(out, found.piece, found.evidence);
    }
    for (const Quantity& q : claim.values.quantities) {
      if (contrasted(claim.text, q.span)) continue;
      const ValueFinding found = values_.find(q, place.pieces, latitude);
      if (!found.supported) return fail(claim, q, q.span, place, arithmetic, out);
      if (turned_round(q, place, out)) return true;
      if (found.piece >= 0) point_at(out, found.piece, found.evidence);
      values_.learn(q);
    }
    return false;
  }

  // 3년 미만 where a near copy says 3년 이상.
  bool turned_round(const Quantity& q, const Located& place, Claim& out) const {
    if (q.bound == Bound::exact || q.bound == Bound::about || values_.says_bounded(q)) return false;
    for (std::size_t i = 0; i < place.pieces.size() && i < k_pieces_compared; ++i) {
      const auto number = static_cast<std::size_t>(place.pieces[i]);
      if (place.coverage[number] < k_near_copy) continue;
      const SourcePiece& piece = index_.pieces()[number];
      const auto bounded = opposite_bound(q, piece);
      if (!bounded) continue;
      out.verdict = Verdict::contradicted;
      out.why = "한계가 반대; 지문: " + quoted(trim(piece.text));
      point_at(out, place.pieces[i], *bounded);
      return true;
    }
    return false;
  }

  template <class Value>
  bool fail(const ReadClaim& claim, const Value& value, Span said, const Located& place, bool arithmetic,
            Claim& out) const {
    out.verdict = Verdict::not_in_source;
    out.why = with_subject_particle(std::string(said.of(claim.text))) + " 지문에 없음";
    if (arithmetic) return true;
    for (std::size_t k = 0; k < place.pieces.size() && k < k_pieces_compared; ++k) {
      const int number = place.pieces[k];
      const auto i = static_cast<std::size_t>(number);
      if (place.coverage[i] < k_same_subject) continue;
      const SourcePiece& piece = index_.pieces()[i];
      const auto other = rival(value, piece);
      if (!other) continue;
      out.verdict = Verdict::contradicted;
      out.why += "; 지문: " + std::string(other->of(piece.text));
      point_at(out, number, *other);
      break;
    }
    return true;
  }

  bool check_polarity(const ReadClaim& claim, const Located& place, Claim& out) const {
    for (std::size_t k = 0; k < place.pieces.size() && k < k_pieces_compared; ++k) {
      const int number = place.pieces[k];
      const SourcePiece& piece = index_.pieces()[static_cast<std::size_t>(number)];
      if (place.coverage[static_cast<std::size_t>(number)] < k_same_subject) continue;
      const Clash clash = find_clash(claim.text, piece);
      if (!clash.found) continue;
      out.verdict = Verdict::contradicted;
      out.why = clash.why + "; 지문: " + quoted(trim(clash.evidence.of(piece.text)));
      point_at(out, number, clash.evidence);
      return true;
    }
    return false;
  }

  void check_words(const ReadClaim& claim, Claim& out) const {
    out.verdict = Verdict::supported;
    std::vector<Span> parts = {{0, claim.text.size()}};
    for (const Span& clause : clauses(claim.text)) parts.push_back(clause);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const Missing missing = missing_in(claim, parts[i]);
      // The sentence as a whole first; then each clause, more strictly, so that an invented half is not outweighed
      // by a copied one.
      const double least = i == 0 ? k_missing_min : k_clause_missing_min;
      const double share = i == 0 ? k_support_min : k_clause_support_min;
      if (missing.weight < least || missing.total - missing.weight >= share * missing.total) continue;
      out.verdict = Verdict::not_in_source;
      out.why = quoted(missing.example.of(claim.text)) + " 지문에 없음";
      return;
    }
  }

  struct Missing {
    double total = 0.0;   // weight of the new content
    double weight = 0.0;  // of what of it no source says
    Span example;         // the weightiest of that
  };

  Missing missing_in(const ReadClaim& claim, Span part) const {
    Missing out;
    double heaviest = 0.0;
    for (const ContentWord& word : claim.words) {
      if (word.asked || word.span.begin < part.begin || word.span.end > part.end) continue;
      const double absent = word.weight * (1.0 - said_anywhere(word));
      out.total += word.weight;
      out.weight += absent;
      if (absent > heaviest) {
        heaviest = absent;
        out.example = word.span;
      }
    }
    return out;
  }

  double said_anywhere(const ContentWord& word) const {
    const std::vector<float> support = index_.support(word);
    return support.empty() ? 0.0 : static_cast<double>(*std::max_element(support.begin(), support.end()));
  }

  const Case& case_;
  std::vector<Passage> sources_;
  std::shared_ptr<const SourceIndex> shared_index_;
  const SourceIndex& index_;
  std::vector<ContentWord> asked_;
  ValueSupport values_;
  bool question_arithmetic_;
  bool question_timespan_;
};

class GroundednessScorer final : public Scorer {
 public:
  Step<ChatRequest, Score> next(const Case& c, std::span<const Reply>) const override {
    Score score;
    score.scorer = "groundedness";
    if (c.passages.empty() && c.question.tools.empty()) {
      score.label = "no_source";
      score.why = "보인 지문이 없음";
      return score;
    }
    score.claims = Checker(c).run();
    if (score.claims.empty()) {
      score.label = "no_claim";
      score.why = "따질 주장이 없음";
      return score;
    }
    const auto count = [&](Verdict verdict) {
      return std::count_if(score.claims.begin(), score.claims.end(),
                           [&](const Claim& claim) { return claim.verdict == verdict; });
    };
    score.value = static_cast<double>(count(Verdict::supported)) / static_cast<double>(score.claims.size());
    score.label = count(Verdict::contradicted) > 0    ? "contradicted"
                  : count(Verdict::not_in_source) > 0 ? "not_in_source"
                                                      : "supported";
    for (const Verdict worst : {Verdict::contradicted, Verdict::not_in_source}) {
      const auto claim =
          std::find_if(score.claims.begin(), score.claims.end(), [&](const Claim& c2) { return c2.verdict == worst; });
      if (claim == score.claims.end()) continue;
      score.why = claim->why;
      break;
    }
    if (score.why.empty()) score.why = "주장 " + std::to_string(score.claims.size()) + "개 모두 지문에 있음";
    return score;
  }
};

}  // namespace

const Scorer& scorer_groundedness() {
  static const GroundednessScorer scorer;
  return scorer;
}

}  // namespace plumb
