// The lock that keeps a second writer out of a database: FILE.lock, held while the process lives.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace plumb {

class WriterLock {
 public:
  // Refused, naming the process that holds it. The kernel lets go of it when that process ends, however it ends;
  // the file stays, since deleting it would race with the next writer.
  static Result<WriterLock> take(const std::filesystem::path& database);
  WriterLock(WriterLock&&) noexcept;
  WriterLock& operator=(WriterLock&&) = delete;
  ~WriterLock();

 private:
  explicit WriterLock(int file) : file_(file) {}
  int file_ = -1;
};

}  // namespace plumb
