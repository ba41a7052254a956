// A world that exists only in the test: virtual time, and vendors that misbehave by seed.
//
// It also keeps the vendors' side of the books, so that a test can say what a good client owes them. Replies
// have the shape of OpenAI's chat completions; other paths answer with what `serve` says.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <random>
#include <stdexcept>
#include <string>

#include "base/json.h"
#include "engine/transport.h"

namespace plumb::test {

struct Faults {
  double throttle = 0.0;                // 429: the shares of requests that meet each fault
  double silence = 0.0;                 // sent whole, no reply until the time is up
  double broken = 0.0;                  // 503
  double garbage = 0.0;                 // 200 with a page in it
  double cut = 0.0;                     // sent whole, then the connection breaks
  double refused = 0.0;                 // no connection: nothing was sent
  double reject = 0.0;                  // 400; decided by what is asked: asking again gets the same
  int capacity = 1'000;                 // requests at a time that a vendor bears before it throttles
  int credit = 1'000'000;               // requests until the account is out of money
  std::chrono::milliseconds serial{0};  // not 0: the vendor works on one request after the other, each this long
  std::chrono::milliseconds tick{1};    // replies come at multiples of this: many at once if it is long
  bool says_how_long = true;            // a 429 carries Retry-After
};

class FakeTransport final : public Transport {
 public:
  explicit FakeTransport(std::uint64_t seed = 1, Faults faults = {}) : random_(seed), faults_(faults) {}

  // What a model says, by the parsed request; and what other servers answer. May be replaced.
  std::function<std::string(const Json&)> say = [](const Json& body) {
    const Json& last = body["messages"].back();
    return string_at(last, "content") + " — " + string_at(body, "model");
  };
  std::function<HttpResponse(const HttpRequest&)> serve;
  std::function<void(const HttpRequest&)> on_start;
  std::function<void(std::uint64_t transfer)> on_send;
  bool has_workers = false;  // other threads wake it: with nothing under way, wait for them and not for time

  Instant now() const override { return now_; }

  void start(std::uint64_t id, const HttpRequest& request, std::chrono::milliseconds timeout) override {
    if (on_start) on_start(request);
    if (on_send) on_send(id);
    ++sends[id];
    Vendor& vendor = vendors[origin(request.url)];
    ++started;
    Books& books = asked[request.url + request.body];
    ++books.times;
    if (now_ < vendor.quiet_until) ++started_while_told_to_wait;
    HttpResponse response = answer(vendor, request, timeout);
    const auto ticks = (now_ + response.latency + faults_.tick - Instant(1)) / faults_.tick;
    response.latency = ticks * faults_.tick - now_;
    if (response.status == 429) ++books.throttled;
    if (response.status == 0 && response.sent) ++books.unanswered;
    if (response.status == 200) ++(response.body == k_garbage ? books.unreadable : books.billed);
    if (++vendor.in_flight > vendor.in_flight_peak) vendor.in_flight_peak = vendor.in_flight;
    ending_.emplace(now_ + response.latency, Ending{{id, response}, &vendor});
  }

  void cancel(std::uint64_t id) override {
    cancelled += static_cast<int>(std::erase_if(ending_, [id](const auto& e) {
      const bool hit = e.second.transfer.id == id;
      e.second.vendor->in_flight -= hit;
      return hit;
    }));
  }

  std::vector<Transfer> wait(Instant deadline) override {
    if (has_workers && ending_.empty() && later_.empty() && deadline > now_ + std::chrono::seconds(30)) {
      std::unique_lock lock(mutex_);
      woken_changed_.wait_for(lock, std::chrono::seconds(30), [this] { return woken_.load(); });
    }
    if (woken_.exchange(false)) return {};
    while (!later_.empty() && later_.begin()->first <= std::min(deadline, next_ending())) {
      now_ = std::max(now_, later_.begin()->first);
      later_.extract(later_.begin()).mapped()();
      if (woken_.exchange(false)) return {};
    }
    if (next_ending() > deadline) {
      now_ = std::max(now_, deadline);
      if (now_ > std::chrono::hours(24 * 30)) throw std::runtime_error("the engine waits for nothing");
      return {};
    }
    std::vector<Transfer> ended;
    now_ = std::max(now_, ending_.begin()->first);
    while (!ending_.empty() && ending_.begin()->first <= now_) {
      auto node = ending_.extract(ending_.begin());
      ended.push_back(end(std::move(node.mapped())));
    }
    return ended;
  }

  // Something that happens in this world at a time, while it is waited on.
  void at(Instant when, std::function<void()> what) { later_.emplace(when, std::move(what)); }

  void wake() override {
    {
      std::lock_guard lock(mutex_);
      woken_ = true;
    }
    woken_changed_.notify_all();
  }

  struct Vendor {
    int in_flight = 0;
    int in_flight_peak = 0;
    int served = 0;
    Instant quiet_until{0};
    Instant busy_until{0};
  };
  struct Books {
    int times = 0;
    int throttled = 0;
    int unanswered = 0;  // sent whole, and no reply
    int unreadable = 0;  // a reply that says nothing
    int billed = 0;
  };
  std::map<std::string, Vendor> vendors;  // by origin
  std::map<std::string, Books> asked;     // by address and body
  std::map<std::uint64_t, int> sends;     // by transfer: how often it was sent
  int started = 0;
  int throttled = 0;
  int cancelled = 0;
  int started_while_told_to_wait = 0;

 private:
  static constexpr std::chrono::seconds k_retry_after{2};
  static constexpr const char* k_garbage = "<html>";
  struct Ending {
    Transfer transfer;
    Vendor* vendor;
  };

  Instant next_ending() const { return ending_.empty() ? Instant::max() : ending_.begin()->first; }

  Transfer end(Ending ending) {
    Vendor& vendor = *ending.vendor;
    --vendor.in_flight;
    const HttpResponse& response = ending.transfer.response;
    if (response.status == 429) {
      ++throttled;
      if (response.headers.contains("retry-after")) {
        vendor.quiet_until = std::max(vendor.quiet_until, now_ + k_retry_after);
      }
    }
    return std::move(ending.transfer);
  }

  static std::string origin(const std::string& url) { return url.substr(0, url.find('/', url.find("://") + 3)); }

  HttpResponse answer(Vendor& vendor, const HttpRequest& request, std::chrono::milliseconds timeout) {
    HttpResponse response;
    response.latency = std::chrono::milliseconds(5 + random_() % 400);
    if (serve && !request.url.ends_with("/chat/completions")) {
      HttpResponse served = serve(request);
      served.latency = response.latency;
      return served;
    }
    double dice = std::uniform_real_distribution<>(0, 1)(random_);
    const auto meets = [&dice](double share) { return (dice -= share) < 0; };
    if (++vendor.served > faults_.credit) {
      response.status = 429;
      response.body = R"({"error":{"message":"You exceeded your current quota, please check your plan and billing )"
                      R"(details.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}})";
    } else if (static_cast<double>(std::hash<std::string>()(request.body) % 1000) < faults_.reject * 1000) {
      response.status = 400;
      response.body = R"({"error":{"message":"Invalid 'messages'","type":"invalid_request_error","code":null}})";
    } else if (vendor.in_flight >= faults_.capacity || meets(faults_.throttle)) {
      response.status = 429;
      response.body = R"({"error":{"message":"Rate limit reached","type":"requests","code":"rate_limit_exceeded"}})";
      if (faults_.says_how_long) response.headers["retry-after"] = std::to_string(k_retry_after.count());
    } else if (meets(faults_.silence)) {
      response.timed_out = response.sent = true;
      response.latency = timeout;
      response.error = "no complete reply";
    } else if (meets(faults_.broken)) {
      response.status = 503;
    } else if (meets(faults_.cut)) {
      response.sent = true;
      response.error = "connection closed";
    } else if (meets(faults_.refused)) {
      response.error = "connection refused";
    } else if (meets(faults_.garbage)) {
      response.status = 200;
      response.body = k_garbage;
    } else {
      response.status = 200;
      response.body = completion(request.body);
      if (faults_.serial.count() > 0) response = queued(vendor, std::move(response), timeout);
    }
    return response;
  }

  HttpResponse queued(Vendor& vendor, HttpResponse response, std::chrono::milliseconds timeout) const {
    const Instant done = std::max(vendor.busy_until, now_) + faults_.serial;
    response.latency = done - now_;
    if (response.latency <= timeout) {
      vendor.busy_until = done;
      return response;
    }
    HttpResponse none;  // the client leaves before its turn comes
    none.timed_out = none.sent = true;
    none.latency = timeout;
    none.error = "no complete reply";
    return none;
  }

  std::string completion(const std::string& request) const {
    const auto body = parse_json(request);
    if (!body) throw std::runtime_error("the request is no JSON");
    const Json choice = {{"index", 0},
                         {"message", {{"role", "assistant"}, {"content", say(*body)}, {"refusal", nullptr}}},
                         {"finish_reason", "stop"}};
    return dump_json({{"id", "chatcmpl-1"},
                      {"object", "chat.completion"},
                      {"model", string_at(*body, "model")},
                      {"choices", Json::array({choice})},
                      {"usage", {{"prompt_tokens", 100}, {"completion_tokens", 10}, {"total_tokens", 110}}}});
  }

  std::mt19937_64 random_;
  Faults faults_;
  Instant now_{0};
  std::mutex mutex_;  // guards waiting for woken_
  std::condition_variable woken_changed_;
  std::atomic<bool> woken_ = false;
  std::multimap<Instant, Ending> ending_;
  std::multimap<Instant, std::function<void()>> later_;
};

}  // namespace plumb::test
