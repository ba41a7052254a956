// What a Writer may use of memory and disk; for tests, which need little of both. All else is in store/store.h.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "store/store.h"

namespace plumb {

struct WriterOptions {
  // Rows and bytes handed over and not yet durable; beyond, whoever hands over waits.
  std::size_t rows_queued_max = 10'000;
  std::size_t bytes_queued_max = 64u << 20;
  // Commits begin at least this far apart, unless somebody waits for one: each costs the processor some 50 µs and
  // the log a page for every table, whatever it carries.
  std::chrono::microseconds gather{1'000};
  // How long the log grows before it is copied into the database, which syncs twice. At 8 KiB a page.
  int log_pages = 4'000;
  std::int64_t pages_max = 0;  // of the database; 0: what SQLite and the disk allow
  std::string files;           // the SQLite VFS; "" : the usual one
  bool synced = true;          // false: commits are not durable against power loss
};

Result<std::unique_ptr<Writer>> open_writer(const std::filesystem::path&, const EvalSpec&, UnixMillis now,
                                            const RunOptions&, WriterOptions);

}  // namespace plumb
