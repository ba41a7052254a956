#include "base/text.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>

namespace plumb {

namespace {

// The length of the well-formed sequence at `at`, 0 if there is none.
std::size_t sequence_length(std::string_view text, std::size_t at, char32_t* out) {
  utf8proc_int32_t code = -1;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at);
  const auto left = static_cast<utf8proc_ssize_t>(std::min<std::size_t>(text.size() - at, 4));
  const utf8proc_ssize_t length = utf8proc_iterate(bytes, left, &code);
  if (length <= 0 || code < 0) return 0;
  *out = static_cast<char32_t>(code);
  return static_cast<std::size_t>(length);
}

// Could this code point change or join the cluster before it? Generous: a wrong yes only costs time.
bool may_extend(char32_t c) {
  if (c < 0x300) return false;
  if (c >= 0xAC00 && c <= 0xD7A3) return false;
  if (c >= 0x4E00 && c <= 0x9FFF) return false;
  const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC || category == UTF8PROC_CATEGORY_ME ||
         category == UTF8PROC_CATEGORY_CF || (c >= 0x1160 && c <= 0x11FF) || (c >= 0xD7B0 && c <= 0xD7FF);
}

// Compatibility squares such as ㎡ and ㎞ and fractions would fold to letters and digits that join
// their neighbours (84㎡ -> 84m2); language/ reads them as units, so they stay.
bool keeps_form(char32_t c) { return (c >= 0x3371 && c <= 0x33DF) || (c >= 0xBC && c <= 0xBE) || c == 0x2116; }

std::string map_cluster(std::string_view cluster) {
  char32_t first = 0;
  if (sequence_length(cluster, 0, &first) == cluster.size() && keeps_form(first)) return std::string(cluster);
  utf8proc_uint8_t* mapped = nullptr;
  const auto options = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT |
                                                      UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
  const utf8proc_ssize_t size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(cluster.data()),
                                             static_cast<utf8proc_ssize_t>(cluster.size()), &mapped, options);
  if (size < 0) {
    std::free(mapped);
    return std::string(cluster);
  }
  std::string out(reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(size));
  std::free(mapped);
  return out;
}

// The end of the grapheme cluster that begins at `at` with `first`, whose encoding ends at `next`.
std::size_t cluster_end(std::string_view text, char32_t first, std::size_t next) {
  utf8proc_int32_t state = 0;
  char32_t previous = first;
  while (next < text.size()) {
    std::size_t peek = next;
    const char32_t c = next_code_point(text, peek);
    if (utf8proc_grapheme_break_stateful(static_cast<utf8proc_int32_t>(previous), static_cast<utf8proc_int32_t>(c),
                                         &state))
      break;
    previous = c;
    next = peek;
  }
  return next;
}

utf8proc_category_t category_of(char32_t c) { return utf8proc_category(static_cast<utf8proc_int32_t>(c)); }

}  // namespace

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      ++at;
      continue;
    }
    char32_t c = 0;
    const std::size_t length = sequence_length(text, at, &c);
    if (length == 0) return at;
    at += length;
  }
  return std::nullopt;
}

std::string repair_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    char32_t c = 0;
    const std::size_t length = sequence_length(text, at, &c);
    if (length == 0) {
      append_code_point(out, 0xFFFD);
      ++at;
    } else {
      out.append(text.substr(at, length));
      at += length;
    }
  }
  return out;
}

char32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x80) {
    ++at;
    return byte;
  }
  char32_t c = 0xFFFD;
  const std::size_t length = sequence_length(text, at, &c);
  at += std::max<std::size_t>(length, 1);
  return length == 0 ? 0xFFFD : c;
}

void append_code_point(std::string& out, char32_t c) {
  utf8proc_uint8_t buffer[4];
  const utf8proc_ssize_t size = utf8proc_encode_char(static_cast<utf8proc_int32_t>(c), buffer);
  out.append(reinterpret_cast<const char*>(buffer), static_cast<std::size_t>(std::max<utf8proc_ssize_t>(size, 0)));
}

std::u32string code_points(std::string_view text) {
  std::u32string out;
  for (std::size_t at = 0; at < text.size();) out.push_back(next_code_point(text, at));
  return out;
}

std::string nfc(std::string_view text) {
  std::string whole = find_invalid_utf8(text) ? repair_utf8(text) : std::string(text);
  utf8proc_uint8_t* mapped = nullptr;
  const utf8proc_ssize_t size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(whole.data()), static_cast<utf8proc_ssize_t>(whole.size()),
                   &mapped, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  if (size < 0) {
    std::free(mapped);
    return whole;
  }
  std::string out(reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(size));
  std::free(mapped);
  return out;
}

Span Folded::original(Span span) const {
  if (span.empty() || span.end > text.size()) return {};
  return {begin[span.begin], end[span.end - 1]};
}

Folded fold(std::string_view text, FoldOptions options) {
  Folded out;
  out.text.reserve(text.size());
  out.begin.reserve(text.size());
  out.end.reserve(text.size());
  const auto emit = [&](std::string_view bytes, std::size_t from, std::size_t to) {
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t start = at;
      const char32_t c = next_code_point(bytes, at);
      if (options.drop_spaces && is_space(c)) continue;
      if (options.drop_punctuation && is_punctuation(c)) continue;
      out.text.append(bytes.substr(start, at - start));
      out.begin.insert(out.begin.end(), at - start, static_cast<std::uint32_t>(from));
      out.end.insert(out.end.end(), at - start, static_cast<std::uint32_t>(to));
    }
  };
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t from = at;
    const char32_t c = next_code_point(text, at);
    std::size_t peek = at;
    const bool alone = at >= text.size() || !may_extend(next_code_point(text, peek));
    // Most text is ASCII and composed syllables: nothing to look up.
    if (alone && c < 0x80) {
      const char lower = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
      emit(std::string_view(&lower, 1), from, at);
    } else if (alone && c >= 0xAC00 && c <= 0xD7A3) {
      emit(text.substr(from, at - from), from, at);
    } else {
      at = cluster_end(text, c, at);
      emit(map_cluster(text.substr(from, at - from)), from, at);
    }
  }
  return out;
}

std::string squeeze(std::string_view text) { return fold(text, {.drop_spaces = true, .drop_punctuation = true}).text; }

bool is_space(char32_t c) {
  if (c < 0x80) return c == ' ' || (c >= 9 && c <= 13);
  if (c == 0x200B || c == 0xFEFF || c == 0x85) return true;
  return category_of(c) == UTF8PROC_CATEGORY_ZS || category_of(c) == UTF8PROC_CATEGORY_ZL ||
         category_of(c) == UTF8PROC_CATEGORY_ZP;
}

bool is_punctuation(char32_t c) {
  const auto category = category_of(c);
  if (c == '%') return false;
  return category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO;
}

bool is_hangul_syllable(char32_t c) { return c >= 0xAC00 && c <= 0xD7A3; }

bool is_hangul(char32_t c) {
  return is_hangul_syllable(c) || (c >= 0x1100 && c <= 0x11FF) || (c >= 0x3131 && c <= 0x318E) ||
         (c >= 0xA960 && c <= 0xA97F) || (c >= 0xD7B0 && c <= 0xD7FF);
}

bool is_letter(char32_t c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  const auto category = category_of(c);
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}

bool is_digit(char32_t c) { return c >= '0' && c <= '9'; }

int display_width(std::string_view text) {
  int width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_code_point(text, at);
    // Conjoining vowels and finals are drawn inside the syllable their consonant began.
    if (c >= 0x1160 && c <= 0x11FF) continue;
    width += std::max(0, utf8proc_charwidth(static_cast<utf8proc_int32_t>(c)));
  }
  return width;
}

std::string fit(std::string_view text, int columns, bool align_right) {
  const int width = display_width(text);
  if (width <= columns) {
    const std::string padding(static_cast<std::size_t>(columns - width), ' ');
    return align_right ? padding + std::string(text) : std::string(text) + padding;
  }
  std::string out;
  int used = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t from = at;
    const char32_t c = next_code_point(text, at);
    at = cluster_end(text, c, at);
    const int cluster = display_width(text.substr(from, at - from));
    if (used + cluster > columns - 1) break;
    out.append(text.substr(from, at - from));
    used += cluster;
  }
  if (columns > 0) {
    out += "…";
    ++used;
  }
  out.append(static_cast<std::size_t>(std::max(0, columns - used)), ' ');
  return out;
}

std::string printable(std::string_view text, bool keep_lines) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t from = at;
    const char32_t c = next_code_point(text, at);
    if (c == 0x1B || c == 0x9B) {  // skip the whole sequence, so that its parameters are not left as litter
      if (c == 0x1B && at < text.size() && (text[at] == ']' || text[at] == 'P' || text[at] == '_' || text[at] == '^')) {
        while (at < text.size() && text[at] != '\a' && text[at] != '\x1B' && text[at] != '\n') ++at;
        if (at < text.size() && text[at] == '\a') ++at;
        if (at + 1 < text.size() && text[at] == '\x1B' && text[at + 1] == '\\') at += 2;
      } else {
        if (at < text.size() && text[at] == '[') ++at;
        while (at < text.size() && text[at] >= 0x20 && text[at] < 0x40) ++at;
        if (at < text.size() && text[at] >= 0x40 && text[at] < 0x7F) ++at;
      }
      continue;
    }
    if (c == '\n') {
      out += keep_lines ? '\n' : ' ';
    } else if (c == '\t') {
      out += ' ';
    } else if (c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) ||
               c == 0x200E || c == 0x200F) {
      continue;
    } else if (c == 0xFFFD) {
      append_code_point(out, c);
    } else {
      out.append(text.substr(from, at - from));
    }
  }
  return out;
}

std::string_view trim(std::string_view text) {
  std::size_t begin = 0;
  std::size_t end = text.size();
  for (std::size_t at = 0; at < end;) {
    if (!is_space(next_code_point(text, at))) break;
    begin = at;
  }
  while (end > begin) {
    std::size_t start = end - 1;
    while (start > begin && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80) --start;
    std::size_t at = start;
    if (!is_space(next_code_point(text, at))) break;
    end = start;
  }
  return text.substr(begin, end - begin);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t from = 0;
  while (true) {
    const std::size_t at = text.find(separator, from);
    if (at == std::string_view::npos) break;
    parts.push_back(text.substr(from, at - from));
    from = at + 1;
  }
  parts.push_back(text.substr(from));
  return parts;
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
  if (from.empty()) return text;
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

namespace {

// Edit distance with transpositions of neighbours (optimal string alignment).
int edit_distance(const std::u32string& a, const std::u32string& b) {
  const std::size_t width = b.size() + 1;
  std::vector<int> cells((a.size() + 1) * width);
  const auto at = [&](std::size_t i, std::size_t j) -> int& { return cells[i * width + j]; };
  for (std::size_t i = 0; i <= a.size(); ++i) at(i, 0) = static_cast<int>(i);
  for (std::size_t j = 0; j <= b.size(); ++j) at(0, j) = static_cast<int>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      int best = std::min({at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) best = std::min(best, at(i - 2, j - 2) + 1);
      at(i, j) = best;
    }
  }
  return at(a.size(), b.size());
}

}  // namespace

std::optional<std::string> suggest(std::string_view word, const std::vector<std::string>& candidates) {
  const std::u32string wanted = code_points(fold(word.substr(0, 256)).text);
  int best = static_cast<int>(std::max<std::size_t>(1, wanted.size() / 3)) + 1;
  std::optional<std::string> found;
  for (const std::string& candidate : candidates) {
    const int distance = edit_distance(wanted, code_points(fold(candidate).text));
    if (distance < best) {
      best = distance;
      found = candidate;
    }
  }
  return found;
}

}  // namespace plumb
