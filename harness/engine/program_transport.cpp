#include "engine/program_transport.h"

#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <deque>
#include <thread>
#include <utility>
#include <variant>

#include "engine/program_process.h"
#include "engine/program_worker.h"

namespace plumb {

namespace {

using std::chrono::milliseconds;
using Clock = Carrier::Clock;

constexpr milliseconds k_reap_every{20};
constexpr milliseconds k_reap_patience{2'000};

bool same_program(const Program& a, const Program& b) {
  return &a == &b || (a.command == b.command && a.folder == b.folder && a.memory_mb_max == b.memory_mb_max);
}

void ignore_broken_pipes() {
  struct sigaction action {};
  if (sigaction(SIGPIPE, nullptr, &action) == 0 && action.sa_handler == SIG_DFL) std::signal(SIGPIPE, SIG_IGN);
}

class ProgramCarrier final : public Carrier {
 public:
  ProgramCarrier(EventLoop& loop, const ProgramOptions& options) : loop_(loop), options_(options) {
    ignore_broken_pipes();
  }

  ~ProgramCarrier() override {
    for (const Running& running : running_) running.worker->say_goodbye();
    const auto until = Clock::now() + options_.farewell;
    const auto all_gone = [&] {
      return std::ranges::count_if(running_, [](const Running& running) { return !running.worker->has_gone(); }) == 0;
    };
    while (!all_gone() && Clock::now() < until) std::this_thread::sleep_for(milliseconds(5));
    running_.clear();
    const auto given_up = Clock::now() + k_reap_patience;
    while (!reap() && Clock::now() < given_up) std::this_thread::sleep_for(milliseconds(1));
  }

  void start(std::uint64_t id, const HttpRequest& request, milliseconds timeout) override {
    if (request.body.find('\n') != std::string::npos) return refuse(id, "the request is more than one line");
    queued_.push_back({id, request.program, request.body, timeout,
                       request.reply_bytes_max > 0 ? request.reply_bytes_max : options_.reply_bytes_max});
    launch();
  }

  void cancel(std::uint64_t id) override {
    std::erase_if(queued_, [id](const Queued& queued) { return queued.id == id; });
    std::erase_if(ended_, [id](const Transfer& transfer) { return transfer.id == id; });
    std::erase_if(running_, [id](const Running& running) { return running.busy && running.worker->id() == id; });
    launch();
  }

  Clock::time_point tick() override {
    const auto now = Clock::now();
    for (Running& running : running_) {
      running.worker->tick(now);
      settle(running);
    }
    std::erase_if(running_, [](const Running& running) { return running.worker->is_spent(); });
    launch();
    auto next = reap() ? Clock::time_point::max() : now + k_reap_every;
    for (const Running& running : running_) next = std::min(next, running.worker->next_look());
    return next;
  }

  void take_ended(std::vector<Transfer>& out) override {
    std::ranges::move(ended_, std::back_inserter(out));
    ended_.clear();
  }

 private:
  struct Queued {
    std::uint64_t id = 0;
    std::shared_ptr<const Program> program;
    std::string body;
    milliseconds timeout{};
    std::size_t reply_bytes_max = 0;
  };
  struct Running {
    std::shared_ptr<const Program> program;
    std::unique_ptr<ProgramWorker> worker;
    bool busy = false;
    Queued request;  // while busy
  };

  void refuse(std::uint64_t id, std::string why) {
    HttpResponse response;
    response.error = std::move(why);
    ended_.push_back({id, std::move(response)});
  }

  void settle(Running& running) {
    ProgramWorker& worker = *running.worker;
    if (auto ended = worker.take_ended()) {
      running.busy = false;
      ended_.push_back(*std::move(ended));
    } else if (running.busy && worker.left_unread()) {
      running.busy = false;
      queued_.push_front(std::move(running.request));
    }
  }

  // Each in its turn, but one that must wait holds up no other that an idle program can take.
  void launch() {
    bool scarce = false;
    for (auto it = queued_.begin(); it != queued_.end();) {
      if (Running* running = idle_for(*it->program)) {
        give(*running, std::move(*it));
      } else if (scarce || !spawn_for(*it, scarce)) {
        ++it;
        continue;
      }
      it = queued_.erase(it);
    }
  }

  Running* idle_for(const Program& program) {
    // The one that worked last: its memory is still warm.
    const auto it = std::ranges::find_if(running_.rbegin(), running_.rend(), [&](const Running& running) {
      return !running.busy && running.worker->is_idle() && same_program(*running.program, program);
    });
    return it == running_.rend() ? nullptr : &*it;
  }

  void give(Running& running, Queued request) {
    running.worker->start(request.id, request.body, request.timeout, request.reply_bytes_max);
    running.busy = true;
    running.request = std::move(request);
  }

  // False if it must wait until something ends. Else it was started, or has failed.
  bool spawn_for(Queued& request, bool& scarce) {
    if (environment_.empty()) environment_ = environment_without(options_.hidden_variables);
    while (true) {
      auto spawned = spawn(*request.program, environment_);
      if (auto* process = std::get_if<ChildProcess>(&spawned)) {
        auto worker = std::make_unique<ProgramWorker>(loop_, *request.program, *process, killed_);
        Running& running = running_.emplace_back(Running{request.program, std::move(worker), false, {}});
        give(running, std::move(request));
        return true;
      }
      const auto& failure = std::get<SpawnFailure>(spawned);
      if (failure.scarce && end_one_idle()) continue;
      scarce = failure.scarce && !running_.empty();
      if (scarce) return false;
      const std::string name = request.program->command.empty() ? "program" : request.program->command[0];
      refuse(request.id, name + ": " + failure.why);
      return true;
    }
  }

  bool end_one_idle() {
    const auto it = std::ranges::find_if(running_, [](const Running& running) { return !running.busy; });
    if (it == running_.end()) return false;
    running_.erase(it);
    return true;
  }

  // True if there are none left that were killed and have not ended.
  bool reap() {
    std::erase_if(killed_, [](pid_t pid) { return waitpid(pid, nullptr, WNOHANG) != 0; });
    return killed_.empty();
  }

  EventLoop& loop_;
  const ProgramOptions options_;
  std::vector<std::string> environment_;
  std::vector<pid_t> killed_;
  std::vector<Running> running_;  // after killed_, to which they add when they go
  std::deque<Queued> queued_;
  std::vector<Transfer> ended_;
};

}  // namespace

std::unique_ptr<Carrier> make_program_carrier(EventLoop& loop, const ProgramOptions& options) {
  return std::make_unique<ProgramCarrier>(loop, options);
}

}  // namespace plumb
