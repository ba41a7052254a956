// The floor: the least that "ask, parse, look for the answer, store" costs with the same libraries. Nothing is
// retried, paced or made durable; what plumb costs is told as a multiple of this, measured side by side.
//
//   plumb_floor URL REQUESTS IN_FLIGHT DATABASE
#include <curl/curl.h>
#include <sqlite3.h>
#include <sys/epoll.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "texts.h"

namespace {

using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

// libcurl slows down with many connections in one multi handle.
constexpr long k_connections_per_shard = 100;

struct Shard {
  CURLM* multi = nullptr;
  int epoll = -1;
  std::uint64_t index = 0;
  Clock::time_point due = Clock::time_point::max();
};

struct Slot {
  CURL* easy = nullptr;
  Shard* shard = nullptr;
  std::string body;
  std::string reply;
  long number = 0;
};

struct Answers {
  sqlite3* db = nullptr;
  sqlite3_stmt* insert = nullptr;

  explicit Answers(const char* path) {
    sqlite3_open(path, &db);
    sqlite3_exec(db,
                 "pragma journal_mode=wal; create table answers(id integer primary key, text, tokens, correct); begin",
                 nullptr, nullptr, nullptr);
    sqlite3_prepare_v2(db, "insert into answers values(?,?,?,?)", -1, &insert, nullptr);
  }
  ~Answers() {
    sqlite3_finalize(insert);
    sqlite3_exec(db, "commit", nullptr, nullptr, nullptr);
    sqlite3_close(db);
  }

  void add(long number, const std::string& text, long tokens) const {
    const bool correct = text.find(plumb::bench::k_expected) != std::string::npos;
    sqlite3_bind_int64(insert, 1, number);
    sqlite3_bind_text(insert, 2, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
    sqlite3_bind_int64(insert, 3, tokens);
    sqlite3_bind_int(insert, 4, correct ? 1 : 0);
    sqlite3_step(insert);
    sqlite3_reset(insert);
  }
};

std::size_t keep(char* bytes, std::size_t size, std::size_t count, void* slot) {
  static_cast<Slot*>(slot)->reply.append(bytes, size * count);
  return size * count;
}

int on_socket(CURL*, curl_socket_t fd, int what, void* user, void* known) {
  auto* shard = static_cast<Shard*>(user);
  if (what == CURL_POLL_REMOVE) return epoll_ctl(shard->epoll, EPOLL_CTL_DEL, fd, nullptr), 0;
  epoll_event event{};
  event.events = ((what & CURL_POLL_IN) != 0 ? EPOLLIN : 0u) | ((what & CURL_POLL_OUT) != 0 ? EPOLLOUT : 0u);
  event.data.u64 = shard->index << 32 | static_cast<std::uint32_t>(fd);
  epoll_ctl(shard->epoll, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
  curl_multi_assign(shard->multi, fd, shard);
  return 0;
}

int on_timer(CURLM*, long ms, void* user) {
  static_cast<Shard*>(user)->due = ms < 0 ? Clock::time_point::max() : Clock::now() + std::chrono::milliseconds(ms);
  return 0;
}

class Floor {
 public:
  Floor(std::string url, long requests, long in_flight, const Answers& answers)
      : url_(std::move(url)), requests_(requests), answers_(answers), epoll_(epoll_create1(0)) {
    headers_ = curl_slist_append(curl_slist_append(nullptr, "Content-Type: application/json"), "Expect:");
    const long slots = std::min(requests, in_flight);
    for (long i = 0; i < slots; ++i) {
      if (i % k_connections_per_shard == 0) add_shard();
      add_slot();
    }
  }

  // How many requests failed.
  long run() {
    while (done_ < requests_) {
      auto due = Clock::time_point::max();
      for (const auto& shard : shards_) {
        if (shard->due <= Clock::now()) {
          shard->due = Clock::time_point::max();
          act(*shard, CURL_SOCKET_TIMEOUT, 0);
        }
        due = std::min(due, shard->due);
      }
      if (done_ == requests_) break;
      const auto pause = std::chrono::ceil<std::chrono::milliseconds>(due - Clock::now()).count();
      epoll_event events[256];
      const int count = epoll_wait(epoll_, events, 256, static_cast<int>(std::clamp<long>(pause, 0, 1'000)));
      for (int i = 0; i < count; ++i) {
        const int what = ((events[i].events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0) |
                         ((events[i].events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
                         ((events[i].events & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0);
        act(*shards_[events[i].data.u64 >> 32], static_cast<int>(events[i].data.u64 & 0xffff'ffff), what);
      }
    }
    return bad_;
  }

 private:
  void add_shard() {
    auto shard = std::make_unique<Shard>();
    shard->epoll = epoll_;
    shard->index = shards_.size();
    shard->multi = curl_multi_init();
    curl_multi_setopt(shard->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(shard->multi, CURLMOPT_SOCKETDATA, shard.get());
    curl_multi_setopt(shard->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(shard->multi, CURLMOPT_TIMERDATA, shard.get());
    curl_multi_setopt(shard->multi, CURLMOPT_MAXCONNECTS, k_connections_per_shard);
    shards_.push_back(std::move(shard));
  }

  void add_slot() {
    auto slot = std::make_unique<Slot>();
    slot->shard = shards_.back().get();
    slot->easy = curl_easy_init();
    curl_easy_setopt(slot->easy, CURLOPT_URL, url_.c_str());
    curl_easy_setopt(slot->easy, CURLOPT_HTTPHEADER, headers_);
    curl_easy_setopt(slot->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(slot->easy, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(slot->easy, CURLOPT_WRITEDATA, slot.get());
    curl_easy_setopt(slot->easy, CURLOPT_PRIVATE, slot.get());
    curl_easy_setopt(slot->easy, CURLOPT_TIMEOUT_MS, 60'000L);
    begin(*slot);
    slots_.push_back(std::move(slot));
  }

  void begin(Slot& slot) {
    slot.number = next_++;
    slot.reply.clear();
    slot.body = Json{{"model", "mock-a"},
                     {"temperature", 0},
                     {"messages",
                      {{{"role", "system"}, {"content", plumb::bench::k_system}},
                       {{"role", "user"}, {"content", plumb::bench::user_message(slot.number)}}}}}
                    .dump();
    curl_easy_setopt(slot.easy, CURLOPT_POSTFIELDS, slot.body.c_str());
    curl_easy_setopt(slot.easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(slot.body.size()));
    curl_multi_add_handle(slot.shard->multi, slot.easy);
  }

  void act(Shard& shard, curl_socket_t fd, int what) {
    int running = 0, left = 0;
    curl_multi_socket_action(shard.multi, fd, what, &running);
    while (CURLMsg* message = curl_multi_info_read(shard.multi, &left)) {
      Slot* slot = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &slot);
      const bool arrived = message->data.result == CURLE_OK;
      curl_multi_remove_handle(shard.multi, slot->easy);
      end(*slot, arrived);
      if (next_ < requests_) begin(*slot);
    }
  }

  void end(Slot& slot, bool arrived) {
    ++done_;
    const Json reply = Json::parse(slot.reply, nullptr, false);
    if (!arrived || reply.is_discarded() || !reply.contains("choices")) {
      ++bad_;
    } else {
      answers_.add(slot.number, reply["choices"][0]["message"]["content"],
                   reply["usage"]["completion_tokens"].get<long>());
    }
  }

  const std::string url_;
  const long requests_;
  const Answers& answers_;
  const int epoll_;
  curl_slist* headers_ = nullptr;
  std::vector<std::unique_ptr<Shard>> shards_;
  std::vector<std::unique_ptr<Slot>> slots_;
  long next_ = 0, done_ = 0, bad_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: plumb_floor URL REQUESTS IN_FLIGHT DATABASE\n");
    return 2;
  }
  const long requests = std::atol(argv[2]);
  const Answers answers(argv[4]);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  const long bad = Floor(std::string(argv[1]) + "/chat/completions", requests, std::atol(argv[3]), answers).run();
  if (bad > 0) std::fprintf(stderr, "plumb_floor: %ld of %ld requests failed\n", bad, requests);
  return bad > 0 ? 1 : 0;
}
