#include "engine/program_worker.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "base/check.h"
#include "base/text.h"

namespace plumb {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t k_errors_bytes_kept = 2 * 1024;
constexpr std::size_t k_error_lines_told = 3;
constexpr std::size_t k_refused_bytes_kept = 64 * 1024;
constexpr std::size_t k_name_bytes_max = 120;

// Between looks at whether it still runs: mostly the end of its output says so first.
constexpr milliseconds k_look_every{250};
// When its output has ended, it should have too; some take a moment.
constexpr milliseconds k_look_at_end_every{10};
constexpr milliseconds k_patience{1'000};

std::string name_of(const Program& program) {
  std::string name = printable(fmt::format("{}", fmt::join(program.command, " ")));
  if (name.size() > k_name_bytes_max) name = program.command[0];
  return name;
}

bool should_try_later(int os_error) { return os_error == EAGAIN || os_error == EINTR; }

}  // namespace

ProgramWorker::ProgramWorker(EventLoop& loop, const Program& program, ChildProcess process, std::vector<pid_t>& killed)
    : loop_(loop), name_(name_of(program)), process_(process), killed_(killed), next_look_(Clock::time_point::max()) {
  loop_.watch(process_.out, {.in = true}, *this);
  loop_.watch(process_.errors, {.in = true}, *this);
}

ProgramWorker::~ProgramWorker() {
  for (int* fd : {&process_.in, &process_.out, &process_.errors}) close_stream(*fd);
  if (process_.pid == 0) return;
  kill(-process_.pid, SIGKILL);  // before its status is read: until then nobody else can have this number
  killed_.push_back(process_.pid);
}

void ProgramWorker::start(std::uint64_t id, const std::string& body, milliseconds timeout,
                          std::size_t reply_bytes_max) {
  PLUMB_CHECK(is_idle());
  state_ = State::busy;
  id_ = id;
  timeout_ = timeout;
  reply_bytes_max_ = reply_bytes_max;
  line_ = body;
  line_ += '\n';
  written_ = 0;
  heard_.clear();
  errors_.clear();
  first_byte_ = {};
  begun_ = Clock::now();
  next_look_ = begun_ + std::min(k_look_every, timeout_);
  write_some();
}

std::optional<Transfer> ProgramWorker::take_ended() { return std::exchange(ended_, std::nullopt); }

void ProgramWorker::tick(Clock::time_point now) {
  if (now < next_look_) return;
  next_look_ = Clock::time_point::max();
  if (state_ != State::busy) return;
  if (has_ended(process_.pid)) {
    if (process_.out >= 0) read_output();  // a child of its own may hold the other end open
    if (state_ == State::busy) look_at_end();
  } else if (now - begun_ >= timeout_) {
    fail(fmt::format("no reply within {:g} s", static_cast<double>(timeout_.count()) / 1000.0), true);
  } else if (process_.out < 0 && now >= patience_ends_) {
    fail("closed its output without a reply");
  }
  if (state_ != State::busy) return;
  next_look_ = std::min(begun_ + timeout_, now + (process_.out < 0 ? k_look_at_end_every : k_look_every));
}

void ProgramWorker::ready(int fd, Readiness) {
  if (fd == process_.in) return write_some();
  if (fd == process_.errors) return read_errors();
  if (fd == process_.out) read_output();
}

void ProgramWorker::write_some() {
  while (written_ < line_.size()) {
    const ssize_t put = write(process_.in, line_.data() + written_, line_.size() - written_);
    if (put > 0) {
      written_ += static_cast<std::size_t>(put);
    } else if (put < 0 && should_try_later(errno)) {
      return loop_.watch(process_.in, {.out = true}, *this);
    } else {
      return close_stream(process_.in);  // it reads no more; its output, or its end, will say what that means
    }
  }
  loop_.forget(process_.in);
}

void ProgramWorker::read_output() {
  std::array<char, 64 * 1024> buffer;
  while (process_.out >= 0) {
    const ssize_t got = read(process_.out, buffer.data(), buffer.size());
    if (got < 0 && should_try_later(errno)) return;
    if (got <= 0) return output_ended();
    if (state_ != State::busy) {
      // Nobody asked. If it were left, this would be taken for the reply to the next request.
      state_ = State::spent;
      return close_stream(process_.out);
    }
    if (heard_.empty()) first_byte_ = std::chrono::ceil<milliseconds>(Clock::now() - begun_);
    const std::size_t from = heard_.size();
    heard_.append(buffer.data(), static_cast<std::size_t>(got));
    look_for_line(from);
  }
}

void ProgramWorker::look_for_line(std::size_t from) {
  const std::size_t end = heard_.find('\n', from);
  if (std::min(end, heard_.size()) > reply_bytes_max_) {
    HttpResponse response{.status = 200};
    response.error = fmt::format("reply above {} MB", reply_bytes_max_ >> 20);
    response.too_large = true;
    heard_.resize(std::min(reply_bytes_max_, k_refused_bytes_kept));
    response.body = std::exchange(heard_, {});
    respond(std::move(response));
    state_ = State::spent;
    return close_stream(process_.out);
  }
  if (end == std::string::npos) return;
  const bool says_more = end + 1 < heard_.size();
  heard_.resize(end);
  if (heard_.ends_with('\r')) heard_.pop_back();
  HttpResponse response{.status = 200};
  response.body = std::exchange(heard_, {});
  respond(std::move(response));
  // What follows would be taken for the reply to the next request.
  if (says_more || process_.in < 0 || written_ < line_.size()) state_ = State::spent;
}

void ProgramWorker::read_errors() {
  std::array<char, 16 * 1024> buffer;
  while (process_.errors >= 0) {
    const ssize_t got = read(process_.errors, buffer.data(), buffer.size());
    if (got < 0 && should_try_later(errno)) return;
    if (got <= 0) return close_stream(process_.errors);
    errors_.append(buffer.data(), static_cast<std::size_t>(got));
    if (errors_.size() > k_errors_bytes_kept) errors_.erase(0, errors_.size() - k_errors_bytes_kept);
  }
}

void ProgramWorker::output_ended() {
  close_stream(process_.out);
  if (state_ != State::busy) {
    state_ = State::spent;
    return;
  }
  const auto now = Clock::now();
  patience_ends_ = now + k_patience;
  next_look_ = now;
}

// It has ended while a request was under way.
void ProgramWorker::look_at_end() {
  read_errors();
  const bool unread = nothing_was_read();
  kill(-process_.pid, SIGKILL);  // what it left behind
  int status = 0;
  waitpid(process_.pid, &status, 0);
  process_.pid = 0;
  const bool in_good_order = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  if (unread && replies_ > 0 && in_good_order) {
    left_unread_ = true;
    state_ = State::spent;
  } else if (in_good_order && !heard_.empty()) {
    HttpResponse response{.status = 200};  // a last line without its end
    response.body = std::exchange(heard_, {});
    respond(std::move(response));
    state_ = State::spent;
  } else {
    if (unread) written_ = 0;
    fail(describe_status(status));
  }
}

// The whole line still lies in the pipe, or none of it went in because the program had closed its end.
bool ProgramWorker::nothing_was_read() const {
  if (written_ == 0) return true;
  int unread = 0;
  return process_.in >= 0 && ioctl(process_.in, FIONREAD, &unread) == 0 && static_cast<std::size_t>(unread) == written_;
}

void ProgramWorker::respond(HttpResponse response) {
  response.latency = std::chrono::ceil<milliseconds>(Clock::now() - begun_);
  response.first_byte = first_byte_;
  ended_ = Transfer{id_, std::move(response)};
  state_ = State::idle;
  ++replies_;
}

void ProgramWorker::fail(const std::string& why, bool timed_out) {
  const std::string errors = last_errors();
  HttpResponse response;
  response.error = fmt::format("{}: {}{}{}", name_, why, errors.empty() ? "" : ": ", errors);
  response.timed_out = timed_out;
  response.sent = written_ == line_.size();
  respond(std::move(response));
  state_ = State::spent;
}

std::string ProgramWorker::last_errors() const {
  std::vector<std::string> told;
  std::string_view text = errors_;
  while (!text.empty() && told.size() < k_error_lines_told) {
    const std::size_t end = text.rfind('\n');
    const std::string_view line = trim(end == std::string_view::npos ? text : text.substr(end + 1));
    if (!line.empty()) told.insert(told.begin(), printable(line));
    text = text.substr(0, end == std::string_view::npos ? 0 : end);
  }
  return fmt::format("{}", fmt::join(told, " / "));
}

void ProgramWorker::close_stream(int& fd) {
  if (fd < 0) return;
  loop_.forget(fd);
  close(fd);
  fd = -1;
}

// ---- the goodbye

void ProgramWorker::say_goodbye() {
  state_ = State::spent;
  close_stream(process_.in);
}

bool ProgramWorker::has_gone() {
  if (process_.pid == 0 || has_ended(process_.pid)) return true;
  // Or it would wait for us to read what it says while we wait for it to end.
  read_errors();
  read_output();
  return false;
}

}  // namespace plumb
