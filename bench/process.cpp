#include "process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

namespace plumb::bench {

namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

std::string text_of(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string temporary_file() {
  char name[] = "/tmp/plumb-bench-XXXXXX";
  const int fd = mkstemp(name);
  if (fd < 0) give_up("cannot write to /tmp");
  close(fd);
  return name;
}

pid_t start(const std::vector<std::string>& command, const std::vector<std::string>& environment,
            const std::string& output, const std::string& errors) {
  const pid_t pid = fork();
  if (pid != 0) return pid;
  for (const std::string& variable : environment) putenv(const_cast<char*>(variable.c_str()));
  dup2(open(output.c_str(), O_WRONLY | O_TRUNC), STDOUT_FILENO);
  dup2(open(errors.c_str(), O_WRONLY | O_TRUNC), STDERR_FILENO);
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  execvp(arguments[0], arguments.data());
  _exit(127);
}

// Of its main thread, the second number of schedstat: nanoseconds.
double run_delay_s(pid_t pid) {
  std::istringstream line(text_of(fmt::format("/proc/{}/schedstat", pid)));
  double ran = 0.0, waited = 0.0;
  line >> ran >> waited;
  return waited / 1e9;
}

}  // namespace

void give_up(const std::string& why) {
  fmt::print(stderr, "plumb_bench: {}\n", why);
  std::exit(1);
}

Spent run(const std::vector<std::string>& command, const std::vector<std::string>& environment) {
  const std::string output = temporary_file(), errors = temporary_file();
  const auto began = std::chrono::steady_clock::now();
  const pid_t pid = start(command, environment, output, errors);
  siginfo_t about{};
  waitid(P_PID, static_cast<id_t>(pid), &about, WEXITED | WNOWAIT);
  Spent spent;
  spent.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  spent.delay_s = run_delay_s(pid);
  int status = 0;
  rusage usage{};
  wait4(pid, &status, 0, &usage);
  spent.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  spent.cpu_s = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  spent.rss_kib = usage.ru_maxrss;
  spent.output = text_of(output);
  if (spent.status != 0) {
    const std::string said = text_of(errors);
    fmt::print(stderr, "{} ended with {}: {}\n", command[0], spent.status, said.substr(0, 2'000));
  }
  unlink(output.c_str());
  unlink(errors.c_str());
  return spent;
}

Mock::Mock(const std::string& program, const std::string& scratch, const std::vector<std::string>& options) {
  const std::string port_file = scratch + "/port";
  unlink(port_file.c_str());
  std::vector<std::string> command = {program, "--port", "0", "--port-file", port_file, "--quiet"};
  command.insert(command.end(), options.begin(), options.end());
  pid_ = start(command, {}, "/dev/null", "/dev/null");
  for (int i = 0; i < 200 && port_ == 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(25));
    port_ = std::atoi(text_of(port_file).c_str());
  }
  if (port_ == 0) give_up("the stand-in vendor does not start: " + program);
}

Mock::~Mock() {
  kill(pid_, SIGTERM);
  waitpid(pid_, nullptr, 0);
}

std::map<std::string, double> Mock::stats() const {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port_));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  constexpr std::string_view request = "GET /stats HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      send(fd, request.data(), request.size(), MSG_NOSIGNAL) < 0) {
    give_up("the stand-in vendor does not answer");
  }
  std::string reply;
  char buffer[4096];
  for (ssize_t got = 0; (got = recv(fd, buffer, sizeof buffer, 0)) > 0;)
    reply.append(buffer, static_cast<std::size_t>(got));
  close(fd);
  // "name":number, at whatever depth; that is all there is in it.
  std::map<std::string, double> counters;
  for (std::size_t at = reply.find("\r\n\r\n"); (at = reply.find('"', at)) != std::string::npos;) {
    const std::size_t end = reply.find('"', at + 1);
    if (end == std::string::npos) break;
    const std::string name = reply.substr(at + 1, end - at - 1);
    char* after = nullptr;
    const double value = std::strtod(reply.c_str() + end + 2, &after);
    if (after != reply.c_str() + end + 2) counters[name] = value;
    at = end + 1;
  }
  return counters;
}

}  // namespace plumb::bench
