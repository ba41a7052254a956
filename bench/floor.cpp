// The floor: the least that "ask, parse, store" costs with the same libraries. Nothing is scored, retried,
// paced or made durable; what plumb costs is told as a multiple of this, measured side by side.
//
//   plumb_floor URL REQUESTS IN_FLIGHT DATABASE
#include <curl/curl.h>
#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace {

using Json = nlohmann::json;

struct Slot {
  CURL* easy = nullptr;
  std::string body;
  std::string reply;
  long number = 0;
};

std::size_t keep(char* bytes, std::size_t size, std::size_t count, void* slot) {
  static_cast<Slot*>(slot)->reply.append(bytes, size * count);
  return size * count;
}

std::string body_of(long number) {
  return Json{{"model", "mock-a"},
              {"messages",
               {{{"role", "system"}, {"content", "지문에 있는 내용만 근거로 답하세요."}},
                {{"role", "user"}, {"content", "질문 " + std::to_string(number) + ": 접수 마감일은 언제인가요?"}}}}}
      .dump();
}

void begin(CURLM* multi, Slot& slot, long number) {
  slot.number = number;
  slot.reply.clear();
  slot.body = body_of(number);
  curl_easy_setopt(slot.easy, CURLOPT_POSTFIELDS, slot.body.c_str());
  curl_easy_setopt(slot.easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(slot.body.size()));
  curl_multi_add_handle(multi, slot.easy);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: plumb_floor URL REQUESTS IN_FLIGHT DATABASE\n");
    return 2;
  }
  const std::string url = std::string(argv[1]) + "/chat/completions";
  const long requests = std::atol(argv[2]);
  const long in_flight = std::atol(argv[3]);

  sqlite3* db = nullptr;
  sqlite3_open(argv[4], &db);
  sqlite3_exec(db, "pragma journal_mode=wal; create table answers(id integer primary key, text, tokens); begin",
               nullptr, nullptr, nullptr);
  sqlite3_stmt* insert = nullptr;
  sqlite3_prepare_v2(db, "insert into answers values(?,?,?)", -1, &insert, nullptr);

  curl_global_init(CURL_GLOBAL_DEFAULT);
  CURLM* multi = curl_multi_init();
  curl_slist* headers = curl_slist_append(nullptr, "Content-Type: application/json");
  headers = curl_slist_append(headers, "Expect:");
  std::vector<std::unique_ptr<Slot>> slots;
  long next = 0, done = 0, bad = 0;
  for (; next < std::min(requests, in_flight); ++next) {
    auto slot = std::make_unique<Slot>();
    slot->easy = curl_easy_init();
    curl_easy_setopt(slot->easy, CURLOPT_URL, url.c_str());
    curl_easy_setopt(slot->easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(slot->easy, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(slot->easy, CURLOPT_WRITEDATA, slot.get());
    curl_easy_setopt(slot->easy, CURLOPT_PRIVATE, slot.get());
    curl_easy_setopt(slot->easy, CURLOPT_TIMEOUT_MS, 60'000L);
    begin(multi, *slot, next);
    slots.push_back(std::move(slot));
  }
  while (done < requests) {
    int running = 0;
    curl_multi_perform(multi, &running);
    int left = 0;
    while (CURLMsg* message = curl_multi_info_read(multi, &left)) {
      Slot* slot = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &slot);
      const bool arrived = message->data.result == CURLE_OK;
      curl_multi_remove_handle(multi, slot->easy);
      const Json reply = Json::parse(slot->reply, nullptr, false);
      if (!arrived || reply.is_discarded() || !reply.contains("choices")) {
        ++bad;
      } else {
        const std::string text = reply["choices"][0]["message"]["content"];
        sqlite3_bind_int64(insert, 1, slot->number);
        sqlite3_bind_text(insert, 2, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
        sqlite3_bind_int64(insert, 3, reply["usage"]["completion_tokens"].get<long>());
        sqlite3_step(insert);
        sqlite3_reset(insert);
      }
      ++done;
      if (next < requests) begin(multi, *slot, next++);
    }
    if (done < requests) curl_multi_poll(multi, nullptr, 0, 1'000, nullptr);
  }
  sqlite3_finalize(insert);
  sqlite3_exec(db, "commit", nullptr, nullptr, nullptr);
  sqlite3_close(db);
  if (bad > 0) std::fprintf(stderr, "plumb_floor: %ld of %ld requests failed\n", bad, requests);
  return bad > 0 ? 1 : 0;
}
