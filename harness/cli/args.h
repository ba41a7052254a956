// The parsed command line of one command. CLI11 is used by args.cpp only.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/command.h"

namespace plumb {

class Args {
 public:
  bool has(const std::string& option) const { return values_.contains(option); }
  std::string value(const std::string& option, const std::string& fallback = "") const;
  std::vector<std::string> values(const std::string& option) const;
  const std::vector<std::string>& positionals() const { return positionals_; }

  // A whole number in [low, high]; an error that names the option otherwise; none if absent.
  Result<std::optional<long long>> integer(const std::string& option, long long low, long long high) const;

  // A number in [low, high], as integer() does for whole ones.
  Result<std::optional<double>> number(const std::string& option, double low, double high) const;

  std::map<std::string, std::vector<std::string>> values_;  // by long name without dashes
  std::vector<std::string> positionals_;
};

// `words` are those after the command's name. An error is one line that says what to type instead.
Result<Args> parse_args(const Command&, const std::vector<std::string>& words);

std::string usage_text(const Command&);

}  // namespace plumb
