#include "store/schema.h"

#include <fmt/format.h>

#include "store/store.h"
#include "store/tables.h"
#include "store/tables_2.h"
#include "store/tables_batch.h"

namespace plumb {
namespace {

// "plmb"; what `file results.db` shows as the application id.
constexpr std::int64_t k_application_id = 0x706c6d62;

constexpr Migration k_migrations[] = {
    {1, k_tables_1},
    {2, k_tables_2},
    {3, k_tables_batch},
};

Result<std::int64_t> version_of(Database& database) { return database.integer("PRAGMA user_version"); }

// The version of plumb that wrote last; "unknown version" if it did not say. Only for messages.
std::string last_writer(Database& database) {
  std::string unknown = "of an unknown version";
  Result<Statement> statement = database.prepare("SELECT value FROM meta WHERE key = 'harness_version'");
  if (!statement) return unknown;
  const Result<bool> row = statement->step();
  return row && *row && !statement->text(0).empty() ? statement->text(0) : unknown;
}

}  // namespace

int schema_version() { return k_migrations[std::size(k_migrations) - 1].version; }

std::span<const Migration> migrations() { return k_migrations; }

Status check_is_ours(Database& database, int version_max) {
  const std::string path = database.path().string();
  const std::int64_t application = TRY(database.integer("PRAGMA application_id"));
  const std::int64_t tables = TRY(database.integer("SELECT count(*) FROM sqlite_schema"));
  if (application == 0 && tables == 0) return Done{};
  if (application != k_application_id) {
    return Error{
        fmt::format("{}: is an SQLite database, but not one of plumb's; choose another `store` in eval.yaml", path)};
  }
  const std::int64_t version = TRY(version_of(database));
  if (version <= version_max) return Done{};
  return Error{
      fmt::format("{}: was written by a newer plumb, {} (schema {}, this one knows {}); update plumb or "
                  "choose another `store` in eval.yaml",
                  path, last_writer(database), version, version_max)};
}

Status check_is_readable(Database& database) {
  TRY(check_is_ours(database, schema_version()));
  if (TRY(version_of(database)) > 0) return Done{};
  return Error{fmt::format("{}: holds no results yet; start with `plumb run`", database.path().string())};
}

Result<bool> is_older(Database& database) { return TRY(version_of(database)) < schema_version(); }

Status migrate(Database& database, std::span<const Migration> all, std::string_view harness_version) {
  return in_transaction(database, [&]() -> Status {
    const std::int64_t from = TRY(version_of(database));
    for (const Migration& migration : all) {
      if (migration.version <= from) continue;
      TRY(database.execute(migration.sql));
      // A pragma takes no parameters; these are numbers of ours.
      const std::string stamp =
          fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", k_application_id, migration.version);
      TRY(database.execute(stamp.c_str()));
    }
    Statement note =
        TRY(database.prepare("INSERT INTO meta (key, value) VALUES ('harness_version', ?) "
                             "ON CONFLICT DO UPDATE SET value = excluded.value"));
    return note.run(harness_version);
  });
}

}  // namespace plumb
