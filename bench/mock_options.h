// What the stand-in vendor is told on its command line: how slow, how wrong and how often.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace plumb::mock {

enum class Fault { none, too_many, error_500, error_503, reset, truncate, cut_short, drip, hang, empty, html };
inline constexpr std::array<std::string_view, 11> k_fault_names = {
    "none", "429", "500", "503", "reset", "truncate", "short", "drip", "hang", "empty", "html"};

struct Options {
  int port = 8099;  // 0: any free one
  std::string port_file;
  int backlog = 4096;

  double latency_ms = 0.0;
  double jitter_ms = 0.0;     // mean of the lognormal extra delay
  double jitter_sigma = 1.0;  // its shape: 1 gives a p99 of about six means

  std::vector<std::string> answers;
  int answer_bytes = 0;
  bool answer_from_context = false;
  std::vector<std::string> models = {"mock-a", "mock-b"};

  std::vector<std::string> judge_words = {"judge"};
  int judge_pass_percent = 70;
  std::string verdict_pass, verdict_fail;

  std::uint64_t fail_every = 0;
  std::vector<Fault> fail_modes = {Fault::error_500};
  bool fail_by_hash = false;
  std::uint64_t fail_attempts = 0;  // with fail_by_hash: a body fails this often, then answers; 0: always
  std::string retry_after = "1";
  int drip_bytes = 16;
  double drip_ms = 20.0;

  int rate_limit = 0;     // chat requests a second; above it 429; 0: none
  int in_flight_max = 0;  // above it 429; 0: none
  bool track_bodies = false;

  double batch_ms = 0.0;                 // from a batch's creation to its end
  std::uint64_t batch_error_every = 0;   // one request in N of a batch errs, by its custom_id
  std::uint64_t batch_expire_every = 0;  // one in N expires
  std::uint64_t batch_enqueued_max = 0;  // requests; above it a batch is not accepted
  bool quiet = false;
};

// Prints what is wrong and exits with 2; prints the help and exits with 0 if asked to.
Options parse_options(int argc, char** argv);

}  // namespace plumb::mock
