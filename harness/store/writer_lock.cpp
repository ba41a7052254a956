#include "store/writer_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace plumb {
namespace {

// What the holder wrote into the file; "" in the moment before it did.
std::string read_holder(int file) {
  char buffer[32] = {};
  const ssize_t size = pread(file, buffer, sizeof buffer - 1, 0);
  std::string holder(buffer, size > 0 ? static_cast<std::size_t>(size) : 0);
  holder.erase(holder.find_last_not_of('\n') + 1);
  return holder;
}

Status write_holder(int file, const std::string& path) {
  const std::string line = fmt::format("{}\n", getpid());
  if (ftruncate(file, 0) == 0 && pwrite(file, line.data(), line.size(), 0) == static_cast<ssize_t>(line.size())) {
    return Done{};
  }
  return Error{fmt::format("{}: cannot be written ({}); free some space or choose another `store` in eval.yaml", path,
                           std::strerror(errno))};
}

}  // namespace

Result<WriterLock> WriterLock::take(const std::filesystem::path& database) {
  const std::string path = database.string() + ".lock";
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (file < 0) {
    return Error{
        fmt::format("{}: cannot be created ({}); make its folder writable or choose another `store` in "
                    "eval.yaml",
                    path, std::strerror(errno))};
  }
  WriterLock lock(file);
  if (flock(file, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) {
      return Error{
          fmt::format("{}: cannot be locked ({}); choose a `store` on a local disk", path, std::strerror(errno))};
    }
    const std::string holder = read_holder(file);
    return Error{fmt::format("{}: {} is writing to it; wait until that has ended, or stop it", database.string(),
                             holder.empty() ? "another plumb" : "plumb in process " + holder)};
  }
  TRY(write_holder(file, path));
  return lock;
}

WriterLock::WriterLock(WriterLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

WriterLock::~WriterLock() {
  if (file_ >= 0) close(file_);
}

}  // namespace plumb
