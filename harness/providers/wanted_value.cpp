#include "providers/wanted_value.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "language/korean.h"

namespace plumb {

namespace {

constexpr double k_other_unit = 0.5;     // 얼마, answered by hours
constexpr double k_no_such_value = 0.4;  // 언제 and 어디 are answered in words as well (출시 석 달 뒤)

constexpr auto k_units = std::to_array<std::string_view>({
    "퍼센트포인트", "퍼센트", "만원", "만 원", "억원", "개월", "시간", "단계", "군데", "가지", "가구", "년", "달",
    "일",           "주",     "분",   "회",    "번",   "명",   "곳",   "개",   "건",   "조",   "항",   "호", "위",
    "점",           "차",     "층",   "세",    "살",   "배",   "평",   "편",   "화",   "대",   "원",
});

bool is_money(Dimension dimension) {
  return dimension == Dimension::won || dimension == Dimension::dollar || dimension == Dimension::euro ||
         dimension == Dimension::yen || dimension == Dimension::yuan;
}

bool is_share(Dimension dimension) { return dimension == Dimension::percent || dimension == Dimension::percent_point; }

bool names_a_place(std::string_view text) {
  constexpr std::size_t k_two_syllables = 6;
  for (const Word& word : words(text)) {
    if (word.predicate || word.stem.size() < k_two_syllables) continue;
    for (const std::string_view ending : {"시", "구", "동", "군", "역", "관", "원"}) {
      if (word.stem.ends_with(ending)) return true;
    }
  }
  return false;
}

double fit_of(const Quantity& quantity, const WantedValue& wanted, bool in_table) {
  // A table says its unit in the header: 기본급(만원).
  if (in_table && quantity.dimension == Dimension::plain) return 1.0;
  if (wanted.kind == WantedValue::Kind::amount) {
    if (is_money(quantity.dimension)) return 1.0;
    return quantity.dimension == Dimension::plain || quantity.dimension == Dimension::ordinal ? 0.0 : k_other_unit;
  }
  if (is_share(quantity.dimension) && is_share(wanted.like->dimension)) return 1.0;
  if (quantity.dimension != wanted.like->dimension) return 0.0;
  return quantity.dimension != Dimension::count || quantity.unit == wanted.like->unit ? 1.0 : 0.0;
}

}  // namespace

WantedValue wanted_value(std::string_view question) {
  WantedValue wanted;
  if (contains(question, "얼마나 ")) return wanted;
  if (contains(question, "언제") || contains(question, "몇 월") || contains(question, "몇 년 몇")) {
    wanted.kind = WantedValue::Kind::date;
  } else if (contains(question, "얼마")) {
    wanted.kind = WantedValue::Kind::amount;
  } else if (contains(question, "어디") || contains(question, "어느 도시") || contains(question, "어느 구")) {
    wanted.kind = WantedValue::Kind::place;
  } else if (contains(question, "며칠")) {
    wanted.like = parse_quantity("1일");
  } else if (const std::size_t at = question.find("몇"); at != std::string_view::npos) {
    const std::string_view rest = trim(question.substr(at + std::string_view("몇").size()));
    const auto unit = std::find_if(k_units.begin(), k_units.end(), [&](auto u) { return rest.starts_with(u); });
    if (unit != k_units.end()) wanted.like = parse_quantity("1" + std::string(*unit));
  }
  if (wanted.like) wanted.kind = WantedValue::Kind::quantity;
  return wanted;
}

double fit(const EvidenceUnit& unit, const WantedValue& wanted, const Values& stated) {
  if (wanted.kind == WantedValue::Kind::anything) return 1.0;
  if (wanted.kind == WantedValue::Kind::place) return names_a_place(unit.text) ? 1.0 : k_no_such_value;
  const Values values = find_values(unit.text);
  const bool dated = std::any_of(values.dates.begin(), values.dates.end(), [&](const Date& date) {
    return std::none_of(stated.dates.begin(), stated.dates.end(), [&](const Date& s) { return same_date(date, s); });
  });
  if (wanted.kind == WantedValue::Kind::date) return dated ? 1.0 : k_no_such_value;
  // 몇 년부터 asks for a year that reads like 3년 in the question.
  if (wanted.like && wanted.like->dimension == Dimension::months && dated) return 1.0;
  double best = 0.0;
  for (const Quantity& quantity : values.quantities) {
    const bool known = std::any_of(stated.quantities.begin(), stated.quantities.end(),
                                   [&](const Quantity& s) { return same_quantity(quantity, s); });
    if (!known) best = std::max(best, fit_of(quantity, wanted, !unit.cells.empty()));
  }
  return best;
}

}  // namespace plumb
