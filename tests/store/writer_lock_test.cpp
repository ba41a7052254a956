#include "store/writer_lock.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>

#include "base/text.h"
#include "store/child.h"
#include "store/sample.h"

namespace plumb {
namespace {

TEST_CASE("a second writer is refused and told which process is writing") {
  const sample::Folder folder;
  const auto first = sample::writer(folder / "r.db", sample::spec());
  const std::string expected = (folder / "r.db").string() + ": plumb in process " + std::to_string(getpid());
  const std::string said = sample::in_child([&] {
    const Result<std::unique_ptr<Writer>> second = Writer::open(folder / "r.db", sample::spec(), 0);
    return second ? std::string("opened") : second.error().message;
  });
  CHECK(contains(said, expected));
  // In this process too.
  const Result<std::unique_ptr<Writer>> third = Writer::open(folder / "r.db", sample::spec(), 0);
  REQUIRE_FALSE(third);
  CHECK(contains(third.error().message, expected));
  sample::require_ok(first->close());
}

TEST_CASE("the lock is free again after closing, and after a process died with it") {
  const sample::Folder folder;
  { const WriterLock lock = sample::value_of(WriterLock::take(folder / "r.db")); }
  int status = 0;
  const pid_t child = fork();
  if (child == 0) {
    const Result<WriterLock> lock = WriterLock::take(folder / "r.db");
    if (lock) kill(getpid(), SIGKILL);
    _exit(1);
  }
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));  // it had the lock
  CHECK(WriterLock::take(folder / "r.db"));
}

TEST_CASE("readers need no lock") {
  const sample::Folder folder;
  const auto writer = sample::writer(folder / "r.db", sample::spec());
  CHECK(sample::value_of(sample::reader(folder / "r.db")->runs()).size() == 1);
}

TEST_CASE("a folder that cannot be written is named before anything else is done") {
  const sample::Folder folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec |
                                                  std::filesystem::perms::others_read |
                                                  std::filesystem::perms::others_exec);
  const std::string said = sample::in_child([&]() -> std::string {
    if (!sample::drop_rights()) return "still root";
    const Result<std::unique_ptr<Writer>> writer = Writer::open(folder / "r.db", sample::spec(), 0);
    return writer ? "opened" : writer.error().message;
  });
  std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_all);
  if (said == "still root") {
    MESSAGE("skipped: root may write anywhere, and this process could not become nobody");
    return;
  }
  CHECK(contains(said, (folder / "r.db").string()));
  CHECK(contains(said, "cannot be created (Permission denied)"));
}

}  // namespace
}  // namespace plumb
