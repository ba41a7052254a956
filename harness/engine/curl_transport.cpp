#include "engine/curl_transport.h"

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

#include "base/check.h"
#include "engine/curl_exchange.h"
#include "engine/curl_library.h"

namespace plumb {

namespace {

using std::chrono::milliseconds;
using Clock = Carrier::Clock;

// With many connections in one multi handle libcurl 7.88 slows down: 48 and 117 µs of CPU a request at 1,000 and
// 4,000 connections, against 39 and 46 where they are spread; 32 to 250 a handle make no difference.
constexpr int k_connections_per_shard = 100;

// Where descriptors ran out, one request more is tried after so many that ended.
constexpr int k_ended_per_step = 100;

// A header with a line break in it would be two headers, or a second request.
bool is_unsafe(const HttpRequest& request) {
  const auto breaks = [](std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
  };
  return breaks(request.url) || breaks(request.method) || std::ranges::any_of(request.headers, [&](const auto& header) {
           return breaks(header.first) || breaks(header.second);
         });
}

// A multi handle with the connections that it keeps.
class Shard final : public EventLoop::Watcher {
 public:
  Shard(const CurlLibrary& curl, EventLoop& loop) : curl_(curl), loop_(loop), multi_(curl.multi_init()) {
    PLUMB_CHECK(multi_ != nullptr);
    // Unset, the cache follows the handles; below the number of connections keep-alive would be lost.
    curl.multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(k_connections_per_shard));
    curl.multi_setopt(multi_, CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_NOTHING));
    curl.multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl.multi_setopt(multi_, CURLMOPT_SOCKETDATA, static_cast<void*>(this));
    curl.multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, on_timer);
    curl.multi_setopt(multi_, CURLMOPT_TIMERDATA, static_cast<void*>(this));
  }
  ~Shard() { curl_.multi_cleanup(multi_); }
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  bool has_room() const { return active_ < k_connections_per_shard; }

  void add(CurlExchange& exchange) {
    PLUMB_CHECK(curl_.multi_add_handle(multi_, exchange.handle()) == CURLM_OK);
    ++active_;
  }
  void remove(CurlExchange& exchange) {
    curl_.multi_remove_handle(multi_, exchange.handle());
    --active_;
  }

  void ready(int fd, Readiness readiness) override {
    act(fd, (readiness.in ? CURL_CSELECT_IN : 0) | (readiness.out ? CURL_CSELECT_OUT : 0) |
                (readiness.failed ? CURL_CSELECT_ERR : 0));
  }

  Clock::time_point due() const { return due_; }
  void fire() {
    due_ = Clock::time_point::max();
    act(CURL_SOCKET_TIMEOUT, 0);
  }

  // Calls done(handle, code) for each that has ended since.
  template <class OnEnded>
  void collect(OnEnded on_ended) {
    if (!std::exchange(acted_, false)) return;
    int left = 0;
    while (const CURLMsg* message = curl_.multi_info_read(multi_, &left)) {
      if (message->msg == CURLMSG_DONE) on_ended(message->easy_handle, message->data.result);
    }
  }

 private:
  void act(curl_socket_t fd, int what) {
    int running = 0;
    curl_.multi_socket_action(multi_, fd, what, &running);
    acted_ = true;
  }

  static int on_socket(CURL*, curl_socket_t fd, int what, void* user, void*) {
    auto& self = *static_cast<Shard*>(user);
    if (what == CURL_POLL_REMOVE) {
      self.loop_.forget(fd);
    } else {
      self.loop_.watch(fd, {.in = (what & CURL_POLL_IN) != 0, .out = (what & CURL_POLL_OUT) != 0}, self);
    }
    return 0;
  }

  static int on_timer(CURLM*, long ms, void* user) {
    auto& self = *static_cast<Shard*>(user);
    self.due_ = ms < 0    ? Clock::time_point::max()
                : ms == 0 ? Clock::time_point::min()
                          : Clock::now() + milliseconds(ms);
    return 0;
  }

  const CurlLibrary& curl_;
  EventLoop& loop_;
  CURLM* const multi_;
  int active_ = 0;
  bool acted_ = false;
  Clock::time_point due_ = Clock::time_point::max();
};

class CurlCarrier final : public Carrier {
 public:
  CurlCarrier(const CurlLibrary& curl, EventLoop& loop, const CurlOptions& options)
      : curl_(curl), loop_(loop), options_(options), limit_(std::max(1, options.connections_max)) {}

  ~CurlCarrier() override {
    for (const auto& lane : lanes_) {
      if (lane->shard) lane->shard->remove(*lane);
    }
    lanes_.clear();
  }

  void start(std::uint64_t id, const HttpRequest& request, milliseconds timeout) override {
    if (is_unsafe(request)) {
      HttpResponse response;
      response.error = "a header or the address holds a line break";
      ended_.push_back({id, std::move(response)});
      return;
    }
    // A queue of our own: libcurl walks its list of handles that wait for a connection.
    queued_.push_back({id, request, timeout});
    launch();
  }

  void cancel(std::uint64_t id) override {
    std::erase_if(queued_, [id](const Queued& queued) { return queued.id == id; });
    std::erase_if(ended_, [id](const Transfer& transfer) { return transfer.id == id; });
    const auto it = std::ranges::find_if(lanes_, [id](const auto& lane) { return lane->shard && lane->id() == id; });
    if (it == lanes_.end()) return;
    release(**it);
    launch();
  }

  Clock::time_point tick() override {
    Clock::time_point next;
    bool again = true;
    while (again) {
      launch();
      const auto now = Clock::now();
      next = Clock::time_point::max();
      for (const auto& shard : shards_) {
        if (shard->due() <= now) shard->fire();
        next = std::min(next, shard->due());
      }
      again = collect() && !queued_.empty();
    }
    return next;
  }

  void take_ended(std::vector<Transfer>& out) override {
    std::ranges::move(ended_, std::back_inserter(out));
    ended_.clear();
  }

 private:
  struct Queued {
    std::uint64_t id = 0;
    HttpRequest request;
    milliseconds timeout{};
    bool failed_alone = false;  // there was no descriptor for it even when nothing else was under way
  };
  // An exchange, and the shard that works on it.
  struct Lane : CurlExchange {
    using CurlExchange::CurlExchange;
    Shard* shard = nullptr;
    bool failed_alone = false;
  };

  void launch() {
    while (!queued_.empty() && active_ < limit_) {
      Queued next = std::move(queued_.front());
      queued_.pop_front();
      if (idle_.empty()) {
        lanes_.push_back(std::make_unique<Lane>(curl_, options_));
        idle_.push_back(lanes_.back().get());
      }
      Lane& lane = *idle_.back();
      idle_.pop_back();
      lane.failed_alone = next.failed_alone;
      lane.prepare(next.id, std::move(next.request), next.timeout);
      lane.shard = &shard_with_room();
      lane.shard->add(lane);
      ++active_;
    }
  }

  // The first one, so that few requests at a time meet the connections that are open already.
  Shard& shard_with_room() {
    const auto it = std::ranges::find_if(shards_, [](const auto& shard) { return shard->has_room(); });
    if (it != shards_.end()) return **it;
    return *shards_.emplace_back(std::make_unique<Shard>(curl_, loop_));
  }

  // True if anything has ended.
  bool collect() {
    bool any = false;
    for (const auto& shard : shards_) {
      shard->collect([&](CURL* easy, CURLcode code) {
        any = true;
        char* exchange = nullptr;
        curl_.easy_getinfo(easy, CURLINFO_PRIVATE, &exchange);
        end(static_cast<Lane&>(*reinterpret_cast<CurlExchange*>(exchange)), code);
      });
    }
    if (starved_alone_) give_up_connections();
    return any;
  }

  void end(Lane& lane, CURLcode code) {
    if (lane.lacked_descriptor(code) && !lane.failed_alone) return put_back(lane);
    if (code == CURLE_OK && limit_ < options_.connections_max && ++ended_since_ % k_ended_per_step == 0) ++limit_;
    ended_.push_back({lane.id(), lane.finish(code)});
    release(lane);
  }

  // Fewer at a time from now on, and this one again when another has ended.
  void put_back(Lane& lane) {
    const bool alone = active_ == 1;
    limit_ = std::max(1, active_ - 1);
    ended_since_ = 0;
    starved_alone_ = starved_alone_ || alone;
    queued_.push_front({lane.id(), lane.take_request(), lane.timeout(), alone});
    release(lane);
  }

  // Nothing is under way, and still there is no descriptor: those of connections kept for later come free.
  void give_up_connections() {
    starved_alone_ = false;
    if (active_ == 0) shards_.clear();
  }

  void release(Lane& lane) {
    lane.shard->remove(lane);
    lane.shard = nullptr;
    idle_.push_back(&lane);
    --active_;
  }

  const CurlLibrary& curl_;
  EventLoop& loop_;
  const CurlOptions options_;
  int limit_;  // requests at a time; below connections_max after descriptors ran out
  int active_ = 0;
  int ended_since_ = 0;
  bool starved_alone_ = false;
  std::vector<std::unique_ptr<Shard>> shards_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::vector<Lane*> idle_;
  std::deque<Queued> queued_;
  std::vector<Transfer> ended_;
};

}  // namespace

Result<std::unique_ptr<Carrier>> make_curl_carrier(EventLoop& loop, const CurlOptions& options) {
  const CurlLibrary* curl = TRY(curl_library());
  return std::unique_ptr<Carrier>(std::make_unique<CurlCarrier>(*curl, loop, options));
}

Result<std::string> curl_version_line() {
  const CurlLibrary* curl = TRY(curl_library());
  return std::string(curl->version());
}

}  // namespace plumb
