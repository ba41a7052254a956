// A vendor on 127.0.0.1 that misbehaves as it is told, down to the byte and the reset, and keeps its own books:
// what it was asked, how often, and what it would charge for. What it can do wrong is in faults.h.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace plumb::test {

// One request, as it came.
struct Asked {
  std::string method, path;
  std::string head;     // the request line and the headers
  std::string body;     // with the path, names the item: equal ones are one item asked again
  int time = 0;         // of this item, from 1
  int on_socket = 0;    // requests before it on this connection
  std::uint64_t at_ms;  // since the vendor was opened
};

// What is done with one request.
struct Act {
  enum class Then { keep, close, reset, hang };
  std::string bytes;
  std::string again;                   // sent over and over after that, until the client has had enough
  std::size_t piece = 0;               // send `bytes` in pieces of this size; 0: all at once
  std::chrono::milliseconds pause{0};  // before every piece
  Then then = Then::keep;
  bool billed = false;  // the vendor worked on it, and charges
};

struct Books {
  int requests = 0;
  int billed = 0;
  std::vector<std::uint64_t> at_ms;  // of each request
};

// A thread for every connection. Safe to ask from any thread.
class FaultyVendor {
 public:
  using Script = std::function<Act(const Asked&)>;

  // `blurt`: what is said to the first bytes of every connection, whatever they are, before hanging up.
  explicit FaultyVendor(Script, std::optional<std::string> blurt = std::nullopt);
  ~FaultyVendor();
  FaultyVendor(const FaultyVendor&) = delete;
  FaultyVendor& operator=(const FaultyVendor&) = delete;

  int port() const { return port_; }
  std::string url(const std::string& path = "/") const { return "http://127.0.0.1:" + std::to_string(port_) + path; }

  std::map<std::string, Books> items() const;  // by path and body
  Books total() const;
  int sockets() const { return sockets_; }
  std::int64_t bytes_sent() const { return bytes_sent_; }

 private:
  struct Connection;
  void accept_all();
  void talk(Connection&);
  bool read_request(int fd, std::string& pending, Asked&);
  bool send_all(int fd, std::string_view);
  Act enter_in_books(Asked&);

  const Script script_;
  const std::optional<std::string> blurt_;
  const std::chrono::steady_clock::time_point opened_ = std::chrono::steady_clock::now();
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> sockets_ = 0;
  std::atomic<std::int64_t> bytes_sent_ = 0;
  mutable std::mutex mutex_;  // guards the books and the list of connections
  std::map<std::string, Books> items_;
  std::list<Connection> connections_;
  std::thread acceptor_;
};

// A port where nobody listens, and one whose queue is full, so that a connection is never completed.
class ClosedPort {
 public:
  ClosedPort();
  int port() const { return port_; }

 private:
  int port_ = 0;
};
class FullPort {
 public:
  FullPort();
  ~FullPort();
  FullPort(const FullPort&) = delete;
  FullPort& operator=(const FullPort&) = delete;
  int port() const { return port_; }

 private:
  int port_ = 0;
  std::vector<int> sockets_;
};

}  // namespace plumb::test
