// yaml-cpp is driven by events, never by its node graph: its graph expands aliases and its loader throws.
// Its marks count lines from 0 and columns in bytes.
#include "config/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <unordered_map>

#include "base/text.h"
#include "config/text_file.h"

namespace plumb {

namespace {

// A bomb of aliases is told a few times, not a million times.
constexpr int k_complaints_max = 20;

// What yaml-cpp says, and what a person can do about it.
std::string plain_message(const std::string& message) {
  static const std::unordered_map<std::string, const char*> k_plain = {
      {YAML::ErrorMsg::END_OF_MAP, "the indentation does not fit the lines above, or a quote is not closed"},
      {YAML::ErrorMsg::END_OF_SEQ, "the indentation does not fit the lines above, or a quote is not closed"},
      {YAML::ErrorMsg::END_OF_MAP_FLOW, "this { is not closed, or a comma is missing"},
      {YAML::ErrorMsg::END_OF_SEQ_FLOW, "this [ is not closed, or a comma is missing"},
      {YAML::ErrorMsg::FLOW_END, "a ] or } that nothing opened"},
      {YAML::ErrorMsg::BLOCK_ENTRY, "a '- ' is not expected here; is the indentation right?"},
      {YAML::ErrorMsg::MAP_KEY, "a key is not expected here; is the indentation right?"},
      {YAML::ErrorMsg::MAP_VALUE, "a ': ' inside a value; put the value in quotes"},
      {YAML::ErrorMsg::UNKNOWN_TOKEN, "a value cannot begin with this character; put it in quotes"},
      {YAML::ErrorMsg::EOF_IN_SCALAR, "a quote is not closed before the end of the file"},
      {YAML::ErrorMsg::DOC_IN_SCALAR, "a quote is not closed before the line of dashes"},
      {YAML::ErrorMsg::TAB_IN_INDENTATION, "indented by a tab; use spaces"},
      {YAML::ErrorMsg::UNKNOWN_ANCHOR, "aliases (*name) are not supported; write the value out, or put it in quotes"},
      {YAML::ErrorMsg::ALIAS_NOT_FOUND, "a value cannot begin with *; put it in quotes"},
      {YAML::ErrorMsg::CHAR_IN_ALIAS, "a value cannot begin with *; put it in quotes"},
      {YAML::ErrorMsg::ANCHOR_NOT_FOUND, "a value cannot begin with &; put it in quotes"},
      {YAML::ErrorMsg::CHAR_IN_ANCHOR, "a value cannot begin with &; put it in quotes"},
      {YAML::ErrorMsg::MULTIPLE_TAGS, "tags (!name) are not supported; remove them"},
      {YAML::ErrorMsg::CHAR_IN_BLOCK, "after | or > the text begins on the next line"},
      {YAML::ErrorMsg::BAD_FILE, "nested too deeply"},
  };
  if (message.starts_with(YAML::ErrorMsg::INVALID_ESCAPE)) {
    return "unknown escape after a backslash; use single quotes, or write \\\\ for a backslash";
  }
  const auto found = k_plain.find(message);
  return found == k_plain.end() ? "not YAML: " + message : found->second;
}

class Builder final : public YAML::EventHandler {
 public:
  Builder(std::string_view text, const PlaceIndex& places, FileReport& report, YamlLimits limits)
      : text_(text), places_(places), report_(report), limits_(limits) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ == 2) {
      complain(place_of(mark), "a second document (---); a file holds one");
      stopped_ = true;
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { add(mark, YamlNode::Kind::nothing); }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    if (silent()) return;
    complain(place_of(mark), "aliases (*name) are not supported; write the value out");
    if (YamlNode* node = add(mark, YamlNode::Kind::nothing)) node->reported = true;
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, const std::string& value) override {
    if (silent()) return;
    refuse_open_quote(mark);
    if (stopped_) return;
    Frame* frame = frames_.empty() ? nullptr : &frames_.back();
    if (frame && frame->node->kind == YamlNode::Kind::map && !frame->value_next) {
      add_key(mark, value);
    } else if (YamlNode* node = add(mark, YamlNode::Kind::text)) {
      node->text = value;
      node->quoted = tag != "?";  // yaml-cpp's tag for a plain scalar; "!" for one in quotes or a block
    }
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    open(mark, YamlNode::Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    open(mark, YamlNode::Kind::map);
  }
  void OnMapEnd() override { close(); }

  bool stopped() const { return stopped_; }
  int documents() const { return documents_; }
  YamlNode take_root() { return std::move(root_); }

 private:
  // A list or map that is being filled. Only the innermost grows, so pointers to the outer ones stay good.
  struct Frame {
    YamlNode* node;
    bool value_next = false;                      // a map: its key has come
    std::unordered_map<std::string, Place> keys;  // a map: where each was first written
  };

  bool silent() const { return stopped_ || skipping_ > 0; }

  Place place_of(const YAML::Mark& mark) const { return places_.at(places_.offset(mark.line, mark.column)); }

  void complain(Place place, std::string message) {
    if (complaints_ == k_complaints_max) {
      report_.error(place, "more of the kind below; the rest of this file was not read");
      stopped_ = true;
    }
    if (complaints_++ < k_complaints_max) report_.error(place, std::move(message));
  }

  // The mark of a node with properties is that of its first property, not of its value.
  void refuse_properties(const YAML::Mark& mark) {
    const std::size_t offset = places_.offset(mark.line, mark.column);
    if (offset >= text_.size()) return;
    if (text_[offset] == '&') complain(place_of(mark), "anchors (&name) are not supported; remove it");
    if (text_[offset] == '!') complain(place_of(mark), "tags (!name) are not supported; remove it, or use quotes");
  }

  // yaml-cpp 0.7 takes a quote that the end of the file closes after a line end.
  void refuse_open_quote(const YAML::Mark& mark) {
    std::size_t at = places_.offset(mark.line, mark.column);
    if (at >= text_.size() || (text_[at] != '"' && text_[at] != '\'')) return;
    const char quote = text_[at];
    for (++at; at < text_.size(); ++at) {
      if (text_[at] == '\\' && quote == '"') {
        ++at;
      } else if (text_[at] == quote) {
        const bool doubled = quote == '\'' && at + 1 < text_.size() && text_[at + 1] == quote;
        if (!doubled) return;
        ++at;
      }
    }
    complain(place_of(mark), "this quote is not closed");
    stopped_ = true;
  }

  void add_key(const YAML::Mark& mark, const std::string& key) {
    if (key.empty()) return add_unusable_key(mark, "a key is missing before the ':'");
    refuse_properties(mark);
    Frame& frame = frames_.back();
    const Place place = place_of(mark);
    const auto [first, is_new] = frame.keys.emplace(key, place);
    if (key == "<<") {
      complain(place, "merge keys (<<) are not supported; write the keys out");
    } else if (!is_new) {
      complain(place, fmt::format("key '{}' is given twice; first on line {}", key, first->second.line));
    }
    const bool dropped = key == "<<" || !is_new;
    frame.node->entries.push_back({key, place, {}});
    frame.node->entries.back().value.reported = dropped;  // close() removes it
    frame.value_next = true;
  }

  void add_unusable_key(const YAML::Mark& mark, const char* message) {
    complain(place_of(mark), message);
    Frame& frame = frames_.back();
    frame.node->entries.push_back({"", place_of(mark), {}});
    frame.node->entries.back().value.reported = true;
    frame.value_next = true;
  }

  const char* why_unusable(const YAML::Mark& mark, YamlNode::Kind kind) {
    if (kind == YamlNode::Kind::nothing) return "a key is missing before the ':'";
    const std::size_t offset = places_.offset(mark.line, mark.column);
    const bool braces = offset > 0 && offset < text_.size() && text_[offset] == '{' && text_[offset - 1] == '{';
    if (!braces) return "a key must be text, not a list or a map";
    frames_.back().node->reported = true;
    return "text that begins with {{ must stand in quotes or after |";
  }

  // Where the next node goes; null when it goes nowhere.
  YamlNode* add(const YAML::Mark& mark, YamlNode::Kind kind) {
    if (silent()) return nullptr;
    refuse_properties(mark);
    if (++nodes_ > limits_.nodes_max) {
      complain(place_of(mark), fmt::format("more than {} values in one file", limits_.nodes_max));
      stopped_ = true;
      return nullptr;
    }
    YamlNode* node = &root_;
    if (!frames_.empty()) {
      Frame& frame = frames_.back();
      if (frame.node->kind == YamlNode::Kind::list) {
        node = &frame.node->items.emplace_back();
      } else if (!frame.value_next) {
        add_unusable_key(mark, why_unusable(mark, kind));
        return nullptr;
      } else {
        frame.value_next = false;
        node = &frame.node->entries.back().value;
      }
    }
    node->kind = kind;
    node->offset = places_.offset(mark.line, mark.column);
    node->place = places_.at(node->offset);
    // yaml-cpp marks `key:` without a value where the next thing begins.
    if (kind == YamlNode::Kind::nothing && !frames_.empty() && frames_.back().node->kind == YamlNode::Kind::map) {
      const Place key = frames_.back().node->entries.back().place;
      if (node->place.line != key.line) node->place = key;
    }
    return node;
  }

  void open(const YAML::Mark& mark, YamlNode::Kind kind) {
    if (stopped_) return;
    if (skipping_ > 0) {
      ++skipping_;
      return;
    }
    if (frames_.size() >= static_cast<std::size_t>(limits_.depth_max)) {
      complain(place_of(mark), fmt::format("nested too deeply; at most {} levels", limits_.depth_max));
      stopped_ = true;
      return;
    }
    if (YamlNode* node = add(mark, kind)) {
      frames_.push_back({.node = node, .value_next = false, .keys = {}});
    } else if (!stopped_) {
      skipping_ = 1;  // a list or map as a key: all within it is skipped
    }
  }

  void close() {
    if (stopped_) return;
    if (skipping_ > 0) {
      --skipping_;
      return;
    }
    Frame& frame = frames_.back();
    // What was told as an unusable key goes; an alias as a value stays, so that the key is not "missing".
    std::erase_if(frame.node->entries, [&, seen = std::unordered_map<std::string, bool>()](const YamlEntry& e) mutable {
      return e.key.empty() || e.key == "<<" || !seen.emplace(e.key, true).second;
    });
    frames_.pop_back();
  }

  std::string_view text_;
  const PlaceIndex& places_;
  FileReport& report_;
  YamlLimits limits_;
  YamlNode root_;
  std::vector<Frame> frames_;
  std::size_t nodes_ = 0;
  int documents_ = 0;
  int complaints_ = 0;
  int skipping_ = 0;  // depth within a list or map that is skipped
  bool stopped_ = false;
};

// yaml-cpp keeps every token of an unclosed [ or { in memory before it says that it nests too deeply:
// 4 MB of [ cost 1 GB. No text of people has this many more opening than closing brackets.
std::optional<std::size_t> find_bracket_bomb(std::string_view text) {
  constexpr int k_unclosed_max = 1'000;
  int unclosed = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '[' || text[i] == '{') ++unclosed;
    if ((text[i] == ']' || text[i] == '}') && unclosed > 0) --unclosed;
    if (unclosed > k_unclosed_max) return i;
  }
  return {};
}

}  // namespace

const YamlEntry* YamlNode::find(std::string_view key) const {
  const auto found = std::ranges::find(entries, key, &YamlEntry::key);
  return found == entries.end() ? nullptr : &*found;
}

std::optional<YamlNode> parse_yaml(std::string_view text, FileReport& report, int first_line, YamlLimits limits) {
  const PlaceIndex places(text, first_line);
  if (const auto bomb = find_bracket_bomb(text)) {
    report.error(places.at(*bomb), "nested too deeply");
    return {};
  }
  Builder builder(text, places, report, limits);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (!builder.stopped() && parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    if (!builder.stopped()) {
      const std::size_t offset = places.offset(error.mark.line, error.mark.column);
      report.error(places.at(offset), plain_message(error.msg));
    }
    return {};
  } catch (const std::exception& error) {
    report.error({}, fmt::format("cannot be read as YAML: {}", error.what()));
    return {};
  }
  if (builder.stopped()) return {};
  YamlNode root = builder.take_root();
  if (root.place.line == 0) root.place = {first_line, 1};
  return root;
}

}  // namespace plumb
