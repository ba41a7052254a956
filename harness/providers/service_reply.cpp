#include "providers/service_reply.h"

#include <fmt/format.h>

#include <array>
#include <set>

#include "base/json_pointer.h"
#include "base/text.h"
#include "domain/dataset.h"

namespace plumb {

namespace {

constexpr int k_beginning_columns_max = 60;

// LangChain says page_content, LlamaIndex and most others text or content.
constexpr std::array k_text_keys = {"text", "content", "page_content", "passage", "chunk"};
constexpr std::array k_title_keys = {"title", "name", "source"};
constexpr std::array k_id_keys = {"id", "doc_id", "document_id"};

Error wrong_type(std::string_view where, const Json& value, const char* expected) {
  return {fmt::format("{} {}, not {}", where, describe_shape(value), expected)};
}

std::string scalar_text(const Json& value) { return value.is_string() ? value.get<std::string>() : dump_json(value); }

bool is_scalar(const Json& value) { return value.is_string() || value.is_number(); }

// What the pointer names, or the first of the usual keys; null if there is nothing.
template <std::size_t N>
const Json* part_of(const Json& object, const std::string& pointer, const std::array<const char*, N>& usual) {
  if (!pointer.empty()) return find_at(object, pointer);
  for (const char* key : usual) {
    if (const Json* value = find(object, key); value && is_scalar(*value)) return value;
  }
  return nullptr;
}

std::string text_or_empty(const Json* value) { return value && is_scalar(*value) ? scalar_text(*value) : ""; }

Result<Passage> read_passage(const Json& item, const PassagePointers& pointers, const std::string& where) {
  Passage passage;
  if (item.is_string()) {
    passage.text = item.get<std::string>();
    return passage;
  }
  if (!item.is_object()) return wrong_type(where, item, "a string or an object");
  if (!pointers.text.empty() && !find_at(item, pointers.text)) {
    return Error{fmt::format("{}: {}", where, value_at(item, pointers.text).error().message)};
  }
  const Json* text = part_of(item, pointers.text, k_text_keys);
  if (!text) return Error{fmt::format("{} {}, but no text; name it in passage_text", where, describe_shape(item))};
  if (!is_scalar(*text)) return wrong_type(where + pointers.text, *text, "a string");
  passage.text = scalar_text(*text);
  passage.title = text_or_empty(part_of(item, pointers.title, k_title_keys));
  passage.id = text_or_empty(part_of(item, pointers.id, k_id_keys));
  return passage;
}

Result<ToolCall> read_tool_call(const Json& item, const std::string& where) {
  const Json* function = find(item, "function");
  const Json& named = function && function->is_object() ? *function : item;
  ToolCall call;
  call.id = string_at(item, "id");
  call.name = string_at(named, "name");
  if (call.name.empty()) return Error{fmt::format("{} {}, but no name of a tool", where, describe_shape(item))};
  const Json* arguments = find(named, "arguments");
  if (arguments && !arguments->is_null()) call.arguments = scalar_text(*arguments);
  const Json* output = find(item, "output");
  const Json* error = find(item, "error");
  if (output && !output->is_null()) call.output = scalar_text(*output);
  const Json* failed = find(item, "failed");
  call.failed = (error && !error->is_null()) || (failed && *failed == true);
  if (call.failed && call.output.empty() && error && !error->is_null()) call.output = scalar_text(*error);
  return call;
}

}  // namespace

Result<std::string> read_answer(const Json& value, std::string_view where) {
  if (is_scalar(value)) return scalar_text(value);
  if (!value.is_array()) return wrong_type(where, value, "a string, a number or a list of strings");
  std::string all;
  for (const Json& item : value) {
    const Json* text = item.is_object() ? find(item, "text") : &item;
    if (!text || !is_scalar(*text)) return wrong_type(fmt::format("an item of {}", where), item, "a string");
    all += (all.empty() ? "" : "\n") + scalar_text(*text);
  }
  return all;
}

Result<std::vector<Passage>> read_passages(const Json& list, const PassagePointers& pointers, std::string_view where) {
  std::vector<Passage> passages;
  if (list.is_null()) return passages;
  if (!list.is_array()) return wrong_type(where, list, "a list of passages");
  std::set<std::string> ids;
  for (const Json& item : list) {
    Passage passage = TRY(read_passage(item, pointers, fmt::format("{}/{}", where, passages.size())));
    const std::string number = std::to_string(passages.size() + 1);
    if (passage.id.empty()) passage.id = number;
    if (!ids.insert(passage.id).second) ids.insert(passage.id += "#" + number);  // two pieces of one document
    passage.group = passage.id;
    seal(passage);
    passages.push_back(std::move(passage));
  }
  return passages;
}

Result<std::vector<ToolCall>> read_tool_calls(const Json& list, std::string_view where) {
  std::vector<ToolCall> calls;
  if (list.is_null()) return calls;
  if (!list.is_array()) return wrong_type(where, list, "a list of tool calls");
  for (const Json& item : list) calls.push_back(TRY(read_tool_call(item, fmt::format("{}/{}", where, calls.size()))));
  return calls;
}

std::string describe_text(std::string_view body) {
  const std::string_view text = trim(body);
  if (text.empty()) return "an empty reply";
  if (text.starts_with('<')) return "the reply is a page of HTML or XML, not JSON";
  const std::string beginning = printable(repair_utf8(text.substr(0, 400)));
  const bool cut = display_width(beginning) > k_beginning_columns_max;
  return fmt::format("the reply is no JSON; it begins with '{}'",
                     cut ? fit(beginning, k_beginning_columns_max) : beginning);
}

}  // namespace plumb
