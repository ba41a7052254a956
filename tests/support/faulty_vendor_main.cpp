// plumb_faults: the faulty vendor as a program, for the scripts in tests/cli.
//   plumb_faults PORT_FILE [LOG]   serves until SIGTERM; writes every request it gets into LOG, keys and all
//   GET /books                     {"requests":N,"billed":N,"sockets":N,"items":N,"most":N}
#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <memory>

#include "support/faults.h"

using namespace plumb::test;

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print("usage: plumb_faults PORT_FILE [LOG]\nfaults:");
    for (const std::string_view name : fault_names()) fmt::print(" {}", name);
    fmt::print("\n");
    return 2;
  }
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);  // before any thread starts: all leave them to this one

  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> log(argc > 2 ? std::fopen(argv[2], "we") : nullptr,
                                                            [](std::FILE* file) { return file ? fclose(file) : 0; });
  int requests = 0, billed = 0, most = 0, items = 0;  // guarded by the vendor, which asks one at a time
  FaultyVendor* self = nullptr;
  const auto script = [&](const Asked& asked) {
    if (asked.path == "/books") {
      const std::string books = fmt::format(R"({{"requests":{},"billed":{},"sockets":{},"items":{},"most":{}}})",
                                            requests, billed, self->sockets(), items, most);
      return Act{.bytes = fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
                                      books.size(), books),
                 .then = Act::Then::close};
    }
    if (log) {
      fmt::print(log.get(), "{}\n\n{}\n\n", asked.head, asked.body);
      std::fflush(log.get());
    }
    Act act = misbehave(asked);
    if (asked.method == "POST") {
      ++requests;
      items += asked.time == 1;
      most = std::max(most, asked.time);
      billed += act.billed;
    }
    return act;
  };
  FaultyVendor vendor(script);
  self = &vendor;
  // Renamed into place, so that who waits for it never reads half of it.
  const std::string unfinished = std::string(argv[1]) + ".tmp";
  if (std::FILE* file = std::fopen(unfinished.c_str(), "we")) {
    fmt::print(file, "{}\n", vendor.port());
    std::fclose(file);
  }
  if (std::rename(unfinished.c_str(), argv[1]) != 0) return 1;
  int signal = 0;
  sigwait(&ends, &signal);
  return 0;
}
