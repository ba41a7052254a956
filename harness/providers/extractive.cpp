// Scores as BM25 does (k1 = 1.2, b = 0.75), with lines in the place of documents and the idf taken over
// the lines shown: what stands in every line of the only posting says nothing about where the answer is.
#include "providers/extractive.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "language/korean.h"
#include "language/quantity.h"
#include "providers/evidence_units.h"
#include "providers/wanted_value.h"

namespace plumb {

namespace {

constexpr double k_k1 = 1.2;
constexpr double k_b = 0.75;
constexpr double k_context_weight = 0.5;  // a term in a heading counts as half of one in the line
// Where right answers and right refusals together are most on the questions of datasets/; the optimum is flat
// from 0.25 to 0.45. Lower answers more and misquotes more.
constexpr double k_coverage_min = 0.30;

// The frame of a question says when, and not what: "2026년 6월 법령 기준, 주택 임차인은 …" less the frame.
std::string_view without_frame(std::string_view question) {
  const std::size_t comma = question.find(", ");
  if (comma == std::string_view::npos || comma > question.size() / 2) return question;
  const std::string_view frame = question.substr(0, comma);
  for (const std::string_view ending : {"기준", "기준으로", "따르면", "현재"}) {
    if (frame.ends_with(ending)) return trim(question.substr(comma + 1));
  }
  return question;
}

// The question less the words that only ask: 얼마인가요, 알려 주세요. No line holds them, and they would count as
// something it leaves uncovered.
std::string without_asking(std::string_view question) {
  std::string out(question);
  for (const Word& word : words(question)) {
    for (const std::string_view asks :
         {"얼마", "언제", "어디", "누구", "누가", "무엇", "무슨", "어느", "어떤", "어떻게", "며칠", "알려", "말해",
          "적어", "답해", "주세요", "인가요", "뭐라고"}) {
      if (!word.form.starts_with(asks)) continue;
      for (std::size_t i = word.span.begin; i < word.span.end; ++i) out[i] = ' ';
      break;
    }
  }
  return out;
}

// search_terms, and the dates and quantities the text states however it writes them: 2023년 10월 is 2023-10.
std::vector<std::string> terms_of(std::string_view text) {
  std::vector<std::string> terms = search_terms(text);
  const Values values = find_values(text);
  for (const Date& date : values.dates) {
    if (date.year == 0 || date.month == 0) continue;
    terms.push_back(fmt::format("@{}-{}", date.year, date.month));
    if (date.day != 0) terms.push_back(fmt::format("@{}-{}-{}", date.year, date.month, date.day));
  }
  for (const Quantity& quantity : values.quantities) {
    if (quantity.dimension == Dimension::plain) continue;
    terms.push_back(fmt::format("@{}:{}", static_cast<int>(quantity.dimension), quantity.value));
  }
  return terms;
}

// "사이닝(만원)" and "500" are 사이닝 and 500만원; else as they are.
std::pair<std::string, std::string> with_unit(const std::string& header, const std::string& cell) {
  const std::size_t open = header.rfind('(');
  if (open == std::string::npos || !header.ends_with(")") || cell.empty()) return {header, cell};
  std::string_view unit = std::string_view(header).substr(open + 1, header.size() - open - 2);
  if (const std::size_t comma = unit.rfind(','); comma != std::string_view::npos) unit = unit.substr(comma + 1);
  unit = trim(unit.substr(0, unit.find('/')));
  const bool figures = cell.back() >= '0' && cell.back() <= '9';
  if (!figures || !parse_quantity("1" + std::string(unit))) return {header, cell};
  return {std::string(trim(std::string_view(header).substr(0, open))), cell + std::string(unit)};
}

std::string quoted_column(const EvidenceUnit& unit, std::size_t column) {
  const auto [header, cell] = with_unit(unit.header[column], unit.cells[column]);
  return unit.cells[0] + ", " + header + ": " + cell;
}

std::string quoted_row(const EvidenceUnit& unit) {
  if (unit.cells.empty()) return unit.text;
  std::string out;
  for (std::size_t i = 0; i < unit.cells.size(); ++i) {
    const auto [header, cell] = with_unit(unit.header[i], unit.cells[i]);
    if (cell.empty()) continue;
    out += (out.empty() ? "" : ", ") + (header.empty() ? cell : header + ": " + cell);
  }
  return out;
}

// Of a row, the column asked for; the whole row when none is asked for more than the others, or more than one.
std::string quoted(const EvidenceUnit& unit, std::string_view question, const std::set<std::string>& terms) {
  std::size_t best = 0;
  double most = 0.0;
  bool alone = false;
  for (std::size_t i = 1; i < unit.cells.size(); ++i) {
    const std::vector<std::string> of = search_terms(unit.header[i]);
    double shared = 0.0;
    for (const std::string& term : std::set<std::string>(of.begin(), of.end()))
      shared += terms.contains(term) ? 1.0 : 0.0;
    if (shared < most) continue;
    alone = shared > most;
    most = shared;
    best = i;
  }
  const bool several = contains(question, "각각") || contains(question, "모두 말해");
  if (!alone || several || unit.cells[best].empty()) return quoted_row(unit);
  return quoted_column(unit, best);
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
      for (const std::string& term : terms_of(unit.context)) line.frequencies[term] = k_context_weight;
      for (const std::string& term : terms_of(unit.text)) {
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
  const std::vector<std::string> asked_terms = terms_of(without_asking(without_frame(question)));
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

  const WantedValue wanted = wanted_value(question);
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
    score *= fit(line.unit, wanted, stated);
    if (score <= best_score) continue;
    best_score = score;
    best = Extract{quoted(line.unit, question, terms), line.unit.passage_id, covered / idf_total};
  }
  return best;
}

std::string extractive_answer(std::string_view question, const std::vector<Passage>& passages) {
  const std::optional<Extract> best = best_extract(question, passages);
  return best && best->coverage >= k_coverage_min ? best->text : std::string(k_no_extract);
}

}  // namespace plumb
