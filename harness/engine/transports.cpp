#include "engine/transports.h"

#include <sys/resource.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/carrier.h"
#include "engine/event_loop.h"

namespace plumb {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds k_wait_max{1'000};
constexpr rlim_t k_other_files = 256;  // the database, programs, names being looked up

void raise_file_limit(int connections_max) {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  const rlim_t wanted = static_cast<rlim_t>(std::max(connections_max, 0)) + k_other_files;
  if (files.rlim_cur >= wanted) return;
  files.rlim_cur = std::min(wanted, files.rlim_max);
  setrlimit(RLIMIT_NOFILE, &files);
}

class JoinedTransport final : public Transport {
 public:
  JoinedTransport(std::unique_ptr<EventLoop> loop, const TransportOptions& options)
      : options_(options), began_(steady_clock::now()), loop_(std::move(loop)) {}

  Status load_http() {
    if (!http_) http_ = TRY(make_curl_carrier(*loop_, options_.http));
    return Done{};
  }

  Instant now() const override { return std::chrono::duration_cast<milliseconds>(steady_clock::now() - began_); }

  void start(std::uint64_t id, const HttpRequest& request, milliseconds timeout) override {
    if (request.program) {
      if (!programs_) programs_ = make_program_carrier(*loop_, options_.programs);
      return programs_->start(id, request, timeout);
    }
    if (const Status loaded = load_http())
      return http_->start(id, request, timeout);
    else
      refused_.push_back({id, {.error = loaded.error().message}});
  }

  void cancel(std::uint64_t id) override {
    std::erase_if(refused_, [id](const Transfer& transfer) { return transfer.id == id; });
    for (Carrier* carrier : {http_.get(), programs_.get()}) {
      if (carrier) carrier->cancel(id);
    }
  }

  std::vector<Transfer> wait(Instant deadline) override {
    std::vector<Transfer> ended = std::exchange(refused_, {});
    bool looked = false, woken = false;
    while (true) {
      auto due = steady_clock::time_point::max();
      for (Carrier* carrier : {http_.get(), programs_.get()}) {
        if (!carrier) continue;
        due = std::min(due, carrier->tick());
        carrier->take_ended(ended);
      }
      // Once at least, or who polls with a deadline that has passed would never hear anything.
      if (looked && (woken || !ended.empty() || now() >= deadline)) return ended;
      woken = loop_->wait(ended.empty() ? pause(deadline, due) : milliseconds(0)) || woken;
      looked = true;
    }
  }

  void wake() override { loop_->wake(); }

 private:
  milliseconds pause(Instant deadline, steady_clock::time_point due) const {
    const auto time = steady_clock::now();
    if (due <= time) return milliseconds(0);
    // Rounded up: waking too early would only mean to wait again.
    const auto until_due = due - time > k_wait_max ? k_wait_max : std::chrono::ceil<milliseconds>(due - time);
    return std::clamp(deadline - now(), milliseconds(0), until_due);
  }

  const TransportOptions options_;
  const steady_clock::time_point began_;
  const std::unique_ptr<EventLoop> loop_;  // outlives the carriers
  std::unique_ptr<Carrier> http_;
  std::unique_ptr<Carrier> programs_;
  std::vector<Transfer> refused_;
};

}  // namespace

Result<std::unique_ptr<Transport>> make_transport(const TransportOptions& options) {
  raise_file_limit(options.http.connections_max);
  auto transport = std::make_unique<JoinedTransport>(TRY(EventLoop::make()), options);
  if (options.needs_http) TRY(transport->load_http());
  return std::unique_ptr<Transport>(std::move(transport));
}

}  // namespace plumb
