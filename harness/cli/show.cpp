#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/json.h"
#include "base/text.h"
#include "cli/highlight.h"
#include "cli/session.h"
#include "domain/reference.h"
#include "report/style.h"
#include "retrieval/retriever.h"

namespace plumb {

namespace {

struct Shown {
  const System* system = nullptr;
  const StoredCell* cell = nullptr;
};

Tone tone_of(const OutcomeOf& outcome) {
  if (outcome.right) return Tone::good;
  switch (outcome.outcome) {
    case Outcome::hallucinated:
      return Tone::bad;
    case Outcome::unscorable:
    case Outcome::error:
      return Tone::dim;
    default:
      return Tone::warn;
  }
}

std::string outcome_words(const OutcomeOf& outcome) {
  std::string words = to_string(outcome.outcome);
  if (outcome.kind) words += fmt::format(" ({})", to_string(*outcome.kind));
  if (outcome.outcome == Outcome::abstained) words += outcome.right ? " (rightly)" : " (could be answered)";
  return words;
}

std::vector<std::string> described(const Question& question) {
  std::vector<std::string> parts;
  for (const Reference& reference : question.references) parts.push_back(describe(reference));
  return parts;
}

class Page {
 public:
  Page(Terminal& terminal, const Question& question, std::vector<Passage> passages)
      : color_(terminal.color_out()),
        columns_(terminal.columns()),
        question_(question),
        passages_(std::move(passages)) {}

  std::string heading() const {
    std::string out = paint(color_, Tone::bold, printable(question_.text)) + "\n";
    out += paint(color_, Tone::dim,
                 fmt::format("{}/{} · {} · {}{}", printable(question_.dataset), printable(question_.id),
                             to_string(question_.type), question_.answerable ? "answerable" : "not answerable",
                             question_.as_of ? " · as of " + to_string(*question_.as_of) : "")) +
           "\n";
    out += "key: " + printable(question_.answer) + "\n";
    const auto parts = described(question_);
    if (!parts.empty())
      out += paint(color_, Tone::dim, fmt::format("needs: {}", printable(fmt::format("{}", fmt::join(parts, "; "))))) +
             "\n";
    return out;
  }

  std::string answer(const Shown& shown) const {
    const StoredCell& cell = *shown.cell;
    std::string out = "\n" + paint(color_, Tone::accent, printable(shown.system->name));
    if (cell.trial > 0) out += fmt::format(" · trial {}", cell.trial + 1);
    if (cell.outcome) out += "  " + paint(color_, tone_of(*cell.outcome), outcome_words(*cell.outcome));
    out += "\n";
    if (const auto* completion = std::get_if<Completion>(&cell.answer.reply)) {
      out += indented(highlighted(completion->text, answer_marks(cell), color_)) + "\n";
    }
    out += tools(cell) + dealings(cell);
    if (cell.outcome && !cell.outcome->why.empty())
      out += paint(color_, Tone::dim, "  why: " + printable(cell.outcome->why)) + "\n";
    for (const Score& score : cell.scores) {
      out += paint(color_, Tone::dim,
                   fmt::format("  {} {}{}{}", score.scorer, score.value ? fmt::format("{:.2f}", *score.value) : "–",
                               score.label.empty() ? "" : " " + printable(score.label),
                               score.why.empty() ? "" : ": " + printable(score.why))) +
             "\n";
      for (const Claim& claim : score.claims) out += claim_line(claim);
    }
    return out;
  }

  // The passages, with what claims of the answers shown relied on or contradicted marked in them.
  std::string sources(const std::vector<Shown>& all) const {
    std::string out;
    for (std::size_t i = 0; i < passages_.size(); ++i) {
      std::vector<Mark> marks;
      for (const Shown& shown : all) {
        for (const Score& score : shown.cell->scores) {
          for (const Claim& claim : score.claims) {
            if (claim.passage_id == passages_[i].id && !claim.evidence.empty())
              marks.push_back({claim.evidence, claim.verdict});
          }
        }
      }
      out += "\n" + paint(color_, Tone::bold, fmt::format("[{}] {}", i + 1, printable(passages_[i].title))) +
             paint(color_, Tone::dim, "  " + printable(passages_[i].id)) + "\n";
      out += indented(highlighted(passages_[i].text, marks, color_)) + "\n";
    }
    return out;
  }

 private:
  // Every call, in order, with what came back; then the tools that were offered in vain.
  std::string tools(const StoredCell& cell) const {
    const auto* completion = std::get_if<Completion>(&cell.answer.reply);
    if (!completion) return "";
    std::string out;
    std::set<std::string> called;
    for (const ToolCall& call : completion->tool_calls) {
      called.insert(call.name);
      const Tone tone = call.failed ? Tone::bad : Tone::good;
      out +=
          "  " + paint(color_, tone, call.failed ? "✗" : "→") +
          fmt::format(" {}({}) ", printable(call.name), fit(printable(call.arguments), 60)) +
          paint(color_, Tone::dim, "= " + fit(printable(call.output.empty() ? "(never answered)" : call.output), 80)) +
          "\n";
    }
    for (const OfferedTool& tool : question_.tools) {
      if (!called.contains(tool.name))
        out += "  " + paint(color_, Tone::warn, fmt::format("○ {} was never called", printable(tool.name))) + "\n";
    }
    return out;
  }

  // What a reader must know of how the answer was had; nothing of the usual case.
  std::string dealings(const StoredCell& cell) const {
    std::vector<std::string> words;
    if (cell.answer.cached) words.emplace_back("the reply of an earlier run");
    if (cell.answer.unclear > 0)
      words.push_back(fmt::format("{} of its requests may have been paid in vain", cell.answer.unclear));
    if (cell.answer.attempts > 1) words.push_back(fmt::format("{} requests", cell.answer.attempts));
    if (words.empty()) return "";
    return paint(color_, Tone::dim, fmt::format("  ({})", fmt::join(words, "; "))) + "\n";
  }

  static std::vector<Mark> answer_marks(const StoredCell& cell) {
    std::vector<Mark> marks;
    for (const Score& score : cell.scores) {
      for (const Claim& claim : score.claims) {
        if (!claim.span.empty()) marks.push_back({claim.span, claim.verdict});
      }
    }
    return marks;
  }

  std::string claim_line(const Claim& claim) const {
    const char* sign = claim.verdict == Verdict::supported ? "✓" : claim.verdict == Verdict::contradicted ? "✗" : "?";
    const Tone tone = claim.verdict == Verdict::supported      ? Tone::good
                      : claim.verdict == Verdict::contradicted ? Tone::bad
                                                               : Tone::warn;
    std::string where;
    for (std::size_t i = 0; i < passages_.size(); ++i) {
      if (passages_[i].id == claim.passage_id) where = fmt::format(" [{}]", i + 1);
    }
    return "    " + paint(color_, tone, sign) + " " + to_string(claim.verdict) + where +
           (claim.why.empty() ? "" : ": " + printable(claim.why)) + "\n";
  }

  static std::string indented(const std::string& text) { return "  " + replace_all(text, "\n", "\n  "); }

  bool color_;
  int columns_;
  const Question& question_;
  std::vector<Passage> passages_;
};

Json cell_json(const Shown& shown, const std::vector<Passage>& passages) {
  const StoredCell& cell = *shown.cell;
  Json json{{"system", shown.system->name},
            {"member", shown.system->member},
            {"control", shown.system->control},
            {"trial", cell.trial}};
  if (const auto* completion = std::get_if<Completion>(&cell.answer.reply)) {
    json["answer"] = completion->text;
    json["stop"] = to_string(completion->stop);
    json["model_answered"] = completion->model_answered;
    json["latency_ms"] = completion->latency.count();
    json["first_token_ms"] = completion->first_token ? Json(completion->first_token->count()) : Json(nullptr);
    const auto& logprobs = completion->logprobs;
    json["logprobs"] = logprobs ? Json({{"mean", logprobs->mean}, {"min", logprobs->min}, {"tokens", logprobs->tokens}})
                                : Json(nullptr);
    json["tool_calls"] = Json::array();
    for (const ToolCall& call : completion->tool_calls) {
      json["tool_calls"].push_back(
          {{"name", call.name}, {"arguments", call.arguments}, {"output", call.output}, {"failed", call.failed}});
    }
  } else {
    const auto& failure = std::get<Failure>(cell.answer.reply);
    json["error"] = {
        {"kind", to_string(failure.kind)}, {"http_status", failure.http_status}, {"message", failure.message}};
  }
  json["attempts"] = cell.answer.attempts;
  json["unclear"] = cell.answer.unclear;
  json["cached"] = cell.answer.cached;
  json["cost_usd"] = cell.answer.cost_known ? Json(cell.answer.cost_usd) : Json(nullptr);
  json["answered_at"] = timestamp_iso(cell.answer.answered_at);
  if (cell.outcome) {
    json["outcome"] = to_string(cell.outcome->outcome);
    json["kind"] = cell.outcome->kind ? Json(to_string(*cell.outcome->kind)) : Json(nullptr);
    json["right"] = cell.outcome->right;
    json["why"] = cell.outcome->why;
  }
  json["scores"] = Json::array();
  for (const Score& score : cell.scores) {
    Json one{{"scorer", score.scorer},
             {"value", score.value ? Json(*score.value) : Json(nullptr)},
             {"label", score.label},
             {"why", score.why}};
    one["claims"] = Json::array();
    for (const Claim& claim : score.claims) {
      Json each{{"verdict", to_string(claim.verdict)},
                {"begin", claim.span.begin},
                {"end", claim.span.end},
                {"why", claim.why}};
      if (!claim.passage_id.empty()) {
        each["passage"] = claim.passage_id;
        each["evidence"] = {{"begin", claim.evidence.begin}, {"end", claim.evidence.end}};
      }
      one["claims"].push_back(std::move(each));
    }
    json["scores"].push_back(std::move(one));
  }
  json["passages"] = Json::array();
  for (const Passage& passage : passages) json["passages"].push_back(passage.id);
  return json;
}

// The store keeps passages as written; how their tables were shown is the retrieval's setting.
const Retrieval* retrieval_named(const EvalSpec* spec, const std::string& name) {
  if (!spec) return nullptr;
  const auto it = std::ranges::find_if(spec->retrievals, [&](const Retrieval& each) { return each.name == name; });
  return it == spec->retrievals.end() ? nullptr : &*it;
}

Exit show(const Args& args, Terminal& terminal) {
  MaybeSpec loaded = load_evaluation_if_any(args, terminal);
  if (loaded.failed) return Exit::usage;
  const EvalSpec* spec = loaded.spec ? &*loaded.spec : nullptr;
  const std::string format = args.value("format", "terminal");
  if (format != "terminal" && format != "json") {
    terminal.error(fmt::format("unknown format '{}'; show knows terminal and json", printable(format)));
    return Exit::usage;
  }
  const auto opened = open_run(args, spec);
  const auto all_cells =
      opened ? opened->store->cells(opened->run.id, true) : Result<std::vector<StoredCell>>(opened.error());
  const auto stored_questions =
      all_cells ? opened->store->questions(opened->run.id) : Result<std::vector<Question>>(all_cells.error());
  const auto stored_systems =
      all_cells ? opened->store->systems(opened->run.id) : Result<std::vector<System>>(all_cells.error());
  if (!all_cells || !stored_questions || !stored_systems) {
    terminal.error(printable(!all_cells          ? all_cells.error().message
                             : !stored_questions ? stored_questions.error().message
                                                 : stored_systems.error().message));
    return Exit::environment;
  }
  const std::vector<Question>& questions = *stored_questions;
  const std::vector<System>& systems = *stored_systems;

  const std::string wanted = args.positionals().empty() ? "" : args.positionals()[0];
  const std::string wanted_system = fold(args.value("system")).text;
  std::set<std::string> outcomes;
  for (const std::string& name : args.values("outcome")) {
    if (!outcome_of(name)) {
      terminal.error(fmt::format(
          "unknown outcome '{}'; known: correct, partial, incorrect, hallucinated, abstained, error, unscorable",
          printable(name)));
      return Exit::usage;
    }
    outcomes.insert(name);
  }
  const auto limit = args.integer("limit", 1, 100'000);
  if (!limit) {
    terminal.error(limit.error().message);
    return Exit::usage;
  }

  const auto is_wanted = [&](const Question& question) {
    return wanted.empty() || question.id == wanted || question.dataset + "/" + question.id == wanted;
  };
  Json json = Json::array();
  std::vector<std::string> ids;
  long long shown_questions = 0;
  const long long most = limit->value_or(wanted.empty() ? 5 : 100'000);
  for (const Question& question : questions) {
    const std::string id = question.dataset + "/" + question.id;
    ids.push_back(wanted.find('/') == std::string::npos ? question.id : id);
    if (!is_wanted(question)) continue;
    std::vector<Shown> shown;
    for (const System& system : systems) {
      if (!wanted_system.empty() && !contains(fold(system.name).text, wanted_system)) continue;
      if (wanted_system.empty() && system.control && !args.has("controls")) continue;
      for (const StoredCell& cell : *all_cells) {
        if (cell.system_digest != system.digest || cell.question_digest != question.digest) continue;
        if (!outcomes.empty() && (!cell.outcome || !outcomes.contains(to_string(cell.outcome->outcome)))) continue;
        shown.push_back({&system, &cell});
      }
    }
    if (shown.empty() || shown_questions >= most) continue;
    ++shown_questions;
    // Systems with another retrieval saw other passages: each group is shown with its own.
    while (!shown.empty()) {
      std::vector<Shown> group;
      const std::vector<std::string> same = shown[0].cell->answer.passages;
      const std::string retrieval = shown[0].system->retrieval;
      std::erase_if(shown, [&](const Shown& each) {
        const bool mine = each.cell->answer.passages == same && each.system->retrieval == retrieval;
        if (mine) group.push_back(each);
        return mine;
      });
      auto passages = opened->store->passages_shown(opened->run.id, *group[0].cell);
      if (!passages) {
        terminal.error(printable(passages.error().message));
        return Exit::environment;
      }
      if (const Retrieval* settings = retrieval_named(spec, retrieval)) {
        for (Passage& passage : *passages) passage = as_shown(passage, *settings);
      }
      if (format == "json") {
        Json one{{"dataset", question.dataset},       {"id", question.id},
                 {"type", to_string(question.type)},  {"question", question.text},
                 {"answerable", question.answerable}, {"key", question.answer},
                 {"needs", described(question)}};
        one["passages"] = Json::array();
        for (const Passage& passage : *passages) {
          one["passages"].push_back({{"id", passage.id}, {"title", passage.title}, {"text", passage.text}});
        }
        one["answers"] = Json::array();
        for (const Shown& each : group) one["answers"].push_back(cell_json(each, *passages));
        json.push_back(std::move(one));
        continue;
      }
      const Page page(terminal, question, *passages);
      std::string out = page.heading() + page.sources(group);
      for (const Shown& each : group) out += page.answer(each);
      terminal.out(out + "\n");
    }
  }
  if (format == "json") {
    terminal.out(dump_json(Json{{"run", opened->run.id}, {"questions", json}}, 2) + "\n");
    return Exit::ok;
  }
  if (shown_questions == 0 && !wanted.empty() && std::ranges::none_of(questions, is_wanted)) {
    const auto guess = suggest(wanted, ids);
    terminal.error(fmt::format("no question '{}' in run {}{}; see 'plumb list questions'", printable(wanted),
                               opened->run.id, guess ? fmt::format("; did you mean '{}'?", *guess) : ""));
    return Exit::usage;
  }
  if (shown_questions == 0) {
    terminal.note(args.has("controls") ? "plumb: no such answer in this run"
                                       : "plumb: no such answer in this run; --controls shows the controls too");
  }
  return Exit::ok;
}

}  // namespace

const Command& command_show() {
  static const Command command{
      .name = "show",
      .alias = "",
      .summary = "answers with their question, passages, claims and why",
      .description =
          "Shows a question with the passages that were shown, every answer to it, what each claim of an answer rests "
          "on\n"
          "(green: supported, red: contradicted, yellow: in no source), and why its outcome is what it is.",
      .example =
          "plumb show postings/byeolmaru-backend-reward\n"
          "plumb show --outcome hallucinated --system mini -n 3\n"
          "plumb show postings/byeolmaru-backend-reward --controls --format json",
      .positional = "[QUESTION]",
      .options = {{"-s,--system", "NAME", "only systems whose name contains this", false},
                  {"--outcome", "OUTCOME", "only answers with this outcome (repeatable)", true},
                  {"--controls", "", "the controls too", false},
                  {"-n,--limit", "N", "at most N questions (default: 5 when none is named)", false},
                  run_option(),
                  format_option(),
                  config_option(),
                  store_option()},
      .run = show};
  return command;
}

}  // namespace plumb
