#include "controls/mutate.h"

#include <array>
#include <optional>

#include "controls/alter.h"
#include "controls/invent.h"
#include "domain/reference.h"

namespace plumb {

namespace {

constexpr auto k_kinds = std::to_array<std::pair<MutationKind, const char*>>({
    {MutationKind::number, "number"},
    {MutationKind::date, "date"},
    {MutationKind::name, "name"},
    {MutationKind::negation, "negation"},
    {MutationKind::region, "region"},
    {MutationKind::invention, "invention"},
});

std::uint64_t seed_of(const Question& question, std::uint64_t seed) {
  return question.digest.empty() ? mixed(mixed(seed, question.id), question.answer) : mixed(seed, question.digest);
}

bool all_met(const Question& question, const ReadText& read) {
  for (const Reference& reference : question.references) {
    if (!match_reference(reference, read).met()) return false;
  }
  return true;
}

bool some_forbidden(const Question& question, const ReadText& read) {
  for (const Forbidden& forbidden : question.forbidden) {
    if (states_forbidden(forbidden, read)) return true;
  }
  return false;
}

// Whether the text is a wrong answer, and neither right nor a refusal.
bool is_wrong(const Question& question, const std::string& text) {
  if (text.empty() || text == question.answer) return false;
  const Abstention declines = find_abstention(text).kind;
  if (declines != Abstention::none && (!question.answerable || declines != find_abstention(question.answer).kind)) {
    return false;
  }
  const ReadText read = read_text(text, question.as_of);
  return question.references.empty() ? !question.answerable || some_forbidden(question, read)
                                     : !all_met(question, read);
}

std::optional<Mutation> first_wrong(const Question& question, MutationKind kind, std::vector<Candidate> candidates) {
  for (Candidate& candidate : candidates) {
    if (!is_wrong(question, candidate.text)) continue;
    return Mutation{std::move(candidate.text), kind, std::move(candidate.before), std::move(candidate.after)};
  }
  return std::nullopt;
}

// A statement of a forbidden value if there is one, else of any value; the last one if all else fails.
Mutation invention(const Question& question, std::uint64_t seed) {
  Dice dice(mixed(seed, "invention"));
  std::vector<Candidate> all = inventions(question, dice);
  for (const Candidate& candidate : all) {
    if (!is_wrong(question, candidate.text)) continue;
    if (!some_forbidden(question, read_text(candidate.text, question.as_of))) continue;
    return {candidate.text, MutationKind::invention, candidate.before, candidate.after};
  }
  const Candidate last = all.back();
  if (auto found = first_wrong(question, MutationKind::invention, std::move(all))) return *found;
  return {last.text, MutationKind::invention, last.before, last.after};
}

std::vector<Candidate> candidates_of(MutationKind kind, const Question& question, const ReadText& read, Reach reach,
                                     Dice& dice) {
  switch (kind) {
    case MutationKind::number:
      return altered_numbers(read, dice);
    case MutationKind::date:
      return altered_dates(read, dice);
    case MutationKind::name:
      return altered_names(read, question, reach, dice);
    case MutationKind::negation:
      return altered_polarity(read, reach);
    case MutationKind::region:
      return altered_regions(read, dice);
    case MutationKind::invention:
      break;
  }
  return {};
}

}  // namespace

std::vector<Mutation> all_mutations(const Question& question, std::uint64_t seed) {
  const std::uint64_t own = seed_of(question, seed);
  std::vector<Mutation> out;
  const std::string answer = nfc(question.answer);
  const ReadText read = read_text(answer, question.as_of);
  for (const Reach reach : {Reach::natural, Reach::forced}) {
    if (!question.answerable || !out.empty()) break;
    for (const auto& [kind, name] : k_kinds) {
      Dice dice(mixed(own, name));
      if (auto found = first_wrong(question, kind, candidates_of(kind, question, read, reach, dice))) {
        out.push_back(*std::move(found));
      }
    }
  }
  if (out.empty()) out.push_back(invention(question, own));
  return out;
}

Mutation mutate_gold(const Question& question, std::uint64_t seed) {
  std::vector<Mutation> all = all_mutations(question, seed);
  Dice dice(mixed(seed_of(question, seed), "kind"));
  return std::move(all[dice.below(all.size())]);
}

const char* to_string(MutationKind wanted) {
  for (const auto& [kind, name] : k_kinds) {
    if (kind == wanted) return name;
  }
  return "invention";
}

}  // namespace plumb
