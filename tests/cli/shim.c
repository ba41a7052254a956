// Put before libc's own by LD_PRELOAD: one call that fails or is slow, or a clock that jumps.
//   PLUMB_SHIM="fdatasync eio 3"    the third and every later sync of a database fails
//   PLUMB_SHIM="pwrite enospc 20"   the disk is full from the 20th write on
//   PLUMB_SHIM="fdatasync slow 1"   every sync takes 200 ms
//   PLUMB_SHIM="clock +864000 50"   from the 50th look on, the wall clock is ten days ahead
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static char call[32], what[32];
static long from;
static atomic_long calls;

__attribute__((constructor)) static void read_orders(void) {
  const char* orders = getenv("PLUMB_SHIM");
  if (orders) sscanf(orders, "%31s %31s %ld", call, what, &from);
}

// Only the database's files: NAME.db, NAME.db-wal.
static int is_database(int fd) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t size = readlink(link, path, sizeof path - 1);
  if (size <= 0) return 0;
  path[size] = '\0';
  return strstr(path, ".db") != NULL && strstr(path, ".lock") == NULL;
}

static int is_due(const char* name) { return strcmp(call, name) == 0 && atomic_fetch_add(&calls, 1) + 1 >= from; }

// True if the call is to fail.
static int fails(const char* name, int fd) {
  if (strcmp(call, name) != 0 || !is_database(fd) || !is_due(name)) return 0;
  if (strcmp(what, "slow") == 0) {
    const struct timespec time = {0, 200000000};
    nanosleep(&time, NULL);
    return 0;
  }
  errno = strcmp(what, "enospc") == 0 ? ENOSPC : EIO;
  return 1;
}

int fdatasync(int fd) {
  static int (*real)(int);
  if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  return fails("fdatasync", fd) ? -1 : real(fd);
}

int fsync(int fd) {
  static int (*real)(int);
  if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  return fails("fdatasync", fd) ? -1 : real(fd);
}

ssize_t pwrite64(int fd, const void* data, size_t size, off64_t at) {
  static ssize_t (*real)(int, const void*, size_t, off64_t);
  if (!real) real = (ssize_t (*)(int, const void*, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64");
  return fails("pwrite", fd) ? -1 : real(fd, data, size, at);
}

ssize_t pwrite(int fd, const void* data, size_t size, off_t at) { return pwrite64(fd, data, size, at); }

int clock_gettime(clockid_t clock, struct timespec* time) {
  static int (*real)(clockid_t, struct timespec*);
  if (!real) real = (int (*)(clockid_t, struct timespec*))dlsym(RTLD_NEXT, "clock_gettime");
  const int done = real(clock, time);
  if (done == 0 && clock == CLOCK_REALTIME && is_due("clock")) time->tv_sec += atol(what);
  return done;
}
