#include "config/arithmetic.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

#include "base/text.h"

namespace plumb {

namespace {

constexpr std::size_t k_bytes_max = 1'000;
constexpr int k_depth_max = 50;

// Recursive descent; depth is bounded by k_depth_max.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<double> all() {
    const double value = TRY(sum());
    skip_spaces();
    if (at_ < text_.size()) return unexpected();
    if (!std::isfinite(value)) return Error{"the result is not a finite number"};
    return value;
  }

 private:
  Result<double> sum() {
    double value = TRY(product());
    while (true) {
      if (accept('+')) {
        value += TRY(product());
      } else if (accept('-')) {
        value -= TRY(product());
      } else {
        return value;
      }
    }
  }

  Result<double> product() {
    double value = TRY(factor());
    while (true) {
      if (accept('*')) {
        value *= TRY(factor());
      } else if (accept('/')) {
        const double divisor = TRY(factor());
        if (divisor == 0.0) return Error{"division by zero"};
        value /= divisor;
      } else {
        return value;
      }
    }
  }

  Result<double> factor() {
    if (accept('-')) return -TRY(unsigned_factor());
    return unsigned_factor();
  }

  Result<double> unsigned_factor() {
    if (accept('(')) {
      const double value = TRY(nested());
      if (!accept(')')) return unexpected();
      return value;
    }
    skip_spaces();
    if (at_ < text_.size() && (is_digit_byte(text_[at_]) || text_[at_] == '.')) return figure();
    return call();
  }

  Result<double> nested() {
    if (++depth_ > k_depth_max) return Error{fmt::format("more than {} levels of brackets", k_depth_max)};
    const double value = TRY(sum());
    --depth_;
    return value;
  }

  Result<double> figure() {
    double value = 0.0;
    const char* begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value, std::chars_format::fixed);
    if (error == std::errc::result_out_of_range) return Error{"a figure is out of range"};
    if (error != std::errc()) return unexpected();
    at_ += static_cast<std::size_t>(end - begin);
    return value;
  }

  Result<double> call() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] >= 'a' && text_[at_] <= 'z') ++at_;
    const std::string_view name = text_.substr(begin, at_ - begin);
    if (name != "min" && name != "max" && name != "floor" && name != "round") {
      at_ = begin;
      return name.empty() ? unexpected()
                          : Error{fmt::format("unknown function '{}'; there are min, max, floor, round", name)};
    }
    if (!accept('(')) return unexpected();
    std::vector<double> arguments;
    do {
      arguments.push_back(TRY(nested()));
    } while (accept(','));
    if (!accept(')')) return unexpected();
    if (name == "min") return std::ranges::min(arguments);
    if (name == "max") return std::ranges::max(arguments);
    if (arguments.size() != 1) return Error{fmt::format("{} takes one value", name)};
    return name == "floor" ? std::floor(decimal(arguments[0])) : std::round(decimal(arguments[0]));
  }

  // Nudged away from 0 by what binary fractions lose: 0.29*100 is 28.999999999999996, yet its floor is 29.
  static double decimal(double value) { return value + value * 1e-12; }

  static bool is_digit_byte(char c) { return c >= '0' && c <= '9'; }

  void skip_spaces() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }

  bool accept(char wanted) {
    skip_spaces();
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  Error unexpected() {
    skip_spaces();
    if (at_ >= text_.size()) return {"it ends too early"};
    std::size_t end = at_;
    next_code_point(text_, end);
    const std::size_t position = code_points(text_.substr(0, at_)).size() + 1;
    return {fmt::format("'{}' is not expected at character {}", text_.substr(at_, end - at_), position)};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

Result<double> evaluate_arithmetic(std::string_view text) {
  if (trim(text).empty()) return Error{"it is empty"};
  if (text.size() > k_bytes_max) return Error{fmt::format("more than {} characters", k_bytes_max)};
  return Parser(text).all();
}

}  // namespace plumb
