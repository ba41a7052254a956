#include <fmt/format.h>

#include <filesystem>

#include "base/file.h"
#include "base/text.h"
#include "cli/args.h"
#include "cli/embedded.h"
#include "cli/terminal.h"

namespace plumb {

namespace {

namespace fs = std::filesystem;

Exit run(const Args& args, Terminal& terminal) {
  if (args.positionals().size() > 1) {
    terminal.error("init takes one folder");
    return Exit::usage;
  }
  const fs::path folder = args.positionals().empty() ? fs::path(".") : fs::path(args.positionals()[0]);
  std::error_code error;
  std::string in_the_way;
  for (const EmbeddedFile& file : init_template()) {
    if (fs::exists(folder / file.path, error)) in_the_way += " " + (folder / file.path).string();
  }
  if (!in_the_way.empty()) {
    terminal.error("nothing was written: these exist already:" + printable(in_the_way));
    return Exit::usage;
  }
  for (const EmbeddedFile& file : init_template()) {
    const fs::path path = folder / file.path;
    fs::create_directories(path.parent_path(), error);
    const Status written =
        error ? Status(Error{fmt::format("cannot create '{}': {}", path.parent_path().string(), error.message())})
              : write_file(path, file.text);
    if (!written) {
      terminal.error(printable(written.error().message));
      return Exit::environment;
    }
    terminal.out("wrote " + printable(path.string()) + "\n");
  }
  terminal.out(fmt::format("next: {}plumb run\n", folder == "." ? "" : "cd " + printable(folder.string()) + " && "));
  return Exit::ok;
}

}  // namespace

const Command& command_init() {
  static const Command command{
      .name = "init",
      .alias = "",
      .summary = "a working folder: eval.yaml, a prompt, a small dataset",
      .description = "Writes files that run at once, without a key. Never overwrites anything.",
      .example =
          "plumb init\n"
          "plumb init my-evaluation",
      .positional = "[FOLDER]",
      .options = {},
      .run = run};
  return command;
}

}  // namespace plumb
