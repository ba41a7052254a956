// One curl handle, and the one request at a time that goes through it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/curl_library.h"
#include "engine/curl_transport.h"
#include "engine/transport.h"

namespace plumb {

class CurlExchange {
 public:
  // Both outlive it.
  CurlExchange(const CurlLibrary&, const CurlOptions&);
  ~CurlExchange();
  CurlExchange(const CurlExchange&) = delete;
  CurlExchange& operator=(const CurlExchange&) = delete;

  // Nothing may be under way. The handle is then ready to be added to a multi handle.
  void prepare(std::uint64_t id, HttpRequest, std::chrono::milliseconds timeout);

  CURL* handle() const { return easy_; }
  std::uint64_t id() const { return id_; }

  // What came of it, after curl has let go of the handle with this code.
  HttpResponse finish(CURLcode);

  // It ended with this code for want of a file descriptor, and nothing was sent.
  bool lacked_descriptor(CURLcode) const;
  // What was prepared, to be prepared again.
  HttpRequest take_request() { return std::move(request_); }
  std::chrono::milliseconds timeout() const { return timeout_; }

 private:
  using Clock = std::chrono::steady_clock;

  template <class T>
  void set(CURLoption option, T value) {
    curl_.easy_setopt(easy_, option, value);
  }
  void set_constants();
  void set_method();
  void set_headers();
  std::size_t body_bytes_max() const;
  bool refuse(std::string why);
  std::chrono::milliseconds since_start() const;
  std::string error_text(CURLcode) const;

  static std::size_t on_body(char* data, std::size_t, std::size_t size, void* self);
  static std::size_t on_header(char* data, std::size_t, std::size_t size, void* self);
  static int on_send(void* self, char*, char*, int, int);
  static curl_socket_t on_open(void* self, curlsocktype, curl_sockaddr*);

  const CurlLibrary& curl_;
  const CurlOptions& options_;
  CURL* easy_ = nullptr;

  // What the handle was last told, so that it is told only what differs.
  std::string method_, url_;
  std::vector<std::pair<std::string, std::string>> headers_;
  curl_slist* list_ = nullptr;  // the same headers, as curl wants them

  std::uint64_t id_ = 0;
  HttpRequest request_;
  std::chrono::milliseconds timeout_{};
  Clock::time_point begun_;
  HttpResponse response_;
  std::size_t header_bytes_ = 0;
  int header_fields_ = 0;
  int sends_ = 0;
  bool no_descriptor_ = false;
  std::string refused_;  // why we broke it off ourselves
};

}  // namespace plumb
