#include "base/file.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include "base/digest.h"

namespace plumb {
namespace {

namespace fs = std::filesystem;

struct Folder {
  fs::path path = fs::temp_directory_path() / ("plumb_file_test_" + std::to_string(::getpid()));
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
};

TEST_CASE("a file is written whole, and nothing is left beside it") {
  const Folder folder;
  REQUIRE(write_file(folder.path / "a.txt", "하나"));
  REQUIRE(write_file(folder.path / "a.txt", "둘"));
  CHECK(*read_file(folder.path / "a.txt") == "둘");
  CHECK(std::distance(fs::directory_iterator(folder.path), fs::directory_iterator()) == 1);
}

TEST_CASE("errors name the file and the reason") {
  const Folder folder;
  CHECK(read_file(folder.path / "none").error().message.find("none") != std::string::npos);
  CHECK(read_file(folder.path).error().message.find("it is a folder") != std::string::npos);
  CHECK_FALSE(write_file(folder.path / "no" / "such" / "folder", "x"));
  REQUIRE(write_file(folder.path / "big", std::string(3u << 20, 'x')));
  CHECK(read_file(folder.path / "big", 1u << 20).error().message.find("above 1 MiB") != std::string::npos);
}

TEST_CASE("files are listed in order, hidden ones left out") {
  const Folder folder;
  fs::create_directories(folder.path / "b");
  fs::create_directories(folder.path / ".git");
  for (const char* name : {"b/2.md", "a.md", "b/1.md", "x.txt", ".git/3.md", ".hidden.md"})
    REQUIRE(write_file(folder.path / name, "x"));
  const auto files = list_files(folder.path, ".md");
  REQUIRE(files);
  REQUIRE(files->size() == 3);
  CHECK((*files)[0].filename() == "a.md");
  CHECK((*files)[2].filename() == "2.md");
  CHECK_FALSE(list_files(folder.path / "none", ".md"));
}

TEST_CASE("digests separate fields that run together") {
  CHECK(digest("") == "e3b0c44298fc1c149afbf4c8996fb924");  // SHA-256 of nothing, its first half
  CHECK(Digester().add("ab").add("c").hex() != Digester().add("a").add("bc").hex());
  CHECK(Digester().add("ab").hex() == Digester().add("ab").hex());
}

}  // namespace
}  // namespace plumb
