#include "store/database.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <limits>

#include "base/file.h"
#include "base/text.h"
#include "store/child.h"
#include "store/sample.h"

namespace plumb {
namespace {

using sample::value_of;
using std::chrono::milliseconds;

std::unique_ptr<Database> opened(const std::filesystem::path& path, Database::Access access = Database::Access::write) {
  return value_of(Database::open(path, access, milliseconds(20)));
}

std::string message_of(const Status& status) { return status ? "" : status.error().message; }

// The first thing asked of a file, as by anyone who opens one.
std::string first_error(const std::filesystem::path& path, Database::Access access = Database::Access::write) {
  Result<std::unique_ptr<Database>> database = Database::open(path, access, milliseconds(20));
  if (!database) return database.error().message;
  const Result<std::int64_t> version = (*database)->integer("PRAGMA user_version");
  return version ? message_of((*database)->execute("CREATE TABLE t (x)")) : version.error().message;
}

TEST_CASE("values are bound and read as what they are") {
  const sample::Folder folder;
  const auto database = opened(folder / "d.db");
  sample::require_ok(database->execute("CREATE TABLE t (a INTEGER, b REAL, c TEXT, d ANY, e INTEGER) STRICT"));
  Statement insert = value_of(database->prepare("INSERT INTO t VALUES (?, ?, ?, ?, ?)"));
  const std::int64_t big = std::numeric_limits<std::int64_t>::min();
  sample::require_ok(insert.run(big, 0.1, std::string("한글"), RawText{"글"}, true));
  sample::require_ok(
      insert.run(std::nullopt, std::optional<double>(), std::string_view(), RawText{}, std::optional<std::int64_t>(7)));
  CHECK(database->last_row_id() == 2);
  Statement select = value_of(database->prepare("SELECT * FROM t ORDER BY rowid"));
  REQUIRE(value_of(select.step()));
  CHECK(select.integer(0) == big);
  CHECK(select.real(1) == 0.1);
  CHECK(select.text(2) == "한글");
  CHECK(select.text(3) == "글");
  CHECK(select.integer(4) == 1);
  REQUIRE(value_of(select.step()));
  CHECK(select.is_null(0));
  CHECK_FALSE(select.maybe_integer(0).has_value());
  CHECK_FALSE(select.maybe_real(1).has_value());
  CHECK_FALSE(select.is_null(2));  // an empty text is not NULL
  CHECK_FALSE(select.is_null(3));
  CHECK(select.maybe_integer(4) == 7);
  CHECK_FALSE(value_of(select.step()));
}

TEST_CASE("text that other tools could not read is stored as a blob, all else as text") {
  const sample::Folder folder;
  const auto database = opened(folder / "d.db");
  sample::require_ok(database->execute("CREATE TABLE t (x ANY) STRICT"));
  Statement insert = value_of(database->prepare("INSERT INTO t VALUES (?)"));
  sample::require_ok(insert.run(RawText{"한글 \u1112\u1161\u11ab"}));
  sample::require_ok(insert.run(RawText{std::string_view("a\0b", 3)}));
  sample::require_ok(insert.run(RawText{"\xff"}));
  Statement select = value_of(database->prepare("SELECT typeof(x), x FROM t ORDER BY rowid"));
  const std::string expected[][2] = {
      {"text", "한글 \u1112\u1161\u11ab"}, {"blob", std::string("a\0b", 3)}, {"blob", "\xff"}};
  for (const auto& row : expected) {
    REQUIRE(value_of(select.step()));
    CHECK(select.text(0) == row[0]);
    CHECK(select.text(1) == row[1]);
  }
}

TEST_CASE("a transaction is all or nothing") {
  const sample::Folder folder;
  const auto database = opened(folder / "d.db");
  sample::require_ok(database->execute("CREATE TABLE t (x INTEGER NOT NULL)"));
  const Status failed = in_transaction(*database, [&]() -> Status {
    TRY(database->execute("INSERT INTO t VALUES (1)"));
    return database->execute("INSERT INTO t VALUES (NULL)");
  });
  CHECK(contains(message_of(failed), "NOT NULL"));
  CHECK(value_of(database->integer("SELECT count(*) FROM t")) == 0);
  sample::require_ok(in_transaction(*database, [&] { return database->execute("INSERT INTO t VALUES (1)"); }));
  CHECK(value_of(database->integer("SELECT count(*) FROM t")) == 1);
}

TEST_CASE("a statement runs again after it failed") {
  const sample::Folder folder;
  const auto database = opened(folder / "d.db");
  sample::require_ok(database->execute("CREATE TABLE t (x INTEGER UNIQUE)"));
  Statement insert = value_of(database->prepare("INSERT INTO t VALUES (?) RETURNING rowid"));
  CHECK(value_of(insert.run_for_integer(5)) == 1);
  CHECK_FALSE(insert.run_for_integer(5));
  CHECK(value_of(insert.run_for_integer(6)) == 2);
}

TEST_CASE("after folding, a database is one plain file") {
  const sample::Folder folder;
  {
    const auto database = opened(folder / "d.db");
    sample::require_ok(database->use_write_ahead_log());
    sample::require_ok(database->execute("CREATE TABLE t (x); INSERT INTO t VALUES (1)"));
    CHECK(std::filesystem::exists(folder / "d.db-wal"));
    database->fold_write_ahead_log();
  }
  CHECK_FALSE(std::filesystem::exists(folder / "d.db-wal"));
  CHECK_FALSE(std::filesystem::exists(folder / "d.db-shm"));
  CHECK(value_of(opened(folder / "d.db", Database::Access::read)->integer("SELECT x FROM t")) == 1);
}

TEST_CASE("what is no database is refused and left as it is") {
  const sample::Folder folder;
  const std::string text = "이것은 그냥 글입니다. " + std::string(2'000, 'x');
  sample::require_ok(write_file(folder / "d.db", text));
  const std::string message = first_error(folder / "d.db");
  CHECK(contains(message, (folder / "d.db").string() + ": is not a database"));
  CHECK(value_of(read_file(folder / "d.db")) == text);
}

TEST_CASE("a damaged database says so and how to save what is left") {
  const sample::Folder folder;
  {
    const auto database = opened(folder / "d.db");
    sample::require_ok(database->execute("CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(100000))"));
  }
  std::fstream file(folder / "d.db", std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(4096);  // the root page of t
  for (int i = 0; i < 4096; ++i) file.put('\x7f');
  file.close();
  const auto database = opened(folder / "d.db");
  const Result<std::int64_t> count = database->integer("SELECT sum(length(x)) FROM t");
  REQUIRE_FALSE(count);
  CHECK(contains(count.error().message, "is damaged"));
  CHECK(contains(count.error().message, ".recover"));
}

TEST_CASE("a lock of another process is waited for, then named") {
  const sample::Folder folder;
  const auto holder = opened(folder / "d.db");
  sample::require_ok(holder->execute("CREATE TABLE t (x); BEGIN EXCLUSIVE"));
  const std::string message = message_of(opened(folder / "d.db")->execute("INSERT INTO t VALUES (1)"));
  CHECK(contains(message, "another process has had it locked for 20 ms"));
  CHECK(contains(message, "d.db"));
  sample::require_ok(holder->execute("COMMIT"));
  sample::require_ok(opened(folder / "d.db")->execute("INSERT INTO t VALUES (1)"));
}

TEST_CASE("a folder in the place of the file, and a path to nowhere") {
  const sample::Folder folder;
  CHECK(contains(first_error(folder.path()), "cannot be opened"));
  CHECK(contains(first_error(folder / "no" / "d.db"), "cannot be opened (No such file or directory)"));
  CHECK(contains(first_error(folder / "none.db", Database::Access::read), "cannot be opened"));
  CHECK_FALSE(std::filesystem::exists(folder / "none.db"));
}

TEST_CASE("a read-only file and a read-only folder are told, and who reads needs no rights to write") {
  const sample::Folder folder;
  std::filesystem::create_directory(folder / "closed");
  sample::require_ok(opened(folder / "closed" / "d.db")->execute("CREATE TABLE old (x); INSERT INTO old VALUES (5)"));
  namespace fs = std::filesystem;
  fs::permissions(folder.path(), fs::perms::owner_all | fs::perms::others_read | fs::perms::others_exec);
  fs::permissions(folder / "closed" / "d.db", fs::perms::owner_read | fs::perms::others_read);
  fs::permissions(folder / "closed",
                  fs::perms::owner_read | fs::perms::owner_exec | fs::perms::others_read | fs::perms::others_exec);
  const std::string said = sample::in_child([&]() -> std::string {
    if (!sample::drop_rights()) return "still root";
    std::string all = first_error(folder / "closed" / "d.db") + "\n" + first_error(folder / "closed" / "new.db") + "\n";
    Result<std::unique_ptr<Database>> reader = Database::open(folder / "closed" / "d.db", Database::Access::read);
    if (!reader) return all + reader.error().message;
    const Result<std::int64_t> value = (*reader)->integer("SELECT x FROM old");
    return all + (value ? std::to_string(*value) : value.error().message);
  });
  fs::permissions(folder / "closed", fs::perms::owner_all);
  if (said == "still root") {
    MESSAGE("skipped: root may write anywhere, and this process could not become nobody");
    return;
  }
  const auto lines = split(said, '\n');
  REQUIRE(lines.size() == 3);
  CHECK(contains(lines[0], "closed/d.db: the file or its folder cannot be written"));
  CHECK(contains(lines[1], "closed/new.db: cannot be opened"));
  CHECK(lines[2] == "5");
}

TEST_CASE("a file deleted or replaced under a writer is noticed") {
  const sample::Folder folder;
  const auto database = opened(folder / "d.db");
  sample::require_ok(database->check_in_place());
  std::filesystem::rename(folder / "d.db", folder / "moved.db");
  CHECK(contains(message_of(database->check_in_place()), "was deleted or replaced"));
  sample::require_ok(write_file(folder / "d.db", ""));
  CHECK(contains(message_of(database->check_in_place()), "was deleted or replaced"));
}

TEST_CASE("what was cut off in the midst of a change is rolled back by whoever opens it next, a reader too") {
  const sample::Folder folder;
  const std::filesystem::path path = folder / "d.db";
  {
    const auto database = opened(path);
    sample::require_ok(database->execute("CREATE TABLE t (x); INSERT INTO t VALUES (1)"));
  }
  const pid_t child = fork();
  if (child == 0) {
    // A cache of one page makes it write into the file before the end, which never comes.
    const auto database = Database::open(path, Database::Access::write);
    const bool begun =
        database &&
        (*database)->execute(
            "PRAGMA cache_size = 1; BEGIN; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000) "
            "INSERT INTO t SELECT hex(zeroblob(400)) FROM n");
    _exit(begun ? 0 : 1);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(status == 0);
  REQUIRE(std::filesystem::exists(path.string() + "-journal"));
  const auto reader = opened(path, Database::Access::read);
  CHECK(value_of(reader->integer("SELECT count(*) FROM t")) == 1);
}

TEST_CASE("the version line names SQLite and a date") {
  CHECK(sqlite_version_line().starts_with("SQLite 3."));
  CHECK(contains(sqlite_version_line(), "(20"));
}

}  // namespace
}  // namespace plumb
