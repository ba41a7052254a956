#include "store/question_json.h"

#include <fmt/format.h>

#include "base/json.h"

namespace plumb {
namespace {

constexpr const char* k_premises[] = {"ok", "false", "stale"};
constexpr const char* k_bases[] = {"extractive", "computed", "inferred", "knowledge"};

using Items = std::vector<std::vector<std::string>>;

Json to_json(const Reference& reference) {
  struct {
    Json operator()(const TextRef& each) const { return {{"text", each.aliases}}; }
    Json operator()(const NumberRef& each) const { return {{"number", each.value}, {"tolerance", each.tolerance}}; }
    Json operator()(const DateRef& each) const { return {{"date", each.iso}}; }
    Json operator()(const YesNoRef& each) const { return {{"yes_no", each.yes}}; }
    Json operator()(const SetRef& each) const { return {{"set", each.items}}; }
    Json operator()(const ListRef& each) const { return {{"list", each.items}}; }
  } by_kind;
  return std::visit(by_kind, reference);
}

Json to_json(const std::optional<Day>& day) { return day ? Json(to_string(*day)) : Json(); }

// Reads members of one object and remembers what was wrong, so that the caller asks once, at the end.
class Reader {
 public:
  explicit Reader(const Json& json) : json_(json) {}

  std::string text(const char* key) const { return string_at(json_, key); }
  bool flag(const char* key, bool fallback = false) const {
    const Json* found = find(json_, key);
    return found != nullptr && found->is_boolean() ? found->get<bool>() : fallback;
  }
  std::optional<Day> day(const char* key) const { return parse_day(text(key)); }
  std::vector<std::string> texts(const char* key) const {
    const Json* found = find(json_, key);
    return found == nullptr ? std::vector<std::string>() : texts_of(*found);
  }
  Items items(const char* key) const {
    Items all;
    for (const Json& item : array(key)) all.push_back(texts_of(item));
    return all;
  }
  const Json& array(const char* key) const {
    static const Json k_none = Json::array();
    const Json* found = find(json_, key);
    return found != nullptr && found->is_array() ? *found : k_none;
  }
  template <class Value>
  Value name(const char* key, std::optional<Value> (*value_of)(std::string_view)) {
    const std::optional<Value> value = value_of(text(key));
    if (!value) unknown_ = fmt::format("{} '{}'", key, text(key));
    return value.value_or(Value{});
  }
  bool has(const char* key) const { return find(json_, key) != nullptr; }
  const std::string& unknown() const { return unknown_; }

 private:
  static std::vector<std::string> texts_of(const Json& array) {
    std::vector<std::string> texts;
    if (!array.is_array()) return texts;
    for (const Json& each : array) {
      if (each.is_string()) texts.push_back(each.get<std::string>());
    }
    return texts;
  }

  const Json& json_;
  std::string unknown_;
};

template <class Enum, std::size_t N>
std::optional<Enum> among(const char* const (&names)[N], std::string_view name) {
  for (std::size_t i = 0; i < N; ++i) {
    if (name == names[i]) return static_cast<Enum>(i);
  }
  return std::nullopt;
}
std::optional<Premise> premise_of(std::string_view name) { return among<Premise>(k_premises, name); }
std::optional<Basis> basis_of(std::string_view name) { return among<Basis>(k_bases, name); }

Result<Reference> reference_of(const Json& json) {
  const Reader read(json);
  if (read.has("text")) return Reference(TextRef{read.texts("text")});
  if (read.has("number")) return Reference(NumberRef{read.text("number"), read.text("tolerance")});
  if (read.has("date")) return Reference(DateRef{read.text("date")});
  if (read.has("yes_no")) return Reference(YesNoRef{read.flag("yes_no")});
  if (read.has("set")) return Reference(SetRef{read.items("set")});
  if (read.has("list")) return Reference(ListRef{read.items("list")});
  return Error{"a stored reference is of no known kind"};
}

Result<Forbidden> forbidden_of(const Json& json) {
  Reader read(json);
  Forbidden forbidden;
  const Json* value = find(json, "value");
  if (value == nullptr) return Error{"a stored forbidden value is missing"};
  forbidden.value = TRY(reference_of(*value));
  forbidden.kind = read.name("kind", hallucination_kind_of);
  if (!read.unknown().empty()) return Error{"unknown " + read.unknown()};
  return forbidden;
}

OfferedTool tool_of(const Json& json) {
  const Reader read(json);
  return {read.text("name"), read.text("description"), read.text("parameters"), read.text("output"),
          read.text("error")};
}

}  // namespace

std::string to_json_text(const Question& question) {
  Json references = Json::array();
  for (const Reference& each : question.references) references.push_back(to_json(each));
  Json forbidden = Json::array();
  for (const Forbidden& each : question.forbidden) {
    forbidden.push_back({{"value", to_json(each.value)}, {"kind", to_string(each.kind)}});
  }
  Json tools = Json::array();
  for (const OfferedTool& each : question.tools) {
    tools.push_back({{"name", each.name},
                     {"description", each.description},
                     {"parameters", each.parameters_json},
                     {"output", each.output},
                     {"error", each.error}});
  }
  const Json json = {
      {"id", question.id},
      {"dataset", question.dataset},
      {"type", to_string(question.type)},
      {"question", question.text},
      {"answer", question.answer},
      {"answerable", question.answerable},
      {"premise", k_premises[static_cast<std::size_t>(question.premise)]},
      {"closed_book", question.closed_book},
      {"passages", question.passages},
      {"evidence", question.evidence},
      {"references", std::move(references)},
      {"forbidden", std::move(forbidden)},
      {"basis", k_bases[static_cast<std::size_t>(question.basis)]},
      {"compute", question.compute},
      {"because", question.because},
      {"as_of", to_json(question.as_of)},
      {"valid_from", to_json(question.valid_from)},
      {"valid_to", to_json(question.valid_to)},
      {"grade", to_string(question.grade)},
      {"source", question.source},
      {"pair", question.pair},
      {"language", question.language},
      {"partial", question.partial_credit},
      {"tools", std::move(tools)},
      {"tags", question.tags},
      {"digest", question.digest},
  };
  return dump_json(json);
}

Result<Question> question_of_json(std::string_view text) {
  const Json json = TRY(parse_json(text));
  Reader read(json);
  Question question;
  question.id = read.text("id");
  question.dataset = read.text("dataset");
  question.type = read.name("type", question_type_of);
  question.text = read.text("question");
  question.answer = read.text("answer");
  question.answerable = read.flag("answerable", true);
  question.premise = read.name("premise", premise_of);
  question.closed_book = read.flag("closed_book");
  question.passages = read.texts("passages");
  question.evidence = read.texts("evidence");
  for (const Json& each : read.array("references")) question.references.push_back(TRY(reference_of(each)));
  for (const Json& each : read.array("forbidden")) question.forbidden.push_back(TRY(forbidden_of(each)));
  question.basis = read.name("basis", basis_of);
  question.compute = read.text("compute");
  question.because = read.text("because");
  question.as_of = read.day("as_of");
  question.valid_from = read.day("valid_from");
  question.valid_to = read.day("valid_to");
  question.grade = read.name("grade", grade_of);
  question.source = read.text("source");
  question.pair = read.text("pair");
  question.language = read.text("language");
  question.partial_credit = read.flag("partial");
  for (const Json& each : read.array("tools")) question.tools.push_back(tool_of(each));
  question.tags = read.texts("tags");
  question.digest = read.text("digest");
  if (!read.unknown().empty()) return Error{"unknown " + read.unknown()};
  return question;
}

}  // namespace plumb
