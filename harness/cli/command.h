// One subcommand of `plumb`.
//
// To add one: write cli/NAME.cpp that defines `const Command& command_NAME()`. The build finds it; help,
// usage errors and "did you mean" come from its tables.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plumb {

class Args;
class Terminal;

// What the process exits with. Scripts depend on these: never renumber.
enum class Exit {
  ok = 0,
  gate_failed = 1,  // ran fine; the numbers did not meet the bar
  usage = 2,        // the command line or a file people wrote is wrong
  incomplete = 3,   // some cells have no answer
  undecided = 4,    // not enough power to tell
  environment = 5,  // disk, database, port
  budget = 6,       // the budget was reached
  internal = 70,
  interrupted = 130,
};

struct Option {
  std::string flags;       // "-c,--config"; the last long name is the key in Args
  std::string value_name;  // "FILE"; empty: a switch that takes no value
  std::string help;
  bool repeatable = false;
};

struct Command {
  std::string name;
  std::string alias;        // another name, or ""
  std::string summary;      // the line that `plumb help` shows
  std::string description;  // a paragraph, for `plumb help NAME`
  std::string example;      // at least one line one can type
  std::string positional;   // "[RUN]", "FILE..."; "" if it takes none
  std::vector<Option> options;
  Exit (*run)(const Args&, Terminal&) = nullptr;
};

const Command* find_command(std::string_view name);  // by file name; aliases are resolved by cli/main_line.h
std::vector<std::string_view> command_names();

// Options that several commands share, worded once.
Option config_option();
Option store_option();
Option run_option();
Option format_option();

}  // namespace plumb
