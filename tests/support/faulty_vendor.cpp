#include "support/faulty_vendor.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

namespace plumb::test {

namespace {

using std::chrono::milliseconds;

// A socket bound to 127.0.0.1; `port` comes back as the one that was taken.
int bound_socket(int& port, int flags) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
  const int one = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (fd < 0 || bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("cannot bind to 127.0.0.1");
  }
  port = ntohs(address.sin_port);
  return fd;
}

bool wait_for(int fd, short events, int ms) {
  pollfd ready{fd, events, 0};
  return poll(&ready, 1, ms) > 0;
}

std::size_t length_of_body(std::string_view head) {
  const std::size_t at = head.find("Content-Length: ");
  return at == head.npos ? 0 : static_cast<std::size_t>(std::atoll(head.data() + at + 16));
}

}  // namespace

struct FaultyVendor::Connection {
  int fd = -1;
  std::thread thread;
};

FaultyVendor::FaultyVendor(Script script, std::optional<std::string> blurt)
    : script_(std::move(script)), blurt_(std::move(blurt)) {
  listener_ = bound_socket(port_, SOCK_NONBLOCK);
  if (listen(listener_, 512) != 0) throw std::runtime_error("cannot listen on 127.0.0.1");
  acceptor_ = std::thread([this] { accept_all(); });
}

FaultyVendor::~FaultyVendor() {
  stopping_ = true;
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const Connection& connection : connections_) shutdown(connection.fd, SHUT_RDWR);
  }
  for (Connection& connection : connections_) {
    connection.thread.join();
    close(connection.fd);
  }
  close(listener_);
}

void FaultyVendor::accept_all() {
  while (!stopping_) {
    if (!wait_for(listener_, POLLIN, 10)) continue;
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    const int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    ++sockets_;
    const std::lock_guard lock(mutex_);
    Connection& connection = connections_.emplace_back();
    connection.fd = fd;
    connection.thread = std::thread([this, &connection] { talk(connection); });
  }
}

// The descriptor stays open until the vendor is gone, so that its number names nothing else meanwhile; what the
// client sees is the shutdown, or the reset.
void FaultyVendor::talk(Connection& connection) {
  const int fd = connection.fd;
  std::string pending;
  for (int before = 0; !stopping_; ++before) {
    Asked asked;
    asked.on_socket = before;
    if (!read_request(fd, pending, asked)) break;
    const Act act = enter_in_books(asked);
    const std::string_view all(act.bytes);
    const std::size_t piece = act.piece == 0 ? std::max<std::size_t>(1, all.size()) : act.piece;
    bool gone = false;
    for (std::size_t at = 0; !gone && (at < all.size() || at == 0); at += piece) {
      if (act.pause.count() > 0) gone = wait_for(fd, POLLRDHUP, static_cast<int>(act.pause.count()));
      gone = gone || !send_all(fd, all.substr(at, piece));
    }
    while (!gone && !act.again.empty()) gone = !send_all(fd, act.again);
    if (gone) break;
    if (act.then == Act::Then::hang) {
      while (!stopping_ && !wait_for(fd, POLLRDHUP, 50)) {
      }
    }
    if (act.then == Act::Then::reset) {
      sockaddr nowhere{};  // connecting to nowhere sends a reset
      nowhere.sa_family = AF_UNSPEC;
      connect(fd, &nowhere, sizeof nowhere);
    }
    if (act.then != Act::Then::keep) break;
  }
  shutdown(fd, SHUT_RDWR);
}

bool FaultyVendor::read_request(int fd, std::string& pending, Asked& asked) {
  char buffer[65536];
  while (!stopping_) {
    const std::size_t head = pending.find("\r\n\r\n");
    if (head != std::string::npos) {
      asked.head = pending.substr(0, head);
      const std::size_t length = length_of_body(asked.head);
      if (pending.size() >= head + 4 + length) {
        asked.body = pending.substr(head + 4, length);
        pending.erase(0, head + 4 + length);
        const std::size_t space = asked.head.find(' ');
        asked.method = asked.head.substr(0, space);
        asked.path = asked.head.substr(space + 1, asked.head.find(' ', space + 1) - space - 1);
        return true;
      }
    }
    if (!wait_for(fd, POLLIN | POLLRDHUP, 50)) continue;
    const ssize_t got = recv(fd, buffer, sizeof buffer, 0);
    if (got <= 0) return false;
    if (blurt_) {
      send_all(fd, *blurt_);
      return false;
    }
    pending.append(buffer, static_cast<std::size_t>(got));
  }
  return false;
}

Act FaultyVendor::enter_in_books(Asked& asked) {
  asked.at_ms = static_cast<std::uint64_t>(
      std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - opened_).count());
  const std::lock_guard lock(mutex_);
  Books& books = items_[asked.path + " " + asked.body];
  asked.time = ++books.requests;
  books.at_ms.push_back(asked.at_ms);
  Act act = script_(asked);
  books.billed += act.billed;
  return act;
}

bool FaultyVendor::send_all(int fd, std::string_view bytes) {
  while (!bytes.empty() && !stopping_) {
    if (!wait_for(fd, POLLOUT, 50)) continue;
    const ssize_t put = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (put < 0) return false;
    bytes_sent_ += put;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return bytes.empty();
}

std::map<std::string, Books> FaultyVendor::items() const {
  const std::lock_guard lock(mutex_);
  return items_;
}

Books FaultyVendor::total() const {
  Books total;
  for (const auto& [body, books] : items()) {
    total.requests += books.requests;
    total.billed += books.billed;
    total.at_ms.insert(total.at_ms.end(), books.at_ms.begin(), books.at_ms.end());
  }
  std::sort(total.at_ms.begin(), total.at_ms.end());
  return total;
}

ClosedPort::ClosedPort() { close(bound_socket(port_, 0)); }

FullPort::FullPort() {
  sockets_.push_back(bound_socket(port_, 0));
  listen(sockets_[0], 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port_));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // A queue of length 0 takes one; the rest wait for an answer to their SYN that never comes.
  for (int i = 0; i < 4; ++i) {
    sockets_.push_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    connect(sockets_.back(), reinterpret_cast<sockaddr*>(&address), sizeof address);
  }
}

FullPort::~FullPort() {
  for (const int fd : sockets_) close(fd);
}

}  // namespace plumb::test
