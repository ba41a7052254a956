#include "store/schema.h"

#include <doctest/doctest.h>

#include "base/text.h"
#include "store/sample.h"

namespace plumb {
namespace {

using sample::value_of;

const Migration k_next = {schema_version() + 1, "ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT '없음'"};

std::vector<Migration> with(const Migration& next) {
  std::vector<Migration> all(migrations().begin(), migrations().end());
  all.push_back(next);
  return all;
}

std::unique_ptr<Database> opened(const std::filesystem::path& path) {
  return value_of(Database::open(path, Database::Access::write));
}

// A database of this version with one run and one cell in it.
std::string make_results(const std::filesystem::path& path) {
  const auto writer = sample::writer(path, sample::spec());
  sample::fill(*writer, {0, 0, 0});
  sample::require_ok(writer->close());
  return writer->run().id;
}

TEST_CASE("migrations count up from one without gaps") {
  int version = 0;
  for (const Migration& migration : migrations()) CHECK(migration.version == ++version);
  CHECK(schema_version() == version);
}

TEST_CASE("an older database is brought up to date with all that it holds") {
  const sample::Folder folder;
  const std::string run = make_results(folder / "r.db");
  const auto database = opened(folder / "r.db");
  sample::require_ok(migrate(*database, with(k_next), "9.9.9"));
  CHECK(value_of(database->integer("PRAGMA user_version")) == schema_version() + 1);
  CHECK(value_of(database->integer("SELECT count(*) FROM runs WHERE note = '없음'")) == 1);
  CHECK(value_of(database->integer("SELECT count(*) FROM cells")) == 1);
  // Once is enough.
  sample::require_ok(migrate(*database, with(k_next), "9.9.9"));
}

TEST_CASE("a migration that fails half way leaves the database as it was") {
  const sample::Folder folder;
  const std::string run = make_results(folder / "r.db");
  const Migration broken = {k_next.version, "ALTER TABLE runs ADD COLUMN note TEXT; DROP TABLE there_is_none"};
  {
    const auto database = opened(folder / "r.db");
    const Status failed = migrate(*database, with(broken), "9.9.9");
    REQUIRE_FALSE(failed);
    CHECK(contains(failed.error().message, "there_is_none"));
    CHECK(value_of(database->integer("PRAGMA user_version")) == schema_version());
    CHECK_FALSE(database->integer("SELECT count(note) FROM runs"));
  }
  CHECK(value_of(sample::reader(folder / "r.db")->cells(run, true)).size() == 1);
  CHECK(sample::writer(folder / "r.db", sample::spec())->resumed());
}

TEST_CASE("a newer database is refused, naming the plumb that wrote it, and left as it is") {
  const sample::Folder folder;
  make_results(folder / "r.db");
  sample::require_ok(migrate(*opened(folder / "r.db"), with(k_next), "9.9.9"));
  const Result<std::unique_ptr<Writer>> writer = Writer::open(folder / "r.db", sample::spec(), false, 0, "0.1.0");
  REQUIRE_FALSE(writer);
  CHECK(contains(writer.error().message, "was written by a newer plumb, 9.9.9"));
  CHECK(contains(writer.error().message, (folder / "r.db").string()));
  const Result<std::unique_ptr<Store>> store = Store::open(folder / "r.db");
  REQUIRE_FALSE(store);
  CHECK(store.error().message == writer.error().message);
  CHECK(value_of(opened(folder / "r.db")->integer("PRAGMA user_version")) == schema_version() + 1);
}

TEST_CASE("an older database can be read after plumb run has brought it up to date") {
  const sample::Folder folder;
  make_results(folder / "r.db");
  sample::require_ok(opened(folder / "r.db")->execute("PRAGMA user_version = 0"));
  const Result<std::unique_ptr<Store>> store = Store::open(folder / "r.db");
  REQUIRE_FALSE(store);
  CHECK(contains(store.error().message, "`plumb run`"));
}

TEST_CASE("another program's database is refused and left as it is") {
  const sample::Folder folder;
  sample::require_ok(opened(folder / "other.db")->execute("CREATE TABLE bookmarks (url TEXT)"));
  const Result<std::unique_ptr<Writer>> writer = Writer::open(folder / "other.db", sample::spec(), false, 0);
  REQUIRE_FALSE(writer);
  CHECK(contains(writer.error().message, "not one of plumb's"));
  const Result<std::unique_ptr<Store>> store = Store::open(folder / "other.db");
  REQUIRE_FALSE(store);
  CHECK(contains(store.error().message, "not one of plumb's"));
  const auto database = opened(folder / "other.db");
  CHECK(value_of(database->integer("SELECT count(*) FROM sqlite_schema")) == 1);
  CHECK_FALSE(std::filesystem::exists(folder / "other.db-wal"));
}

TEST_CASE("an empty file becomes a database") {
  const sample::Folder folder;
  opened(folder / "r.db");
  CHECK_FALSE(Store::open(folder / "r.db"));
  make_results(folder / "r.db");
  CHECK(value_of(sample::reader(folder / "r.db")->runs()).size() == 1);
}

}  // namespace
}  // namespace plumb
