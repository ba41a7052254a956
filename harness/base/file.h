// Files, whole or not at all.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace plumb {

// Refuses directories and files above `bytes_max`.
Result<std::string> read_file(const std::filesystem::path&, std::size_t bytes_max = 64u << 20);

// Writes beside the target, syncs, and renames over it; the target is never seen half written.
Status write_file(const std::filesystem::path&, std::string_view);

// Regular files below a folder with this extension (".md"), sorted by path; not following links out.
Result<std::vector<std::filesystem::path>> list_files(const std::filesystem::path& folder, std::string_view extension);

}  // namespace plumb
