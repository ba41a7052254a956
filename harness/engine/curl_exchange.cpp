#include "engine/curl_exchange.h"

#include <fmt/format.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "base/check.h"
#include "base/text.h"

namespace plumb {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t k_header_bytes_max = 64 * 1024;
constexpr int k_header_fields_max = 100;
constexpr int k_curl_too_large = 100;  // CURLE_TOO_LARGE, of newer headers than those that this may be built with
constexpr std::size_t k_refused_bytes_kept = 64 * 1024;
constexpr std::size_t k_reserve_bytes_max = 256 * 1024;  // however long a body says that it is

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

// Host and port as the user wrote them: "127.0.0.1:9".
std::string authority_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  return std::string(url.substr(0, url.find_first_of("/?#")));
}

std::string size_words(std::size_t bytes) {
  return bytes >= 1u << 20 ? fmt::format("{} MB", bytes >> 20) : fmt::format("{} KB", bytes >> 10);
}

bool is_scarcity(int os_error) {
  return os_error == EMFILE || os_error == ENFILE || os_error == ENOBUFS || os_error == ENOMEM;
}

bool can_open_descriptor() {
  const int fd = eventfd(0, EFD_CLOEXEC);
  if (fd < 0) return !is_scarcity(errno);
  close(fd);
  return true;
}

}  // namespace

CurlExchange::CurlExchange(const CurlLibrary& curl, const CurlOptions& options)
    : curl_(curl), options_(options), easy_(curl.easy_init()) {
  PLUMB_CHECK(easy_ != nullptr);
}

CurlExchange::~CurlExchange() {
  curl_.easy_cleanup(easy_);
  curl_.slist_free_all(list_);
}

void CurlExchange::prepare(std::uint64_t id, HttpRequest request, milliseconds timeout) {
  id_ = id;
  request_ = std::move(request);
  timeout_ = std::max(timeout, milliseconds(1));  // 0 would be none
  response_ = {};
  header_bytes_ = 0;
  header_fields_ = sends_ = 0;
  no_descriptor_ = false;
  refused_.clear();
  if (method_ != request_.method || method_ != "POST") {
    curl_.easy_reset(easy_);
    url_.clear();
    set_constants();
    set_method();
    method_ = request_.method;
    set(CURLOPT_HTTPHEADER, list_);
  }
  if (url_ != request_.url || url_.empty()) {
    set(CURLOPT_URL, request_.url.c_str());
    url_ = request_.url;
  }
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(timeout_.count()));
  if (method_ == "POST" || !request_.body.empty()) {
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    set(CURLOPT_POSTFIELDS, request_.body.data());
  }
  set_headers();
  begun_ = Clock::now();
}

void CurlExchange::set_constants() {
  set(CURLOPT_PRIVATE, static_cast<void*>(this));
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_NOSIGNAL, 1L);
  // Only Authorization and cookies are stripped from a redirect to another origin; x-api-key is forwarded.
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_PROXY, "");  // http_proxy would see the key in clear
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  set(CURLOPT_ACCEPT_ENCODING, "gzip");
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout.count()));
  set(CURLOPT_TCP_KEEPALIVE, 1L);  // a model may think for minutes behind a NAT
  set(CURLOPT_USERAGENT, "plumb");
  set(CURLOPT_WRITEFUNCTION, on_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(this));
  set(CURLOPT_HEADERFUNCTION, on_header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(CURLOPT_PREREQFUNCTION, on_send);
  set(CURLOPT_PREREQDATA, static_cast<void*>(this));
  set(CURLOPT_OPENSOCKETFUNCTION, on_open);
  set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
}

void CurlExchange::set_method() {
  if (request_.method == "POST") {
    set(CURLOPT_POST, 1L);
  } else if (request_.method != "GET" || !request_.body.empty()) {
    set(CURLOPT_CUSTOMREQUEST, request_.method.c_str());
  }
}

void CurlExchange::set_headers() {
  if (list_ && headers_ == request_.headers) return;
  curl_slist* list = curl_.slist_append(nullptr, "Expect:");  // or a second is lost on every large body
  for (const auto& [name, value] : request_.headers) {
    const std::string line = value.empty() ? name + ";" : name + ": " + value;  // "name:" would drop the header
    list = curl_.slist_append(list, line.c_str());
  }
  set(CURLOPT_HTTPHEADER, list);
  curl_.slist_free_all(list_);
  list_ = list;
  headers_ = request_.headers;
}

// ---- while it is under way

std::size_t CurlExchange::body_bytes_max() const {
  return request_.reply_bytes_max > 0 ? request_.reply_bytes_max : options_.body_bytes_max;
}

bool CurlExchange::refuse(std::string why) {
  refused_ = std::move(why);
  response_.too_large = true;
  return false;
}

milliseconds CurlExchange::since_start() const { return std::chrono::ceil<milliseconds>(Clock::now() - begun_); }

std::size_t CurlExchange::on_body(char* data, std::size_t, std::size_t size, void* user) {
  auto& self = *static_cast<CurlExchange*>(user);
  std::string& body = self.response_.body;
  if (body.empty()) self.response_.first_byte = self.since_start();
  // Counted here because here the bytes are decoded: CURLOPT_MAXFILESIZE lets both chunked bodies and gzip
  // bombs through.
  const std::size_t bytes_max = self.body_bytes_max();
  if (body.size() + size > bytes_max) {
    if (body.size() < k_refused_bytes_kept) body.append(data, std::min(size, k_refused_bytes_kept - body.size()));
    body.resize(std::min({body.size(), k_refused_bytes_kept, bytes_max}));
    body.shrink_to_fit();
    return self.refuse("body above " + size_words(bytes_max));
  }
  body.append(data, size);
  return size;
}

std::size_t CurlExchange::on_header(char* data, std::size_t, std::size_t size, void* user) {
  auto& self = *static_cast<CurlExchange*>(user);
  HttpResponse& response = self.response_;
  self.header_bytes_ += size;
  if (self.header_bytes_ > k_header_bytes_max) {
    return self.refuse("headers above " + size_words(k_header_bytes_max));
  }
  const std::string_view line = trim(std::string_view(data, size));
  if (line.starts_with("HTTP/")) response.headers.clear();  // after a 100 Continue comes the real one
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return size;
  if (++self.header_fields_ > k_header_fields_max) {
    return self.refuse(fmt::format("more than {} headers", k_header_fields_max));
  }
  const std::string_view value = trim(line.substr(colon + 1));
  auto [it, first] = response.headers.try_emplace(lower(trim(line.substr(0, colon))), value);
  if (!first) it->second.append(", ").append(value);
  if (it->first == "content-length") {
    std::size_t length = 0;
    std::from_chars(value.data(), value.data() + value.size(), length);
    response.body.reserve(std::min({length, k_reserve_bytes_max, self.body_bytes_max()}));
  }
  return size;
}

// Called before every send. A keep-alive connection that the server closes on reuse makes libcurl send the POST
// again, which the vendor may bill twice and nobody would know.
int CurlExchange::on_send(void* user, char*, char*, int, int) {
  return ++static_cast<CurlExchange*>(user)->sends_ == 1 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

// As libcurl would, but it does not say afterwards that it was for want of a descriptor.
curl_socket_t CurlExchange::on_open(void* user, curlsocktype, curl_sockaddr* address) {
  const int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (fd < 0 && is_scarcity(errno)) static_cast<CurlExchange*>(user)->no_descriptor_ = true;
  return fd < 0 ? CURL_SOCKET_BAD : fd;
}

// ---- when it has ended

bool CurlExchange::lacked_descriptor(CURLcode code) const {
  if (sends_ > 0) return false;
  if (no_descriptor_) return code == CURLE_COULDNT_CONNECT;
  // To ask for an address, or to read the certificates, takes a descriptor too, and curl says no more than that
  // it failed.
  const bool may_be = code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_SSL_CACERT_BADFILE;
  return may_be && !can_open_descriptor();
}

HttpResponse CurlExchange::finish(CURLcode code) {
  HttpResponse response = std::move(response_);
  long status = 0;
  curl_.easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  response.latency = since_start();
  response.status = static_cast<int>(status);
  if (code == CURLE_OK) return response;

  // A line above 100 KB is not handed over at all; before 8.6 libcurl said then that memory was out.
  const bool too_large = code == CURLE_OUT_OF_MEMORY || static_cast<int>(code) == k_curl_too_large;
  if (too_large && refused_.empty() && status > 0 && response.body.empty()) {
    refused_ = "a header above " + size_words(k_header_bytes_max);
    response.too_large = true;
  }
  response.error = refused_.empty() ? error_text(code) : refused_;
  response.timed_out = code == CURLE_OPERATION_TIMEDOUT;
  response.distrusted = code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_ISSUER_ERROR;
  // What we refused, or could not unpack, was a reply all the same: asking again gets another like it. So was
  // a refusal whose body broke off: its status says enough.
  const bool replied = !refused_.empty() || code == CURLE_BAD_CONTENT_ENCODING || status >= 300;
  if (!replied) {
    curl_off_t uploaded = 0;
    curl_.easy_getinfo(easy_, CURLINFO_SIZE_UPLOAD_T, &uploaded);
    response.status = 0;
    const bool whole = uploaded == static_cast<curl_off_t>(request_.body.size());
    response.sent = sends_ > 1 || (sends_ == 1 && whole);
  }
  return response;
}

std::string CurlExchange::error_text(CURLcode code) const {
  const std::string where = authority_of(request_.url);
  const auto seconds = [](milliseconds time) { return static_cast<double>(time.count()) / 1000.0; };
  long os_error = 0;
  curl_off_t connected_us = 0;
  curl_.easy_getinfo(easy_, CURLINFO_OS_ERRNO, &os_error);
  curl_.easy_getinfo(easy_, CURLINFO_PRETRANSFER_TIME_T, &connected_us);
  if (lacked_descriptor(code)) return where + ": too many open files";
  switch (code) {
    case CURLE_COULDNT_CONNECT:
      return where + (os_error == ECONNREFUSED ? ": connection refused" : ": cannot connect");
    case CURLE_COULDNT_RESOLVE_HOST:
      return where + ": no such host";
    case CURLE_OPERATION_TIMEDOUT:
      if (connected_us > 0) return fmt::format("{}: no complete reply within {:g} s", where, seconds(timeout_));
      return fmt::format("{}: no connection within {:g} s", where,
                         seconds(std::min(timeout_, options_.connect_timeout)));
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_ABORTED_BY_CALLBACK:
      return where + ": connection closed without a complete reply";
    case CURLE_PARTIAL_FILE:
      return where + ": the reply is cut short";
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
      return where + ": its certificate cannot be trusted";
    case CURLE_BAD_CONTENT_ENCODING:
      return where + ": the reply's compression is broken";
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
      return fmt::format("'{}' is no http or https address", printable(request_.url));
    default:
      return fmt::format("{}: {}", where, curl_.easy_strerror(code));
  }
}

}  // namespace plumb
