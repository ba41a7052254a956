// Yes to no and back. A sentence ends in its main predicate: the last words are rewritten by a table of
// endings, and so are 있/없 and 가능/불가 before a connective, so that the sentence stays of one mind.
#include <algorithm>
#include <array>
#include <optional>

#include "controls/alter.h"
#include "controls/hangul.h"

namespace plumb {

namespace {

struct Swap {
  std::string_view from, to;
};

// Whole endings; the first that fits is used.
constexpr auto k_endings = std::to_array<Swap>({
    {"불가능합니다", "가능합니다"},
    {"불가합니다", "가능합니다"},
    {"가능합니다", "불가능합니다"},
    {"불가입니다", "가능입니다"},
    {"가능하지 않습니다", "가능합니다"},
    {"있지 않습니다", "있습니다"},
    {"있지 않았습니다", "있었습니다"},
    {"없습니다", "있습니다"},
    {"있습니다", "없습니다"},
    {"있었습니다", "없었습니다"},
    {"없었습니다", "있었습니다"},
    {"하지 않았습니다", "했습니다"},
    {"되지 않았습니다", "되었습니다"},
    {"하였습니다", "하지 않았습니다"},
    {"했습니다", "하지 않았습니다"},
    {"되었습니다", "되지 않았습니다"},
    {"됐습니다", "되지 않았습니다"},
    {"왔습니다", "오지 않았습니다"},
    {"났습니다", "나지 않았습니다"},
    {"갔습니다", "가지 않았습니다"},
    {"졌습니다", "지지 않았습니다"},
    {"렸습니다", "리지 않았습니다"},
    {"않습니다", ""},
    {"못합니다", ""},
    {"불가능해요", "가능해요"},
    {"가능해요", "불가능해요"},
    {"없어요", "있어요"},
    {"있어요", "없어요"},
    {"안 돼요", "돼요"},
    {"돼요", "안 돼요"},
    {"해요", "하지 않아요"},
    {"없다", "있다"},
    {"있다", "없다"},
    {"없음", "있음"},
    {"있음", "없음"},
    {"불가능함", "가능함"},
    {"가능함", "불가능함"},
    {"불가능", "가능"},
    {"불가", "가능"},
    {"가능", "불가능"},
    {"한다", "하지 않는다"},
    {"된다", "되지 않는다"},
});

// Inside a sentence, before a connective.
constexpr auto k_inner = std::to_array<Swap>({
    {"불가능하", "가능하"},
    {"가능하", "불가능하"},
    {"불가라고", "가능이라고"},
    {"가능이라고", "불가라고"},
    {"있지만", "없지만"},
    {"없지만", "있지만"},
    {"있으며", "없으며"},
    {"없으며", "있으며"},
    {"있고", "없고"},
    {"없고", "있고"},
    {"있으므로", "없으므로"},
    {"없으므로", "있으므로"},
    {"있어서", "없어서"},
    {"없어서", "있어서"},
    {"있으나", "없으나"},
    {"없으나", "있으나"},
    {"지 않고", "고"},
    {"지 않지만", "지만"},
});

constexpr auto k_lead = std::to_array<Swap>({
    {"아니요", "예"},
    {"아니오", "예"},
    {"아뇨", "네"},
    {"예", "아니요"},
    {"네", "아니요"},
    {"Yes", "No"},
    {"No", "Yes"},
});

constexpr auto k_english = std::to_array<Swap>({
    {" is not ", " is "},
    {" are not ", " are "},
    {" cannot ", " can "},
    {" can not ", " can "},
    {" does not ", " does "},
    {" is ", " is not "},
    {" are ", " are not "},
    {" can ", " cannot "},
});

char32_t last_point(std::string_view text) {
  const std::u32string points = code_points(text);
  return points.empty() ? U'\0' : points.back();
}

std::string drop_last(std::string_view text) {
  std::u32string points = code_points(text);
  if (!points.empty()) points.pop_back();
  std::string out;
  for (const char32_t c : points) append_code_point(out, c);
  return out;
}

// "조정대상지역이 아닙니다" -> "조정대상지역입니다"; none if it is no denied noun.
std::optional<std::string> affirmed_noun(std::string_view clause) {
  for (const Swap& ending : {Swap{" 아닙니다", "입니다"}, Swap{" 아니었습니다", "이었습니다"},
                             Swap{" 아니에요", "이에요"}, Swap{" 아니다", "이다"}}) {
    if (!clause.ends_with(ending.from)) continue;
    const std::string_view noun_and_particle = clause.substr(0, clause.size() - ending.from.size());
    const char32_t last = last_point(noun_and_particle);
    if (std::u32string_view(U"이가은는도").find(last) == std::u32string_view::npos) return std::nullopt;
    const std::string noun = drop_last(noun_and_particle);
    if (ending.to == "이었습니다") return noun + std::string(particle(noun, "이었습니다", "였습니다"));
    return noun + std::string(ending.to);
  }
  return std::nullopt;
}

std::optional<std::string> denied_noun(std::string_view clause) {
  for (const Swap& ending :
       {Swap{"이었습니다", "아니었습니다"}, Swap{"였습니다", "아니었습니다"}, Swap{"입니다", "아닙니다"},
        Swap{"이에요", "아니에요"}, Swap{"예요", "아니에요"}, Swap{"이다", "아니다"}}) {
    if (!clause.ends_with(ending.from)) continue;
    const std::string_view noun = clause.substr(0, clause.size() - ending.from.size());
    if (noun.empty() || is_space(last_point(noun)) || noun.ends_with("하")) return std::nullopt;
    return std::string(noun) + std::string(particle(noun, "이 ", "가 ")) + std::string(ending.to);
  }
  return std::nullopt;
}

// "받" -> "받았습니다", "다뤄지" -> "다뤄졌습니다"; none for stems whose past the table does not know.
std::optional<std::string> past(std::string_view stem) {
  const char32_t last = last_point(stem);
  const int final = final_consonant(last);
  if (final > 0) {
    constexpr char32_t k_first = 0xAC00;
    const char32_t vowel = (last - k_first) / 28 % 21;
    const bool bright = vowel == 0 || vowel == 8;  // ㅏ ㅗ
    return std::string(stem) + (bright ? "았습니다" : "었습니다");
  }
  constexpr std::u32string_view k_open = U"오가지나리보주";
  constexpr std::u32string_view k_closed = U"왔갔졌났렸봤줬";
  const std::size_t at = k_open.find(last);
  if (at == std::u32string_view::npos) return std::nullopt;
  std::string out = drop_last(stem);
  append_code_point(out, k_closed[at]);
  return out + "습니다";
}

// 지 않습니다 to the plain predicate, and any other verb to 지 않습니다.
std::optional<std::string> turned_verb(std::string_view clause) {
  constexpr std::string_view k_denied = "지 않습니다";
  if (clause.ends_with(k_denied)) return polite(clause.substr(0, clause.size() - k_denied.size()));
  constexpr std::string_view k_denied_past = "지 않았습니다";
  if (clause.ends_with(k_denied_past)) return past(clause.substr(0, clause.size() - k_denied_past.size()));
  constexpr std::string_view k_past = "았습니다";
  constexpr std::string_view k_past_dark = "었습니다";
  if (clause.ends_with(k_past) || clause.ends_with(k_past_dark)) {
    const std::string_view stem = clause.substr(0, clause.size() - k_past.size());
    if (final_consonant(last_point(stem)) <= 0) return std::nullopt;
    return std::string(stem) + "지 않았습니다";
  }
  constexpr std::string_view k_polite = "습니다";
  if (clause.ends_with(k_polite)) {
    const std::string_view stem = clause.substr(0, clause.size() - k_polite.size());
    constexpr int k_double_siot = 20;  // a past form that the table does not know
    const int final = final_consonant(last_point(stem));
    if (final <= 0 || final == k_double_siot) return std::nullopt;
    return std::string(stem) + "지 않습니다";
  }
  constexpr std::string_view k_merged = "니다";
  if (!clause.ends_with(k_merged)) return std::nullopt;
  const std::string_view stem = clause.substr(0, clause.size() - k_merged.size());
  const char32_t last = last_point(stem);
  constexpr int k_bieup = 17;
  constexpr int k_rieul = 8;
  if (final_consonant(last) != k_bieup) return std::nullopt;
  const char32_t open = with_final_consonant(last, 0);
  std::string out = drop_last(stem);
  append_code_point(out, open == U'드' ? with_final_consonant(open, k_rieul) : open);  // 듭니다 is 들- far more often
  return out + "지 않습니다";
}

// "적혀 있습니다", "하고 있습니다": the auxiliary, which 없습니다 does not deny.
std::optional<std::string> turned_auxiliary(std::string_view clause) {
  for (const Swap& ending : {Swap{" 있습니다", " 있지 않습니다"}, Swap{" 있었습니다", " 있지 않았습니다"}}) {
    if (!clause.ends_with(ending.from)) continue;
    const std::string_view verb = clause.substr(0, clause.size() - ending.from.size());
    constexpr std::u32string_view k_connectives = U"고어아여와혀져려겨해돼춰워켜쳐";
    if (k_connectives.find(last_point(verb)) == std::u32string_view::npos) return std::nullopt;
    return std::string(verb) + std::string(ending.to);
  }
  return std::nullopt;
}

// The clause with its last predicate turned round; none if no rule fits.
std::optional<std::string> turned_ending(std::string_view clause, bool copula) {
  if (auto auxiliary = turned_auxiliary(clause)) return auxiliary;
  for (const Swap& swap : k_endings) {
    if (!clause.ends_with(swap.from)) continue;
    if (swap.to.empty()) break;
    return std::string(clause.substr(0, clause.size() - swap.from.size())) + std::string(swap.to);
  }
  if (auto noun = affirmed_noun(clause)) return noun;
  if (auto noun = denied_noun(clause)) return copula ? noun : std::nullopt;
  return turned_verb(clause);
}

std::string turned_inside(std::string_view clause) {
  std::string out;
  for (std::size_t at = 0; at < clause.size();) {
    const auto swap = std::find_if(k_inner.begin(), k_inner.end(),
                                   [&](const Swap& s) { return clause.substr(at).starts_with(s.from); });
    if (swap == k_inner.end()) {
      out += clause[at++];
      continue;
    }
    out += swap->to;
    at += swap->from.size();
  }
  // 문장이고 -> 문장이 아니고; after an open syllable 이고 is part of a verb (보이고).
  for (const Swap& copula : {Swap{"이고 ", "이 아니고 "}, Swap{"이며 ", "이 아니며 "}, Swap{"이며, ", "이 아니며, "},
                             Swap{"이고, ", "이 아니고, "}}) {
    const std::size_t at = out.find(copula.from);
    if (at == std::string::npos || final_consonant(last_point(std::string_view(out).substr(0, at))) <= 0) continue;
    out.replace(at, copula.from.size(), copula.to);
  }
  return out;
}

struct Turn {
  bool copula = false;  // 입니다 may become 이 아닙니다
  bool inside = false;  // connectives turn with the end
};

// The sentence turned round; none if no rule fits, or if it sets one thing against another (A가 아니라 B).
std::optional<std::string> turned(std::string_view sentence, Turn turn) {
  if (contains(sentence, "아니라") || contains(sentence, "아니고")) return std::nullopt;
  std::size_t end = sentence.size();
  while (end > 0 && (sentence[end - 1] == '.' || sentence[end - 1] == '!' || sentence[end - 1] == ' ')) --end;
  const std::string_view clause = sentence.substr(0, end);
  std::optional<std::string> ending = turned_ending(clause, turn.copula);
  if (!ending) {
    for (const Swap& swap : k_english) {
      const std::size_t at = sentence.find(swap.from);
      if (at == std::string_view::npos) continue;
      std::string out(sentence);
      return out.replace(at, swap.from.size(), swap.to);
    }
    return std::nullopt;
  }
  // What the ending changed is left alone; the rest is turned with it.
  std::size_t same = 0;
  while (same < clause.size() && same < ending->size() && clause[same] == (*ending)[same]) ++same;
  while (same > 0 && (static_cast<unsigned char>(clause[same - 1]) & 0x80) != 0) --same;  // back to the word's start
  while (same > 0 && clause[same - 1] != ' ') --same;
  const std::string_view kept = clause.substr(0, same);
  return (turn.inside ? turned_inside(kept) : std::string(kept)) + ending->substr(same) +
         std::string(sentence.substr(end));
}

struct Lead {
  std::size_t size = 0;  // bytes of the leading yes or no; 0: none
  std::string_view to;
};

Lead find_lead(std::string_view text) {
  for (const Swap& swap : k_lead) {
    if (!text.starts_with(swap.from)) continue;
    const std::string_view rest = text.substr(swap.from.size());
    if (rest.empty() || rest[0] == ',' || rest[0] == '.' || rest[0] == ' ') return {swap.from.size(), swap.to};
  }
  return {};
}

}  // namespace

std::vector<Candidate> altered_polarity(const ReadText& read, Reach reach) {
  std::vector<Candidate> out;
  const Lead lead = find_lead(read.text);
  const bool copula = lead.size > 0 || reach == Reach::forced;
  for (const bool inside : {lead.size > 0, true}) {
    for (const Span& span : sentences(read.text)) {
      const std::string_view sentence = span.of(read.text);
      const std::size_t skip = span.begin == 0 ? lead.size : 0;
      const std::string_view body = sentence.substr(std::min(skip, sentence.size()));
      const std::optional<std::string> by = turned(body, {.copula = copula, .inside = inside});
      if (!by) continue;
      std::string text(lead.to);
      text += read.text.substr(lead.size, span.begin + skip - lead.size);
      text += *by;
      text += read.text.substr(span.end);
      out.push_back({std::move(text), std::string(read.text.substr(0, lead.size)) + std::string(body),
                     std::string(lead.to) + *by});
    }
  }
  return out;
}

}  // namespace plumb
