// A disk that loses power: a VFS of SQLite over the usual one that knows what of each file was synced. At a moment
// of the test's choice it takes no more writes; restore() then makes the files what a disk might hold after that.
// Header only, since tests are built from files named *_test.cpp.
#pragma once

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace plumb::sample {

class UnreliableDisk {
 public:
  UnreliableDisk() : real_(sqlite3_vfs_find(nullptr)) {
    static std::atomic<int> count = 0;
    name_ = "unreliable-" + std::to_string(++count);
    vfs_ = *real_;
    vfs_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
    vfs_.pNext = nullptr;
    vfs_.zName = name_.c_str();
    vfs_.pAppData = this;
    vfs_.xOpen = open;
    vfs_.xDelete = remove;
    vfs_.xAccess = access;
    vfs_.xFullPathname = full_path;
    sqlite3_vfs_register(&vfs_, 0);
  }
  ~UnreliableDisk() { sqlite3_vfs_unregister(&vfs_); }
  UnreliableDisk(const UnreliableDisk&) = delete;
  UnreliableDisk& operator=(const UnreliableDisk&) = delete;

  const std::string& name() const { return name_; }

  // From now on, so many writes, truncations, deletions and syncs pass; the next one and all after it fail.
  void lose_power_after(std::int64_t operations) { left_ = operations; }
  // From now on, so many syncs pass; the next one fails, and no other.
  void fail_sync_after(std::int64_t syncs) { syncs_left_ = syncs; }
  // Since the disk was made.
  std::int64_t operations() const { return operations_; }
  bool has_power() const { return !lost_; }

  // Once nobody has the files open: makes each what was synced, plus each sector of what was not with probability
  // `kept`. Shared memory is gone.
  void restore(std::mt19937& dice, double kept) {
    for (auto& [path, file] : files_) {
      if (!std::filesystem::exists(path)) continue;  // deleted
      for (const Change& change : file.unsynced) apply(file.image, change, dice, kept);
      std::ofstream(path, std::ios::binary | std::ios::trunc).write(file.image.data(), std::ssize(file.image));
      std::filesystem::remove(path + "-shm");
    }
    files_.clear();
  }

 private:
  static constexpr std::size_t k_sector = 512;

  struct Change {
    std::size_t at = 0;
    std::string bytes;
    bool truncates = false;  // to `at`
  };
  struct Tracked {
    std::string image;  // as last synced
    std::vector<Change> unsynced;
  };
  struct File {
    sqlite3_file base;
    UnreliableDisk* disk;
    Tracked* tracked;  // null: a file that may be lost, or has no name
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  };

  static void write_at(std::string& image, std::size_t at, std::string_view bytes) {
    if (image.size() < at + bytes.size()) image.resize(at + bytes.size());
    std::memcpy(image.data() + at, bytes.data(), bytes.size());
  }

  static void apply(std::string& image, const Change& change, std::mt19937& dice, double kept) {
    const auto lucky = [&] { return std::uniform_real_distribution<double>(0, 1)(dice) < kept; };
    if (change.truncates) {
      if (lucky()) image.resize(change.at);
      return;
    }
    for (std::size_t from = 0; from < change.bytes.size();) {
      const std::size_t to = std::min(change.bytes.size(), from + k_sector - (change.at + from) % k_sector);
      if (lucky()) write_at(image, change.at + from, std::string_view(change.bytes).substr(from, to - from));
      from = to;
    }
  }

  // True if this one still passes.
  bool passes() {
    ++operations_;
    if (left_ && (*left_)-- == 0) lost_ = true;
    return !lost_;
  }

  static UnreliableDisk& disk_of(sqlite3_vfs* vfs) { return *static_cast<UnreliableDisk*>(vfs->pAppData); }
  static File& file_of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
  static sqlite3_file* real_of(sqlite3_file* file) { return file_of(file).real(); }

  static int open(sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* base, int flags, int* out_flags) {
    UnreliableDisk& disk = disk_of(vfs);
    File& file = file_of(base);
    file.base.pMethods = nullptr;
    file.disk = &disk;
    file.tracked = nullptr;
    const std::lock_guard guard(disk.mutex_);
    const bool kept = (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
    if (kept && name != nullptr) {
      const auto [at, is_new] = disk.files_.try_emplace(name);
      file.tracked = &at->second;
      if (is_new) {
        std::error_code none;
        const auto size = std::filesystem::file_size(name, none);
        if (!none) at->second.image.resize(size);
        std::ifstream(name, std::ios::binary).read(at->second.image.data(), std::ssize(at->second.image));
      }
    }
    const int code = disk.real_->xOpen(disk.real_, name, file.real(), flags, out_flags);
    if (file.real()->pMethods != nullptr) file.base.pMethods = methods();
    return code;
  }

  static int remove(sqlite3_vfs* vfs, const char* name, int) {
    UnreliableDisk& disk = disk_of(vfs);
    const std::lock_guard guard(disk.mutex_);
    if (!disk.passes()) return SQLITE_IOERR_DELETE;
    // Taken to be durable at once: what comes back of a log that was copied says nothing new.
    if (const auto found = disk.files_.find(name); found != disk.files_.end()) found->second = {};
    return disk.real_->xDelete(disk.real_, name, 0);
  }

  static int access(sqlite3_vfs* vfs, const char* name, int flags, int* out) {
    return disk_of(vfs).real_->xAccess(disk_of(vfs).real_, name, flags, out);
  }
  static int full_path(sqlite3_vfs* vfs, const char* name, int size, char* out) {
    return disk_of(vfs).real_->xFullPathname(disk_of(vfs).real_, name, size, out);
  }

  static int write(sqlite3_file* base, const void* bytes, int size, sqlite3_int64 at) {
    File& file = file_of(base);
    const std::lock_guard guard(file.disk->mutex_);
    const bool had_power = file.disk->has_power();
    const bool passes = file.disk->passes();
    if (file.tracked != nullptr && had_power) {
      // Also the one during which power is lost: it may have reached the disk in part.
      file.tracked->unsynced.push_back(
          {static_cast<std::size_t>(at), std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size))});
    }
    if (!passes) return SQLITE_IOERR_WRITE;
    return file.real()->pMethods->xWrite(file.real(), bytes, size, at);
  }

  static int truncate(sqlite3_file* base, sqlite3_int64 size) {
    File& file = file_of(base);
    const std::lock_guard guard(file.disk->mutex_);
    if (!file.disk->passes()) return SQLITE_IOERR_TRUNCATE;
    if (file.tracked != nullptr) file.tracked->unsynced.push_back({static_cast<std::size_t>(size), "", true});
    return file.real()->pMethods->xTruncate(file.real(), size);
  }

  static int sync(sqlite3_file* base, int) {
    File& file = file_of(base);
    const std::lock_guard guard(file.disk->mutex_);
    if (!file.disk->passes()) return SQLITE_IOERR_FSYNC;
    if (file.disk->syncs_left_ && (*file.disk->syncs_left_)-- == 0) return SQLITE_IOERR_FSYNC;
    if (file.tracked == nullptr) return SQLITE_OK;
    std::mt19937 none;
    for (const Change& change : file.tracked->unsynced) apply(file.tracked->image, change, none, 2.0);
    file.tracked->unsynced.clear();
    return SQLITE_OK;  // the real disk need not be bothered
  }

  static int close(sqlite3_file* base) { return real_of(base)->pMethods->xClose(real_of(base)); }
  static int read(sqlite3_file* base, void* out, int size, sqlite3_int64 at) {
    return real_of(base)->pMethods->xRead(real_of(base), out, size, at);
  }
  static int file_size(sqlite3_file* base, sqlite3_int64* size) {
    return real_of(base)->pMethods->xFileSize(real_of(base), size);
  }
  static int lock(sqlite3_file* base, int level) { return real_of(base)->pMethods->xLock(real_of(base), level); }
  static int unlock(sqlite3_file* base, int level) { return real_of(base)->pMethods->xUnlock(real_of(base), level); }
  static int check_lock(sqlite3_file* base, int* out) {
    return real_of(base)->pMethods->xCheckReservedLock(real_of(base), out);
  }
  static int control(sqlite3_file* base, int what, void* out) {
    return real_of(base)->pMethods->xFileControl(real_of(base), what, out);
  }
  static int sector_size(sqlite3_file* base) { return real_of(base)->pMethods->xSectorSize(real_of(base)); }
  static int traits(sqlite3_file* base) { return real_of(base)->pMethods->xDeviceCharacteristics(real_of(base)); }
  static int map(sqlite3_file* base, int page, int size, int extend, void volatile** out) {
    return real_of(base)->pMethods->xShmMap(real_of(base), page, size, extend, out);
  }
  static int map_lock(sqlite3_file* base, int at, int count, int flags) {
    return real_of(base)->pMethods->xShmLock(real_of(base), at, count, flags);
  }
  static void map_barrier(sqlite3_file* base) { real_of(base)->pMethods->xShmBarrier(real_of(base)); }
  static int unmap(sqlite3_file* base, int removes) {
    return real_of(base)->pMethods->xShmUnmap(real_of(base), removes);
  }

  static const sqlite3_io_methods* methods() {
    static const sqlite3_io_methods k_methods = {
        2,       close,       read,   write, truncate, sync,        file_size, lock,    unlock, check_lock,
        control, sector_size, traits, map,   map_lock, map_barrier, unmap,     nullptr, nullptr};
    return &k_methods;
  }

  sqlite3_vfs* real_;
  std::string name_;
  sqlite3_vfs vfs_{};
  std::mutex mutex_;  // a reader has its own thread
  std::map<std::string, Tracked> files_;
  std::optional<std::int64_t> left_, syncs_left_;  // none: all pass
  std::atomic<std::int64_t> operations_ = 0;
  std::atomic<bool> lost_ = false;
};

}  // namespace plumb::sample
