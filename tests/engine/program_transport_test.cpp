// Programs that answer, and programs that do everything wrong: shell scripts of a line or two.
#include "engine/program_transport.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <thread>

#include "engine/transports.h"

namespace plumb {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds k_long{20'000};

std::unique_ptr<Transport> transport_to_programs(const ProgramOptions& options = {}) {
  auto made = make_transport({.programs = options, .needs_http = false});
  REQUIRE(made);
  return *std::move(made);
}

std::shared_ptr<Program> shell(const std::string& script) {
  auto program = std::make_shared<Program>();
  program->command = {"/bin/sh", "-c", script};
  return program;
}

HttpRequest request_to(std::shared_ptr<const Program> program, std::string body = R"({"q":1})") {
  HttpRequest request;
  request.url = "program:test";
  request.body = std::move(body);
  request.program = std::move(program);
  return request;
}

std::map<std::uint64_t, HttpResponse> wait_for(Transport& transport, std::size_t count) {
  std::map<std::uint64_t, HttpResponse> ended;
  const Instant deadline = transport.now() + k_long;
  while (ended.size() < count && transport.now() < deadline) {
    for (Transfer& transfer : transport.wait(deadline)) ended[transfer.id] = std::move(transfer.response);
  }
  return ended;
}

HttpResponse fetch(Transport& transport, const HttpRequest& request, milliseconds timeout = k_long) {
  transport.start(1, request, timeout);
  auto ended = wait_for(transport, 1);
  REQUIRE(ended.size() == 1);
  return ended.begin()->second;
}

HttpResponse fetch(const HttpRequest& request, milliseconds timeout = k_long) {
  const auto transport = transport_to_programs();
  return fetch(*transport, request, timeout);
}

bool is_alive(int pid) { return kill(pid, 0) == 0 || errno != ESRCH; }

constexpr const char* k_echo = R"(while read -r line; do echo "$$ $line"; done)";

std::string pid_in(const HttpResponse& response) { return response.body.substr(0, response.body.find(' ')); }

TEST_CASE("a request is a line to the program, and its line is the reply") {
  const HttpResponse response = fetch(request_to(shell(R"(read -r line; echo "got $line")"), R"({"질문":"값"})"));
  CHECK(response.error.empty());
  CHECK(response.status == 200);
  CHECK(response.body == R"(got {"질문":"값"})");
  CHECK(response.first_byte <= response.latency);
}

TEST_CASE("a program stays alive and is used again, one request at a time") {
  const auto transport = transport_to_programs();
  const auto program = shell(k_echo);
  const std::string first = pid_in(fetch(*transport, request_to(program)));
  const auto equal = std::make_shared<Program>(*program);  // another object that says the same
  CHECK(pid_in(fetch(*transport, request_to(equal))) == first);
  for (std::uint64_t id = 1; id <= 3; ++id) transport->start(id, request_to(program, std::to_string(id)), k_long);
  std::set<std::string> pids;
  for (const auto& [id, response] : wait_for(*transport, 3)) {
    CHECK(response.body.ends_with(" " + std::to_string(id)));
    pids.insert(pid_in(response));
  }
  CHECK(pids.size() == 3);
  CHECK(pids.contains(first));
}

TEST_CASE("programs that differ in command, folder or memory are not mixed up") {
  const auto transport = transport_to_programs();
  const auto plain = shell(k_echo);
  auto elsewhere = std::make_shared<Program>(*plain);
  elsewhere->folder = "/";
  auto limited = std::make_shared<Program>(*plain);
  limited->memory_mb_max = 500;
  std::set<std::string> pids;
  for (const auto& program : {plain, elsewhere, limited}) pids.insert(pid_in(fetch(*transport, request_to(program))));
  CHECK(pids.size() == 3);
}

TEST_CASE("a program runs in its folder, with its memory limited, without our files and without our keys") {
  setenv("PLUMB_TEST_KEY", "sk-1", 1);
  setenv("PLUMB_TEST_OTHER", "seen", 1);
  constexpr int fd = 200;  // one that would be inherited
  REQUIRE(dup2(STDERR_FILENO, fd) == fd);
  auto program = shell(
      R"(read -r line; echo "$(pwd)|$(ulimit -v)|$(ulimit -c)|$([ -e /proc/$$/fd/200 ] && echo inherited)|$PLUMB_TEST_KEY|$PLUMB_TEST_OTHER")");
  program->folder = std::filesystem::canonical(std::filesystem::temp_directory_path());
  program->memory_mb_max = 700;
  const auto transport = transport_to_programs({.hidden_variables = {"PLUMB_TEST_KEY"}});
  const HttpResponse response = fetch(*transport, request_to(program));
  close(fd);
  unsetenv("PLUMB_TEST_KEY");
  CHECK(response.body == program->folder + "|716800|0|||seen");
}

TEST_CASE("a program that cannot be started says why, and nothing was sent") {
  const std::vector<std::pair<std::vector<std::string>, std::string>> commands = {
      {{"/nowhere/judge"}, "/nowhere/judge: cannot start: No such file or directory"},
      {{"no-program-of-this-name"}, "no-program-of-this-name: cannot start: no such program in PATH"},
      {{"/etc/passwd"}, "/etc/passwd: cannot start: Permission denied"},
      {{}, "program: no command is given"},
  };
  for (const auto& [command, words] : commands) {
    auto program = std::make_shared<Program>();
    program->command = command;
    const HttpResponse response = fetch(request_to(program));
    CHECK(response.status == 0);
    CHECK(response.error == words);
    CHECK_FALSE(response.sent);
  }
  auto program = shell(k_echo);
  program->folder = "/nowhere";
  CHECK(fetch(request_to(program)).error == "/bin/sh: cannot start in /nowhere: No such file or directory");
}

TEST_CASE("a command is found in PATH and is no shell's business") {
  auto program = std::make_shared<Program>();
  program->command = {"sh", "-c", R"(read -r line; echo "$1")", "name", "$(id); `id`"};
  CHECK(fetch(request_to(program)).body == "$(id); `id`");
}

TEST_CASE("a program that ends without a reply is told with its status and its last words") {
  const HttpResponse response =
      fetch(request_to(shell(R"(read -r line; echo early >&2; echo "no model" >&2; exit 3)")));
  CHECK(response.status == 0);
  CHECK(response.sent);
  CHECK(response.error.ends_with(": exited with status 3: early / no model"));
  CHECK(response.error.starts_with("/bin/sh -c "));
  const HttpResponse killed = fetch(request_to(shell(R"(read -r line; kill -9 $$)")));
  CHECK(killed.error.ends_with(": was ended by signal 9 (Killed)"));
  const HttpResponse half = fetch(request_to(shell(R"(read -r line; printf '{"half":'; exit 1)")));
  CHECK(half.status == 0);
  CHECK(half.error.ends_with(": exited with status 1"));
  const HttpResponse deaf = fetch(request_to(shell("exit 0")));
  CHECK(deaf.status == 0);
  CHECK_FALSE(deaf.sent);  // it had read nothing
}

TEST_CASE("the words of a failure are bounded, and errors never fill up") {
  const HttpResponse response = fetch(request_to(shell(
      R"(read -r line; i=0; while [ $i -lt 3000 ]; do echo "line $i of the errors, which are long" >&2; i=$((i+1)); done; printf '%05000d' 1 >&2; exit 1)")));
  CHECK(response.status == 0);
  CHECK(response.error.size() < 3'000);
}

TEST_CASE("a last line without its end is a reply if the program ended well") {
  CHECK(fetch(request_to(shell(R"(read -r line; printf whole)"))).body == "whole");
}

TEST_CASE("a program that ends after each reply is started again, and no request is lost") {
  const auto transport = transport_to_programs();
  const auto program = shell(R"(read -r line; echo "$$ $line")");
  std::set<std::string> pids;
  for (int i = 0; i < 20; ++i) {
    const HttpResponse response = fetch(*transport, request_to(program, std::to_string(i)));
    const std::string words = response.error + response.body;
    CAPTURE(words);
    CHECK(response.error.empty());
    CHECK(response.body.ends_with(" " + std::to_string(i)));
    pids.insert(pid_in(response));
  }
  CHECK(pids.size() == 20);
}

TEST_CASE("a request that takes too long is told, and the program ended with all that it started") {
  const auto transport = transport_to_programs();
  const auto program = shell(R"(sleep 600 & echo "pids $$ $!" >&2; read -r line; wait)");
  const HttpResponse response = fetch(*transport, request_to(program), milliseconds(300));
  CHECK(response.status == 0);
  CHECK(response.timed_out);
  CHECK(response.sent);
  CHECK(response.error.find(": no reply within 0.3 s: pids ") != std::string::npos);
  const std::size_t at = response.error.rfind("pids ");
  REQUIRE(at != std::string::npos);
  char* rest = nullptr;
  const int parent = static_cast<int>(std::strtol(response.error.c_str() + at + 5, &rest, 10));
  const int child = static_cast<int>(std::strtol(rest, nullptr, 10));
  const Instant deadline = transport->now() + k_long;
  // The child is its parent's no more, and whoever inherits it reads its status when it likes.
  const auto gone = [](int pid) {
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string number, name, state;
    return !(stat >> number >> name >> state) || state == "Z";
  };
  while (!(gone(child) && !is_alive(parent)) && transport->now() < deadline) {
    transport->wait(transport->now() + milliseconds(10));
  }
  CHECK(gone(child));
  CHECK_FALSE(is_alive(parent));
}

TEST_CASE("several megabytes both ways do not block, whoever writes first") {
  const std::string body(5u << 20, 'x');
  CHECK(fetch(request_to(shell("cat"), body)).body == body);
  // Talks at length before it listens.
  const HttpResponse response = fetch(request_to(
      shell(
          R"(head -c 2000000 /dev/zero | tr '\0' e >&2; head -c 3000000 /dev/zero | tr '\0' y; head -c 3000000 >/dev/null; echo)"),
      std::string(3u << 20, 'x')));
  CHECK(response.body == std::string(3'000'000, 'y'));
}

TEST_CASE("a reply above the cap is broken off, and its beginning kept") {
  HttpRequest request = request_to(shell("read -r line; head -c 3000000 /dev/zero | tr '\\0' y; sleep 600"));
  request.reply_bytes_max = 1u << 20;
  const HttpResponse response = fetch(request);
  CHECK(response.status == 200);
  CHECK(response.too_large);
  CHECK(response.error == "reply above 1 MB");
  CHECK(response.body == std::string(64 * 1024, 'y'));
}

TEST_CASE("what a program says unasked is no reply to the next request") {
  const auto transport = transport_to_programs();
  const auto talker = shell(R"(while read -r line; do echo "$line"; echo more; done)");
  const auto late = shell(R"(while read -r line; do echo "$line"; sleep 0.05; echo more; done)");
  for (const auto& program : {talker, late}) {
    CHECK(fetch(*transport, request_to(program, "1")).body == "1");
    transport->wait(transport->now() + milliseconds(200));
    CHECK(fetch(*transport, request_to(program, "2")).body == "2");
  }
}

TEST_CASE("a request of two lines is refused") {
  const HttpResponse response = fetch(request_to(shell(k_echo), "a\nb"));
  CHECK(response.status == 0);
  CHECK_FALSE(response.sent);
  CHECK(response.error == "the request is more than one line");
}

TEST_CASE("a program that closes its output but does not end is not waited for") {
  const HttpResponse response = fetch(request_to(shell("read -r line; exec >&-; sleep 600")));
  CHECK(response.status == 0);
  CHECK(response.error.ends_with(": closed its output without a reply"));
}

TEST_CASE("the end of a program is seen even where its child holds its output open") {
  const HttpResponse response = fetch(request_to(shell("read -r line; sleep 600 & exit 7")));
  CHECK(response.error.ends_with(": exited with status 7"));
}

TEST_CASE("what is cancelled does not come back, and its program is ended") {
  const auto folder = std::filesystem::temp_directory_path() / ("plumb-cancel-" + std::to_string(getpid()));
  std::filesystem::create_directory(folder);
  const auto transport = transport_to_programs();
  auto program = shell("echo $$ > pid.tmp; mv pid.tmp pid; read -r line; sleep 600");
  program->folder = folder;
  transport->start(1, request_to(program), k_long);
  const Instant deadline = transport->now() + k_long;
  while (!std::filesystem::exists(folder / "pid") && transport->now() < deadline) {
    transport->wait(transport->now() + milliseconds(5));
  }
  int pid = 0;
  std::ifstream(folder / "pid") >> pid;
  REQUIRE(pid > 0);
  transport->cancel(1);
  while (is_alive(pid) && transport->now() < deadline) transport->wait(transport->now() + milliseconds(5));
  CHECK_FALSE(is_alive(pid));
  CHECK(transport->wait(transport->now()).empty());
  std::filesystem::remove_all(folder);
}

TEST_CASE("at the end programs get to say goodbye; those that do not are ended, and none is left over") {
  const auto folder = std::filesystem::temp_directory_path() / ("plumb-goodbye-" + std::to_string(getpid()));
  std::filesystem::create_directory(folder);
  auto polite = shell(R"(while read -r line; do echo "$$"; done; echo goodbye > said)");
  polite->folder = folder;
  const auto stubborn = shell(R"(trap '' TERM HUP; read -r line; echo "$$"; while :; do sleep 1; done)");
  int polite_pid = 0, stubborn_pid = 0;
  {
    const auto transport = transport_to_programs({.farewell = milliseconds(300)});
    polite_pid = std::stoi(fetch(*transport, request_to(polite)).body);
    stubborn_pid = std::stoi(fetch(*transport, request_to(stubborn)).body);
    CHECK(is_alive(polite_pid));
    CHECK(is_alive(stubborn_pid));
  }
  CHECK_FALSE(is_alive(polite_pid));  // a zombie would still count as alive
  CHECK_FALSE(is_alive(stubborn_pid));
  CHECK(std::filesystem::exists(folder / "said"));
  std::filesystem::remove_all(folder);
}

TEST_CASE("where descriptors run out, requests wait for a program instead of failing") {
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
  const auto transport = transport_to_programs();
  int next_fd = dup(STDERR_FILENO);
  close(next_fd);
  rlimit few = before;
  few.rlim_cur = static_cast<rlim_t>(next_fd) + 20;
  setrlimit(RLIMIT_NOFILE, &few);
  const auto program = shell(R"(read -r line; sleep 0.02; echo "$line")");
  for (std::uint64_t id = 1; id <= 20; ++id) transport->start(id, request_to(program, std::to_string(id)), k_long);
  const auto ended = wait_for(*transport, 20);
  setrlimit(RLIMIT_NOFILE, &before);
  REQUIRE(ended.size() == 20);
  for (const auto& [id, response] : ended) {
    CHECK(response.error == "");
    CHECK(response.body == std::to_string(id));
  }
}

}  // namespace
}  // namespace plumb
