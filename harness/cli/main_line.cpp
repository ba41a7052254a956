#include "cli/main_line.h"

#include <fmt/format.h>

#include <csignal>
#include <string>
#include <vector>

#include "base/text.h"
#include "cli/args.h"
#include "cli/command.h"
#include "cli/terminal.h"

namespace plumb {

namespace {

// The order in which help shows them: the order in which people meet them.
constexpr const char* k_order[] = {"init", "doctor", "validate", "run", "leaderboard", "show", "list", "submit"};

std::vector<const Command*> all_commands() {
  std::vector<const Command*> commands;
  for (const char* name : k_order) {
    if (const Command* command = find_command(name)) commands.push_back(command);
  }
  for (const std::string_view name : command_names()) {
    const Command* command = find_command(name);
    bool listed = false;
    for (const Command* other : commands) listed = listed || other == command;
    if (!listed) commands.push_back(command);
  }
  return commands;
}

const Command* by_name_or_alias(std::string_view name) {
  for (const Command* command : all_commands()) {
    if (command->name == name || (!command->alias.empty() && command->alias == name)) return command;
  }
  return nullptr;
}

std::string help_text() {
  std::string out = "plumb: how often does each prompt, model and retrieval make things up?\n\nCommands\n";
  for (const Command* command : all_commands()) {
    const std::string name = command->name + (command->alias.empty() ? "" : ", " + command->alias);
    out += fmt::format("  {} {}\n", fit(name, 14), command->summary);
  }
  out +=
      "\n  plumb help NAME   what a command does, with examples\n"
      "  plumb --version\n\n"
      "Exit codes: 0 ok, 1 gate failed, 2 usage or configuration, 3 some cells have no answer, 4 undecided,\n"
      "5 disk or database, 6 budget reached, 130 interrupted\n";
  return out;
}

int unknown_command(Terminal& terminal, const std::string& name) {
  std::vector<std::string> names;
  for (const Command* command : all_commands()) {
    names.push_back(command->name);
    if (!command->alias.empty()) names.push_back(command->alias);
  }
  const auto guess = suggest(name, names);
  terminal.error(fmt::format("no command '{}'{}; see 'plumb help'", printable(name),
                             guess ? fmt::format("; did you mean '{}'?", *guess) : ""));
  return static_cast<int>(Exit::usage);
}

}  // namespace

Option config_option() { return {"-c,--config", "FILE", "the evaluation (default: eval.yaml)", false}; }
Option store_option() {
  return {"--store", "FILE", "the database (default: the one eval.yaml names, else plumb.db)", false};
}
Option run_option() { return {"--run", "RUN", "a run by id or the beginning of one (default: last)", false}; }
Option format_option() { return {"-f,--format", "FORMAT", "terminal (default) or json", false}; }

int main_line(int argc, const char* const* argv) {
  std::signal(SIGPIPE, SIG_IGN);  // `plumb list | head -1` is no crash
  Terminal terminal;
  std::vector<std::string> words(argv + 1, argv + argc);

  if (words.empty()) {
    terminal.out(help_text());
    return static_cast<int>(Exit::usage);
  }
  if (words[0] == "--version" || words[0] == "version") {
    terminal.out("plumb " PLUMB_VERSION "\n");
    return 0;
  }
  const bool help_word = words[0] == "help" || words[0] == "--help" || words[0] == "-h";
  if (help_word && words.size() == 1) {
    terminal.out(help_text());
    return 0;
  }
  if (help_word) words.erase(words.begin());
  const Command* command = by_name_or_alias(words[0]);
  if (!command) return unknown_command(terminal, words[0]);
  words.erase(words.begin());
  bool wants_help = help_word;
  for (const std::string& word : words) wants_help = wants_help || word == "--help" || word == "-h";
  if (wants_help) {
    terminal.out(usage_text(*command));
    return 0;
  }

  const auto args = parse_args(*command, words);
  if (!args) {
    terminal.error(printable(args.error().message));
    return static_cast<int>(Exit::usage);
  }
  const Exit exit = command->run(*args, terminal);
  terminal.status("");
  if (terminal.broken() && exit == Exit::ok) {
    terminal.note("plumb: standard output could not be written; the results are stored");
    return static_cast<int>(Exit::environment);
  }
  return static_cast<int>(exit);
}

}  // namespace plumb
