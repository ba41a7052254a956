#include "engine/curl_transport.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/text.h"

namespace plumb {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t k_header_bytes_max = 64 * 1024;
constexpr milliseconds k_poll_max{1'000};

void initialize_curl() {
  static const CURLcode initialized = curl_global_init(CURL_GLOBAL_DEFAULT);
  PLUMB_CHECK(initialized == CURLE_OK);
}

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

// A header with a line break in it would be two headers, or a second request.
bool is_unsafe(const HttpRequest& request) {
  const auto breaks = [](std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
  };
  return breaks(request.url) || breaks(request.method) || std::ranges::any_of(request.headers, [&](const auto& header) {
           return breaks(header.first) || breaks(header.second);
         });
}

// One request under way, and the handle it goes through.
struct Exchange {
  std::uint64_t id = 0;
  HttpRequest request;
  milliseconds timeout{};
  const CurlOptions* options = nullptr;

  CURL* easy = nullptr;
  curl_slist* headers = nullptr;
  HttpResponse response;
  std::size_t header_bytes = 0;
  int sends = 0;
  std::string refused;  // why we broke it off ourselves

  Exchange() = default;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  ~Exchange() { curl_slist_free_all(headers); }
};

std::size_t on_body(char* data, std::size_t, std::size_t size, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  std::string& body = exchange.response.body;
  // Counted here because here the bytes are decoded: CURLOPT_MAXFILESIZE lets both chunked bodies and gzip
  // bombs through.
  if (body.size() + size > exchange.options->body_bytes_max) {
    exchange.refused = fmt::format("body above {} MB", exchange.options->body_bytes_max >> 20);
    return 0;
  }
  body.append(data, size);
  return size;
}

std::size_t on_header(char* data, std::size_t, std::size_t size, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  exchange.header_bytes += size;
  if (exchange.header_bytes > k_header_bytes_max) {
    exchange.refused = fmt::format("headers above {} KB", k_header_bytes_max >> 10);
    return 0;
  }
  const std::string_view line = trim(std::string_view(data, size));
  if (line.starts_with("HTTP/")) exchange.response.headers.clear();  // after a 100 Continue comes the real one
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return size;
  const std::string_view value = trim(line.substr(colon + 1));
  auto [it, first] = exchange.response.headers.try_emplace(lower(trim(line.substr(0, colon))), value);
  if (!first) it->second.append(", ").append(value);
  return size;
}

// Called before every send. A keep-alive connection that the server closes on reuse makes libcurl send the POST
// again, which the vendor may bill twice and nobody would know.
int on_send(void* user, char*, char*, int, int) {
  return ++static_cast<Exchange*>(user)->sends == 1 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

std::string error_text(const Exchange& exchange, CURLcode code) {
  const std::string where = authority_of(exchange.request.url);
  const auto seconds = [](milliseconds time) { return static_cast<double>(time.count()) / 1000.0; };
  long os_error = 0;
  curl_off_t connected_us = 0;
  curl_easy_getinfo(exchange.easy, CURLINFO_OS_ERRNO, &os_error);
  curl_easy_getinfo(exchange.easy, CURLINFO_PRETRANSFER_TIME_T, &connected_us);
  switch (code) {
    case CURLE_COULDNT_CONNECT:
      if (os_error == ECONNREFUSED) return where + ": connection refused";
      if (os_error == EMFILE || os_error == ENFILE) return where + ": too many open files";
      return where + ": cannot connect";
    case CURLE_COULDNT_RESOLVE_HOST:
      return where + ": no such host";
    case CURLE_OPERATION_TIMEDOUT:
      if (connected_us > 0) return fmt::format("{}: no complete reply within {:g} s", where, seconds(exchange.timeout));
      return fmt::format("{}: no connection within {:g} s", where,
                         seconds(std::min(exchange.timeout, exchange.options->connect_timeout)));
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_ABORTED_BY_CALLBACK:
      return where + ": connection closed without a complete reply";
    case CURLE_PARTIAL_FILE:
      return where + ": the reply is cut short";
    case CURLE_BAD_CONTENT_ENCODING:
      return where + ": the reply's compression is broken";
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
      return fmt::format("'{}' is no http or https address", printable(exchange.request.url));
    default:
      return fmt::format("{}: {}", where, curl_easy_strerror(code));
  }
}

class CurlTransport final : public Transport {
 public:
  explicit CurlTransport(CurlOptions options) : options_(options), began_(steady_clock::now()) {
    initialize_curl();
    multi_ = curl_multi_init();
    PLUMB_CHECK(multi_ != nullptr);
    // Unset, the cache follows the handles; below the number of connections keep-alive would be lost.
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(options_.connections_max));
    curl_multi_setopt(multi_, CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_NOTHING));
  }

  ~CurlTransport() override {
    for (auto& [easy, exchange] : active_) {
      curl_multi_remove_handle(multi_, easy);
      curl_easy_cleanup(easy);
    }
    for (CURL* easy : idle_) curl_easy_cleanup(easy);
    curl_multi_cleanup(multi_);
  }

  Instant now() const override { return std::chrono::duration_cast<milliseconds>(steady_clock::now() - began_); }

  void start(std::uint64_t id, const HttpRequest& request, milliseconds timeout) override {
    auto exchange = std::make_unique<Exchange>();
    exchange->id = id;
    exchange->request = request;
    exchange->timeout = timeout;
    exchange->options = &options_;
    if (is_unsafe(request)) {
      exchange->response.error = "a header or the address holds a line break";
      ended_.push_back({id, std::move(exchange->response)});
      return;
    }
    // A queue of our own: libcurl walks its list of handles that wait for a connection.
    queued_.push_back(std::move(exchange));
    launch();
  }

  void cancel(std::uint64_t id) override {
    std::erase_if(queued_, [id](const auto& exchange) { return exchange->id == id; });
    std::erase_if(ended_, [id](const Transfer& transfer) { return transfer.id == id; });
    const auto it = std::ranges::find_if(active_, [id](const auto& each) { return each.second->id == id; });
    if (it != active_.end()) release(it);
    launch();
  }

  std::vector<Transfer> wait(Instant deadline) override {
    while (true) {
      int running = 0;
      curl_multi_perform(multi_, &running);
      collect();
      launch();
      const Instant time = now();
      if (!ended_.empty() || woken_.exchange(false) || time >= deadline) return std::exchange(ended_, {});
      const milliseconds pause = std::min(deadline - time, k_poll_max);
      curl_multi_poll(multi_, nullptr, 0, static_cast<int>(pause.count()), nullptr);
    }
  }

  void wake() override {
    woken_ = true;
    curl_multi_wakeup(multi_);
  }

 private:
  using Active = std::map<CURL*, std::unique_ptr<Exchange>>;

  void launch() {
    while (!queued_.empty() && active_.size() < static_cast<std::size_t>(std::max(1, options_.connections_max))) {
      auto exchange = std::move(queued_.front());
      queued_.pop_front();
      if (idle_.empty()) {
        idle_.push_back(curl_easy_init());
        PLUMB_CHECK(idle_.back() != nullptr);
      }
      CURL* easy = exchange->easy = idle_.back();
      idle_.pop_back();
      set_up(*exchange);
      PLUMB_CHECK(curl_multi_add_handle(multi_, easy) == CURLM_OK);
      active_.emplace(easy, std::move(exchange));
    }
  }

  void set_up(Exchange& exchange) {
    CURL* easy = exchange.easy;
    const HttpRequest& request = exchange.request;
    curl_easy_reset(easy);
    curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    // Only Authorization and cookies are stripped from a redirect to another origin; x-api-key is forwarded.
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");  // http_proxy would see the key in clear
    curl_easy_setopt(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(exchange.timeout.count()));
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout.count()));
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);  // a model may think for minutes behind a NAT
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "plumb");

    if (request.method == "POST") {
      curl_easy_setopt(easy, CURLOPT_POST, 1L);
    } else if (request.method != "GET" || !request.body.empty()) {
      curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
    if (request.method == "POST" || !request.body.empty()) {
      curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
    }
    for (const auto& [name, value] : request.headers) {
      const std::string line = value.empty() ? name + ";" : name + ": " + value;  // "name:" would drop the header
      exchange.headers = curl_slist_append(exchange.headers, line.c_str());
    }
    exchange.headers = curl_slist_append(exchange.headers, "Expect:");  // or a second is lost on every large body
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, exchange.headers);

    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &exchange);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &exchange);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_send);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, &exchange);
  }

  void collect() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;
      const auto it = active_.find(message->easy_handle);
      PLUMB_CHECK(it != active_.end());
      ended_.push_back({it->second->id, response_of(*it->second, code)});
      release(it);
    }
  }

  static HttpResponse response_of(Exchange& exchange, CURLcode code) {
    HttpResponse response = std::move(exchange.response);
    long status = 0;
    curl_off_t total_us = 0, uploaded = 0;
    curl_easy_getinfo(exchange.easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(exchange.easy, CURLINFO_TOTAL_TIME_T, &total_us);
    curl_easy_getinfo(exchange.easy, CURLINFO_SIZE_UPLOAD_T, &uploaded);
    response.latency = milliseconds(total_us / 1000);
    response.status = static_cast<int>(status);
    if (code == CURLE_OK) return response;

    response.error = exchange.refused.empty() ? error_text(exchange, code) : exchange.refused;
    response.timed_out = code == CURLE_OPERATION_TIMEDOUT;
    // What we refused, or could not unpack, was a reply all the same: asking again gets another like it. So was
    // a refusal whose body broke off: its status says enough.
    const bool replied = !exchange.refused.empty() || code == CURLE_BAD_CONTENT_ENCODING || status >= 300;
    if (!replied) {
      response.status = 0;
      const bool whole = uploaded == static_cast<curl_off_t>(exchange.request.body.size());
      response.sent = exchange.sends > 1 || (exchange.sends == 1 && whole);
    }
    return response;
  }

  void release(Active::iterator it) {
    CURL* easy = it->first;
    curl_multi_remove_handle(multi_, easy);
    active_.erase(it);
    idle_.push_back(easy);
  }

  const CurlOptions options_;
  const steady_clock::time_point began_;
  CURLM* multi_ = nullptr;
  Active active_;
  std::vector<CURL*> idle_;
  std::deque<std::unique_ptr<Exchange>> queued_;
  std::vector<Transfer> ended_;
  std::atomic<bool> woken_ = false;
};

}  // namespace

std::unique_ptr<Transport> make_curl_transport(CurlOptions options) { return std::make_unique<CurlTransport>(options); }

std::string curl_version_line() {
  initialize_curl();
  return curl_version();
}

}  // namespace plumb
