// Approved outputs: a rendering is compared with a file that a person has looked at.
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace plumb::test {

// Compares with tests/NAME. PLUMB_APPROVE=1 writes the file instead: look at the difference before you commit.
inline void check_approved(const std::string& name, const std::string& text) {
  const std::filesystem::path path = std::filesystem::path(PLUMB_SOURCE_DIR) / "tests" / name;
  if (const char* approve = std::getenv("PLUMB_APPROVE"); approve && *approve) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  std::ifstream in(path, std::ios::binary);
  std::ostringstream approved;
  approved << in.rdbuf();
  CAPTURE(path.string());
  CHECK(approved.str() == text);
}

}  // namespace plumb::test
