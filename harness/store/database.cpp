#include "store/database.h"

#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/text.h"
#include "store/store.h"

namespace plumb {
namespace {

// SQLITE_STATIC, whose own definition is a cast in C style.
const sqlite3_destructor_type k_borrowed = nullptr;

bool is_out_of_space(int system_errno) {
  return system_errno == ENOSPC || system_errno == EDQUOT || system_errno == EFBIG;
}

// What SQLite tells of a failed call, and where.
struct Failed {
  std::string path;
  int code = 0;
  std::string message;
  int system_errno = 0;  // 0: unknown
  std::chrono::milliseconds patience{};
};

Error describe(const Failed& failed) {
  const std::string& path = failed.path;
  const std::string reason = failed.system_errno == 0 ? failed.message : std::strerror(failed.system_errno);
  const int kind = failed.code & 0xff;  // the rest tells of the place in SQLite
  if (kind == SQLITE_FULL || (kind == SQLITE_IOERR && is_out_of_space(failed.system_errno))) {
    return {fmt::format("{}: the disk is full; free some space and run the same command again, what was stored is kept",
                        path)};
  }
  switch (kind) {
    case SQLITE_READONLY:
      return {
          fmt::format("{}: the file or its folder cannot be written; change the permissions or choose another "
                      "`store` in eval.yaml",
                      path)};
    case SQLITE_CANTOPEN:
      return {fmt::format("{}: cannot be opened ({}); check the path and the permissions of the file and its folder",
                          path, reason)};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {
          fmt::format("{}: another process has had it locked for {} ms; close that (a sqlite3 shell?) and try "
                      "again",
                      path, failed.patience.count())};
    case SQLITE_NOTADB:
      return {fmt::format("{}: is not a database; choose another `store` in eval.yaml or move the file away", path)};
    case SQLITE_CORRUPT:
      return {
          fmt::format("{}: the database is damaged; restore a copy, or save what can be read with "
                      "`sqlite3 {} .recover`",
                      path, path)};
    case SQLITE_IOERR:
      return {fmt::format("{}: the disk reports an error ({}); check the disk, then run the same command again", path,
                          reason)};
    default:
      return {fmt::format("{}: SQLite says: {} ({})", path, failed.message, failed.code)};
  }
}

// errno of the call that failed; 0 if SQLite kept none. A failed COMMIT leaves it with the file only, which is
// the database or its log.
int errno_of(sqlite3* handle) {
  if (const int system_errno = sqlite3_system_errno(handle); system_errno != 0) return system_errno;
  for (const int which : {SQLITE_FCNTL_FILE_POINTER, SQLITE_FCNTL_JOURNAL_POINTER}) {
    sqlite3_file* file = nullptr;
    int system_errno = 0;
    if (sqlite3_file_control(handle, "main", which, &file) != SQLITE_OK) continue;
    if (file == nullptr || file->pMethods == nullptr) continue;
    if (file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &system_errno) != SQLITE_OK) continue;
    if (system_errno != 0) return system_errno;
  }
  return 0;
}

bool is_plain_text(std::string_view bytes) {
  return bytes.find('\0') == std::string_view::npos && !find_invalid_utf8(bytes);
}

}  // namespace

Statement::Statement(Statement&& other) noexcept { *this = std::move(other); }

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(database_, other.database_);
  std::swap(statement_, other.statement_);
  std::swap(bind_code_, other.bind_code_);
  return *this;
}

Statement::~Statement() { sqlite3_finalize(statement_); }

void Statement::reset() {
  sqlite3_reset(statement_);
  bind_code_ = SQLITE_OK;
}

void Statement::bind_value(int index, std::int64_t value) {
  if (const int code = sqlite3_bind_int64(statement_, index, value); code != SQLITE_OK) bind_code_ = code;
}

void Statement::bind_value(int index, double value) {
  if (const int code = sqlite3_bind_double(statement_, index, value); code != SQLITE_OK) bind_code_ = code;
}

void Statement::bind_value(int index, std::nullopt_t) {
  if (const int code = sqlite3_bind_null(statement_, index); code != SQLITE_OK) bind_code_ = code;
}

void Statement::bind_value(int index, std::string_view value) {
  // A null pointer would bind NULL, and an empty view may hold one.
  const char* data = value.empty() ? "" : value.data();
  const int code = sqlite3_bind_text64(statement_, index, data, value.size(), k_borrowed, SQLITE_UTF8);
  if (code != SQLITE_OK) bind_code_ = code;
}

void Statement::bind_value(int index, RawText value) {
  if (is_plain_text(value.bytes)) return bind_value(index, value.bytes);
  const int code = sqlite3_bind_blob64(statement_, index, value.bytes.data(), value.bytes.size(), k_borrowed);
  if (code != SQLITE_OK) bind_code_ = code;
}

void Statement::bind_value(int index, RawBytes value) {
  // A null pointer would bind NULL here too.
  const char* data = value.bytes.empty() ? "" : value.bytes.data();
  const int code = sqlite3_bind_blob64(statement_, index, data, value.bytes.size(), k_borrowed);
  if (code != SQLITE_OK) bind_code_ = code;
}

Result<bool> Statement::step() {
  if (bind_code_ != SQLITE_OK) return database_->error(bind_code_);
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return database_->error(code);
}

Status Statement::finish() {
  Result<bool> row = step();
  while (row && *row) row = step();
  // The error is made before the reset, which would set another one.
  reset();
  if (!row) return std::move(row).error();
  return Done{};
}

Result<std::optional<std::int64_t>> Statement::finish_with_integer() {
  std::optional<std::int64_t> value;
  if (TRY(step())) {
    value = integer(0);
    // RETURNING has done all its changes by the first row, but the statement is not over until it is stepped on.
    TRY(finish());
  }
  reset();
  return value;
}

bool Statement::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_, column); }
double Statement::real(int column) const { return sqlite3_column_double(statement_, column); }

std::string Statement::text(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  const int size_bytes = sqlite3_column_bytes(statement_, column);
  return data == nullptr ? std::string() : std::string(static_cast<const char*>(data), static_cast<size_t>(size_bytes));
}

std::optional<std::int64_t> Statement::maybe_integer(int column) const {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}

std::optional<double> Statement::maybe_real(int column) const {
  if (is_null(column)) return std::nullopt;
  return real(column);
}

namespace {

// A database that was cut off in the midst of being made has a journal, which only a connection that may write can
// roll back. Where that cannot be, the reader's own first statement says so.
void roll_back_what_was_cut_off(sqlite3* reader, const std::filesystem::path& path, const std::string& files) {
  const char* vfs = files.empty() ? nullptr : files.c_str();
  const char* look = "PRAGMA schema_version";
  const int code = sqlite3_exec(reader, look, nullptr, nullptr, nullptr);
  if (code != SQLITE_READONLY_ROLLBACK && code != SQLITE_READONLY_RECOVERY) return;
  sqlite3* writer = nullptr;
  if (sqlite3_open_v2(path.c_str(), &writer, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, vfs) == SQLITE_OK)
    static_cast<void>(sqlite3_exec(writer, look, nullptr, nullptr, nullptr));
  sqlite3_close(writer);
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& path, Access access,
                                                 std::chrono::milliseconds patience, const std::string& files) {
  const int flags = (access == Access::read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
                    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, files.empty() ? nullptr : files.c_str());
  // Owned from here on: a handle must be closed even where the opening failed.
  std::unique_ptr<Database> database(new Database(path, handle));
  if (code != SQLITE_OK) return database->error(code);

  database->patience_ = patience;
  sqlite3_busy_timeout(handle, static_cast<int>(patience.count()));
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  // A file from elsewhere may define views and triggers that call functions with effects.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  if (access == Access::read) roll_back_what_was_cut_off(handle, path, files);
  struct stat file {};
  if (stat(path.c_str(), &file) != 0) return database->error(SQLITE_CANTOPEN);
  database->device_ = file.st_dev;
  database->inode_ = file.st_ino;
  return database;
}

Result<std::unique_ptr<Database>> Database::copy_in_memory() const {
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  int code = sqlite3_open_v2(":memory:", &handle, flags, nullptr);
  std::unique_ptr<Database> copy(new Database(path_, handle));
  if (code != SQLITE_OK) return copy->error(code);
  sqlite3_backup* backup = sqlite3_backup_init(handle, "main", handle_, "main");
  if (backup == nullptr) return copy->error(sqlite3_errcode(handle));
  static_cast<void>(sqlite3_backup_step(backup, -1));  // its error is told by the end
  code = sqlite3_backup_finish(backup);
  if (code != SQLITE_OK) return copy->error(code);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  return copy;
}

Database::~Database() { sqlite3_close_v2(handle_); }

Status Database::execute(const char* sql) {
  const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return error(code);
  return Done{};
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &statement, nullptr);
  if (code != SQLITE_OK) return error(code);
  return Statement(this, statement);
}

Result<std::int64_t> Database::integer(std::string_view sql) {
  Statement statement = TRY(prepare(sql));
  return TRY(statement.run_for_integer()).value_or(0);
}

std::int64_t Database::last_row_id() const { return sqlite3_last_insert_rowid(handle_); }

std::int64_t Database::rows_changed() const { return sqlite3_changes64(handle_); }

Status Database::limit_pages(std::int64_t pages_max) {
  return execute(fmt::format("PRAGMA max_page_count = {}", pages_max).c_str());
}

Status Database::use_write_ahead_log(bool synced) {
  // Answers of some 2 KB with their raw bodies fill half a page of 4,096 bytes and waste the rest: with 8,192 the
  // file is 29 % smaller and writing takes 23 % less CPU. A new file only; others keep their size.
  TRY(
      execute("PRAGMA page_size = 8192;"
              "PRAGMA journal_mode = WAL;"
              "PRAGMA foreign_keys = ON;"));
  // In place of SQLite's own, which copies the log inside of a commit and keeps errors to itself.
  const auto note_pages = [](void* pages, sqlite3*, const char*, int count) {
    *static_cast<int*>(pages) = count;
    return SQLITE_OK;
  };
  sqlite3_wal_hook(handle_, note_pages, &log_pages_);
  return execute(synced ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = OFF");
}

Status Database::copy_log() {
  const int code = sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  log_pages_ = 0;
  // Busy: another process is at it.
  if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY) return error(code);
  return Done{};
}

void Database::fold_write_ahead_log() {
  // Not worth waiting for: whoever opens the database next can do it too.
  sqlite3_busy_timeout(handle_, 0);
  static_cast<void>(execute("PRAGMA journal_mode = DELETE"));
  sqlite3_busy_timeout(handle_, static_cast<int>(patience_.count()));
}

void Database::leave_write_ahead_log() { sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr); }

Status Database::check_in_place() const {
  struct stat file {};
  if (stat(path_.c_str(), &file) == 0 && file.st_dev == device_ && file.st_ino == inode_) return Done{};
  return Error{
      fmt::format("{}: was deleted or replaced while it was being written; nothing more is stored", path_.string())};
}

Error Database::error(int code) const {
  if (handle_ == nullptr) return describe({path_.string(), code, sqlite3_errstr(code), 0, patience_});
  return describe({path_.string(), code, sqlite3_errmsg(handle_), errno_of(handle_), patience_});
}

std::string sqlite_version_line() {
  return fmt::format("SQLite {} ({})", sqlite3_libversion(), std::string_view(sqlite3_sourceid()).substr(0, 10));
}

}  // namespace plumb
