// The programs of this build as processes: started, watched, killed.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace plumb::test {

// A program beside the one that runs, or where the environment says: "plumb", "bench/plumb_mock". "" if it is not
// there.
inline std::string built_program(const char* variable, const std::string& name) {
  if (const char* given = std::getenv(variable); given && *given) return given;
  std::error_code failed;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", failed);
  const auto path = self.parent_path() / name;
  return !failed && std::filesystem::exists(path) ? path.string() : "";
}

// Ends with this object, by SIGKILL if need be, and with the thread that made it.
class Process {
 public:
  // Standard output and error go to files in `folder`, which is also where it runs.
  Process(std::vector<std::string> command, const std::filesystem::path& folder, const std::string& out = "out") {
    const std::string out_path = (folder / out).string(), err_path = (folder / "err").string();
    std::vector<char*> words;
    for (std::string& word : command) words.push_back(word.data());
    words.push_back(nullptr);
    pid_ = fork();
    if (pid_ < 0) throw std::runtime_error("cannot fork");
    if (pid_ > 0) return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // or a test that crashes would leave servers behind
    const int in = open("/dev/null", O_RDONLY);
    const int to = open(out_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    const int error = open(err_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    dup2(in, 0);
    dup2(to, 1);
    dup2(error, 2);
    if (chdir(folder.c_str()) == 0) execv(words[0], words.data());
    _exit(127);
  }
  ~Process() {
    if (!status_) kill_now();
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  void send(int signal) const { kill(pid_, signal); }
  // Waits for its end: the exit status, or minus the signal that ended it.
  int wait() {
    int status = 0;
    if (!status_ && waitpid(pid_, &status, 0) == pid_) {
      status_ = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
    }
    return status_.value_or(-1);
  }
  int kill_now() {
    send(SIGKILL);
    return wait();
  }

 private:
  pid_t pid_ = -1;
  std::optional<int> status_;
};

// The body of a reply of 127.0.0.1; "" if there is none.
inline std::string ask(int port, const std::string& method, const std::string& path) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const std::string request =
      method + " " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  std::string reply;
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
      send(fd, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size())) {
    char buffer[4096];
    for (ssize_t got; (got = recv(fd, buffer, sizeof buffer, 0)) > 0;) {
      reply.append(buffer, static_cast<std::size_t>(got));
    }
  }
  close(fd);
  const std::size_t head = reply.find("\r\n\r\n");
  return head == std::string::npos ? "" : reply.substr(head + 4);
}

// A number in flat JSON: 7 of {"requests":7}; -1 if it is not there.
inline long long number_in(const std::string& json, const std::string& key) {
  const std::size_t at = json.find("\"" + key + "\":");
  return at == std::string::npos ? -1 : std::atoll(json.c_str() + at + key.size() + 3);
}

}  // namespace plumb::test
