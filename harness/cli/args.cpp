#include "cli/args.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>

#include "base/text.h"

namespace plumb {

namespace {

// "-c,--config" -> "config"
std::string key_of(const Option& option) {
  const std::size_t dashes = option.flags.rfind("--");
  return option.flags.substr(dashes == std::string::npos ? 1 : dashes + 2);
}

std::vector<std::string> long_names(const Command& command) {
  std::vector<std::string> names;
  for (const Option& option : command.options) {
    for (const std::string_view flag : split(option.flags, ',')) {
      if (flag.starts_with("--")) names.emplace_back(flag);
    }
  }
  return names;
}

Error unknown_option(const Command& command, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  const auto guess = suggest(name, long_names(command));
  return {fmt::format("unknown option '{}' of 'plumb {}'{}; see 'plumb help {}'", name, command.name,
                      guess ? fmt::format("; did you mean '{}'?", *guess) : "", command.name)};
}

}  // namespace

std::string Args::value(const std::string& option, const std::string& fallback) const {
  const auto it = values_.find(option);
  return it == values_.end() || it->second.empty() ? fallback : it->second.back();
}

std::vector<std::string> Args::values(const std::string& option) const {
  const auto it = values_.find(option);
  return it == values_.end() ? std::vector<std::string>{} : it->second;
}

Result<std::optional<long long>> Args::integer(const std::string& option, long long low, long long high) const {
  if (!has(option)) return std::optional<long long>{};
  const std::string text = value(option);
  long long number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < low || number > high) {
    return Error{fmt::format("--{} takes a whole number from {} to {}, not '{}'", option, low, high, text)};
  }
  return std::optional<long long>{number};
}

Result<std::optional<double>> Args::number(const std::string& option, double low, double high) const {
  if (!has(option)) return std::optional<double>{};
  const std::string text = value(option);
  double number = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !(number >= low && number <= high)) {
    return Error{fmt::format("--{} takes a number from {:g} to {:g}, not '{}'", option, low, high, text)};
  }
  return std::optional<double>{number};
}

Result<Args> parse_args(const Command& command, const std::vector<std::string>& words) {
  Args args;
  try {
    CLI::App app;
    app.set_help_flag();  // help is ours
    std::map<std::string, std::vector<std::string>> texts;
    std::map<std::string, bool> switches;
    for (const Option& option : command.options) {
      const std::string key = key_of(option);
      if (option.value_name.empty()) {
        app.add_flag(option.flags, switches[key]);
      } else {
        CLI::Option* added = app.add_option(option.flags, texts[key]);
        added->expected(1)->allow_extra_args(false);
        added->multi_option_policy(option.repeatable ? CLI::MultiOptionPolicy::TakeAll
                                                     : CLI::MultiOptionPolicy::TakeLast);
      }
    }
    if (!command.positional.empty()) app.add_option("words", args.positionals_)->expected(-1);
    app.allow_extras();
    std::vector<std::string> reversed(words.rbegin(), words.rend());
    app.parse(std::move(reversed));
    const std::vector<std::string> extras = app.remaining();
    for (const std::string& extra : extras) {
      if (extra.size() > 1 && extra[0] == '-') return unknown_option(command, extra);
      return Error{fmt::format("'plumb {}' takes no '{}'; see 'plumb help {}'", command.name, extra, command.name)};
    }
    for (auto& [key, value] : texts) {
      if (!value.empty()) args.values_[key] = std::move(value);
    }
    for (const auto& [key, on] : switches) {
      if (on) args.values_[key] = {};
    }
  } catch (const CLI::ParseError& e) {
    return Error{fmt::format("plumb {}: {}; see 'plumb help {}'", command.name, e.what(), command.name)};
  }
  return args;
}

std::string usage_text(const Command& command) {
  std::string out = fmt::format("plumb {}{}{}{}\n\n{}\n", command.name, command.positional.empty() ? "" : " ",
                                command.positional, command.options.empty() ? "" : " [options]", command.description);
  if (!command.alias.empty()) out += fmt::format("\nAlso: plumb {}\n", command.alias);
  if (!command.options.empty()) out += "\nOptions\n";
  for (const Option& option : command.options) {
    const std::string flags =
        replace_all(option.flags, ",", ", ") + (option.value_name.empty() ? "" : " " + option.value_name);
    out += fmt::format("  {} {}\n", fit(flags, 30), option.help);
  }
  out += "\nExamples\n";
  for (const std::string_view line : split(trim(command.example), '\n')) out += fmt::format("  {}\n", trim(line));
  return out;
}

}  // namespace plumb
