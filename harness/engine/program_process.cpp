#include "engine/program_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <system_error>

#include "base/text.h"

namespace plumb {

namespace {

bool is_scarcity(int os_error) {
  return os_error == EMFILE || os_error == ENFILE || os_error == EAGAIN || os_error == ENOMEM;
}

void close_all(std::initializer_list<int> all) {
  for (const int fd : all) {
    if (fd >= 0) close(fd);
  }
}

struct Pipe {
  int from = -1, to = -1;
};

// Neither end is one of the standard streams, even where this process has closed its own.
bool open_pipe(Pipe& made) {
  std::array<int, 2> ends{-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return false;
  for (int& end : ends) {
    if (end > STDERR_FILENO) continue;
    const int higher = fcntl(end, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    const int os_error = errno;
    close(end);
    end = higher;
    errno = os_error;
  }
  made = {ends[0], ends[1]};
  if (made.from >= 0 && made.to >= 0) return true;
  close_all({made.from, made.to});
  made = {};
  return false;
}

bool can_run(const std::string& path) {
  struct stat about {};
  return stat(path.c_str(), &about) == 0 && S_ISREG(about.st_mode) && access(path.c_str(), X_OK) == 0;
}

// As execvp looks for it, except that a file which is no program is not given to a shell, and that folders which are
// written relative to wherever one happens to be are left out.
std::string find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  const char* path = std::getenv("PATH");
  std::string_view folders = path ? path : "/usr/local/bin:/usr/bin:/bin";
  while (!folders.empty()) {
    const std::string_view folder = folders.substr(0, folders.find(':'));
    folders.remove_prefix(std::min(folders.size(), folder.size() + 1));
    if (!folder.starts_with('/')) continue;
    std::string candidate = fmt::format("{}/{}", folder, name);
    if (can_run(candidate)) return candidate;
  }
  return "";
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (const std::string& text : texts) all.push_back(const_cast<char*>(text.c_str()));
  all.push_back(nullptr);
  return all;
}

enum class Stage : int { folder, memory, program };

struct Trouble {
  Stage stage = Stage::program;
  int os_error = 0;
};

// What the child does between fork and exec. Other threads of this process may hold any lock, so nothing here may
// take one: no memory is allocated, and only system calls are made.
struct Child {
  const char* folder = nullptr;
  const char* program = nullptr;
  char* const* arguments = nullptr;
  char* const* environment = nullptr;
  rlim_t memory_bytes_max = RLIM_INFINITY;
  std::array<int, 3> streams{};
  int trouble = -1;

  [[noreturn]] void fail(Stage stage) const {
    const Trouble told{stage, errno};
    [[maybe_unused]] const auto written = write(trouble, &told, sizeof told);
    _exit(127);
  }

  [[noreturn]] void run() const {
    setpgid(0, 0);  // so that all that it starts can be ended with it, and Ctrl-C does not reach it
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD}) std::signal(signal, SIG_DFL);
    for (int i = 0; i < 3; ++i) dup2(streams[static_cast<std::size_t>(i)], i);
    leave_descriptors();
    if (*folder && chdir(folder) != 0) fail(Stage::folder);
    const rlimit none_left{0, 0};
    setrlimit(RLIMIT_CORE, &none_left);
    const rlimit memory{memory_bytes_max, memory_bytes_max};
    if (memory_bytes_max != RLIM_INFINITY && setrlimit(RLIMIT_AS, &memory) != 0) fail(Stage::memory);
    execve(program, arguments, environment);
    fail(Stage::program);
  }

  // Libraries open descriptors that a program would inherit.
  static void leave_descriptors() {
    constexpr unsigned first = STDERR_FILENO + 1;
#if defined(SYS_close_range)
    constexpr unsigned close_on_exec = 1u << 2;  // CLOSE_RANGE_CLOEXEC, of Linux 5.11
    if (syscall(SYS_close_range, first, ~0u, close_on_exec) == 0) return;
#endif
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    const auto end = static_cast<int>(std::min<rlim_t>(files.rlim_cur, 65'536));
    for (int fd = first; fd < end; ++fd) fcntl(fd, F_SETFD, FD_CLOEXEC);
  }
};

std::string words_of(const Program& program, const Trouble& trouble) {
  std::string why = std::generic_category().message(trouble.os_error);
  switch (trouble.stage) {
    case Stage::folder:
      return fmt::format("cannot start in {}: {}", program.folder, why);
    case Stage::memory:
      return fmt::format("its memory cannot be limited to {} MB: {}", program.memory_mb_max, why);
    case Stage::program:
      return fmt::format("cannot start: {}", why);
  }
  return why;
}

}  // namespace

std::variant<ChildProcess, SpawnFailure> spawn(const Program& program, const std::vector<std::string>& environment) {
  if (program.command.empty()) return SpawnFailure{"no command is given"};
  const std::string file = find_program(program.command[0]);
  if (file.empty()) return SpawnFailure{"cannot start: no such program in PATH"};
  const std::vector<char*> arguments = pointers(program.command), variables = pointers(environment);

  Pipe in, out, errors, trouble;
  if (!open_pipe(in) || !open_pipe(out) || !open_pipe(errors) || !open_pipe(trouble)) {
    const int os_error = errno;
    close_all({in.from, in.to, out.from, out.to, errors.from, errors.to});
    return SpawnFailure{words_of(program, {Stage::program, os_error}), is_scarcity(os_error)};
  }
  Child child;
  child.folder = program.folder.c_str();
  child.program = file.c_str();
  child.arguments = arguments.data();
  child.environment = variables.data();
  if (program.memory_mb_max > 0) child.memory_bytes_max = static_cast<rlim_t>(program.memory_mb_max) << 20;
  child.streams = {in.from, out.to, errors.to};
  child.trouble = trouble.to;

  const pid_t pid = fork();
  if (pid == 0) child.run();
  const int fork_error = errno;
  close_all({in.from, out.to, errors.to, trouble.to});
  Trouble told;
  if (pid < 0) {
    told.os_error = fork_error;
  } else {
    ssize_t got = 0;  // the pipe ends with nothing in it when the program has taken over
    do got = read(trouble.from, &told, sizeof told);
    while (got < 0 && errno == EINTR);
    if (got > 0) waitpid(pid, nullptr, 0);
  }
  close(trouble.from);
  if (told.os_error != 0) {
    close_all({in.to, out.from, errors.from});
    // Too little memory for the program itself is its own limit, and stays so.
    return SpawnFailure{words_of(program, told), is_scarcity(told.os_error) && (pid < 0 || told.os_error != ENOMEM)};
  }
  for (const int fd : {in.to, out.from, errors.from}) fcntl(fd, F_SETFL, O_NONBLOCK);
  return ChildProcess{pid, in.to, out.from, errors.from};
}

std::vector<std::string> environment_without(const std::vector<std::string>& names) {
  std::vector<std::string> kept;
  for (char** variable = environ; variable && *variable; ++variable) {
    const std::string_view text = *variable;
    if (std::ranges::find(names, text.substr(0, text.find('='))) == names.end()) kept.emplace_back(text);
  }
  return kept;
}

std::string describe_status(int wait_status) {
  if (!WIFSIGNALED(wait_status)) return fmt::format("exited with status {}", WEXITSTATUS(wait_status));
  const char* name = sigdescr_np(WTERMSIG(wait_status));
  return fmt::format("was ended by signal {} ({})", WTERMSIG(wait_status), name ? name : "unknown");
}

bool has_ended(pid_t pid) {
  siginfo_t about{};
  return waitid(P_PID, static_cast<id_t>(pid), &about, WEXITED | WNOHANG | WNOWAIT) != 0 || about.si_pid == pid;
}

}  // namespace plumb
