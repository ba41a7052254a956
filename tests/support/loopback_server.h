// A server on 127.0.0.1 that does with every request what a test says, down to the bytes and the reset.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace plumb::test {

// What to do with one request: the bytes to send, and what becomes of the connection then.
struct Reaction {
  enum class Then { keep, close, reset, hang };
  std::string bytes;
  Then then = Then::keep;
};

inline std::string http_reply(int status, const std::string& body, const std::string& headers = "") {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         headers + "\r\n" + body;
}

// Serves one connection at a time, each until it ends.
class LoopbackServer {
 public:
  // `react` gets the raw request and its number, from 0, over all connections.
  using React = std::function<Reaction(const std::string& request, int number)>;

  explicit LoopbackServer(React react) : react_(std::move(react)) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 64) != 0 ||
        getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("cannot listen on 127.0.0.1");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this] { serve(); });
  }
  ~LoopbackServer() {
    stopping_ = true;
    thread_.join();
    close(listener_);
  }

  std::string authority() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string url(const std::string& path = "/") const { return "http://" + authority() + path; }
  int connections() const { return connections_; }
  std::vector<std::string> requests() const {
    std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  bool readable(int fd) const {
    while (!stopping_) {
      pollfd ready{fd, POLLIN, 0};
      if (poll(&ready, 1, 5) > 0) return true;
    }
    return false;
  }

  void serve() {
    while (readable(listener_)) {
      const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) continue;
      ++connections_;
      talk(fd);
      close(fd);
    }
  }

  void talk(int fd) {
    std::string pending;
    while (readable(fd)) {
      char buffer[65536];
      const ssize_t got = recv(fd, buffer, sizeof buffer, 0);
      if (got <= 0) return;
      pending.append(buffer, static_cast<std::size_t>(got));
      const std::size_t head = pending.find("\r\n\r\n");
      if (head == std::string::npos) continue;
      const std::size_t length_at = pending.find("Content-Length: ");
      const std::size_t length = length_at < head ? std::stoul(pending.substr(length_at + 16)) : 0;
      if (pending.size() < head + 4 + length) continue;
      const Reaction reaction = react_(pending, number_++);
      {
        std::lock_guard lock(mutex_);
        requests_.push_back(std::exchange(pending, {}));
      }
      if (!send_all(fd, reaction.bytes)) return;
      if (reaction.then == Reaction::Then::close) return;
      if (reaction.then == Reaction::Then::reset) {
        const linger now{1, 0};
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        return;
      }
      if (reaction.then == Reaction::Then::hang) {  // until the client leaves
        while (readable(fd) && recv(fd, buffer, sizeof buffer, 0) > 0) {
        }
        return;
      }
    }
  }

  bool send_all(int fd, const std::string& bytes) const {
    std::size_t sent = 0;
    while (sent < bytes.size() && !stopping_) {
      pollfd ready{fd, POLLOUT, 0};
      if (poll(&ready, 1, 5) <= 0) continue;
      const ssize_t put = send(fd, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (put < 0) return false;
      sent += static_cast<std::size_t>(put);
    }
    return true;
  }

  React react_;
  int listener_ = -1;
  int port_ = 0;
  int number_ = 0;
  std::atomic<int> connections_ = 0;
  std::atomic<bool> stopping_ = false;
  mutable std::mutex mutex_;  // guards requests_
  std::vector<std::string> requests_;
  std::jthread thread_;
};

}  // namespace plumb::test
