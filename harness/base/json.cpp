#include "base/json.h"

#include <set>
#include <vector>

namespace plumb {

namespace {

// Builds a value while refusing what nlohmann accepts and then chokes on: depth and duplicate keys.
class Builder final : public nlohmann::json_sax<Json> {
 public:
  explicit Builder(int depth_max) : depth_max_(depth_max) {}

  bool null() override { return put(nullptr); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(number_integer_t value) override { return put(value); }
  bool number_unsigned(number_unsigned_t value) override { return put(value); }
  bool number_float(number_float_t value, const string_t&) override { return put(value); }
  bool string(string_t& value) override { return put(std::move(value)); }
  bool binary(binary_t&) override { return fail("binary data"); }
  bool start_object(std::size_t) override { return open(Json::object()); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& value) override {
    if (!stack_.back().keys.insert(value).second) return fail("duplicate key '" + value.substr(0, 80) + "'");
    stack_.back().key = std::move(value);
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    return fail("not JSON at byte " + std::to_string(position));
  }

  Json root;
  std::string error;

 private:
  struct Level {
    Json value;
    std::string key;
    std::set<std::string> keys;  // the object itself searches in a line: a million keys would take hours
  };

  bool fail(std::string message) {
    error = std::move(message);
    return false;
  }
  bool open(Json container) {
    if (static_cast<int>(stack_.size()) >= depth_max_) return fail("nested deeper than " + std::to_string(depth_max_));
    stack_.push_back({std::move(container), {}, {}});
    return true;
  }
  bool close() {
    Json done = std::move(stack_.back().value);
    stack_.pop_back();
    return put(std::move(done));
  }
  bool put(Json item) {
    if (stack_.empty()) {
      root = std::move(item);
    } else if (Level& level = stack_.back(); level.value.is_array()) {
      level.value.push_back(std::move(item));
    } else {
      level.value.get_ref<Json::object_t&>().push_back({std::move(level.key), std::move(item)});
    }
    return true;
  }

  int depth_max_;
  std::vector<Level> stack_;
};

}  // namespace

Result<Json> parse_json(std::string_view text, int depth_max) {
  Builder builder(depth_max);
  try {
    if (Json::sax_parse(text.begin(), text.end(), &builder)) return std::move(builder.root);
  } catch (const std::exception& e) {
    return Error{std::string("not JSON: ") + e.what()};
  }
  return Error{builder.error};
}

std::string dump_json(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

const Json* find(const Json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto it = object.find(key);
  return it == object.end() ? nullptr : &*it;
}

std::string string_at(const Json& object, const char* key, std::string_view fallback) {
  const Json* value = find(object, key);
  return value && value->is_string() ? value->get<std::string>() : std::string(fallback);
}

double number_at(const Json& object, const char* key, double fallback) {
  const Json* value = find(object, key);
  return value && value->is_number() ? value->get<double>() : fallback;
}

long long integer_at(const Json& object, const char* key, long long fallback) {
  const Json* value = find(object, key);
  return value && value->is_number_integer() ? value->get<long long>() : fallback;
}

}  // namespace plumb
