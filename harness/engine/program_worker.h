// One running program, and the one request at a time that it works on.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/http.h"
#include "engine/event_loop.h"
#include "engine/program_process.h"
#include "engine/transport.h"

namespace plumb {

class ProgramWorker final : public EventLoop::Watcher {
 public:
  using Clock = std::chrono::steady_clock;

  // `killed` gets the process when this ends, for its status to be read some time; it and the loop outlive this.
  ProgramWorker(EventLoop&, const Program&, ChildProcess, std::vector<pid_t>& killed);
  // Ends the program and all that it started, at once. Nothing comes of a request under way.
  ~ProgramWorker();
  ProgramWorker(const ProgramWorker&) = delete;
  ProgramWorker& operator=(const ProgramWorker&) = delete;
  // Only when idle. The body is one line, without its end; of a longer reply the first 64 KB are kept.
  void start(std::uint64_t id, const std::string& body, std::chrono::milliseconds timeout, std::size_t reply_bytes_max);
  std::uint64_t id() const { return id_; }  // of the last request

  bool is_idle() const { return state_ == State::idle; }
  bool is_spent() const { return state_ == State::spent; }  // of no further use; a response may be left to be taken

  // Reads what has come, and looks at the clock and at whether the program runs. next_look() then says when to again.
  void tick(Clock::time_point now);
  Clock::time_point next_look() const { return next_look_; }
  void ready(int fd, Readiness) override;

  std::optional<Transfer> take_ended();
  // It ended of itself after an earlier reply and had read nothing of the last request, which is to be started anew.
  bool left_unread() const { return left_unread_; }

  // It hears that nothing more will come, and what it says is heard no more.
  void say_goodbye();
  bool has_gone();  // after the goodbye

 private:
  enum class State { idle, busy, spent };

  void write_some();
  void read_output();
  void read_errors();
  void look_for_line(std::size_t from);
  void look_at_end();
  void output_ended();
  bool nothing_was_read() const;
  void respond(HttpResponse);
  void fail(const std::string& why, bool timed_out = false);
  void close_stream(int& fd);
  std::string last_errors() const;

  EventLoop& loop_;
  const std::string name_;  // the command, for the words of a failure
  ChildProcess process_;
  std::vector<pid_t>& killed_;

  State state_ = State::idle;
  int replies_ = 0;
  bool left_unread_ = false;
  std::string heard_;   // of the reply
  std::string errors_;  // the end of what it wrote to its errors
  Clock::time_point next_look_;
  Clock::time_point patience_ends_;  // after its output ended

  std::uint64_t id_ = 0;
  std::string line_;         // to be written
  std::size_t written_ = 0;  // of it
  std::chrono::milliseconds timeout_{};
  std::size_t reply_bytes_max_ = 0;
  Clock::time_point begun_;
  std::chrono::milliseconds first_byte_{};
  std::optional<Transfer> ended_;
};

}  // namespace plumb
