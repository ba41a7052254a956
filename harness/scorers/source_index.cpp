#include "scorers/source_index.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "language/korean.h"
#include "language/table.h"

namespace plumb {

namespace {

// Any answer has these; they say nothing of its subject.
constexpr std::string_view k_generic[] = {
    "공고",   "지문",     "문서",   "자료",   "본문",   "내용",      "정보",    "경우",    "기준",     "관련",
    "해당",   "질문",     "답변",   "정답",   "정도",   "다음",      "아래",    "현재",    "때문",     "이유",
    "따라서", "그러나",   "또한",   "그리고", "하지만", "다만",      "결국",    "이는",    "이것",     "그것",
    "여기",   "이번",     "각각",   "모두",   "합계",   "총액",      "결과",    "계산",    "경우에는", "따르",
    "대하",   "의하",     "관하",   "위하",   "통하",   "있습",      "있다",    "있는",    "있",       "없",
    "것입",   "것이",     "것은",   "그렇",   "이렇",   "어떻",      "가지",    "명시",    "기재",     "언급",
    "설명",   "확인",     "적혀",   "적힌",   "적혀있", "나와",      "나와있",  "나오",    "되어",     "되어있",
    "라고",   "이라고",   "답하",   "말하",   "알려",   "보여",      "제시",    "제공",    "표시",     "의미",
    "뜻하",   "부분",     "사실",   "사항",   "우선",   "먼저",      "즉",      "대로",    "바탕",     "근거",
    "참고",   "예를",     "들어",   "이며",   "입니다", "합니다",    "됩니다",  "따라",    "따르면",   "대해",
    "대한",   "위한",     "통해",   "의해",   "같은",   "같이",      "이라",    "아니",    "아닙",     "아니라",
    "그래서", "그러므로", "최종",   "약간",   "아니요", "아니오",    "아닙니",  "서로",    "한쪽",     "다른",
    "다른쪽", "앞쪽",     "뒤쪽",   "어긋나", "엇갈리", "엇갈",      "다르",    "다릅니",  "달라",     "충돌",
    "상충",   "조건",     "필요",   "실제",   "나중",   "그렇게",    "그때",    "정해진",  "정해",     "믿을",
    "만합니", "밝히",     "밝힌",   "출처",   "일치",   "하나",      "둘다",    "양쪽",    "경위",     "대해서",
    "빼면",   "빼고",     "빼서",   "더해",   "더하",   "더한",      "더하여",  "곱하",    "곱하여",   "곱한",
    "나누",   "나눈",     "나누면", "아직",   "이미",   "요건",      "구간",    "올라와",  "올라오",   "채우",
    "미치",   "정해져",   "말한",   "사람",   "하여",   "받고",      "나온",    "되는",    "금액",     "차례",
    "함께",   "그런",     "나머지", "들어가", "생기",   "수치",      "묻던",    "회차",    "인데",     "이라서",
    "것이므", "이므로",   "떼면",   "버리",   "처음",   "말할",      "어렵",    "쪽이",    "글이",     "그대로",
    "먼저인", "정말",     "아주",   "매우",   "점점",   "제대로",    "모든",    "가장",    "더욱",     "많은",
    "많이",   "여러",     "가진",   "사람들", "만들어", "있어",      "없어",    "그날",    "이름",     "날짜",
    "법령",   "시행",     "대략",   "전체",   "이상",   "이하",      "미만",    "초과",    "이내",     "동안",
    "시점",   "오늘",     "지금",   "당시",   "이후",   "이전",      "까지",    "부터",    "the",      "a",
    "an",     "is",       "are",    "was",    "were",   "be",        "been",    "of",      "to",       "in",
    "on",     "at",       "for",    "and",    "or",     "by",        "with",    "from",    "as",       "it",
    "its",    "this",     "that",   "these",  "those",  "there",     "which",   "who",     "what",     "when",
    "has",    "have",     "had",    "not",    "no",     "yes",       "do",      "does",    "did",      "he",
    "she",    "they",     "his",    "her",    "their",  "according", "passage", "context", "document", "question",
    "answer", "also",     "but",    "can",    "will",   "would",     "so",      "than",    "then",     "into",
    "about",  "i",        "you",    "we",     "my",     "your",      "our",     "if",      "because",  "s",
    "t",      "one",      "won",    "krw",    "us",     "am",        "me",      "him",     "them",     "been",
    "being",  "how",      "why",    "where",  "more",   "most",      "some",    "any",     "all",      "such",
    "very",   "just",     "only",   "other",  "over",   "after",     "before",  "while",   "both",     "each",
    "up",     "out",      "could",  "should", "may",    "might",     "must",    "shall",   "here",     "http",
    "https",  "www",      "td",     "tr",     "th",     "table",     "br",      "thi",     "ha",       "wa",
};

bool generic(std::string_view stem) {
  return std::find(std::begin(k_generic), std::end(k_generic), stem) != std::end(k_generic);
}

constexpr std::size_t k_syllable_bytes = 3;

// 글이, 쪽은: a noun of one syllable, whose particle could not be told from a second syllable.
bool one_syllable_and_particle(const Word& word) {
  if (word.form.size() != 2 * k_syllable_bytes || word.stem != word.form) return false;
  for (const std::string_view particle :
       {"은", "는", "이", "가", "을", "를", "에", "의", "로", "도", "와", "과", "만"}) {
    if (word.form.ends_with(particle)) return true;
  }
  return false;
}

std::uint64_t pair_key(char32_t a, char32_t b) { return (static_cast<std::uint64_t>(a) << 32) | b; }

// FNV-1a, marked so that it cannot meet a pair.
std::uint64_t latin_key(std::string_view word) {
  std::uint64_t hash = 1469598103934665603ULL;
  for (const char c : word) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return hash | (1ULL << 63);
}

// All keys of a text: pairs of neighbouring syllables with spaces and marks dropped (so that spacing does not
// matter), and Latin words whole.
std::vector<std::uint64_t> keys_of(std::string_view text) {
  std::vector<std::uint64_t> out;
  const std::string squeezed = squeeze(text);
  char32_t before = 0;
  for (std::size_t at = 0; at < squeezed.size();) {
    const char32_t c = next_code_point(squeezed, at);
    const bool syllable = is_letter(c) && c >= 0x1100;
    if (syllable && before != 0) out.push_back(pair_key(before, c));
    before = syllable ? c : U'\0';
  }
  for (const Word& word : words(text)) {
    std::size_t at = 0;
    if (word.stem.empty()) continue;
    if (const char32_t c = next_code_point(word.stem, at); is_letter(c) && c < 0x1100)
      out.push_back(latin_key(word.stem));
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

// The unit a header or caption gives for bare figures below it: 기본급(만원), 자격수당(월, 만원), 단위: 만원.
std::string unit_in(std::string_view header) {
  static constexpr std::string_view k_units[] = {"억원", "백만원", "십만원", "만원", "천원", "원",  "%",  "개월",
                                                 "년",   "일",     "점",     "명",   "㎡",   "회",  "개", "건",
                                                 "세",   "시간",   "분",     "배",   "%p",   "달러"};
  const std::string squeezed = squeeze(header);
  for (const char* open : {"(", "（", ":", ",", "단위"}) {
    const std::size_t at = header.rfind(open);
    if (at == std::string_view::npos) continue;
    std::string_view rest = header.substr(at + std::string_view(open).size());
    rest = rest.substr(0, rest.find_first_of(")]|\n"));
    const std::string inside = fold(trim(rest), {.drop_spaces = true, .drop_punctuation = true}).text;
    for (const std::string_view unit : k_units) {
      if (inside == unit) return std::string(unit);
    }
  }
  return "";
}

bool bare_figures(std::string_view cell) {
  const Values values = find_values(cell);
  return values.dates.empty() && !values.quantities.empty() &&
         std::all_of(values.quantities.begin(), values.quantities.end(), [](const Quantity& q) {
           return q.dimension == Dimension::plain && q.unit.empty() && q.canonical.empty();
         });
}

struct Heading {
  std::size_t level;
  std::string text;
};

// Markdown headings above a position, outermost first.
class Headings {
 public:
  void see(std::string_view line) {
    std::size_t level = 0;
    while (level < line.size() && line[level] == '#') ++level;
    if (level == 0 || level > 6) return;
    while (!open_.empty() && open_.back().level >= level) open_.pop_back();
    open_.push_back({level, std::string(trim(line.substr(level)))});
  }
  std::string text() const {
    std::string out;
    for (const Heading& heading : open_) out += heading.text + "\n";
    return out;
  }

 private:
  std::vector<Heading> open_;
};

}  // namespace

std::vector<ContentWord> content_words(std::string_view text) {
  std::vector<ContentWord> out;
  for (Word& word : words(text)) {
    if (word.stem.empty()) continue;
    std::size_t at = 0;
    const char32_t first = next_code_point(word.stem, at);
    if (is_digit(first) || generic(word.stem) || generic(word.form)) continue;
    const bool counter = word.span.begin > 0 && is_digit(static_cast<unsigned char>(text[word.span.begin - 1]));
    if (counter && word.form.size() <= 6 * k_syllable_bytes) continue;  // 3년을, 2주의: part of the value
    ContentWord content;
    content.predicate = word.predicate || one_syllable_and_particle(word);
    content.span = word.span;
    if (is_letter(first) && first < 0x1100) {
      content.latin = true;
      content.keys.push_back(latin_key(word.stem));
    } else {
      char32_t before = 0;
      for (at = 0; at < word.stem.size();) {
        const char32_t c = next_code_point(word.stem, at);
        if (before != 0) content.keys.push_back(pair_key(before, c));
        before = c;
      }
      if (content.keys.empty()) continue;  // one syllable: noise once endings are off
    }
    content.stem = std::move(word.stem);
    out.push_back(std::move(content));
  }
  return out;
}

SourceIndex::SourceIndex(const std::vector<Passage>& passages, const std::optional<Day>& as_of) {
  for (std::size_t i = 0; i < passages.size(); ++i) add_passage(passages[i], static_cast<int>(i), as_of);
}

void SourceIndex::index(const std::vector<std::uint64_t>& keys, bool context) {
  const auto piece = static_cast<std::int32_t>(pieces_.size() - 1);
  for (const std::uint64_t key : keys) {
    std::vector<Posting>& list = postings_[key];
    if (list.empty() || list.back().piece != piece) list.push_back({piece, context});
  }
}

void SourceIndex::add_piece(SourcePiece piece, const std::optional<Day>& as_of, const std::string& unit) {
  piece.values = find_values(piece.text, as_of);
  if (!unit.empty()) {
    // Read again with the unit behind each bare figure, which only the header says.
    for (Quantity& q : piece.values.quantities) {
      if (q.dimension != Dimension::plain || !q.unit.empty() || !q.canonical.empty()) continue;
      const Values with_unit = find_values(std::string(q.span.of(piece.text)) + unit);
      if (with_unit.quantities.size() != 1) continue;
      Quantity read = with_unit.quantities.front();
      read.span = q.span;
      q = std::move(read);
    }
  }
  pieces_.push_back(std::move(piece));
  index(keys_of(pieces_.back().text + "\n" + pieces_.back().subject), false);
  if (pieces_.back().context != indexed_context_) {
    indexed_context_ = pieces_.back().context;
    context_keys_ = keys_of(indexed_context_);
  }
  index(context_keys_, true);
}

void SourceIndex::add_table(const Table& table, const Place& place) {
  SourcePiece head{.passage = place.passage, .context = place.context};
  for (const TableCell& cell : table.header) {
    if (cell.text.empty()) continue;
    head.text += cell.text + " | ";
    head.span = head.span.empty() ? cell.span : Span{head.span.begin, cell.span.end};
  }
  add_piece(std::move(head), place.as_of, "");
  for (const auto& row : table.rows) {
    SourcePiece whole{.passage = place.passage, .span = row.front().span, .context = place.context};
    for (std::size_t column = 0; column < row.size(); ++column) {
      const TableCell& cell = row[column];
      if (cell.text.empty()) continue;
      whole.text += cell.text + " | ";
      whole.span.end = cell.span.end;
      const std::string& header = table.header[column].text;
      std::string unit = unit_in(header);
      if (unit.empty() && column > 0) unit = place.unit;
      SourcePiece piece{
          .passage = place.passage, .span = cell.span, .text = cell.text, .context = place.context, .cell = true};
      if (column > 0) piece.subject = row.front().text + "\n";
      piece.subject += header;
      add_piece(std::move(piece), place.as_of, bare_figures(cell.text) ? unit : "");
    }
    whole.subject = "";
    for (const TableCell& header : table.header) whole.subject += header.text + "\n";
    add_piece(std::move(whole), place.as_of, "");
  }
}

void SourceIndex::add_passage(const Passage& passage, int number, const std::optional<Day>& as_of) {
  const std::string_view text = passage.text;
  const std::vector<Table> tables = markdown_tables(text);
  Headings headings;
  Place place{.passage = number, .context = passage.title, .unit = unit_in(passage.title), .as_of = as_of};
  if (!trim(passage.title).empty()) add_piece({.passage = number, .text = passage.title}, as_of, "");
  std::size_t line_at = 0;
  std::size_t next_table = 0;
  std::size_t skip_to = 0;
  for (const Span& span : sentences(text)) {
    while (line_at <= span.begin && line_at < text.size()) {
      const std::size_t end = std::min(text.find('\n', line_at), text.size());
      const std::string_view line = text.substr(line_at, end - line_at);
      headings.see(line);
      const std::string unit = unit_in(line);
      if (!unit.empty() && (line.starts_with('#') || contains(line, "단위"))) place.unit = unit;
      line_at = end + 1;
    }
    place.context = passage.title + "\n" + headings.text();
    while (next_table < tables.size() && tables[next_table].span.end <= span.begin) ++next_table;
    if (next_table < tables.size() && tables[next_table].span.begin <= span.begin) {
      add_table(tables[next_table], place);  // all of it, when its first line comes; then past it
      skip_to = tables[next_table++].span.end;
    }
    if (span.begin < skip_to) continue;
    add_piece({.passage = number, .span = span, .text = std::string(span.of(text)), .context = place.context}, as_of,
              "");
  }
}

std::vector<float> SourceIndex::support(const ContentWord& word) const {
  std::vector<float> pairs(pieces_.size(), 0.0F);
  std::vector<float> out(pieces_.size(), 0.0F);
  std::vector<char> in_context(pieces_.size(), 0);
  for (std::size_t i = 0; i < word.keys.size(); ++i) {
    const auto found = postings_.find(word.keys[i]);
    if (found == postings_.end()) continue;
    for (const Posting& posting : found->second) {
      const auto piece = static_cast<std::size_t>(posting.piece);
      pairs[piece] += 1.0F;
      if (posting.context) in_context[piece] = 1;
      if (i == 0) out[piece] = 0.7F;  // the first two syllables
    }
  }
  const auto all = static_cast<float>(word.keys.size());
  for (std::size_t piece = 0; piece < out.size(); ++piece) {
    const float share = pairs[piece] / all;
    if (share >= 0.999F) {
      out[piece] = 1.0F;
    } else if (share >= 0.5F) {
      out[piece] = std::max(out[piece], share);
    }
    if (in_context[piece] != 0) out[piece] *= k_context;
  }
  return out;
}

double SourceIndex::weight(const ContentWord& word) const {
  const double total = static_cast<double>(pieces_.size());
  double fewest = total;
  for (const std::uint64_t key : word.keys) {
    const auto found = postings_.find(key);
    const double pieces = found == postings_.end()
                              ? 0.0
                              : static_cast<double>(std::count_if(found->second.begin(), found->second.end(),
                                                                  [](const Posting& p) { return !p.context; }));
    fewest = std::min(fewest, pieces);
  }
  const double rarity = total == 0.0 ? 1.0 : std::log((total + 1.0) / (fewest + 1.0)) / std::log(total + 1.0);
  return (0.35 + 0.65 * rarity) * (word.predicate ? 0.35 : 1.0);
}

}  // namespace plumb
