#include "mock_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <memory>
#include <queue>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "mock_batch.h"
#include "mock_counters.h"
#include "mock_replies.h"
#include "mock_request.h"

namespace plumb::mock {

namespace {

using Nanos = std::int64_t;

Nanos now_ns() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<Nanos>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

std::int64_t unix_ms() {
  timespec time{};
  clock_gettime(CLOCK_REALTIME, &time);
  return static_cast<std::int64_t>(time.tv_sec) * 1'000 + time.tv_nsec / 1'000'000;
}

Nanos to_ns(double ms) { return static_cast<Nanos>(ms * 1e6); }

[[noreturn]] void die(const std::string& why) {
  fmt::print(stderr, "plumb_mock: {}\n", why);
  std::exit(1);
}

struct Connection {
  int fd = -1;
  std::uint64_t generation = 0;  // tells a timer of an earlier connection on this fd from one of ours
  std::string in;                // received, not yet consumed
  std::size_t in_from = 0;
  std::string out;  // to send
  std::size_t out_from = 0;
  std::string pending;       // a reply that waits for its timer
  bool busy = false;         // a request is being answered
  bool chat = false;         // and counts as in flight
  bool close_after = false;  // the connection ends with this reply
  bool wants_write = false;
  Fault fault = Fault::none;
};

struct Timer {
  Nanos due = 0;
  std::uint64_t sequence = 0;  // equal times fire in the order they were set
  int fd = -1;
  std::uint64_t generation = 0;
  bool operator>(const Timer& other) const { return due != other.due ? due > other.due : sequence > other.sequence; }
};

class Server {
 public:
  explicit Server(const Options& options)
      : options_(options),
        replies_(options),
        batches_({.work_ms = static_cast<std::int64_t>(options.batch_ms),
                  .error_every = options.batch_error_every,
                  .expire_every = options.batch_expire_every,
                  .requests_enqueued_max = options.batch_enqueued_max},
                 [this](std::string_view path, std::string_view body) { return answer_in_batch(path, body); }) {}

  int run() {
    listen_on_loopback();
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    signals_ = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
    watch(listener_, EPOLLIN, EPOLL_CTL_ADD);
    watch(signals_, EPOLLIN, EPOLL_CTL_ADD);
    prctl(PR_SET_TIMERSLACK, 1'000UL);

    std::vector<epoll_event> events(1024);
    while (true) {
      const int count = wait(events);
      for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        if (event.data.fd == signals_) return finish();
        if (event.data.fd == listener_) {
          accept_all();
        } else {
          handle(event);
        }
      }
      fire_timers();
    }
  }

 private:
  // ---- sockets

  void listen_on_loopback() {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int one = 1;
    setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(options_.port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) < 0 || listen(listener_, options_.backlog) < 0) {
      die(fmt::format("cannot listen on 127.0.0.1:{}: {}", options_.port, std::strerror(errno)));
    }
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    const int port = ntohs(address.sin_port);
    if (!options_.port_file.empty()) {  // renamed into place, so that who waits for it never reads half of it
      const std::string unfinished = options_.port_file + ".tmp";
      std::ofstream(unfinished) << port << '\n';
      if (std::rename(unfinished.c_str(), options_.port_file.c_str()) != 0) die("cannot write " + options_.port_file);
    }
    fmt::print(stderr, "plumb_mock: listening on http://127.0.0.1:{} pid {}\n", port, getpid());
  }

  void watch(int fd, std::uint32_t mask, int operation) {
    epoll_event event{};
    event.events = mask;
    event.data.fd = fd;
    epoll_ctl(epoll_, operation, fd, &event);
  }

  int wait(std::vector<epoll_event>& events) {
    timespec time{};
    if (!timers_.empty()) {
      const Nanos left = std::max<Nanos>(0, timers_.top().due - now_ns());
      time = {static_cast<time_t>(left / 1'000'000'000), static_cast<long>(left % 1'000'000'000)};
    }
    return std::max(0, epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()),
                                    timers_.empty() ? nullptr : &time, nullptr));
  }

  Connection* find(int fd) {
    const auto at = static_cast<std::size_t>(fd);
    return at < connections_.size() && connections_[at] && connections_[at]->fd == fd ? connections_[at].get()
                                                                                      : nullptr;
  }

  void accept_all() {
    while (true) {
      const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) return;
      const int one = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
      const auto at = static_cast<std::size_t>(fd);
      if (at >= connections_.size()) connections_.resize(at + 64);
      if (!connections_[at]) connections_[at] = std::make_unique<Connection>();
      connections_[at]->fd = fd;
      connections_[at]->generation = ++generations_;
      watch(fd, EPOLLIN | EPOLLRDHUP, EPOLL_CTL_ADD);
      ++count_.connections;
      count_.connections_peak = std::max(count_.connections_peak, ++count_.connections_open);
    }
  }

  void handle(const epoll_event& event) {
    Connection* connection = find(event.data.fd);
    if (!connection) return;
    if (event.events & (EPOLLERR | EPOLLHUP)) return drop(*connection);
    if (event.events & EPOLLOUT) {
      if (!flush(*connection)) return;
      if (!connection->busy) next_request(*connection);
      if (connection->fd < 0) return;
    }
    if (event.events & (EPOLLIN | EPOLLRDHUP)) read(*connection);
  }

  void drop(Connection& connection) {
    if (connection.busy) {
      ++count_.client_gone;
      end_request(connection);
    }
    close_connection(connection);
  }

  void close_connection(Connection& connection) {
    close(connection.fd);
    connection = Connection{};
    --count_.connections_open;
  }

  void end_request(Connection& connection) {
    connection.busy = false;
    if (connection.chat) --count_.in_flight;
    connection.chat = false;
  }

  // ---- time

  void set_timer(const Connection& connection, Nanos due) {
    timers_.push({due, ++sequence_, connection.fd, connection.generation});
  }

  void fire_timers() {
    if (timers_.empty()) return;
    const Nanos now = now_ns();
    while (!timers_.empty() && timers_.top().due <= now) {
      const Timer timer = timers_.top();
      timers_.pop();
      Connection* connection = find(timer.fd);
      if (!connection || connection->generation != timer.generation || !connection->busy) continue;
      if (connection->fault == Fault::drip) {
        drip(*connection, now);
      } else {
        send_reply(*connection, std::move(connection->pending));
      }
      if (connection->fd >= 0 && !connection->busy) next_request(*connection);  // one that was pipelined meanwhile
    }
  }

  void drip(Connection& connection, Nanos now) {
    const std::size_t size = std::min(connection.pending.size(), static_cast<std::size_t>(options_.drip_bytes));
    connection.out.append(connection.pending, 0, size);
    connection.pending.erase(0, size);
    if (connection.pending.empty()) {
      connection.fault = Fault::none;
    } else {
      set_timer(connection, now + to_ns(options_.drip_ms));
    }
    flush(connection);
  }

  // ---- bytes in

  void read(Connection& connection) {
    char buffer[65536];
    while (true) {
      const ssize_t got = recv(connection.fd, buffer, sizeof buffer, 0);
      if (got > 0) {
        count_.bytes_in += static_cast<std::uint64_t>(got);
        connection.in.append(buffer, static_cast<std::size_t>(got));
        if (static_cast<std::size_t>(got) < sizeof buffer) break;
      } else if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        break;
      } else {
        return drop(connection);
      }
    }
    next_request(connection);
  }

  // Answers the next complete request, if there is one.
  void next_request(Connection& connection) {
    while (!connection.busy && connection.fd >= 0) {
      std::string_view all(connection.in);
      all.remove_prefix(connection.in_from);
      const std::size_t head_end = all.find("\r\n\r\n");
      if (head_end == all.npos) return;
      const Head head = read_head(all.substr(0, head_end));
      const std::size_t body_at = head_end + 4;
      std::string unchunked;
      std::string_view body;
      std::size_t used = 0;
      if (head.chunked) {
        if (!unchunk(all.substr(body_at), unchunked, used)) return;
        body = unchunked;
        used += body_at;
      } else if (all.size() - body_at < head.length) {
        if (head.expects && all.size() == body_at) {
          connection.out += "HTTP/1.1 100 Continue\r\n\r\n";
          flush(connection);  // not busy yet, so no request ends here
        }
        return;
      } else {
        body = all.substr(body_at, head.length);
        used = body_at + head.length;
      }
      connection.busy = true;
      connection.close_after = head.wants_close;
      ++count_.requests;
      answer(connection, head.request_line, body);  // copies what it needs
      if (connection.fd < 0) return;
      connection.in_from += used;
      if (connection.in_from == connection.in.size()) {
        connection.in.clear();
        connection.in_from = 0;
      }
    }
  }

  // ---- requests

  void answer(Connection& connection, std::string_view line, std::string_view body) {
    const std::size_t first = line.find(' '), last = line.rfind(' ');
    const std::string_view method = line.substr(0, first);
    std::string_view path = first < last && last != line.npos ? line.substr(first + 1, last - first - 1) : "";
    if (method == "POST" && path.ends_with("/chat/completions")) return chat(connection, body, Shape::completion);
    if (method == "POST" && path.ends_with("/v1/messages")) return chat(connection, body, Shape::message);
    if (const auto reply = batches_.handle(method, path, body, unix_ms())) {
      ++count_.other;
      count_.uploads = batches_.books().uploads;
      count_.batches = batches_.books().created;
      return send_reply(connection, http(reply->status, reply->body, reply->type));
    }
    path = path.substr(0, path.find('?'));
    if (method == "GET" && path.ends_with("/models")) {
      ++count_.models;
      return send_reply(connection, replies_.models());
    }
    ++count_.other;
    if (method == "GET" && path == "/stats")
      return send_reply(connection, http(200, to_json(count_, options_.track_bodies) + "\n"));
    if (method == "POST" && path == "/reset") {
      reset();
      return send_reply(connection, http(200, "{}\n"));
    }
    ++count_.bad;
    send_reply(connection, http_error(404, "no such endpoint", "invalid_request_error"));
  }

  std::uint64_t count_body(std::uint64_t hash) {
    const std::uint64_t times = ++seen_[hash];
    ++(times == 1 ? count_.bodies_distinct : count_.bodies_repeated);
    count_.body_times_max = std::max(count_.body_times_max, times);
    return times;
  }

  std::pair<int, std::string> answer_in_batch(std::string_view path, std::string_view body) {
    ++count_.batch_requests;
    const std::uint64_t hash = hash_bytes(body);
    if (options_.track_bodies) count_body(hash);
    const Shape shape = path == "/v1/messages" ? Shape::message : Shape::completion;
    const std::string whole = replies_.chat(body, hash, replies_.is_judge(body), Fault::none, shape);
    return {200, whole.substr(whole.find("\r\n\r\n") + 4)};
  }

  void chat(Connection& connection, std::string_view body, Shape shape) {
    ++count_.chat;
    connection.chat = true;
    count_.in_flight_peak = std::max(count_.in_flight_peak, ++count_.in_flight);
    const std::uint64_t hash = hash_bytes(body);
    std::uint64_t attempt = 1;
    if (options_.track_bodies || (options_.fail_by_hash && options_.fail_attempts > 0)) {
      attempt = count_body(hash);
    }
    if (is_over_limit()) {
      ++count_.rate_limited;
      return send_reply(connection, replies_.too_many());
    }
    const Fault fault = pick_fault(hash, attempt);
    ++count_.faults[static_cast<std::size_t>(fault)];
    if (fault == Fault::hang) {
      connection.fault = fault;
      return;
    }
    if (fault == Fault::reset) {
      const linger now{1, 0};
      setsockopt(connection.fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
      end_request(connection);
      return close_connection(connection);
    }
    const bool judge = replies_.is_judge(body);
    count_.judge += judge;
    std::string reply = replies_.chat(body, hash, judge, fault, shape);
    if (fault == Fault::cut_short) connection.close_after = true;
    const double delay_ms = replies_.delay_ms(hash);
    if (delay_ms <= 0.0 && fault != Fault::drip) return send_reply(connection, std::move(reply));
    if (fault == Fault::drip) connection.fault = fault;
    connection.pending = std::move(reply);
    set_timer(connection, now_ns() + to_ns(delay_ms));
  }

  bool is_over_limit() {
    if (options_.in_flight_max > 0 && count_.in_flight > static_cast<std::uint64_t>(options_.in_flight_max))
      return true;
    if (options_.rate_limit == 0) return false;
    const Nanos second = now_ns() / 1'000'000'000;
    if (second != window_) {
      window_ = second;
      in_window_ = 0;
    }
    return ++in_window_ > options_.rate_limit;
  }

  Fault pick_fault(std::uint64_t hash, std::uint64_t attempt) {
    const auto& modes = options_.fail_modes;
    if (options_.fail_every == 0) return Fault::none;
    if (options_.fail_by_hash) {
      const bool cured = options_.fail_attempts > 0 && attempt > options_.fail_attempts;
      return mix(hash) % options_.fail_every != 0 || cured ? Fault::none : modes[mix(hash + 1) % modes.size()];
    }
    if (++since_start_ % options_.fail_every != 0) return Fault::none;
    return modes[(since_start_ / options_.fail_every - 1) % modes.size()];
  }

  // ---- bytes out

  void send_reply(Connection& connection, std::string reply) {
    connection.out += reply;
    connection.pending.clear();
    connection.fault = Fault::none;
    flush(connection);
  }

  // Sends what there is to send; the request ends with the last byte of its reply. False when the connection is
  // gone afterwards.
  bool flush(Connection& connection) {
    const bool had_reply = !connection.out.empty();
    while (connection.out_from < connection.out.size()) {
      const ssize_t sent = send(connection.fd, connection.out.data() + connection.out_from,
                                connection.out.size() - connection.out_from, MSG_NOSIGNAL);
      if (sent > 0) {
        connection.out_from += static_cast<std::size_t>(sent);
        count_.bytes_out += static_cast<std::uint64_t>(sent);
      } else if (sent < 0 && errno == EAGAIN) {
        if (!connection.wants_write) watch(connection.fd, EPOLLIN | EPOLLRDHUP | EPOLLOUT, EPOLL_CTL_MOD);
        connection.wants_write = true;
        return true;
      } else if (sent == 0 || errno != EINTR) {
        drop(connection);
        return false;
      }
    }
    connection.out.clear();
    connection.out_from = 0;
    if (connection.wants_write) watch(connection.fd, EPOLLIN | EPOLLRDHUP, EPOLL_CTL_MOD);
    connection.wants_write = false;
    if (connection.busy && had_reply && connection.pending.empty() && connection.fault == Fault::none) {
      end_request(connection);
      if (connection.close_after) {
        close_connection(connection);
        return false;
      }
    }
    return true;
  }

  // ---- counters

  void reset() {
    Counters fresh;
    fresh.connections = fresh.connections_open = fresh.connections_peak = count_.connections_open;
    fresh.in_flight = fresh.in_flight_peak = count_.in_flight;
    count_ = fresh;
    seen_.clear();
  }

  int finish() const {
    if (!options_.quiet) fmt::print("{}\n", to_json(count_, options_.track_bodies));
    return 0;
  }

  const Options& options_;
  const Replies replies_;
  Batches batches_;
  int listener_ = -1, epoll_ = -1, signals_ = -1;
  std::vector<std::unique_ptr<Connection>> connections_;  // by fd
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;
  std::uint64_t sequence_ = 0, generations_ = 0, since_start_ = 0;
  std::unordered_map<std::uint64_t, std::uint64_t> seen_;  // how often a body was asked, by its hash
  Nanos window_ = 0;
  int in_window_ = 0;
  Counters count_;
};

}  // namespace

int serve(const Options& options) { return Server(options).run(); }

}  // namespace plumb::mock
