#include "domain/reference.h"

#include <algorithm>

namespace plumb {

namespace {

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string out;
  for (const std::string& part : parts) {
    if (!out.empty()) out += separator;
    out += part;
  }
  return out;
}

std::string joined(const std::vector<std::vector<std::string>>& items, std::string_view separator) {
  std::vector<std::string> names;
  for (const std::vector<std::string>& aliases : items) names.push_back(aliases.empty() ? "" : aliases.front());
  return joined(names, separator);
}

double tolerance_of(const NumberRef& ref) {
  if (ref.tolerance.empty()) return 0.0;
  const auto parsed = parse_quantity(ref.tolerance);
  return parsed ? parsed->value : 0.0;
}

// All places where the text states the value, denied or not.
std::vector<Span> stated_at(const TextRef& ref, const ReadText& text) { return find_aliases(text, ref.aliases); }

std::vector<Span> stated_at(const NumberRef& ref, const ReadText& text) {
  const auto wanted = parse_quantity(ref.value);
  if (!wanted) return find_aliases(text, {ref.value});
  return find_quantities(text, *wanted, tolerance_of(ref));
}

std::vector<Span> stated_at(const DateRef& ref, const ReadText& text) {
  const auto wanted = parse_date(ref.iso);
  if (!wanted) return {};
  return find_dates(text, *wanted);
}

ReferenceMatch met_if_any(const std::vector<Span>& spans, const ReadText& text, std::string missing) {
  ReferenceMatch out;
  for (const Span& span : spans) {
    if (!contrasted(text.text, span)) out.where.push_back(span);
  }
  if (out.where.empty()) {
    out.missing = std::move(missing);
  } else {
    out.share = 1.0;
  }
  return out;
}

ReferenceMatch match_one(const YesNoRef& ref, const ReadText& text) {
  ReferenceMatch out;
  const Polarity said = polarity(text.text);
  if (said == (ref.yes ? Polarity::yes : Polarity::no)) {
    out.share = 1.0;
  } else {
    out.missing = ref.yes ? "긍정(예)" : "부정(아니요)";
  }
  return out;
}

ReferenceMatch match_one(const SetRef& ref, const ReadText& text) {
  ReferenceMatch out;
  std::vector<std::string> missing;
  std::size_t met = 0;
  for (const std::vector<std::string>& aliases : ref.items) {
    const ReferenceMatch item = met_if_any(find_aliases(text, aliases), text, aliases.empty() ? "" : aliases.front());
    met += item.met() ? 1 : 0;
    if (item.met()) out.where.push_back(item.where.front());
    if (!item.met()) missing.push_back(item.missing);
  }
  out.share = ref.items.empty() ? 1.0 : static_cast<double>(met) / static_cast<double>(ref.items.size());
  out.missing = joined(missing, ", ");
  return out;
}

// The longest run of items that can be read in this order: for each item, the least end at which a chain of
// k items can close (patience over occurrences).
ReferenceMatch match_one(const ListRef& ref, const ReadText& text) {
  ReferenceMatch out;
  const std::size_t n = ref.items.size();
  struct Chain {
    std::size_t end = 0;
    std::vector<std::size_t> items;
    std::vector<Span> where;
  };
  std::vector<Chain> best(1);  // best[k]: k items in order, closing as early as possible
  for (std::size_t item = 0; item < n; ++item) {
    const std::vector<Span> spans = met_if_any(find_aliases(text, ref.items[item]), text, "").where;
    for (std::size_t k = best.size(); k > 0; --k) {
      const Chain& chain = best[k - 1];
      const auto next = std::find_if(spans.begin(), spans.end(), [&](const Span& s) { return s.begin >= chain.end; });
      if (next == spans.end() || (k < best.size() && best[k].end <= next->end)) continue;
      Chain longer = chain;
      longer.end = next->end;
      longer.items.push_back(item);
      longer.where.push_back(*next);
      if (k == best.size()) {
        best.push_back(std::move(longer));
      } else {
        best[k] = std::move(longer);
      }
    }
  }
  const Chain& longest = best.back();
  out.where = longest.where;
  out.share = n == 0 ? 1.0 : static_cast<double>(longest.items.size()) / static_cast<double>(n);
  if (out.share < 1.0) {
    std::vector<std::string> missing;
    for (std::size_t item = 0; item < n; ++item) {
      if (std::find(longest.items.begin(), longest.items.end(), item) != longest.items.end()) continue;
      const bool elsewhere = find_alias(text, ref.items[item]).has_value();
      missing.push_back((ref.items[item].empty() ? "" : ref.items[item].front()) + (elsewhere ? "(순서)" : ""));
    }
    out.missing = joined(missing, ", ");
  }
  return out;
}

template <class Ref>
ReferenceMatch match_one(const Ref& ref, const ReadText& text) {
  return met_if_any(stated_at(ref, text), text, describe(Reference(ref)));
}

bool any_undenied(const std::vector<Span>& spans, const ReadText& text) {
  return std::any_of(spans.begin(), spans.end(), [&](const Span& span) { return !negated(text.text, span); });
}

}  // namespace

ReferenceMatch match_reference(const Reference& reference, const ReadText& text) {
  return std::visit([&](const auto& ref) { return match_one(ref, text); }, reference);
}

bool states_forbidden(const Forbidden& forbidden, const ReadText& text) {
  if (const auto* ref = std::get_if<TextRef>(&forbidden.value)) return any_undenied(stated_at(*ref, text), text);
  if (const auto* ref = std::get_if<NumberRef>(&forbidden.value)) return any_undenied(stated_at(*ref, text), text);
  if (const auto* ref = std::get_if<DateRef>(&forbidden.value)) return any_undenied(stated_at(*ref, text), text);
  return match_reference(forbidden.value, text).met();
}

std::string describe(const Reference& reference) {
  struct Words {
    std::string operator()(const TextRef& ref) const { return joined(ref.aliases, " / "); }
    std::string operator()(const NumberRef& ref) const {
      return ref.tolerance.empty() ? ref.value : ref.value + " (±" + ref.tolerance + ")";
    }
    std::string operator()(const DateRef& ref) const { return ref.iso; }
    std::string operator()(const YesNoRef& ref) const { return ref.yes ? "예" : "아니요"; }
    std::string operator()(const SetRef& ref) const { return joined(ref.items, ", "); }
    std::string operator()(const ListRef& ref) const { return joined(ref.items, " → "); }
  };
  return std::visit(Words{}, reference);
}

}  // namespace plumb
