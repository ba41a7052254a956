// Negation around a value, and yes or no as an answer.
#include <algorithm>
#include <array>
#include <iterator>

#include "language/korean.h"
#include "language/runes.h"

namespace plumb {

namespace {

constexpr std::size_t k_clause_bytes = 240;  // no clause looked at is longer; keeps `negated` linear over many spans

bool any_within(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) { return contains(text, part); });
}

bool any_start(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) { return text.starts_with(part); });
}

bool any_end(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) { return text.ends_with(part); });
}

// The words after `at` to the end of its clause's sentence, folded; the first is what is left of the word
// that `at` stands in (perhaps ""). A word that closed with a comma keeps it.
std::vector<std::string> words_after(std::string_view text, std::size_t at) {
  std::size_t to = std::min(text.size(), at + k_clause_bytes);
  while (to < text.size() && (static_cast<unsigned char>(text[to]) & 0xC0) == 0x80) ++to;
  const std::string folded = fold(text.substr(at, to - at)).text;
  std::vector<std::string> out(1);
  for (std::size_t i = 0; i < folded.size();) {
    const std::size_t start = i;
    const char32_t c = next_code_point(folded, i);
    if (c == U'\n' || c == U'?' || c == U'!' || c == U'|' || c == U';') break;
    if (c == U'.' && (i >= folded.size() || folded[i] == ' ' || folded[i] == '\n')) break;
    if (is_space(c)) {
      if (!out.back().empty() || out.size() == 1) out.emplace_back();
      continue;
    }
    if (c == U'\'' || c == U'"' || c == U'*' || c == 0x2019 || c == 0x201D || c == U')' || c == U'_' || c == U'`')
      continue;
    out.back().append(folded, start, i - start);
  }
  return out;
}

// The words before `at`, nearest last, folded.
std::vector<std::string> words_before(std::string_view text, std::size_t at) {
  std::size_t from = at > 60 ? at - 60 : 0;
  while (from > 0 && (static_cast<unsigned char>(text[from]) & 0xC0) == 0x80) --from;
  const std::string folded = fold(text.substr(from, at - from)).text;
  std::vector<std::string> out;
  std::string word;
  for (const char c : folded) {
    if (c == ' ' || c == '\n' || c == '.' || c == ',') {
      if (!word.empty()) out.push_back(std::move(word));
      word.clear();
      if (c != ' ') out.clear();  // another clause
    } else {
      word += c;
    }
  }
  if (!word.empty()) out.push_back(std::move(word));
  return out;
}

bool says_is_not(std::string_view word) {
  return any_within(word, {"아니", "아닙", "아닌", "아닐", "아님", "아녀"}) &&
         !any_within(word, {"아니라도", "아니나"});
}

bool only_so_far(const std::vector<std::string>& words, std::size_t i) {
  // 뿐만 아니라, 뿐 아니라: both hold
  return contains(words[i], "뿐") || (i > 0 && any_end(words[i - 1], {"뿐만", "뿐", "뿐만이", "뿐이"}));
}

bool lexical_not_negative(std::string_view word) {
  return any_within(word, {"못지않", "틀림없", "다름없", "끊임없", "변함없", "어김없", "상관없", "관계없", "빠짐없",
                           "아낌없", "수없이", "더없", "거침없", "남김없", "잘못", "연못", "서슴없"});
}

bool negative_word(const std::vector<std::string>& words, std::size_t i) {
  const std::string& word = words[i];
  const std::string_view next = i + 1 < words.size() ? std::string_view(words[i + 1]) : std::string_view();
  if (lexical_not_negative(word)) return false;
  if (says_is_not(word)) return !only_so_far(words, i);
  if (contains(word, "않")) {
    const bool cannot_but = contains(word, "않을수없") || (word.ends_with("않을") && any_start(next, {"수"}));
    return !cannot_but;
  }
  if (contains(word, "없")) {
    // -지 않을 수 없다
    if (i >= 2 && words[i - 2].ends_with("않을") && any_start(words[i - 1], {"수"})) return false;
    if (i >= 1 && (any_end(words[i - 1], {"상관", "관계", "틀림", "변함"}))) return false;
    return true;
  }
  if (word.starts_with("못") || any_within(word, {"지못"})) return true;
  if (word == "안" &&
      any_start(next, {"되", "돼", "됩", "된", "될", "됨", "하", "합", "한", "할", "함", "해", "했", "나", "받", "받"}))
    return true;
  return any_within(word, {"불가"}) || word == "not" || word.ends_with("n't");
}

bool clause_ends(std::string_view word) {
  if (word.ends_with(",")) return true;
  if (any_end(word, {"라고", "다고", "냐고", "자고", "이라고", "려고"})) return false;  // quotes: the verb comes yet
  return any_end(word, {"고",   "며",   "지만", "으나", "는데", "은데",   "인데",   "한데", "므로",  "니까",
                        "어서", "아서", "해서", "여서", "라서", "때문에", "이면",   "으면", "하면",  "라면",
                        "되면", "다면", "하나", "되나", "이나", "그러나", "그리고", "다만", "하지만"});
}

bool adjunct(std::string_view tail) {
  return any_start(tail, {"간", "동안", "이상", "이내", "까지", "부터", "마다", "전", "후", "에는", "에"});
}

}  // namespace

bool contrasted(std::string_view text, Span span) {
  const std::vector<std::string> words = words_after(text, span.end);
  for (std::size_t i = 0; i < words.size() && i < 3; ++i) {
    if (says_is_not(words[i])) return !only_so_far(words, i);
    const bool bare = i == 0 || any_end(words[i], {"이", "가", "은", "는", "것", "게", "건"});
    if (!bare || clause_ends(words[i])) return false;
    if (i == 0 && !words[0].empty() &&
        !any_end(words[0], {"이", "가", "은", "는", "도", "의", "이라는", "라는", "인", "짜리"}))
      return false;
  }
  const std::vector<std::string> before = words_before(text, span.begin);
  for (std::size_t i = before.size(); i > 0 && before.size() - i < 2; --i) {
    if (before[i - 1] == "not" || before[i - 1].ends_with("n't")) return true;
  }
  return false;
}

bool negated(std::string_view text, Span span) {
  if (contrasted(text, span)) return true;
  const std::vector<std::string> words = words_after(text, span.end);
  const bool is_adjunct = adjunct(words[0]) || (words[0].empty() && words.size() > 1 && adjunct(words[1]));
  for (std::size_t i = 0; i < words.size() && i < 14; ++i) {
    if (negative_word(words, i) && (!is_adjunct || says_is_not(words[i]))) return true;
    if (clause_ends(words[i])) return false;
  }
  const std::vector<std::string> before = words_before(text, span.begin);
  for (std::size_t i = before.size(); i > 0 && before.size() - i < 4; --i) {
    const std::string& word = before[i - 1];
    if (word == "no" || word == "not" || word == "never" || word == "without" || word.ends_with("n't")) return true;
  }
  return false;
}

namespace {

Polarity leading_word(std::string_view folded) {
  std::string_view text = trim(folded);
  if (const std::size_t colon = text.find(':'); colon != std::string_view::npos && colon < 24) {
    const std::string_view label = trim(text.substr(0, colon));
    if (any_end(label, {"답", "답변", "정답", "결론", "answer"})) text = trim(text.substr(colon + 1));
  }
  while (!text.empty() && (text[0] == '*' || text[0] == '"' || text[0] == '\'' || text[0] == '-' || text[0] == ' '))
    text.remove_prefix(1);
  struct Row {
    std::string_view word;
    Polarity polarity;
    bool whole;  // needs a stop, a space or the end after it: 예 but not 예를 들어
  };
  static constexpr Row k_rows[] = {
      {"아니요", Polarity::no, false},      {"아니오", Polarity::no, false},    {"아뇨", Polarity::no, false},
      {"아닙니다", Polarity::no, false},    {"아니다", Polarity::no, false},    {"아니에요", Polarity::no, false},
      {"아님", Polarity::no, true},         {"그렇지 않", Polarity::no, false}, {"그렇지않", Polarity::no, false},
      {"그렇습니다", Polarity::yes, false}, {"그렇다", Polarity::yes, false},   {"그래요", Polarity::yes, false},
      {"맞습니다", Polarity::yes, false},   {"맞다", Polarity::yes, true},      {"맞아요", Polarity::yes, false},
      {"예", Polarity::yes, true},          {"네", Polarity::yes, true},        {"yes", Polarity::yes, true},
      {"no", Polarity::no, true},           {"correct", Polarity::yes, true},   {"true", Polarity::yes, true},
      {"false", Polarity::no, true},        {"incorrect", Polarity::no, true},
  };
  for (const Row& row : k_rows) {
    if (!text.starts_with(row.word)) continue;
    std::string_view rest = text.substr(row.word.size());
    if (!row.whole || rest.empty() || rest[0] == ',' || rest[0] == '.' || rest[0] == '!' || rest[0] == '\n' ||
        rest[0] == '*' || rest[0] == '(' || rest[0] == '"' || rest[0] == '\'') {
      return row.polarity;
    }
    if (rest[0] != ' ') continue;
    rest = trim(rest);
    if (row.word == "네" && any_start(rest, {"가지", "번", "명", "개", "곳", "달", "살", "차례", "단계", "사람", "군데",
                                             "시", "팀", "편", "종", "권", "대"}))
      continue;
    if (row.word == "no" && !any_start(rest, {"the", "it", "this", "that"})) continue;  // no information …
    return row.polarity;
  }
  return Polarity::unclear;
}

// What a sentence ends in, spaces and stops dropped.
std::string predicate_of(std::string_view sentence) {
  std::string text = squeeze(sentence);
  text = replace_all(std::move(text), "않을수없", "");
  text = replace_all(std::move(text), "없지않", "있");
  text = replace_all(std::move(text), "못지않", "");
  text = replace_all(std::move(text), "불가능하지않", "가능하");
  // "…불가하다고 명시되어 있습니다": what is reported counts, not that it is.
  std::size_t quote = std::string::npos;
  for (const std::string_view mark : {"다고", "라고", "음을", "것으로"}) {
    const std::size_t found = text.rfind(mark);
    if (found != std::string::npos && (quote == std::string::npos || found > quote)) quote = found;
  }
  if (quote != std::string::npos && quote > 0) {
    const std::string_view rest = std::string_view(text).substr(quote);
    if (any_within(rest, {"명시", "기재", "나와", "적혀", "규정", "안내", "표시", "언급", "설명", "되어", "돼",
                          "합니다", "했습니다", "봅니다", "보입니다", "판단", "알려"})) {
      text.resize(quote + 3);
    }
  }
  return text;
}

// 적혀 있다, 나와 있다, 하고 있다: a state of things, and no yes.
bool resultative(std::string_view before) {
  for (const std::string_view syllable : {"어", "아", "여", "혀", "와", "려", "져", "겨", "쳐", "해", "돼", "고"}) {
    if (before == syllable) return true;
  }
  return false;
}

Polarity of_predicate(const std::string& text) {
  constexpr std::size_t k_tail_bytes = 36;  // twelve syllables
  const std::size_t from = text.size() > k_tail_bytes ? text.size() - k_tail_bytes : 0;
  const std::string_view tail = std::string_view(text).substr(from);
  Polarity out = Polarity::unclear;
  std::size_t best = 0;
  const auto look = [&](std::string_view marker, Polarity polarity) {
    for (std::size_t at = tail.rfind(marker); at != std::string_view::npos;
         at = at == 0 ? std::string_view::npos : tail.rfind(marker, at - 1)) {
      if (marker.starts_with("있") && at >= 3 && resultative(tail.substr(at - 3, 3))) continue;
      if (marker == "가능" && at >= 3 && tail.substr(at - 3, 3) == "불") continue;
      if (out == Polarity::unclear || at + marker.size() > best) {
        out = polarity;
        best = at + marker.size();
      }
      return;
    }
  };
  for (const std::string_view marker :
       {"없습니",   "없다",   "없음",   "없어요", "없으며",     "없고",        "않습니",  "않다",     "않음",
        "않아요",   "않는다", "않았",   "않으며", "아닙니",     "아니다",      "아님",    "아니에요", "아니며",
        "불가",     "못합니", "못한다", "못했",   "안됩니",     "안된다",      "안돼",    "금지",     "제외됩니",
        "제외된다", "cannot", "cant",   "isnot",  "notallowed", "notpossible", "doesnot", "didnot",   "arenot"}) {
    look(marker, Polarity::no);
  }
  for (const std::string_view marker :
       {"가능",     "있습니",   "있다",     "있음",     "있어요",   "있으며",   "그렇습니", "그렇다",  "맞습니",
        "맞다",     "맞음",     "해도됩니", "해도된다", "해당합니", "해당됩니", "해당한다", "해당함",  "포함됩니",
        "포함된다", "적용됩니", "적용된다", "허용됩니", "허용된다", "인정됩니", "인정된다", "allowed", "possible"}) {
    look(marker, Polarity::yes);
  }
  return out;
}

}  // namespace

Polarity polarity(std::string_view text) {
  const std::string folded = fold(text).text;
  if (const Polarity lead = leading_word(folded); lead != Polarity::unclear) return lead;
  if (find_abstention(text).kind == Abstention::full) return Polarity::unclear;
  Polarity first = Polarity::unclear;
  for (const Span& span : sentences(text)) {
    const std::string_view sentence = span.of(text);
    const std::string start = squeeze(sentence);
    const bool concludes = any_start(start, {"따라서", "그러므로", "결론적으로", "즉", "결국", "therefore", "so"});
    if (first != Polarity::unclear && !concludes) continue;
    Polarity said = leading_word(fold(sentence).text);
    if (said == Polarity::unclear) said = of_predicate(predicate_of(sentence));
    if (said == Polarity::unclear) continue;
    first = said;
    if (concludes) break;
  }
  return first;
}

}  // namespace plumb
