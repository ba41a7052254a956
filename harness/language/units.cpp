#include "language/units.h"

#include <algorithm>
#include <iterator>

namespace plumb {

namespace {

// Longest first among those that begin alike; the first that fits is taken.
constexpr Unit k_units[] = {
    // Money
    {U"원", Dimension::won, 1, "s"},
    {U"krw", Dimension::won, 1, ""},
    {U"won", Dimension::won, 1, ""},
    {U"달러", Dimension::dollar, 1, "s"},
    {U"불", Dimension::dollar, 1, "d"},
    {U"dollars", Dimension::dollar, 1, ""},
    {U"dollar", Dimension::dollar, 1, ""},
    {U"usd", Dimension::dollar, 1, ""},
    {U"유로", Dimension::euro, 1, "s"},
    {U"euros", Dimension::euro, 1, ""},
    {U"eur", Dimension::euro, 1, ""},
    {U"€", Dimension::euro, 1, ""},
    {U"엔", Dimension::yen, 1, "s"},
    {U"yen", Dimension::yen, 1, ""},
    {U"jpy", Dimension::yen, 1, ""},
    {U"위안", Dimension::yuan, 1, "s"},
    {U"yuan", Dimension::yuan, 1, ""},
    // Shares
    {U"퍼센트포인트", Dimension::percent_point, 1, "s"},
    {U"퍼센트 포인트", Dimension::percent_point, 1, "s"},
    {U"%포인트", Dimension::percent_point, 1, ""},
    {U"% 포인트", Dimension::percent_point, 1, ""},
    {U"%p", Dimension::percent_point, 1, ""},
    {U"percentage points", Dimension::percent_point, 1, ""},
    {U"percentage point", Dimension::percent_point, 1, ""},
    {U"퍼센트", Dimension::percent, 1, "s"},
    {U"프로", Dimension::percent, 1, "s"},
    {U"percent", Dimension::percent, 1, ""},
    {U"%", Dimension::percent, 1, ""},
    // Area and length
    {U"제곱미터", Dimension::area_m2, 1, "s"},
    {U"제곱킬로미터", Dimension::area_m2, 1e6, "s"},
    {U"평방미터", Dimension::area_m2, 1, "s"},
    {U"헥타르", Dimension::area_m2, 1e4, "s"},
    {U"평형", Dimension::area_m2, 400.0 / 121.0, "s"},
    {U"평", Dimension::area_m2, 400.0 / 121.0, "s"},
    {U"㎡", Dimension::area_m2, 1, ""},
    {U"㎢", Dimension::area_m2, 1e6, ""},
    {U"m2", Dimension::area_m2, 1, ""},
    {U"km2", Dimension::area_m2, 1e6, ""},
    {U"sqm", Dimension::area_m2, 1, ""},
    {U"킬로미터", Dimension::length_m, 1'000, "s"},
    {U"센티미터", Dimension::length_m, 0.01, "s"},
    {U"밀리미터", Dimension::length_m, 0.001, "s"},
    {U"미터", Dimension::length_m, 1, "s"},
    {U"㎞", Dimension::length_m, 1'000, ""},
    {U"㎝", Dimension::length_m, 0.01, ""},
    {U"㎜", Dimension::length_m, 0.001, ""},
    {U"km", Dimension::length_m, 1'000, ""},
    {U"cm", Dimension::length_m, 0.01, ""},
    {U"mm", Dimension::length_m, 0.001, ""},
    {U"m", Dimension::length_m, 1, ""},
    // Durations
    {U"년대", Dimension::count, 1, ""},
    {U"년차", Dimension::ordinal, 1, "s"},
    {U"년생", Dimension::ordinal, 1, ""},
    {U"주년", Dimension::ordinal, 1, "s"},
    {U"학년", Dimension::ordinal, 1, "s"},
    {U"년", Dimension::months, 12, "s"},
    {U"개년", Dimension::months, 12, ""},
    {U"해", Dimension::months, 12, "n"},
    {U"개월차", Dimension::ordinal, 1, ""},
    {U"개월", Dimension::months, 1, "s"},
    {U"달러", Dimension::dollar, 1, "s"},
    {U"달", Dimension::months, 1, "n"},
    {U"years", Dimension::months, 12, "e"},
    {U"year", Dimension::months, 12, "e"},
    {U"months", Dimension::months, 1, "e"},
    {U"month", Dimension::months, 1, "e"},
    {U"주택", Dimension::count, 1, "s"},
    {U"주일", Dimension::days, 7, "s"},
    {U"주차", Dimension::ordinal, 1, "s"},
    {U"주", Dimension::days, 7, "sn"},
    {U"weeks", Dimension::days, 7, "e"},
    {U"week", Dimension::days, 7, "e"},
    {U"일차", Dimension::ordinal, 1, "s"},
    {U"영업일", Dimension::count, 1, ""},
    {U"일", Dimension::days, 1, "s"},
    {U"days", Dimension::days, 1, "e"},
    {U"day", Dimension::days, 1, "e"},
    {U"시간", Dimension::seconds, 3'600, "sn"},
    {U"시", Dimension::count, 1, "n"},
    {U"분기", Dimension::ordinal, 1, "s"},
    {U"분", Dimension::seconds, 60, "s"},
    {U"분", Dimension::people, 1, "n"},
    {U"초", Dimension::seconds, 1, "s"},
    {U"hours", Dimension::seconds, 3'600, "e"},
    {U"hour", Dimension::seconds, 3'600, "e"},
    {U"minutes", Dimension::seconds, 60, "e"},
    {U"minute", Dimension::seconds, 60, "e"},
    {U"seconds", Dimension::seconds, 1, "e"},
    // Ages and people
    {U"세대", Dimension::count, 1, "sn"},
    {U"세기", Dimension::ordinal, 1, "s"},
    {U"세", Dimension::age, 1, "s"},
    {U"살", Dimension::age, 1, "n"},
    {U"years old", Dimension::age, 1, "e"},
    {U"명", Dimension::people, 1, "sn"},
    {U"인", Dimension::people, 1, "s"},
    {U"사람", Dimension::people, 1, "n"},
    {U"people", Dimension::people, 1, "e"},
    {U"persons", Dimension::people, 1, "e"},
    // Occurrences, scores, multiples
    {U"회차", Dimension::ordinal, 1, "s"},
    {U"회", Dimension::times, 1, "s"},
    {U"번째", Dimension::ordinal, 1, "n"},
    {U"번", Dimension::times, 1, "n"},
    {U"차례", Dimension::times, 1, "n"},
    {U"times", Dimension::times, 1, "e"},
    {U"점", Dimension::points, 1, "s"},
    {U"points", Dimension::points, 1, "e"},
    {U"배", Dimension::multiple, 1, "sn"},
    // Order
    {U"째", Dimension::ordinal, 1, "n"},
    {U"차", Dimension::ordinal, 1, "s"},
    {U"순위", Dimension::ordinal, 1, "s"},
    {U"위", Dimension::ordinal, 1, "s"},
    {U"등급", Dimension::ordinal, 1, "s"},
    {U"등", Dimension::ordinal, 1, "s"},
    {U"호선", Dimension::ordinal, 1, "s"},
    {U"호", Dimension::ordinal, 1, "s"},
    {U"단계", Dimension::ordinal, 1, "sn"},
    {U"층", Dimension::ordinal, 1, "s"},
    {U"급", Dimension::ordinal, 1, "s"},
    {U"학기", Dimension::ordinal, 1, "n"},
    {U"항", Dimension::article, 1, "d"},
    {U"조", Dimension::article, 1, "d"},
    // Counters
    {U"개사", Dimension::count, 1, ""},
    {U"개국", Dimension::count, 1, ""},
    {U"개소", Dimension::count, 1, ""},
    {U"개", Dimension::count, 1, "sn"},
    {U"가지", Dimension::count, 1, "sn"},
    {U"가구", Dimension::count, 1, "sn"},
    {U"건", Dimension::count, 1, "sn"},
    {U"곳", Dimension::count, 1, "sn"},
    {U"군데", Dimension::count, 1, "n"},
    {U"기통", Dimension::count, 1, ""},
    {U"기", Dimension::count, 1, "d"},
    {U"마리", Dimension::count, 1, "n"},
    {U"대", Dimension::count, 1, "n"},
    {U"장", Dimension::count, 1, "n"},
    {U"잔", Dimension::count, 1, "n"},
    {U"권", Dimension::count, 1, "n"},
    {U"편", Dimension::count, 1, "n"},
    {U"곡", Dimension::count, 1, "n"},
    {U"채", Dimension::count, 1, "n"},
    {U"동", Dimension::count, 1, "d"},
    {U"팀", Dimension::count, 1, "n"},
    {U"종류", Dimension::count, 1, "n"},
    {U"종", Dimension::count, 1, "d"},
    {U"항목", Dimension::count, 1, "sn"},
    {U"문항", Dimension::count, 1, "sn"},
    {U"문제", Dimension::count, 1, "n"},
    {U"글자", Dimension::count, 1, "n"},
    {U"단어", Dimension::count, 1, "n"},
    {U"줄", Dimension::count, 1, "n"},
    {U"쪽", Dimension::count, 1, "d"},
    {U"페이지", Dimension::count, 1, "n"},
    {U"구간", Dimension::count, 1, "n"},
    {U"과목", Dimension::count, 1, "n"},
    {U"자리", Dimension::count, 1, "n"},
    {U"끼", Dimension::count, 1, "n"},
    {U"벌", Dimension::count, 1, "n"},
    {U"통", Dimension::count, 1, "d"},
    {U"뷰", Dimension::count, 1, "s"},
    {U"톤", Dimension::count, 1, "s"},
    {U"킬로그램", Dimension::count, 1, "s"},
    {U"그램", Dimension::count, 1, "s"},
    {U"kg", Dimension::count, 1, ""},
    {U"㎏", Dimension::count, 1, ""},
    {U"gb", Dimension::count, 1, ""},
    {U"mb", Dimension::count, 1, ""},
    {U"tb", Dimension::count, 1, ""},
    {U"°c", Dimension::count, 1, ""},
    {U"도", Dimension::count, 1, "d"},
    {U"억원", Dimension::won, 1e8, ""},
    {U"만원", Dimension::won, 1e4, ""},
};

// Words that begin like a counter directly after a figure and are none: 3점포, 2회사, 5개발자.
constexpr std::u32string_view k_other_words[] = {
    U"점포", U"회사", U"회의", U"회원", U"개발", U"개인", U"개정", U"개선", U"프로그", U"프로젝", U"평균", U"평가",
    U"원룸", U"원칙", U"장소", U"장기", U"대학", U"대표", U"대상", U"대중", U"인상",   U"인하",   U"인증", U"세금",
    U"세율", U"시즌", U"시민", U"시작", U"시행", U"시장", U"도시", U"도로", U"도입",   U"건물",   U"건축", U"건설",
    U"배당", U"배우", U"분양", U"분류", U"분리", U"일반", U"일부", U"일시", U"초과",   U"초기",   U"주요", U"주소",
    U"주민", U"주거", U"주식", U"위원", U"위치", U"위반", U"등록", U"등기", U"호텔",   U"층간",   U"기준", U"기간",
    U"기타", U"동안", U"동의", U"종합", U"종료", U"통상", U"통지", U"쪽지", U"항공",   U"조건",   U"조정", U"조합",
    U"조사", U"장려", U"권리", U"권한", U"편집", U"채용", U"팀장", U"줄임", U"벌금",   U"차이",   U"차임", U"차액",
    U"차등", U"번호", U"급여", U"급등", U"급락", U"달성", U"해당", U"해제", U"살펴",   U"명시",   U"명의", U"사람들의",
    U"불가", U"불과", U"불법", U"엔지", U"엔진", U"엔드",
};

// What follows a counter when a word ends with it: particles, bounds, and nouns of measure.
constexpr std::u32string_view k_after[] = {
    U"은",   U"는",   U"이",   U"가",   U"을",   U"를", U"의",   U"에",   U"와",     U"과",   U"도",   U"로",   U"으로",
    U"만",   U"까지", U"부터", U"보다", U"마다", U"당", U"씩",   U"간",   U"째",     U"짜리", U"치",   U"급",   U"제",
    U"가량", U"정도", U"쯤",   U"여",   U"대",   U"내", U"안팎", U"이상", U"이하",   U"이내", U"초과", U"미만", U"전",
    U"후",   U"동안", U"뿐",   U"밖에", U"이나", U"나", U"인",   U"일",   U"입니다", U"예",   U"요",   U"임",   U"한도",
    U"남짓", U"중",   U"분",   U"형",   U"권",   U"차", U"반",   U"뒤",   U"넘",     U"모두", U"지원", U"지급", U"였",
    U"이었", U"라",   U"하",   U"되",   U"면",   U"다", U"꼴",   U"기준", U"상당",   U"선",   U"조합", U"가구", U"조건",
    U"이",   U"들",   U"며",   U"고",   U"쪽",   U"할", U"상",
};

bool single_sino_digit(const Numeral& numeral) { return numeral.script == Numeral::Script::sino && !numeral.worded; }

bool other_word(const Runes& runes, std::size_t at) {
  return std::any_of(std::begin(k_other_words), std::end(k_other_words),
                     [&](std::u32string_view word) { return runes.has(at, word); });
}

// A single 이, 일, 사, 구, 오 before a counter is far more often a word (이 회사, 사회, 구호) than a numeral.
bool plausible(const Runes& runes, std::size_t at, std::size_t unit_at, const Numeral& numeral, const Unit& unit) {
  const bool spaced = unit_at != at;
  if (numeral.script == Numeral::Script::digits) {
    if (unit.scripts == "d" && spaced) return false;
    return true;
  }
  const char letter = numeral.script == Numeral::Script::sino ? 's' : 'n';
  if (unit.scripts.find(letter) == std::string_view::npos) return false;
  if (numeral.script == Numeral::Script::native) {
    const char32_t last = runes.before(at);
    if (last == U'석' || last == U'넉') return unit.word == U"달" || unit.word == U"장";
    // 한편 and 한번 are adverbs, unless 한번 is limited (한번만).
    if (last == U'한' && !spaced && numeral.value == 1 && unit.word == U"편") return false;
    if (last == U'한' && !spaced && numeral.value == 1 && unit.word == U"번") {
      const std::size_t end = unit_at + 1;
      return runes.has(end, U"만") || runes.has(end, U"뿐") || runes.has(end, U"밖에") || runes.has(end, U"으로") ||
             runes.has(end, U"입");
    }
    if (last == U'첫') return unit.word == U"번째" || unit.word == U"째";
    if ((last == U'둘' || last == U'셋' || last == U'넷') != (unit.word == U"째")) {
      return unit.word == U"째" && numeral.value >= 5;
    }
    return true;
  }
  if (single_sino_digit(numeral)) {
    const auto among = [&](std::initializer_list<std::u32string_view> words) {
      return std::find(words.begin(), words.end(), unit.word) != words.end();
    };
    if (!spaced) return among({U"년", U"개월", U"퍼센트", U"단계", U"층", U"주년", U"년차"});
    if (numeral.value == 2) return among({U"년", U"개월", U"퍼센트"});
    return among({U"년", U"개월", U"퍼센트", U"프로", U"회", U"단계", U"층", U"위", U"점", U"차", U"원", U"초", U"세",
                  U"배", U"학년", U"주", U"분기", U"주년"});
  }
  if (numeral.end - 1 < runes.size() && numeral.scale == 1e4 && numeral.value == 1e4) {
    return unit.dimension != Dimension::months && unit.dimension != Dimension::age;  // 만 세, 만 나이
  }
  // 십대, 백인, 천주, 만점: one syllable each, and another word.
  const bool one_syllable = numeral.value == 10 || numeral.value == 100 || numeral.value == 1'000;
  if (one_syllable && !spaced && unit.word.size() == 1) {
    return unit.word == U"원" || unit.word == U"명" || unit.word == U"년" || unit.word == U"개" || unit.word == U"점";
  }
  return true;
}

}  // namespace

bool counter_ends(const Runes& runes, std::size_t at) {
  if (!is_hangul(runes[at])) return true;
  return std::any_of(std::begin(k_after), std::end(k_after),
                     [&](std::u32string_view word) { return runes.has(at, word); });
}

std::optional<UnitMatch> read_unit(const Runes& runes, std::size_t at, const Numeral& numeral) {
  const std::size_t unit_at = runes.skip_spaces(at);
  const bool spaced = unit_at != at;
  const Unit* best = nullptr;
  for (const Unit& unit : k_units) {
    if (unit.word[0] != runes[unit_at] || !runes.has(unit_at, unit.word)) continue;
    if (best != nullptr && best->word.size() >= unit.word.size()) continue;
    if (!plausible(runes, at, unit_at, numeral, unit)) continue;
    const std::size_t end = unit_at + unit.word.size();
    if (is_latin(unit.word.back()) && (is_latin(runes[end]) || is_digit(runes[end]))) continue;
    if (is_digit(unit.word.back()) && is_digit(runes[end])) continue;
    if (is_hangul(unit.word.back())) {
      if (other_word(runes, unit_at)) continue;
      // Directly after digits a counter may go on (3층짜리, 4인가구); anywhere else it must end as a word does.
      const bool strict = spaced || numeral.script != Numeral::Script::digits;
      if (strict && !counter_ends(runes, end)) continue;
    }
    best = &unit;
  }
  if (best == nullptr) return std::nullopt;
  return UnitMatch{best, unit_at + best->word.size()};
}

std::string_view unit_class(std::string_view unit) {
  struct Row {
    std::string_view unit, name;
  };
  static constexpr Row k_rows[] = {
      {"개", ""},       {"가지", ""}, {"종", ""},         {"종류", ""},     {"건", ""},   {"곳", ""},
      {"군데", ""},     {"개소", ""}, {"항목", ""},       {"팀", ""},       {"편", ""},   {"번째", "차"},
      {"째", "차"},     {"차", "차"}, {"회차", "차"},     {"등", "위"},     {"위", "위"}, {"순위", "순위"},
      {"세대", "가구"}, {"㎏", "kg"}, {"킬로그램", "kg"}, {"학기", "학기"}, {"구간", ""}, {"문항", "문항"},
      {"문제", "문항"}, {"동", "동"}, {"개사", ""},       {"개국", ""},
  };
  for (const Row& row : k_rows) {
    if (row.unit == unit) return row.name;
  }
  return unit;
}

}  // namespace plumb
