// Reads the command of a program of one's own.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/http.h"
#include "base/result.h"
#include "config/reader.h"

namespace plumb {

// `command: [python3, bot.py]`, or one line split as a shell would. It runs in `folder`. Null, and told, on any
// mistake.
std::shared_ptr<Program> read_command(const YamlNode&, const std::filesystem::path& folder, FileReport&);

// Words between blanks; quotes and backslashes as a shell reads them, but nothing is expanded and no operator
// means anything: one that stands alone (|, &&, >) is an error, as is a quote that is not closed. Never empty.
Result<std::vector<std::string>> split_command(std::string_view line);

}  // namespace plumb
