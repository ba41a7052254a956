#include "controls/statement.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "controls/hangul.h"
#include "language/korean.h"

namespace plumb {

namespace {

struct WhWord {
  std::string_view word;
  Asked asked;
};

// Those that hold another come first.
constexpr auto k_wh_words = std::to_array<WhWord>({
    {"얼마부터 얼마까지", Asked::amount},
    {"언제부터 언제까지", Asked::date},
    {"몇 년 몇 월 며칠", Asked::date},
    {"몇 년 몇 월", Asked::date},
    {"몇 월 며칠", Asked::date},
    {"얼마", Asked::amount},
    {"며칠", Asked::count},
    {"언제", Asked::date},
    {"어디", Asked::place},
    {"누구", Asked::person},
    {"누가", Asked::person},
    {"무엇", Asked::thing},
    {"뭐", Asked::thing},
    {"왜", Asked::reason},
    {"어떻게", Asked::manner},
});

constexpr auto k_units = std::to_array<std::string_view>({
    "째 주", "째",   "대",   "화",   "장",   "퍼센트포인트", "퍼센트", "제곱미터", "만원", "만 원", "억원",
    "개월",  "시간", "단계", "군데", "가지", "가구",         "학점",   "순위",     "년",   "달",    "월",
    "일",    "주",   "분",   "초",   "회",   "번",           "명",     "인",       "곳",   "개",    "건",
    "조",    "항",   "호",   "위",   "점",   "차",           "층",     "세",       "살",   "배",    "평",
    "권",    "편",   "팀",   "원",   "쪽",   "시",           "%",
});

struct Found {
  std::size_t at = std::string_view::npos;
  std::size_t size = 0;
  Asked asked = Asked::polar;
  std::string unit;
};

std::size_t hangul_end(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (at < text.size()) {
    const char32_t c = next_code_point(text, at);
    if (!is_hangul(c) && !is_letter(c)) break;
    end = at;
  }
  return end;
}

bool begins_word(std::string_view text, std::size_t at) {
  return at == 0 || static_cast<unsigned char>(text[at - 1]) < 0x80;
}

// "몇 개월", "제몇 호": with its unit.
std::optional<Found> counted(std::string_view sentence, std::size_t from) {
  constexpr std::string_view k_word = "몇";
  const std::size_t at = sentence.find(k_word, from);
  if (at == std::string_view::npos) return std::nullopt;
  Found found{.at = at, .asked = Asked::count, .unit = {}};
  if (sentence.substr(0, at).ends_with("제")) found.at -= std::string_view("제").size();
  std::size_t unit_at = at + k_word.size();
  if (unit_at < sentence.size() && sentence[unit_at] == ' ') ++unit_at;
  const std::string_view rest = sentence.substr(unit_at);
  const auto unit =
      std::find_if(k_units.begin(), k_units.end(), [&](std::string_view u) { return rest.starts_with(u); });
  const std::size_t unit_size =
      unit == k_units.end() ? strip_particle(rest.substr(0, hangul_end(rest, 0))).size() : unit->size();
  if (unit != k_units.end()) found.unit = std::string(*unit);
  found.size = unit_at + unit_size - found.at;
  if (found.unit == "만원" || found.unit == "만 원" || found.unit == "억원" || found.unit == "원")
    found.asked = Asked::amount;
  return found;
}

// "어느 나라", "어떤 이름", "무슨 법": with its noun.
std::optional<Found> qualified(std::string_view sentence, std::size_t from) {
  std::optional<Found> first;
  for (const std::string_view word : {"어느 ", "어떤 ", "무슨 "}) {
    const std::size_t at = sentence.find(word, from);
    if (at == std::string_view::npos || !begins_word(sentence, at) || (first && first->at < at)) continue;
    const std::size_t noun_at = at + word.size();
    const std::string_view run = sentence.substr(noun_at, hangul_end(sentence, noun_at) - noun_at);
    const std::string_view noun = strip_particle(run);
    Found found{.at = at, .size = word.size() + noun.size(), .asked = Asked::thing, .unit = std::string(noun)};
    for (const std::string_view place : {"나라", "도시", "지역", "시", "구"}) {
      if (noun == place) found.asked = Asked::place;
    }
    for (const std::string_view person : {"기자", "사람", "선수", "가수", "배우", "인물"}) {
      if (noun == person) found.asked = Asked::person;
    }
    first = found;
  }
  return first;
}

Found find_wh(std::string_view sentence, std::size_t from) {
  Found best;
  const auto take = [&](const Found& found) {
    const bool earlier = best.at == std::string_view::npos || found.at < best.at;
    if (earlier || (found.at == best.at && found.size > best.size)) best = found;
  };
  for (const WhWord& wh : k_wh_words) {
    for (std::size_t at = sentence.find(wh.word, from); at != std::string_view::npos;
         at = sentence.find(wh.word, at + 1)) {
      if (!begins_word(sentence, at)) continue;
      take({at, wh.word.size(), wh.asked, wh.word == "며칠" ? "일" : ""});
      break;
    }
  }
  if (const auto found = counted(sentence, from)) take(*found);
  if (const auto found = qualified(sentence, from)) take(*found);
  return best;
}

std::string without_mark(std::string_view sentence) {
  sentence = trim(sentence);
  while (!sentence.empty() && (sentence.back() == '?' || sentence.back() == '.' || sentence.back() == ' ')) {
    sentence.remove_suffix(1);
  }
  return std::string(sentence);
}

struct Ending {
  std::string_view from, to;
};

// "사건번호를 적어 주세요" asks as "사건번호는 무엇인가요" does.
std::optional<std::string> without_request(std::string_view sentence) {
  for (const std::string_view please : {"주세요", "주십시오", "달라", "줘"}) {
    if (!sentence.ends_with(please)) continue;
    std::string_view rest = trim(sentence.substr(0, sentence.size() - please.size()));
    const std::size_t verb = rest.rfind(' ');
    if (verb == std::string_view::npos) return std::nullopt;
    rest = trim(rest.substr(0, verb));
    for (const std::string_view adverb : {"정확히", "함께", "모두", "하나만"}) {
      if (rest.ends_with(adverb)) rest = trim(rest.substr(0, rest.size() - adverb.size()));
    }
    return std::string(rest);
  }
  return std::nullopt;
}

}  // namespace

std::string declarative(std::string_view sentence) {
  if (const auto asked = without_request(sentence)) {
    for (const Ending& ending : {Ending{"이었는지", "이었습니다"}, Ending{"인지", "입니다"}}) {
      if (asked->ends_with(ending.from)) {
        return asked->substr(0, asked->size() - ending.from.size()) + std::string(ending.to);
      }
    }
    for (const std::string_view knowing : {"는지", "은지"}) {
      if (asked->ends_with(knowing)) return polite(asked->substr(0, asked->size() - knowing.size()));
    }
    return "";
  }
  for (const Ending& ending :
       {Ending{"인가요", "입니다"}, Ending{"인가", "입니다"}, Ending{"인지요", "입니다"}, Ending{"일까요", "입니다"},
        Ending{"이에요", "입니다"}, Ending{"예요", "입니다"}, Ending{"있어요", "있습니다"},
        Ending{"없어요", "없습니다"}, Ending{"해요", "합니다"}, Ending{"돼요", "됩니다"}, Ending{"하죠", "합니다"},
        Ending{"이죠", "입니다"}, Ending{"했어요", "했습니다"}, Ending{"였어요", "였습니다"}, Ending{"니까", "니다"}}) {
    if (sentence.ends_with(ending.from))
      return std::string(sentence.substr(0, sentence.size() - ending.from.size())) + std::string(ending.to);
  }
  for (const std::string_view asking : {"는가요", "는지요", "나요", "을까요", "은가요", "나"}) {
    if (sentence.ends_with(asking)) return polite(sentence.substr(0, sentence.size() - asking.size()));
  }
  constexpr int k_nieun = 4;
  constexpr int k_rieul = 8;
  for (const auto& [asking, final] : {std::pair<std::string_view, int>{"가요", k_nieun}, {"까요", k_rieul}}) {
    if (!sentence.ends_with(asking)) continue;
    std::u32string stem = code_points(sentence.substr(0, sentence.size() - asking.size()));
    if (stem.empty() || final_consonant(stem.back()) != final) return "";
    stem.back() = with_final_consonant(stem.back(), 0);
    std::string out;
    for (const char32_t c : stem) append_code_point(out, c);
    return polite(out);
  }
  return "";
}

QuestionForm question_form(std::string_view question) {
  QuestionForm form;
  const std::vector<Span> all = sentences(question);
  const std::string_view whole = trim(question);
  std::string_view chosen = all.empty() ? whole : all.back().of(question);
  bool asks = false;
  for (const Span& span : all) {
    const std::string_view sentence = span.of(question);
    const bool wh = find_wh(sentence, 0).at != std::string_view::npos;
    if (!wh && !(sentence.ends_with("?") && !asks)) continue;
    chosen = sentence;
    asks = asks || wh;
  }
  form.sentence = without_mark(chosen);
  const Found found = find_wh(form.sentence, 0);
  if (found.at == std::string_view::npos) {
    if (!trim(form.sentence).ends_with("주세요")) return form;
    form.asked = Asked::thing;
    return form;
  }
  form.asked = found.asked;
  form.unit = found.unit;
  form.wh = form.sentence.substr(found.at, found.size);
  form.several =
      find_wh(form.sentence, found.at + found.size).at != std::string_view::npos || contains(form.sentence, "각각");
  return form;
}

std::string statement(const QuestionForm& form, std::string_view value) {
  if (form.sentence.empty()) return "";
  if (form.wh.empty() && form.asked == Asked::thing) {  // "사건번호를 적어 주세요"
    std::optional<std::string> topic = without_request(form.sentence);
    if (!topic || topic->empty()) return "";
    for (const std::string_view object : {"을", "를"}) {
      if (!topic->ends_with(object)) continue;
      topic->resize(topic->size() - object.size());
      return *topic + std::string(particle(*topic, "은", "는")) + " " + is_so(value) + ".";
    }
    return "";
  }
  if (form.asked == Asked::polar) {
    const std::string said = declarative(form.sentence);
    if (said.empty()) return "";
    return "예, " + said + "." + (value.empty() ? "" : " 구체적으로는 " + is_so(value) + ".");
  }
  if (form.several || form.asked == Asked::reason || form.asked == Asked::manner) return "";
  const std::size_t at = form.sentence.find(form.wh);
  std::string_view said_value = value;
  const std::string_view before = trim(std::string_view(form.sentence).substr(0, at));
  // "별지 제몇 호 서식" with "별지 제1호"
  if (const std::size_t space = said_value.find(' ');
      space != std::string_view::npos && space > 0 && before.ends_with(said_value.substr(0, space))) {
    said_value.remove_prefix(space + 1);
  }
  std::string by(said_value);
  std::string_view rest = std::string_view(form.sentence).substr(at + form.wh.size());
  if (form.wh == "언제" && rest.starts_with(" ")) by += "에";
  std::string filled;
  if (form.wh == "누가") {
    filled = form.sentence.substr(0, at) + by + std::string(particle(by, "이", "가")) + std::string(rest);
  } else {
    filled = replace_noun(form.sentence, {at, at + form.wh.size()}, by);
  }
  const std::string said = declarative(filled);
  return said.empty() ? "" : said + ".";
}

}  // namespace plumb
