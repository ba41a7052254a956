#include "scorers/arithmetic.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace plumb {

namespace {

constexpr std::size_t k_chain_operands_max = 7;  // three steps through seven: some 10,000 results
constexpr std::size_t k_operands_max = 160;      // pairs are tried: bounds the work on very long passages

bool near(double a, double b, double relative = 1e-6) {
  return std::abs(a - b) <= relative * std::max({std::abs(a), std::abs(b), 1e-12});
}

bool money(Dimension d) {
  return d == Dimension::won || d == Dimension::dollar || d == Dimension::euro || d == Dimension::yen ||
         d == Dimension::yuan;
}

bool bare(const Quantity& q) { return q.dimension == Dimension::plain && q.canonical.empty(); }

bool factor_like(const Quantity& q) {
  return bare(q) || q.dimension == Dimension::multiple || q.dimension == Dimension::count ||
         q.dimension == Dimension::people || q.dimension == Dimension::times || q.dimension == Dimension::months ||
         q.dimension == Dimension::days || q.dimension == Dimension::area_m2 || q.dimension == Dimension::seconds;
}

bool comparable(const Quantity& a, const Quantity& b) { return a.dimension == b.dimension || bare(a) || bare(b); }

// result = a op b, for one of + - * / and shares of each other.
bool one_step(const Quantity& a, const Quantity& b, const Quantity& result, double slack) {
  const double r = result.value;
  const auto is = [&](double value) { return near(value, r, slack); };
  if (b.dimension == Dimension::seconds && b.value >= 60.0 && a.dimension != b.dimension) {
    // 분당 9,000원 with 13분: the figure as written
    Quantity minutes = b;
    minutes.dimension = Dimension::plain;
    minutes.value = b.value / 60.0;
    Quantity hours = minutes;
    hours.value = b.value / 3'600.0;
    if (one_step(a, minutes, result, slack) || one_step(a, hours, result, slack)) return true;
  }
  if (comparable(a, b) && comparable(a, result) && comparable(b, result)) {
    if (is(a.value + b.value) || is(a.value - b.value) || is(b.value - a.value)) return true;
  }
  if (a.dimension == Dimension::percent && !(b.dimension == Dimension::percent)) {
    const double share = a.value / 100.0;
    if (comparable(b, result) && (is(b.value * share) || is(b.value * (1.0 - share)) || is(b.value * (1.0 + share))))
      return true;
  }
  if (comparable(a, result) && factor_like(b) && b.value != 0.0) {
    if (is(a.value * b.value) || is(a.value / b.value)) return true;
    if (b.dimension == Dimension::months && (is(a.value * b.value / 12.0) || is(a.value / b.value * 12.0))) return true;
  }
  if (a.dimension == b.dimension && b.value != 0.0) {
    if (result.dimension == Dimension::percent && is(a.value / b.value * 100.0)) return true;
    if ((result.dimension == Dimension::multiple || result.dimension == Dimension::ratio || bare(result)) &&
        is(a.value / b.value))
      return true;
  }
  return false;
}

// The figure as it was written, without its unit's factor: 13분, 3년, 2주 as 13, 3, 2.
void add_bare(std::vector<Quantity>& out, const Quantity& q) {
  const auto add = [&](double value) {
    Quantity plain;
    plain.value = value;
    out.push_back(plain);
  };
  if (q.dimension == Dimension::months && std::fmod(q.value, 12.0) == 0.0) add(q.value / 12.0);
  if (q.dimension == Dimension::seconds && std::fmod(q.value, 60.0) == 0.0) add(q.value / 60.0);
  if (q.dimension == Dimension::seconds && std::fmod(q.value, 3'600.0) == 0.0) add(q.value / 3'600.0);
  if (q.dimension == Dimension::length_m) add(q.value / 1'000.0);
  if (q.dimension == Dimension::days && std::fmod(q.value, 7.0) == 0.0) add(q.value / 7.0);
}

// All that one step makes of two operands, as money or whatever the first is.
std::vector<double> results_of(const Quantity& a, const Quantity& b) {
  const double y = b.dimension == Dimension::percent ? b.value / 100.0 : b.value;
  std::vector<double> out = {a.value * y, a.value + b.value, a.value - b.value};
  if (y != 0.0) out.push_back(a.value / y);
  if (b.dimension == Dimension::percent) {
    out.push_back(a.value * (1.0 - y));
    out.push_back(a.value * (1.0 + y));
  }
  return out;
}

// Up to three steps through the operands, each used once.
bool reaches(const Quantity& from, const std::vector<Quantity>& operands, std::uint32_t used, int steps, double wanted,
             double slack) {
  if (near(from.value, wanted, slack)) return true;
  if (steps == 0) return false;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if ((used >> i & 1U) != 0) continue;
    for (const double value : results_of(from, operands[i])) {
      Quantity next = from;
      next.value = value;
      if (reaches(next, operands, used | (1U << i), steps - 1, wanted, slack)) return true;
    }
  }
  return false;
}

}  // namespace

bool worked_out(const Quantity& result, const Operands& from) {
  if (result.high) return false;
  const double slack = result.bound == Bound::about ? 0.05 : 1e-4;
  const std::size_t n = std::min(from.known.size(), k_operands_max);
  Quantity year;
  year.value = 12.0;
  for (std::size_t i = 0; i < n; ++i) {
    if (money(result.dimension) && from.known[i].dimension == result.dimension &&
        one_step(from.known[i], year, result, slack))
      return true;
    for (std::size_t j = 0; j < n; ++j) {
      if (i != j && one_step(from.known[i], from.known[j], result, slack)) return true;
    }
  }
  // Several steps, through what the claim itself names and the question: these are few.
  std::vector<Quantity> operands;
  for (const std::vector<Quantity>* list : {&from.beside, &from.asked}) {
    for (const Quantity& q : *list) {
      if (q.span == result.span || q.high || !q.canonical.empty()) continue;
      operands.push_back(q);
      add_bare(operands, q);
    }
  }
  for (const Quantity& q : from.beside) {  // 346.64만원, 원 단위 아래를 버려 346만원
    if (q.span == result.span || q.dimension != result.dimension || q.value == result.value) continue;
    if (near(q.value, result.value, 0.005)) return true;
  }
  if (operands.size() > k_chain_operands_max) operands.resize(k_chain_operands_max);
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (operands[i].dimension != result.dimension && !bare(result)) continue;
    if (reaches(operands[i], operands, 1U << i, 3, result.value, slack)) return true;
  }
  return false;
}

}  // namespace plumb
