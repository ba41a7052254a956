// Files that the build put into the program.
#pragma once

#include <span>
#include <string_view>

namespace plumb {

struct EmbeddedFile {
  std::string_view path;  // relative, with /
  std::string_view text;
};

std::span<const EmbeddedFile> init_template();  // what `plumb init` writes: harness/cli/template/

}  // namespace plumb
