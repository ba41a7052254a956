#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace plumb {

namespace fs = std::filesystem;

namespace {

Error system_error(const char* what, const fs::path& path) {
  return {std::string(what) + " '" + path.string() + "': " + std::strerror(errno)};
}

struct Descriptor {
  int fd = -1;
  explicit Descriptor(int opened) : fd(opened) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

}  // namespace

Result<std::string> read_file(const fs::path& path, std::size_t bytes_max) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.fd < 0) return system_error("cannot read", path);
  struct stat info {};
  if (::fstat(file.fd, &info) != 0) return system_error("cannot read", path);
  if (S_ISDIR(info.st_mode)) return Error{"cannot read '" + path.string() + "': it is a folder"};
  std::string bytes;
  char buffer[64 * 1024];
  while (true) {
    const ssize_t got = ::read(file.fd, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error("cannot read", path);
    if (got == 0) return bytes;
    bytes.append(buffer, static_cast<std::size_t>(got));
    if (bytes.size() > bytes_max) {
      return Error{"cannot read '" + path.string() + "': above " + std::to_string(bytes_max >> 20) + " MiB"};
    }
  }
}

Status write_file(const fs::path& path, std::string_view bytes) {
  const fs::path beside = path.string() + ".tmp" + std::to_string(::getpid());
  {
    const Descriptor file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (file.fd < 0) return system_error("cannot write", path);
    while (!bytes.empty()) {
      const ssize_t put = ::write(file.fd, bytes.data(), bytes.size());
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) {
        const Error error = system_error("cannot write", path);
        ::unlink(beside.c_str());
        return error;
      }
      bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    if (::fsync(file.fd) != 0) {
      const Error error = system_error("cannot write", path);
      ::unlink(beside.c_str());
      return error;
    }
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) {
    const Error error = system_error("cannot write", path);
    ::unlink(beside.c_str());
    return error;
  }
  return Done{};
}

Result<std::vector<fs::path>> list_files(const fs::path& folder, std::string_view extension) {
  std::error_code error;
  fs::recursive_directory_iterator it(folder, error);
  if (error) return Error{"cannot read folder '" + folder.string() + "': " + error.message()};
  std::vector<fs::path> files;
  for (const fs::recursive_directory_iterator end; it != end; it.increment(error)) {
    if (error) return Error{"cannot read folder '" + folder.string() + "': " + error.message()};
    const bool hidden = it->path().filename().string().starts_with(".");
    if (hidden && it->is_directory(error)) it.disable_recursion_pending();
    if (!hidden && it->is_regular_file(error) && it->path().extension() == extension) files.push_back(it->path());
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace plumb
