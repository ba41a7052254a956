// The one door to SQLite: connections, prepared statements, and what its errors mean in words.
//
// A Database and its statements belong to one thread at a time. SQL text is always a literal of ours;
// values are bound, never written into it.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace plumb {

// Text from outside, kept byte for byte. Stored as TEXT where it is well-formed UTF-8 without NUL, else as a
// BLOB, because other tools refuse to read such text; needs a column of type ANY.
struct RawText {
  std::string_view bytes;
};

// Stored as a BLOB, whatever it holds.
struct RawBytes {
  std::string_view bytes;
};

class Database;

class Statement {
 public:
  Statement(Statement&&) noexcept;
  Statement& operator=(Statement&&) noexcept;
  ~Statement();

  // Binds all parameters, in order, and starts over. Strings are not copied: they must outlive the rows read.
  // Takes integers, bool, double, std::string(_view), RawText, RawBytes, std::nullopt and optionals of these.
  template <class... Values>
  Statement& bind(const Values&... values) {
    reset();
    int index = 0;
    (bind_value(++index, values), ...);
    return *this;
  }
  Result<bool> step();  // true: a row is there; false: done
  // Binds, runs to the end and lets go of its locks.
  template <class... Values>
  Status run(const Values&... values) {
    return bind(values...).finish();
  }
  // As run, for statements that give one row with one integer (RETURNING id); none if there is no row.
  template <class... Values>
  Result<std::optional<std::int64_t>> run_for_integer(const Values&... values) {
    return bind(values...).finish_with_integer();
  }
  void reset();

  // Columns of the current row, from 0. NULL reads as 0, "" or none.
  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;  // TEXT or BLOB, with embedded NULs
  std::optional<std::int64_t> maybe_integer(int column) const;
  std::optional<double> maybe_real(int column) const;

 private:
  friend class Database;
  Statement(const Database* database, sqlite3_stmt* statement) : database_(database), statement_(statement) {}

  void bind_value(int index, std::int64_t value);
  void bind_value(int index, int value) { bind_value(index, static_cast<std::int64_t>(value)); }
  void bind_value(int index, bool value) { bind_value(index, static_cast<std::int64_t>(value)); }
  void bind_value(int index, double value);
  void bind_value(int index, std::string_view value);
  void bind_value(int index, const std::string& value) { bind_value(index, std::string_view(value)); }
  void bind_value(int index, const char* value) { bind_value(index, std::string_view(value)); }
  void bind_value(int index, RawText value);
  void bind_value(int index, RawBytes value);
  void bind_value(int index, std::nullopt_t);
  template <class Value>
  void bind_value(int index, const std::optional<Value>& value) {
    value ? bind_value(index, *value) : bind_value(index, std::nullopt);
  }
  Status finish();
  Result<std::optional<std::int64_t>> finish_with_integer();

  const Database* database_ = nullptr;
  sqlite3_stmt* statement_ = nullptr;
  int bind_code_ = 0;  // the first failure of a bind; told by the next step
};

class Database {
 public:
  enum class Access { read, write };  // write: creates the file if there is none

  // A file that is no database is found out by the first statement. A reader rolls back what was cut off in the
  // midst of a change, where it may write. `patience` is how long
  // to wait for locks of other processes. `files` names the SQLite VFS to use, "" the usual one: for tests that
  // take the disk away.
  static Result<std::unique_ptr<Database>> open(const std::filesystem::path&, Access,
                                                std::chrono::milliseconds patience = std::chrono::seconds(5),
                                                const std::string& files = "");
  // A copy in memory, as the database is now: to be changed without touching the file.
  Result<std::unique_ptr<Database>> copy_in_memory() const;
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  const std::filesystem::path& path() const { return path_; }

  Status execute(const char* sql);  // any number of statements without parameters or rows
  Result<Statement> prepare(std::string_view sql);
  // The first column of the first row; 0 if there is none.
  Result<std::int64_t> integer(std::string_view sql);

  std::int64_t last_row_id() const;
  std::int64_t rows_changed() const;  // by the statement last run

  // Write-ahead log with every commit synced, foreign keys on. Not `synced`: power may fail with what was
  // committed; only for the test that shows that another one would notice.
  Status use_write_ahead_log(bool synced = true);
  // Pages in the log since it was last copied into the database.
  int log_pages() const { return log_pages_; }
  // Copies the log into the database, as far as readers allow, so that it begins anew.
  Status copy_log();
  // After the last commit: the log is folded back and the database is one plain file again, which can be copied
  // and read on read-only media. Stays in several files, still sound, while others have it open.
  void fold_write_ahead_log();
  // After a failed write the log must be left as it is: what the disk holds is not known.
  void leave_write_ahead_log();

  // The file grows to this many pages at most; beyond, the disk counts as full.
  Status limit_pages(std::int64_t pages_max);

  // An error if the file was deleted or replaced since it was opened.
  Status check_in_place() const;

  // One sentence that names the file and says what to do; `code` is SQLite's extended result code.
  Error error(int code) const;

 private:
  Database(std::filesystem::path path, sqlite3* handle) : path_(std::move(path)), handle_(handle) {}

  std::filesystem::path path_;
  sqlite3* handle_ = nullptr;
  std::chrono::milliseconds patience_{};
  std::uint64_t device_ = 0, inode_ = 0;
  int log_pages_ = 0;
};

// Runs `body` (a callable giving Status) in one transaction: all or nothing.
template <class Body>
Status in_transaction(Database& database, Body body) {
  if (Status begun = database.execute("BEGIN IMMEDIATE"); !begun) return begun;
  Status done = body();
  if (done) done = database.execute("COMMIT");
  if (!done) static_cast<void>(database.execute("ROLLBACK"));  // fails where SQLite already rolled back
  return done;
}

}  // namespace plumb
