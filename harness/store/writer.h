// What a Writer may use of memory and disk; for tests, which need little of both. All else is in store/store.h.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "store/store.h"

namespace plumb {

struct WriterOptions {
  // Rows and bytes handed over and not yet durable; beyond, answered() and finished() wait.
  std::size_t rows_queued_max = 10'000;
  std::size_t bytes_queued_max = 64u << 20;
  // How long a row may wait for others to share its commit. A sync costs about 1 ms, whatever it carries.
  std::chrono::milliseconds gather{5};
  std::int64_t pages_max = 0;  // of the database; 0: what SQLite and the disk allow
};

Result<std::unique_ptr<Writer>> open_writer(const std::filesystem::path&, const EvalSpec&, bool fresh, UnixMillis now,
                                            std::string_view harness_version, WriterOptions);

}  // namespace plumb
