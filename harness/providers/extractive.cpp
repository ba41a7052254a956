// Scores as BM25 does (k1 = 1.2, b = 0.75), with lines in the place of documents and the idf taken over
// the lines shown: what stands in every line of the only posting says nothing about where the answer is.
#include "providers/extractive.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "language/korean.h"
#include "language/quantity.h"
#include "providers/evidence_units.h"

namespace plumb {

namespace {

constexpr double k_k1 = 1.2;
constexpr double k_b = 0.75;
constexpr double k_context_weight = 0.5;  // a term in a heading counts as half of one in the line
constexpr double k_value_bonus = 1.6;
constexpr double k_coverage_min = 0.30;

// The kind of value the question asks for.
struct Wanted {
  enum class Kind { anything, money, quantity, date, place };
  Kind kind = Kind::anything;
  std::optional<Quantity> like;  // of a "몇 개월": one of it
};

constexpr auto k_units = std::to_array<std::string_view>({
    "퍼센트", "만원", "만 원", "억원", "개월", "시간", "단계", "군데", "가지", "가구", "년", "달",
    "일",     "주",   "분",    "회",   "번",   "명",   "곳",   "개",   "건",   "조",   "항", "호",
    "위",     "점",   "차",    "층",   "세",   "살",   "배",   "평",   "편",   "원",
});

Wanted wanted_in(std::string_view question) {
  Wanted wanted;
  if (contains(question, "언제") || contains(question, "몇 월") || contains(question, "마감일")) {
    wanted.kind = Wanted::Kind::date;
  } else if (contains(question, "얼마")) {
    wanted.kind = Wanted::Kind::money;
  } else if (contains(question, "어디") || contains(question, "어느 도시") || contains(question, "어느 구")) {
    wanted.kind = Wanted::Kind::place;
  } else if (contains(question, "며칠")) {
    wanted.kind = Wanted::Kind::quantity;
    wanted.like = parse_quantity("1일");
  } else if (const std::size_t at = question.find("몇"); at != std::string_view::npos) {
    const std::string_view rest = trim(question.substr(at + std::string_view("몇").size()));
    const auto unit = std::find_if(k_units.begin(), k_units.end(), [&](auto u) { return rest.starts_with(u); });
    if (unit != k_units.end()) wanted.like = parse_quantity("1" + std::string(*unit));
    if (wanted.like) wanted.kind = Wanted::Kind::quantity;
  }
  return wanted;
}

bool is_money(Dimension dimension) {
  return dimension == Dimension::won || dimension == Dimension::dollar || dimension == Dimension::euro ||
         dimension == Dimension::yen || dimension == Dimension::yuan;
}

bool names_a_place(std::string_view text) {
  for (const Word& word : words(text)) {
    for (const std::string_view ending : {"시", "구", "동", "도", "군", "로", "역"}) {
      constexpr std::size_t k_two_syllables = 6;
      if (word.form.size() >= k_two_syllables && word.stem.ends_with(ending)) return true;
    }
  }
  return false;
}

// Whether the line holds such a value that the question itself does not state.
bool holds(const EvidenceUnit& unit, const Wanted& wanted, const Values& asked) {
  if (wanted.kind == Wanted::Kind::anything) return true;
  if (wanted.kind == Wanted::Kind::place) return names_a_place(unit.text);
  const Values values = find_values(unit.text);
  if (wanted.kind == Wanted::Kind::date) {
    return std::any_of(values.dates.begin(), values.dates.end(), [&](const Date& date) {
      return std::none_of(asked.dates.begin(), asked.dates.end(), [&](const Date& a) { return same_date(date, a); });
    });
  }
  return std::any_of(values.quantities.begin(), values.quantities.end(), [&](const Quantity& quantity) {
    for (const Quantity& stated : asked.quantities) {
      if (same_quantity(quantity, stated)) return false;
    }
    // A table says its unit in the header: 기본급(만원).
    if (!unit.cells.empty() && quantity.dimension == Dimension::plain) return true;
    if (wanted.kind == Wanted::Kind::money) return is_money(quantity.dimension);
    if (quantity.dimension != wanted.like->dimension) return false;
    return quantity.dimension != Dimension::count || quantity.unit == wanted.like->unit;
  });
}

// Of a row, the column asked for; the whole row when no column is asked for more than the others.
std::string quoted(const EvidenceUnit& unit, const std::set<std::string>& terms) {
  std::size_t best = 0;
  double most = 0.0;
  bool alone = false;
  for (std::size_t i = 1; i < unit.cells.size(); ++i) {
    double shared = 0.0;
    const std::vector<std::string> of = search_terms(unit.header[i]);
    for (const std::string& term : std::set<std::string>(of.begin(), of.end()))
      shared += terms.contains(term) ? 1.0 : 0.0;
    if (shared > most) {
      most = shared;
      best = i;
      alone = true;
    } else if (shared == most) {
      alone = false;
    }
  }
  if (!alone || unit.cells[best].empty()) return unit.text;
  return unit.cells[0] + ", " + unit.header[best] + ": " + unit.cells[best];
}

struct Line {
  EvidenceUnit unit;
  std::map<std::string, double> frequencies;
  double length = 0.0;  // terms of the line itself
};

std::vector<Line> lines_of(const std::vector<Passage>& passages) {
  std::vector<Line> lines;
  for (const Passage& passage : passages) {
    for (EvidenceUnit& unit : evidence_units(passage)) {
      Line line;
      for (const std::string& term : search_terms(unit.context)) line.frequencies[term] = k_context_weight;
      for (const std::string& term : search_terms(unit.text)) {
        line.frequencies[term] += 1.0;
        line.length += 1.0;
      }
      line.unit = std::move(unit);
      lines.push_back(std::move(line));
    }
  }
  return lines;
}

}  // namespace

std::optional<Extract> best_extract(std::string_view question, const std::vector<Passage>& passages) {
  const std::vector<std::string> asked_terms = search_terms(question);
  const std::set<std::string> terms(asked_terms.begin(), asked_terms.end());
  const std::vector<Line> lines = lines_of(passages);
  if (terms.empty() || lines.empty()) return std::nullopt;

  const double count = static_cast<double>(lines.size());
  double length_mean = 0.0;
  for (const Line& line : lines) length_mean += line.length / count;
  std::map<std::string, double> idf;
  double idf_total = 0.0;
  for (const std::string& term : terms) {
    const auto holding = static_cast<double>(
        std::count_if(lines.begin(), lines.end(), [&](const Line& l) { return l.frequencies.contains(term); }));
    idf[term] = std::log(1.0 + (count - holding + 0.5) / (holding + 0.5));
    idf_total += idf[term];
  }

  const Wanted wanted = wanted_in(question);
  const Values stated = find_values(question);
  std::optional<Extract> best;
  double best_score = 0.0;
  for (const Line& line : lines) {
    double score = 0.0;
    double covered = 0.0;
    const double norm = k_k1 * (1.0 - k_b + k_b * line.length / std::max(length_mean, 1.0));
    for (const std::string& term : terms) {
      const auto found = line.frequencies.find(term);
      if (found == line.frequencies.end()) continue;
      score += idf[term] * found->second * (k_k1 + 1.0) / (found->second + norm);
      covered += idf[term];
    }
    if (wanted.kind == Wanted::Kind::place && holds(line.unit, wanted, stated)) score *= k_value_bonus;
    if (wanted.kind != Wanted::Kind::place && !holds(line.unit, wanted, stated)) continue;
    if (score <= best_score) continue;
    best_score = score;
    best = Extract{quoted(line.unit, terms), line.unit.passage_id, covered / idf_total};
  }
  return best;
}

std::string extractive_answer(std::string_view question, const std::vector<Passage>& passages) {
  const std::optional<Extract> best = best_extract(question, passages);
  return best && best->coverage >= k_coverage_min ? best->text : std::string(k_no_extract);
}

}  // namespace plumb
