// Declining to answer, read off the words alone, so that equal refusals are judged alike.
#include <algorithm>
#include <iterator>

#include "language/korean.h"

namespace plumb {

namespace {

using Phrases = std::initializer_list<std::string_view>;

// All squeezed: no spaces, no punctuation, folded.
constexpr std::string_view k_declines[] = {
    "알수없",
    "알수는없",
    "알수가없",
    "알기어렵",
    "알지못합",
    "모르겠",
    "모릅니다",
    "확인할수없",
    "확인할수는없",
    "확인할수있는정보가없",
    "확인되지않",
    "확인이어렵",
    "확인이불가",
    "확인불가",
    "확인이되지않",
    "확인하기어렵",
    "확인하기힘들",
    "찾을수없",
    "찾을수는없",
    "찾지못",
    "발견할수없",
    "답변하기어렵",
    "답변드리기어렵",
    "답변이어렵",
    "답하기어렵",
    "답변할수없",
    "답변드릴수없",
    "답변을드릴수없",
    "답변불가",
    "답변이불가",
    "답할수없",
    "대답할수없",
    "판단할수없",
    "판단하기어렵",
    "판단이어렵",
    "판단불가",
    "알려드릴수없",
    "알려드리기어렵",
    "말씀드릴수없",
    "말씀드리기어렵",
    "제공할수없",
    "제공해드릴수없",
    "제공되지않",
    "제공하지않고있",
    "언급되지않",
    "언급되어있지않",
    "언급돼있지않",
    "언급하지않",
    "언급이없",
    "언급은없",
    "언급도없",
    "언급없음",
    "명시되지않",
    "명시되어있지않",
    "명시돼있지않",
    "명시하지않",
    "명시적으로나와있지않",
    "명시가없",
    "명시된바없",
    "명시된것이없",
    "기재되지않",
    "기재되어있지않",
    "기재돼있지않",
    "기재가없",
    "기재없음",
    "나와있지않",
    "나와있지는않",
    "나오지않",
    "나타나있지않",
    "적혀있지않",
    "적혀있지는않",
    "쓰여있지않",
    "포함되어있지않",
    "포함되지않은정보",
    "담겨있지않",
    "제시되지않",
    "제시되어있지않",
    "제시돼있지않",
    "공개되지않",
    "공개되어있지않",
    "밝혀지지않",
    "밝혀져있지않",
    "밝히지않",
    "특정할수없",
    "특정되지않",
    "확정할수없",
    "확정되지않",
    "확정불가",
    "확정할수는없",
    "단정할수없",
    "단정하기어렵",
    "단정할수는없",
    "불분명",
    "불명확",
    "정보가없",
    "정보는없",
    "정보도없",
    "정보없음",
    "정보가부족",
    "정보가충분하지않",
    "정보가포함되어있지않",
    "정보가주어지지않",
    "내용이없",
    "내용은없",
    "내용없음",
    "설명이없",
    "설명은없",
    "설명하지않",
    "자료가없",
    "근거가없",
    "근거를찾을수없",
    "기록이없",
    "기록은없",
    "규정이없",
    "다루지않",
    "다루고있지않",
    "안나와",
    "안나옵니다",
    "안적혀",
    "알려지지않",
    "알려져있지않",
    "추정할수없",
    "추측할수없",
    "계산할수없",
    "산출할수없",
    "구할수없",
    "도출할수없",
    "지문에없",
    "지문에는없",
    "지문에서는없",

    "문서에없",
    "문서에는없",
    "자료에없",
    "자료에는없",
    "공고에없",
    "공고에는없습니다",
    "본문에없",
    "본문에는없",
    "문맥에없",
    "표에없",
    "표에는없",
    "기사에없",
    "답이없습니다",
    "답을할수없",
};

// Each of the above has one of these, which saves the search in most sentences.
constexpr std::string_view k_decline_marks[] = {"없",   "않",   "어렵", "모르", "모릅", "알지못", "찾지못",
                                                "불가", "불분", "불명", "힘들", "부족", "안나",   "안적"};
constexpr std::string_view k_decline_marks_english[] = {"not",  "no",     "unknown", "unable",
                                                        "cant", "doesnt", "couldnt", "insufficient"};

constexpr std::string_view k_declines_english[] = {
    "idontknow",
    "idonotknow",
    "notknown",
    "isunknown",
    "cannotbedetermined",
    "cantbedetermined",
    "cannotdetermine",
    "cantdetermine",
    "notpossibletodetermine",
    "notmentioned",
    "notspecified",
    "notprovided",
    "notstated",
    "notgiven",
    "notincluded",
    "notdisclosed",
    "notavailable",
    "noinformation",
    "nomention",
    "doesnotsay",
    "doesntsay",
    "doesnotmention",
    "doesntmention",
    "donotmention",
    "doesnotspecify",
    "doesntspecify",
    "donotspecify",
    "doesnotprovide",
    "doesntprovide",
    "donotprovide",
    "doesnotcontain",
    "doesntcontain",
    "donotcontain",
    "doesnotstate",
    "doesntstate",
    "doesnotinclude",
    "unabletoanswer",
    "unabletodetermine",
    "unabletofind",
    "cannotanswer",
    "cantanswer",
    "cannotfind",
    "cantfind",
    "couldnotfind",
    "couldntfind",
    "insufficientinformation",
    "notenoughinformation",
    "imnotsure",
    "iamnotsure",
};

constexpr std::string_view k_premises[] = {
    "전제가잘못",
    "전제가틀",
    "전제가사실",
    "전제가맞지않",
    "전제가성립하지",
    "전제는사실이아",
    "전제는잘못",
    "전제는틀",
    "전제는맞지않",
    "전제와다르",
    "전제와달리",
    "전제와는달리",
    "전제자체가",
    "잘못된전제",
    "틀린전제",
    "질문의전제",
    "질문과달리",
    "질문과는달리",
    "질문내용과달리",
    "질문에오류",
    "질문이잘못",
    "질문에서말한것과달리",
    "사실이아닙",
    "사실이아니",
    "사실이아님",
    "사실과다릅",
    "사실과다르",
    "사실과달리",
    "사실무근",
    "오해입니다",
    "오해로보",
    "오해에서",
    "오해하신",
    "잘못알려",
    "잘못알고",
    "잘못된정보",
    "그런사실은없",
    "그러한사실은없",
    "그런적이없",
    "것이아니라",
    "것이아니고",
    "것이아닙니다",
    "것은아닙니다",
    "게아니라",
    "존재하지않",
    "falsepremise",
    "premiseisincorrect",
    "premiseisfalse",
    "premiseiswrong",
    "incorrectpremise",
    "premiseofthequestion",
    "thatisnotcorrect",
    "thatsnotcorrect",
    "isnottrue",
    "contrarytothequestion",
    "misconception",
};

// A sentence that only says where the answer was looked for, gives advice, or is polite.
constexpr std::string_view k_only[] = {"라고만", "다고만", "로만",   "만되어", "만적혀", "만나와", "만있", "만명시",
                                       "만기재", "만안내", "만표기", "만설명", "만언급", "뿐",     "only"};
constexpr std::string_view k_courtesies[] = {
    "문의",   "확인하시", "확인해보", "확인해주",   "확인하는것이", "확인이필요",   "참고하시",
    "참고해", "바랍니다", "권장",     "권합니다",   "추천드",       "홈페이지",     "도움이",
    "죄송",   "감사",     "양해",     "알려주시면", "말씀해주시면", "제공해주시면", "필요합니다",
    "문의하", "sorry",    "please",   "recommend",  "contact",      "apologize",    "letmeknow",
};
constexpr std::string_view k_guesses[] = {"일반적으로", "보통",     "통상",      "대체로",    "아마",    "추정",
                                          "예상",       "것으로보", "것같",      "짐작",      "참고로",  "대개",
                                          "흔히",       "알려져있", "generally", "typically", "usually", "probably",
                                          "likely",     "however",  "perhaps"};
constexpr std::string_view k_turns[] = {"지만", "으나", "는데", "하나", "다만", "그러나", "그래도", "그렇지만"};

template <std::size_t n>
bool has_any(std::string_view text, const std::string_view (&phrases)[n]) {
  return std::any_of(std::begin(phrases), std::end(phrases),
                     [&](std::string_view phrase) { return contains(text, phrase); });
}

// The first of the phrases, and the longest of those that begin there.
template <std::size_t n>
std::optional<Span> find_first(std::string_view text, const std::string_view (&phrases)[n]) {
  std::optional<Span> best;
  for (const std::string_view phrase : phrases) {
    const std::size_t at = text.find(phrase);
    if (at == std::string_view::npos) continue;
    const Span span{at, at + phrase.size()};
    if (!best || span.begin < best->begin || (span.begin == best->begin && span.end > best->end)) best = span;
  }
  return best;
}

bool has_digit(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Does what stands beside a refusal say something of its own?
bool says_more(std::string_view squeezed) {
  if (squeezed.size() < 12) return false;  // "네", "다만"
  if (has_any(squeezed, k_guesses)) return true;
  if (has_any(squeezed, k_only)) return has_digit(squeezed);  // "20만원만 적혀 있고" says a figure
  if (has_any(squeezed, k_courtesies)) return has_digit(squeezed);
  return true;
}

// A sentence as written, and squeezed with the way back.
struct Squeezed {
  std::string_view sentence;
  Folded folded;

  std::string_view text() const { return folded.text; }
  // Does a word of the sentence end where [.., end) of the squeezed text does? 는데 in 지문에는 데려온 is no
  // connective.
  bool word_ends(std::size_t end) const {
    if (end == 0 || end > folded.text.size()) return false;
    std::size_t at = folded.end[end - 1];
    return at >= sentence.size() || !is_letter(next_code_point(sentence, at));
  }
};

// What follows the refusal in its own sentence: "…는 없지만, 일반적으로 …".
std::string_view after_turn(const Squeezed& squeezed, std::size_t from) {
  constexpr std::size_t k_near_bytes = 24;  // the turn belongs to the refusal only right after it
  std::size_t best = std::string_view::npos;
  std::size_t length = 0;
  for (const std::string_view turn : k_turns) {
    const std::size_t at = squeezed.text().find(turn, from);
    if (at < best && squeezed.word_ends(at + turn.size())) {
      best = at;
      length = turn.size();
    }
  }
  if (best == std::string_view::npos || best - from > k_near_bytes) return {};
  return squeezed.text().substr(best + length);
}

// What stands before the refusal in its own sentence, as a statement of its own: "주 2일 재택이며 이유는 …".
std::string_view before_join(const Squeezed& squeezed, std::size_t decline) {
  const std::string_view head = squeezed.text().substr(0, decline);
  std::size_t end = 0;  // one past the connective, which may be part of "…만 있고"
  for (const std::string_view join : {"이며", "으며", "하며", "되며", "이고", "하고", "되고", "있고", "았고", "었고",
                                      "지만", "으나", "는데", "인데"}) {
    for (std::size_t at = head.rfind(join); at != std::string_view::npos;
         at = at == 0 ? std::string_view::npos : head.rfind(join, at - 1)) {
      const std::size_t after = at + join.size();
      if (!squeezed.word_ends(after) || head.substr(after).starts_with("있")) continue;  // 포함하고 있지 않다
      end = std::max(end, after);
      break;
    }
  }
  // 누가 만들었으며 언제인지는 알 수 없다: the whole is what is not known
  const std::string_view rest = head.substr(end);
  for (const std::string_view whether : {"인지", "는지", "은지", "을지", "할지", "한지", "된지"}) {
    if (end > 0 && contains(rest, whether)) return {};
  }
  return head.substr(0, end);
}

}  // namespace

namespace {

// 말한 적이 없다; but 실적이 없다 is no denial: the syllable before ends in ㄴ.
std::optional<Span> never_did(std::string_view squeezed) {
  constexpr std::size_t k_syllable_bytes = 3;
  for (const std::string_view phrase : {"적이없", "적은없", "적도없", "적없"}) {
    for (std::size_t at = squeezed.find(phrase); at != std::string_view::npos; at = squeezed.find(phrase, at + 1)) {
      if (at < k_syllable_bytes) continue;
      std::size_t before = at - k_syllable_bytes;
      const char32_t c = next_code_point(squeezed, before);
      if (is_hangul_syllable(c) && (c - 0xAC00) % 28 == 4) return Span{at, at + phrase.size()};
    }
  }
  return std::nullopt;
}

// Where an answer looks: 지문에는, 제시된 자료에서는.
constexpr std::string_view k_sources[] = {"지문", "자료", "문서", "공고", "본문", "문맥",   "기사",    "안내문",
                                          "설명", "내용", "목록", "글에", "표에", "카드에", "passage", "context"};

// What a source may truly say there is none of: "나이 제한이 없습니다" is an answer and no refusal.
constexpr std::string_view k_absent_facts[] = {"제한",   "차이", "의무", "예외", "불이익", "문제", "변경",
                                               "변화",   "상한", "하한", "조건", "필요",   "구분", "한도",
                                               "가능성", "수수", "이상", "벌칙", "추가"};

// 공고에는 점심 식대가 없습니다: a source, and a thing that is not in it.
std::optional<Span> absent_from_source(std::string_view squeezed) {
  constexpr std::size_t k_between_bytes_max = 75;  // some 25 syllables
  for (const std::string_view source : k_sources) {
    const std::size_t at = squeezed.find(source);
    if (at == std::string_view::npos) continue;
    for (const std::string_view particle : {"이없", "가없", "은없", "는없", "도없"}) {
      const std::size_t end = squeezed.find(particle, at + source.size());
      if (end == std::string_view::npos || end - at > k_between_bytes_max) continue;
      const std::string_view thing = squeezed.substr(at + source.size(), end - at - source.size());
      if (thing.starts_with("에따르") || thing.starts_with("에의하")) continue;
      const bool in_source = thing.starts_with("에") || source.ends_with("에") || thing.starts_with("상");
      if (!in_source || has_any(thing, k_absent_facts) || thing.ends_with("수")) continue;
      return Span{at, end + particle.size()};
    }
  }
  return std::nullopt;
}

// "아니요, 공개되지 않았습니다" answers a polar question; "아니요, 지문에 나와 있지 않습니다" declines one.
bool answers_polar(const Squeezed& squeezed, std::size_t decline) {
  for (const std::string_view word : {"아니요", "아니오", "아뇨", "네", "예"}) {
    if (squeezed.text().starts_with(word) && squeezed.word_ends(word.size())) {
      return !has_any(squeezed.text().substr(0, decline), k_sources);
    }
  }
  return false;
}

}  // namespace

AbstentionFinding find_abstention(std::string_view answer) {
  AbstentionFinding out;
  Span premise;
  bool more = false;
  for (const Span& sentence : sentences(answer)) {
    const Squeezed squeezed{sentence.of(answer),
                            fold(sentence.of(answer), {.drop_spaces = true, .drop_punctuation = true})};
    std::optional<Span> decline;
    if (has_any(squeezed.text(), k_decline_marks)) decline = find_first(squeezed.text(), k_declines);
    if (!decline && has_any(squeezed.text(), k_decline_marks_english)) {
      decline = find_first(squeezed.text(), k_declines_english);
    }
    if (!decline) decline = absent_from_source(squeezed.text());
    if (decline && answers_polar(squeezed, decline->end)) decline = std::nullopt;
    std::optional<Span> rejects = find_first(squeezed.text(), k_premises);
    if (!rejects) rejects = never_did(squeezed.text());
    const auto in_answer = [&](Span span) {
      const Span local = squeezed.folded.original(span);
      return Span{sentence.begin + local.begin, sentence.begin + local.end};
    };
    if (rejects && premise.empty()) premise = in_answer(*rejects);
    if (decline) {
      if (out.evidence.empty()) out.evidence = in_answer(*decline);
      more = more || says_more(after_turn(squeezed, decline->end)) || says_more(before_join(squeezed, decline->begin));
    } else if (!rejects) {
      more = more || says_more(squeezed.text());
    }
  }
  if (!premise.empty()) return {Abstention::premise_rejected, premise};
  if (!out.evidence.empty()) out.kind = more ? Abstention::partial : Abstention::full;
  return out;
}

}  // namespace plumb
