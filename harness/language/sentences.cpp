#include <algorithm>

#include "language/korean.h"
#include "language/runes.h"

namespace plumb {

namespace {

bool is_close(char32_t c) {
  return c == U')' || c == U']' || c == U'"' || c == U'\'' || c == 0x201D || c == 0x2019 || c == 0x300D ||
         c == 0x300F || c == 0x300B || c == 0x3009 || c == U'*' || c == U'_' || c == U'`';
}

char32_t closing_of(char32_t open) {
  switch (open) {
    case U'"':
      return U'"';
    case U'\'':
      return U'\'';
    case U'(':
      return U')';
    case 0x201C:
      return 0x201D;
    case 0x2018:
      return 0x2019;
    case 0x300C:
      return 0x300D;
    case 0x300E:
      return 0x300F;
    case 0x300A:
      return 0x300B;
    default:
      return 0;
  }
}

// Works on code points of the text as it is (not folded): bounds are wanted in the original, and none of
// the marks looked for depends on the normal form.
class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {
    code_.reserve(text.size());
    byte_.reserve(text.size() + 1);
    for (std::size_t at = 0; at < text.size();) {
      byte_.push_back(at);
      code_.push_back(next_code_point(text, at));
    }
    byte_.push_back(text.size());
  }

  std::vector<Span> run() {
    for (std::size_t i = 0; i < code_.size();) {
      std::size_t end = i;
      while (end < code_.size() && code_[end] != U'\n' && code_[end] != U'\r') ++end;
      line(i, end);
      i = end + 1;
    }
    return std::move(out_);
  }

 private:
  char32_t at(std::size_t i) const { return i < code_.size() ? code_[i] : U'\0'; }

  void line(std::size_t from, std::size_t to) {
    from = past_markup(from, to);
    if (at(from) == U'|') return add(from, to);  // a table's row
    std::size_t start = from;
    for (std::size_t i = from; i < to;) {
      if (const std::size_t close = quote_end(i, from, to); close > i) {
        const bool ended = is_stop(at(close - 1));
        i = close + 1;
        if (ended && (i >= to || is_space(at(i))) && at(close) != U')') {
          add(start, i);
          start = i;
        }
        continue;
      }
      if (!ends_here(i, from, to)) {
        ++i;
        continue;
      }
      std::size_t end = i + 1;
      while (end < to && (is_stop(at(end)) || is_close(at(end)))) ++end;
      end = past_citation(end, to);
      add(start, end);
      start = i = end;
    }
    add(start, to);
  }

  // Headings, quotes, bullets and numbers that open a line.
  std::size_t past_markup(std::size_t i, std::size_t to) const {
    while (i < to) {
      const char32_t c = at(i);
      const bool bullet = (c == U'-' || c == U'*' || c == U'+' || c == 0x2022 || c == 0xB7 || c == 0x25CB ||
                           c == 0x25CF || c == 0x25AA) &&
                          is_space(at(i + 1));
      if (is_space(c) || c == U'#' || c == U'>' || bullet) {
        ++i;
      } else if (const std::size_t number = past_number(i, to); number > i) {
        i = number;
      } else {
        break;
      }
    }
    return std::min(i, to);
  }

  std::size_t past_number(std::size_t i, std::size_t to) const {
    std::size_t p = i;
    while (p < to && p - i < 2 && is_digit(at(p))) ++p;
    if (p == i || !(at(p) == U'.' || at(p) == U')') || !is_space(at(p + 1))) return i;
    std::size_t next = p + 1;
    while (next < to && is_space(at(next))) ++next;
    if (next >= to || is_digit(at(next))) return i;  // "3." is an answer, "24. 7. 8." a date
    return p + 1;
  }

  static bool is_stop(char32_t c) {
    return c == U'.' || c == U'!' || c == U'?' || c == 0x3002 || c == 0xFF01 || c == 0xFF1F || c == 0x2026;
  }

  // Where a quotation that opens at i closes on the same line; i if none does.
  std::size_t quote_end(std::size_t i, std::size_t from, std::size_t to) const {
    const char32_t close = closing_of(at(i));
    if (close == 0) return i;
    const bool straight = at(i) == U'"' || at(i) == U'\'';
    if (straight && i > from && !is_space(at(i - 1)) && at(i - 1) != U'(') return i;
    if ((at(i) == U'\'' || at(i) == 0x2018) && is_digit(at(i + 1))) return i;  // '24. 7. 8.
    for (std::size_t p = i + 1; p < to && p - i < 400; ++p) {
      if (at(p) == close) return p;
    }
    return i;
  }

  bool ends_here(std::size_t i, std::size_t from, std::size_t to) const {
    const char32_t c = at(i);
    if (!is_stop(c)) return false;
    const char32_t next = i + 1 < to ? at(i + 1) : U'\0';
    const bool open_space = next == 0 || is_space(next) || is_close(next) || is_stop(next);
    if (c == 0x3002 || c == 0xFF01 || c == 0xFF1F) return true;
    if (c == U'?' || c == U'!') return open_space || (is_hangul(next) && !in_address(i, from));
    if (c == 0x2026) return open_space && next != 0 && final_syllable(i);
    // A full stop.
    const char32_t before = i > from ? at(i - 1) : U'\0';
    if (is_hangul(before) || before == 0xFFFD) {
      if (open_space) return true;
      return final_syllable(i) && (is_hangul(next) || is_latin(next)) && !in_address(i, from);
    }
    if (!open_space) return false;
    if (is_digit(before)) return after_figure(i, from, to);
    if (is_latin(before)) return after_latin(i, from, to);
    if (before == U')' && i >= from + 3 && at(i - 2) == U'주' && at(i - 3) == U'(') return false;
    return before != 0;
  }

  // 다 요 음 함 됨 죠 까 임 오: syllables a sentence ends in.
  bool final_syllable(std::size_t i) const {
    static constexpr std::u32string_view k_finals = U"다요음함됨죠까임오네지";
    const char32_t before = i > 0 ? at(i - 1) : U'\0';
    // NFD: 다 is two code points, 함 three; the last jamo alone does not tell, so take it as final.
    return k_finals.find(before) != std::u32string_view::npos || (before >= 0x1161 && before <= 0x11FF);
  }

  // "… 2024. 7. 8. 시행": a figure before the stop ends a sentence only where no date or list goes on.
  bool after_figure(std::size_t i, std::size_t from, std::size_t to) const {
    std::size_t next = i + 1;
    while (next < to && is_space(at(next))) ++next;
    if (next >= to) return true;
    if (is_digit(at(next))) return false;
    std::size_t p = i;
    while (p > from && is_digit(at(p - 1))) --p;
    std::size_t before = p;
    while (before > from && is_space(at(before - 1))) --before;
    if (before > from && at(before - 1) == U'.') return false;  // 7. 8.
    return i - p != 4 || !is_hangul(at(next));
  }

  bool after_latin(std::size_t i, std::size_t from, std::size_t to) const {
    std::size_t p = i;
    while (p > from && (is_latin(at(p - 1)) || at(p - 1) == U'.')) --p;
    const std::string word = fold(text_.substr(byte_[p], byte_[i] - byte_[p])).text;
    if (word.size() == 1 && word != "i") return is_hangul(next_visible(i, to));  // J. Smith
    for (const std::string_view short_form : {"mr", "mrs", "ms", "dr", "st", "no", "vs", "e.g", "i.e", "etc", "inc",
                                              "co", "ltd", "fig", "u.s", "approx", "prof", "jr"}) {
      if (word == short_form) return false;
    }
    return true;
  }

  char32_t next_visible(std::size_t i, std::size_t to) const {
    for (++i; i < to; ++i) {
      if (!is_space(at(i))) return at(i);
    }
    return 0;
  }

  bool in_address(std::size_t i, std::size_t from) const {
    constexpr std::size_t k_looked_back = 200;  // a longer run without a space is no address
    std::size_t p = i;
    while (p > from && i - p < k_looked_back && !is_space(at(p - 1))) --p;
    const std::string_view token = text_.substr(byte_[p], byte_[i] - byte_[p]);
    return contains(token, "://") || contains(token, "www.") || contains(token, "@");
  }

  // "…합니다.[1] 다음": the reference belongs to what it follows.
  std::size_t past_citation(std::size_t i, std::size_t to) const {
    while (i < to && at(i) == U'[') {
      std::size_t p = i + 1;
      while (p < to && (is_digit(at(p)) || at(p) == U',' || at(p) == U' ')) ++p;
      if (at(p) != U']' || p == i + 1) break;
      i = p + 1;
    }
    return i;
  }

  void add(std::size_t from, std::size_t to) {
    if (from >= to) return;
    const std::string_view piece = text_.substr(byte_[from], byte_[to] - byte_[from]);
    const std::string_view kept = trim(piece);
    bool says_something = false;
    for (std::size_t p = 0; p < kept.size() && !says_something;) {
      const char32_t c = next_code_point(kept, p);
      says_something = is_letter(c) || is_digit(c) || circled_number(c) > 0 || is_hangul(c);
    }
    if (!says_something) return;
    const auto begin = static_cast<std::size_t>(kept.data() - text_.data());
    out_.push_back({begin, begin + kept.size()});
  }

  std::string_view text_;
  std::u32string code_;
  std::vector<std::size_t> byte_;
  std::vector<Span> out_;
};

}  // namespace

std::vector<Span> sentences(std::string_view text) { return Splitter(text).run(); }

}  // namespace plumb
