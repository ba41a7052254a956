// HTTP and programs on one loop, and what happens where descriptors run out.
#include "engine/transports.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <thread>

#include "support/loopback_server.h"

namespace plumb {
namespace {

using std::chrono::milliseconds;
using test::http_reply;
using test::LoopbackServer;
using test::Reaction;

constexpr milliseconds k_long{20'000};

HttpRequest post(const std::string& url, std::string body) { return {"POST", url, {}, std::move(body), nullptr}; }

HttpRequest to_program(std::string body) {
  auto program = std::make_shared<Program>();
  program->command = {"/bin/sh", "-c", R"(while read -r line; do echo "program $line"; done)"};
  return {"POST", "program:echo", {}, std::move(body), program};
}

std::map<std::uint64_t, HttpResponse> wait_for(Transport& transport, std::size_t count) {
  std::map<std::uint64_t, HttpResponse> ended;
  const Instant deadline = transport.now() + k_long;
  while (ended.size() < count && transport.now() < deadline) {
    for (Transfer& transfer : transport.wait(deadline)) ended[transfer.id] = std::move(transfer.response);
  }
  return ended;
}

// Answers on as many connections as come, a moment later. A process of its own: its descriptors are not ours.
class ManyConnections {
 public:
  ManyConnections() {
    peak_ = static_cast<int*>(mmap(nullptr, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    REQUIRE(peak_ != MAP_FAILED);
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(listen(listener, 1024) == 0);
    getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    child_ = fork();
    if (child_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      serve(listener);
    }
    close(listener);
  }
  ~ManyConnections() {
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
    munmap(peak_, sizeof(int));
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }
  int peak() const { return *static_cast<volatile int*>(peak_); }

 private:
  using Clock = std::chrono::steady_clock;

  [[noreturn]] void serve(int listener) {
    std::vector<pollfd> all{{listener, POLLIN, 0}};
    std::vector<std::pair<Clock::time_point, int>> due;
    const std::string reply = http_reply(200, "ok");
    while (true) {
      poll(all.data(), all.size(), 2);
      const auto now = Clock::now();
      for (std::size_t i = 1; i < all.size(); ++i) {
        if (all[i].revents == 0) continue;
        char buffer[4096];
        if (recv(all[i].fd, buffer, sizeof buffer, 0) > 0) {
          due.emplace_back(now + milliseconds(20), all[i].fd);
        } else {
          close(all[i].fd);
          all[i].fd = -1;
        }
      }
      if (all[0].revents != 0) {
        if (const int fd = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC); fd >= 0) all.push_back({fd, POLLIN, 0});
      }
      *peak_ = std::max(*peak_, static_cast<int>(due.size()));
      std::erase_if(due, [&](const auto& one) {
        if (one.first > now) return false;
        send(one.second, reply.data(), reply.size(), MSG_NOSIGNAL);
        return true;
      });
    }
  }

  int port_ = 0;
  pid_t child_ = 0;
  int* peak_ = nullptr;  // requests under way at once, as the child counts them
};

TEST_CASE("requests over HTTP and to programs go through one transport") {
  LoopbackServer server([](const std::string&, int) { return Reaction{http_reply(200, "server")}; });
  const auto transport = *make_transport();
  transport->start(1, post(server.url(), "a"), k_long);
  transport->start(2, to_program("b"), k_long);
  transport->start(3, to_program("c"), k_long);
  const auto ended = wait_for(*transport, 3);
  REQUIRE(ended.size() == 3);
  CHECK(ended.at(1).body == "server");
  CHECK(ended.at(2).body == "program b");
  CHECK(ended.at(3).body == "program c");
}

TEST_CASE("waking ends a wait while both kinds are under way") {
  LoopbackServer server([](const std::string&, int) { return Reaction{"", Reaction::Then::hang}; });
  const auto transport = *make_transport();
  transport->start(1, post(server.url(), "a"), k_long);
  transport->start(2, to_program("b"), k_long);
  wait_for(*transport, 1);
  std::jthread other([&] {
    std::this_thread::sleep_for(milliseconds(20));
    transport->wake();
  });
  const Instant before = transport->now();
  CHECK(transport->wait(before + 10 * k_long).empty());
  CHECK(transport->now() < before + k_long);
}

TEST_CASE("polling with a deadline that has passed still hears what comes") {
  const auto transport = *make_transport({.needs_http = false});
  transport->start(1, to_program("a"), k_long);
  const Instant deadline = transport->now() + k_long / 2;
  std::vector<Transfer> ended;
  while (ended.empty() && transport->now() < deadline) ended = transport->wait(Instant(0));
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].response.body == "program a");
}

// The rest of this file has loaded it already, so this needs a process of its own, which is this program once more.
TEST_CASE("libcurl is loaded by the first request over HTTP, where none was expected") {
  int told[2] = {-1, -1};
  REQUIRE(pipe(told) == 0);
  const pid_t child = fork();
  if (child == 0) {
    char self[4096] = {};
    if (readlink("/proc/self/exe", self, sizeof self - 1) <= 0) _exit(9);
    setenv("PLUMB_TEST_TELL", std::to_string(told[1]).c_str(), 1);
    dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
    execl(self, self, "--test-case=libcurl is not there and then it is", "--no-skip", static_cast<char*>(nullptr));
    _exit(8);
  }
  close(told[1]);
  char word = 0;
  CHECK(read(told[0], &word, 1) == 1);  // or it ran no test at all
  close(told[0]);
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("libcurl is not there and then it is" * doctest::skip()) {
  const char* tell = std::getenv("PLUMB_TEST_TELL");
  if (!tell) return;
  REQUIRE(write(std::atoi(tell), "x", 1) == 1);
  const auto has_curl = [] {
    std::ifstream maps("/proc/self/maps");
    std::stringstream all;
    all << maps.rdbuf();
    return all.str().find("libcurl") != std::string::npos;
  };
  CHECK_FALSE(has_curl());
  const auto transport = *make_transport({.needs_http = false});
  transport->start(1, to_program("b"), k_long);
  CHECK(wait_for(*transport, 1).at(1).body == "program b");
  CHECK_FALSE(has_curl());
  LoopbackServer server([](const std::string&, int) { return Reaction{http_reply(200, "ok")}; });
  transport->start(2, post(server.url(), "a"), k_long);
  CHECK(wait_for(*transport, 1).at(2).body == "ok");
  CHECK(has_curl());
}

TEST_CASE("several hundred requests at a time are spread, and each is answered once") {
  ManyConnections server;
  const auto transport = *make_transport({.http = {.connections_max = 350}});
  std::map<std::uint64_t, int> ended;
  for (std::uint64_t id = 1; id <= 1'000; ++id) transport->start(id, post(server.url(), "x"), k_long);
  const Instant deadline = transport->now() + k_long;
  while (ended.size() < 1'000 && transport->now() < deadline) {
    for (const Transfer& transfer : transport->wait(deadline)) {
      ++ended[transfer.id];
      CHECK(transfer.response.status == 200);
    }
  }
  REQUIRE(ended.size() == 1'000);
  for (const auto& [id, times] : ended) CHECK(times == 1);
  CHECK(server.peak() > 100);  // more than one multi handle holds
  CHECK(server.peak() <= 350);
}

TEST_CASE("where descriptors run out, fewer requests go out at a time and none fails") {
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
  ManyConnections server;
  const auto transport = *make_transport({.http = {.connections_max = 200}});
  const int next = dup(STDERR_FILENO);
  close(next);
  rlimit few = before;
  few.rlim_cur = static_cast<rlim_t>(next) + 30;
  setrlimit(RLIMIT_NOFILE, &few);
  for (std::uint64_t id = 1; id <= 200; ++id) transport->start(id, post(server.url(), "x"), k_long);
  const auto ended = wait_for(*transport, 200);
  setrlimit(RLIMIT_NOFILE, &before);
  REQUIRE(ended.size() == 200);
  for (const auto& [id, response] : ended) CHECK(response.error == "");
  CHECK(server.peak() < 30);
}

TEST_CASE("descriptors of connections kept for later are given up where there are no others") {
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
  ManyConnections first, second;
  const auto transport = *make_transport();
  for (std::uint64_t id = 1; id <= 10; ++id) transport->start(id, post(first.url(), "x"), k_long);
  REQUIRE(wait_for(*transport, 10).size() == 10);
  const int next = dup(STDERR_FILENO);
  close(next);
  rlimit none = before;
  none.rlim_cur = static_cast<rlim_t>(next);
  setrlimit(RLIMIT_NOFILE, &none);
  transport->start(11, post(second.url(), "x"), k_long);
  const auto ended = wait_for(*transport, 1);
  setrlimit(RLIMIT_NOFILE, &before);
  REQUIRE(ended.size() == 1);
  CHECK(ended.at(11).error == "");
}

TEST_CASE("with no descriptor at all and nothing under way a request fails, in words") {
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
  ManyConnections server;
  const auto transport = *make_transport();
  const int next = dup(STDERR_FILENO);
  close(next);
  rlimit none = before;
  none.rlim_cur = static_cast<rlim_t>(next);
  setrlimit(RLIMIT_NOFILE, &none);
  for (std::uint64_t id = 1; id <= 3; ++id) transport->start(id, post(server.url(), "x"), k_long);
  const auto ended = wait_for(*transport, 3);
  setrlimit(RLIMIT_NOFILE, &before);
  REQUIRE(ended.size() == 3);
  for (const auto& [id, response] : ended) {
    CHECK(response.error.ends_with(": too many open files"));
    CHECK_FALSE(response.sent);
  }
}

}  // namespace
}  // namespace plumb
