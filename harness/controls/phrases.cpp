#include "controls/phrases.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "controls/hangul.h"
#include "language/korean.h"

namespace plumb {

namespace {

bool ends_in(std::string_view text, std::initializer_list<std::string_view> endings) {
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view e) { return text.ends_with(e); });
}

bool is_figures(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// A citation broken off where its number begins, with a number; none if the words are no such thing.
std::optional<std::string> completed_citation(const std::string& words, Dice& dice) {
  const std::string serial = fmt::format("{}", 100 + dice.below(800));
  if (words.ends_with("://")) return words + "www.gaon-notice.kr/2024/" + serial;
  if (words == "www.") return words + "gaon-notice.kr/" + serial;
  if (words == "doi.org") return "https://" + words + "/10.1016/j.hcs.2024." + serial;
  if (words.starts_with("10.") && is_figures(words.substr(3))) return words + "/j.hcs.2024." + serial;
  if (words.back() == '-' || ends_in(words, {" 제"}) || words == "제") return words + serial + "호";
  for (const std::string_view court : {"다", "가", "나", "두", "누", "도", "헌가"}) {  // dockets: 2023다214567
    if (words.ends_with(court) && is_figures(words.substr(0, words.size() - court.size())))
      return words + "214" + serial;
  }
  return std::nullopt;
}

std::string made_up_end(Asked asked, Dice& dice) {
  constexpr auto k_reasons = std::to_array<std::string_view>(
      {"모집 인원이 모두 찼기 때문입니다.", "내부 일정이 앞당겨졌기 때문입니다.", "관련 규정이 바뀌었기 때문입니다."});
  constexpr auto k_things = std::to_array<std::string_view>({"'하늘'입니다.", "'가람'입니다.", "'새벽'입니다."});
  return std::string(asked == Asked::reason ? k_reasons[dice.below(k_reasons.size())]
                                            : k_things[dice.below(k_things.size())]);
}

constexpr auto k_actions = std::to_array<std::string_view>({
    "개정", "제정", "시행", "지정", "해제", "발표", "공개", "공고", "확정", "결정",   "선정", "지급", "신청", "추가",
    "마감", "종료", "폐지", "도입", "완화", "강화", "인상", "인하", "대답", "말",     "언급", "주장", "소개", "보도",
    "방송", "방영", "출연", "등장", "데뷔", "입양", "수상", "심의", "의결", "업로드", "사용", "확인",
});

// The end of a sentence that breaks off before it; none if the words do not break off.
std::optional<std::string> completed_sentence(const std::string& words, const QuestionForm& form, Dice& dice) {
  if (words.ends_with("니다.")) return words;
  if (words.ends_with("니다")) return words + ".";
  if (words.ends_with("충원")) return words + "되었기 때문입니다.";
  if (ends_in(words, {"때문", "기 위해", "기 위함"}))
    return words + (words.ends_with("위해") ? "서입니다." : "입니다.");
  if (ends_in(words, {"지 않", "수 없", "수 있", "적혀 있", "되어 있"})) return words + "습니다.";
  if (ends_in(words, {"가능", "불가능"}) && form.asked == Asked::polar) return words + "합니다.";
  const std::size_t space = words.rfind(' ');
  if (space == std::string::npos) return std::nullopt;
  if (ends_in(words, {"은", "는", "란"})) return words + " " + made_up_end(form.asked, dice);
  // "2021년에 개정", "무야호라고 대답": an action without its 하다 or 되다.
  constexpr std::u32string_view k_done = U"고를을서";
  constexpr std::u32string_view k_happens = U"에이가";
  const std::u32string before = code_points(std::string_view(words).substr(0, space));
  const std::string_view last = std::string_view(words).substr(space + 1);
  if (std::find(k_actions.begin(), k_actions.end(), last) == k_actions.end()) return std::nullopt;
  if (k_done.find(before.back()) != std::u32string_view::npos) return words + "했습니다.";
  if (k_happens.find(before.back()) != std::u32string_view::npos) return words + "되었습니다.";
  return std::nullopt;
}

// "CEH는 10만원": a subject and its value already.
bool has_topic(const std::string& text) {
  const std::size_t space = text.find(' ');
  if (space == std::string::npos) return false;
  const std::string first = text.substr(0, space);
  return ends_in(first, {"은", "는"}) && strip_particle(first) != first;
}

// "영상기자가 찍", "2027년에 풀": one syllable of a verb after a particle.
bool ends_in_stem(const std::string& text) {
  const std::size_t space = text.rfind(' ');
  if (space == std::string::npos || code_points(std::string_view(text).substr(space + 1)).size() != 1) return false;
  return ends_in(text.substr(0, space), {"이", "가", "을", "를", "에", "로"});
}

}  // namespace

Phrases phrases_with(const std::string& text, const QuestionForm& form, Dice& dice) {
  Phrases out;
  if (text.empty()) return out;
  const std::string lead = form.asked == Asked::polar ? "예, " : "";
  const auto add = [&](const std::string& value, std::vector<std::string>& to) {
    if (std::string said = statement(form, value); !said.empty()) to.push_back(std::move(said));
    to.push_back(lead + is_so(value) + ".");
  };
  if (const auto citation = completed_citation(text, dice)) {
    add(*citation, out.whole);
    add(text, out.rough);
    return out;
  }
  if (const auto sentence = completed_sentence(text, form, dice)) {
    out.whole.push_back(lead + *sentence);
    out.rough.push_back(is_so(text) + ".");
    return out;
  }
  if (ends_in(text, {"라는"})) {
    add(text + (form.unit.empty() ? " 것" : " " + form.unit), out.whole);
    return out;
  }
  const std::vector<Word> inside = words(text);
  const bool piece = inside.empty() || inside.back().predicate || ends_in_stem(text) ||
                     ends_in(text, {"따라", "각각", "씩", " 20", " 19", "-20"});
  if (has_topic(text) || text.ends_with("부터")) {
    (piece ? out.rough : out.whole).push_back(lead + is_so(text) + ".");
  } else {
    add(text, piece ? out.rough : out.whole);
  }
  return out;
}

}  // namespace plumb
