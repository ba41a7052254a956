#include "scorers/clash.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "language/korean.h"

namespace plumb {

namespace {

constexpr double k_near_copy = 0.6;  // of a clause's content words, both ways

constexpr std::string_view k_negative[] = {
    "않",      "없",     "아닙",  "아니다", "아니며", "아니고", "아니지만", "아님",   "아닌",   "못하",
    "못합",    "못한",   "못할",  "못함",   "못해",   "못했",   "불가",     "불허",   "금지",   "안됩",
    "안된",    "안돼",   "제외",  "미포함", "미지원", "무관",   "cannot",   "isnot",  "arenot", "wasnot",
    "doesnot", "didnot", "donot", "isnt",   "doesnt", "cant",   "never",    "without"};
constexpr std::string_view k_harmless[] = {"수밖에없", "밖에없", "못지않", "않을수없", "뿐만아니라", "뿐아니라",
                                           "틀림없",   "다름없", "상관없", "관계없",   "끊임없",     "변함없",
                                           "어김없",   "빠짐없", "불가피", "없이",     "에불과"};

// Last words that say little, so that the one before them counts as well.
constexpr std::string_view k_light[] = {"있", "한다",   "합니다", "했", "된다", "됩니다", "됐",   "되", "됨",
                                        "함", "입니다", "이다",   "것", "싶",   "보인",   "보입", "하"};

// Words of polarity, which are no subject.
constexpr std::string_view k_polar[] = {"가능", "불가", "불가능", "금지", "허용", "제외",
                                        "포함", "없",   "있",     "않",   "아니", "못하"};

constexpr std::pair<std::string_view, std::string_view> k_antonyms[] = {
    {"가능", "불가능"}, {"찬성", "반대"},     {"증가", "감소"},     {"상승", "하락"},     {"허용", "금지"},
    {"합법", "불법"},   {"성공", "실패"},     {"포함", "제외"},     {"필수", "우대"},     {"유료", "무료"},
    {"국내", "해외"},   {"최대", "최소"},     {"최고", "최저"},     {"인상", "인하"},     {"확대", "축소"},
    {"강화", "완화"},   {"의무", "선택"},     {"승리", "패배"},     {"이겼", "졌"},       {"매수", "매도"},
    {"신규", "기존"},   {"임대인", "임차인"}, {"과세", "비과세"},   {"정규직", "계약직"}, {"폐지", "유지"},
    {"지정", "해제"},   {"상시", "마감"},     {"남성", "여성"},     {"남자", "여자"},     {"시작", "종료"},
    {"높", "낮"},       {"넓", "좁"},         {"현역", "보충역"},   {"오전", "오후"},     {"수도권", "비수도권"},
    {"주택", "상가"},   {"개인", "법인"},     {"취득세", "양도세"},
};

bool shares(const ContentWord& a, const ContentWord& b) {
  if (a.stem == b.stem) return true;
  if (a.latin || b.latin || a.keys.empty() || b.keys.empty()) return false;
  return a.keys.front() == b.keys.front();
}

const ContentWord* last_subject(const std::vector<ContentWord>& words) {
  for (std::size_t i = words.size(); i > 0; --i) {
    const bool polar = std::any_of(std::begin(k_polar), std::end(k_polar),
                                   [&](std::string_view p) { return words[i - 1].stem.starts_with(p); });
    if (!polar) return &words[i - 1];
  }
  return nullptr;
}

double share_of(const std::vector<ContentWord>& mine, const std::vector<ContentWord>& other) {
  if (mine.empty()) return 0.0;
  const auto found = std::count_if(mine.begin(), mine.end(), [&](const ContentWord& word) {
    return std::any_of(other.begin(), other.end(), [&](const ContentWord& o) { return shares(word, o); });
  });
  return static_cast<double>(found) / static_cast<double>(mine.size());
}

// The antonym of what the claim says, if the source says that one only.
std::string antonym_clash(std::string_view claim, std::string_view source) {
  for (const auto& [left, right] : k_antonyms) {
    for (const bool swapped : {false, true}) {
      const std::string_view mine = swapped ? right : left;
      const std::string_view other = swapped ? left : right;
      // 불가능 contains 가능: look for the longer one first
      const auto has = [&](std::string_view text, std::string_view word, std::string_view against) {
        for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
          const bool inside = against.size() > word.size() && against.ends_with(word) &&
                              at >= against.size() - word.size() &&
                              text.substr(at - (against.size() - word.size()), against.size()) == against;
          if (!inside) return true;
        }
        return false;
      };
      if (has(claim, mine, other) && !has(claim, other, mine) && has(source, other, mine) &&
          !has(source, mine, other)) {
        return "'" + std::string(mine) + "' 대 '" + std::string(other) + "'";
      }
    }
  }
  return "";
}

}  // namespace

std::vector<Span> clauses(std::string_view text) {
  std::vector<Span> out;
  std::size_t from = 0;
  const auto close = [&](std::size_t to, std::size_t next) {
    if (to > from && !trim(text.substr(from, to - from)).empty()) out.push_back({from, to});
    from = next;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool digit_comma = c == ',' && i > 0 && i + 1 < text.size() && text[i - 1] >= '0' && text[i - 1] <= '9' &&
                             text[i + 1] >= '0' && text[i + 1] <= '9';
    if (((c == ',' && !digit_comma) || c == '|' || c == ';' || c == '/' || c == '(' || c == ')' || c == '\n') &&
        !digit_comma) {
      close(i, i + 1);
    } else if (c == ' ') {
      const std::string_view word = text.substr(from, i - from);
      for (const std::string_view ending :
           {"지만", "으나", "이며", "하며", "되며", "으며", "하고", "되고", "이고", "있고",  "없고",
            "않고", "이면", "으면", "하면", "되면", "는데", "은데", "므로", "니까", "아니라"}) {
        if (word.ends_with(ending) && word.size() > ending.size() + 3) {
          close(i, i + 1);
          break;
        }
      }
    }
  }
  close(text.size(), text.size());
  return out;
}

bool negative(std::string_view statement) {
  // Only the last predicate: 나누어질 수 없는 전체로서 … 노력한다 affirms.
  std::vector<std::string> last;
  for (const std::string_view part : split(trim(statement), ' ')) {
    if (!trim(part).empty()) last.push_back(squeeze(part));
  }
  while (!last.empty() && last.back().empty()) last.pop_back();
  if (last.empty()) return false;
  std::string text = last.back();
  const bool light = std::any_of(std::begin(k_light), std::end(k_light),
                                 [&](std::string_view word) { return text.starts_with(word); });
  if (last.size() >= 2 && (light || text.starts_with("없"))) text = last[last.size() - 2] + text;
  for (const std::string_view harmless : k_harmless) text = replace_all(std::move(text), harmless, "");
  int count = last.size() >= 2 && last[last.size() - 2] == "안" ? 1 : 0;
  for (const std::string_view marker : k_negative) {
    for (std::size_t at = text.find(marker); at != std::string::npos; at = text.find(marker, at + marker.size()))
      ++count;
  }
  return count % 2 == 1;
}

namespace {

// What can be compared: a clause that closes with a contrast has its other half elsewhere, one that reports
// ("…않는다고 하여 서로 다르다") closes on something else, and a heap of nouns has no polarity.
bool comparable(std::string_view said, std::string_view source) {
  for (const std::string_view text : {said, source}) {
    if (squeeze(text).ends_with("아니라") || contains(text, "다고 ") || contains(text, "라고 ")) return false;
  }
  if (negative(source) || contains(source, "가능")) return true;
  const std::vector<Word> all = words(source);
  return std::any_of(all.begin(), all.end(), [](const Word& word) { return word.predicate; });
}

// Do the two close on the same word? Otherwise their polarity is of different things.
bool same_subject(const std::vector<ContentWord>& mine, const std::vector<ContentWord>& theirs) {
  const ContentWord* left = last_subject(mine);
  const ContentWord* right = last_subject(theirs);
  return left != nullptr && right != nullptr && shares(*left, *right);
}

}  // namespace

Clash find_clash(std::string_view claim, const SourcePiece& piece) {
  Clash out;
  const std::vector<Span> theirs = clauses(piece.text);
  std::vector<std::vector<ContentWord>> their_words;
  for (const Span& clause : theirs) their_words.push_back(content_words(clause.of(piece.text)));
  for (const Span& clause : clauses(claim)) {
    const std::vector<ContentWord> mine = content_words(clause.of(claim));
    if (mine.size() < 2) continue;
    double best = 0.0;
    std::size_t best_clause = 0;
    for (std::size_t i = 0; i < theirs.size(); ++i) {
      const double both = std::min(share_of(mine, their_words[i]), share_of(their_words[i], mine));
      if (their_words[i].size() < 2 || both <= best) continue;
      best = both;
      best_clause = i;
    }
    if (best < k_near_copy) continue;
    const std::string_view said = clause.of(claim);
    const std::string_view source = theirs[best_clause].of(piece.text);
    if (!comparable(said, source)) continue;
    if (same_subject(mine, their_words[best_clause]) && negative(said) != negative(source)) {
      out.why = "긍정과 부정이 반대";
    } else {
      out.why = antonym_clash(squeeze(said), squeeze(source));
    }
    if (out.why.empty()) continue;
    out.found = true;
    out.evidence = theirs[best_clause];
    return out;
  }
  return out;
}

}  // namespace plumb
