// Programs under measurement: what one run of them cost, and the stand-in vendor that they ask.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace plumb::bench {

struct Spent {
  int status = 0;      // as a shell tells it; 128 + the signal's number
  double cpu_s = 0.0;  // user and system, with its children's
  double wall_s = 0.0;
  double delay_s = 0.0;  // ready to run, but without a processor: how much others were in its way
  long rss_kib = 0;      // at its peak
  std::string output;    // standard output
};

// Runs a program to its end; its errors go to ours if it fails.
Spent run(const std::vector<std::string>& command, const std::vector<std::string>& environment = {});

// Ends the whole measurement, in words.
[[noreturn]] void give_up(const std::string& why);

// Runs while it lives; the counters are those since it began.
class Mock {
 public:
  Mock(const std::string& program, const std::string& scratch, const std::vector<std::string>& options);
  ~Mock();
  Mock(const Mock&) = delete;
  Mock& operator=(const Mock&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/v1"; }
  // By name, as GET /stats tells them; the numbers of faults have the fault's name.
  std::map<std::string, double> stats() const;

 private:
  pid_t pid_ = 0;
  int port_ = 0;
};

}  // namespace plumb::bench
