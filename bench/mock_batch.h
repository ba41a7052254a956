// The batch interfaces of OpenAI and Anthropic as their references describe them: uploads, batches, results out of
// order, lists, cancelling. Pure: what the time is, and what a model answers, is given.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plumb::mock {

struct BatchReply {
  int status = 200;
  std::string body;
  std::string type = "application/json";
};

struct BatchRules {
  std::int64_t work_ms = 0;                 // from a batch's creation to its end
  std::uint64_t error_every = 0;            // one request in N meets an error that may pass; by its custom_id; 0: none
  std::uint64_t expire_every = 0;           // one in N expires
  std::uint64_t requests_enqueued_max = 0;  // OpenAI: above, a batch fails; 0: any number
};

struct BatchBooks {
  std::uint64_t uploads = 0, created = 0, polls = 0, fetches = 0, lists = 0;
  std::uint64_t worked_on = 0;                 // requests answered, each once a batch it is in
  std::map<std::string, std::uint64_t> times;  // how often each custom_id was worked on
};

class Batches {
 public:
  // What POSTing `body` to `path` alone gives: a status and a body.
  using Answer = std::function<std::pair<int, std::string>(std::string_view path, std::string_view body)>;

  Batches(BatchRules rules, Answer answer) : rules_(rules), answer_(std::move(answer)) {}

  // `path` with its query; `now_ms` in Unix time. None: no business of this interface.
  std::optional<BatchReply> handle(std::string_view method, std::string_view path, std::string_view body,
                                   std::int64_t now_ms);

  const BatchBooks& books() const { return books_; }
  BatchRules& rules() { return rules_; }

 private:
  struct File {
    std::string id, name, bytes;
    std::int64_t created_ms = 0;
  };
  struct Item {
    std::string custom_id, body;
  };
  struct Batch {
    std::string id, endpoint, input_file, metadata, failed_code, failed_why;
    bool anthropic = false;
    std::int64_t created_ms = 0, cancelled_ms = -1;
    std::vector<Item> items;
    bool done = false;
    std::string output_file, error_file, results;
    std::size_t succeeded = 0, errored = 0, expired = 0, cancelled = 0;
  };

  BatchReply upload(std::string_view body, std::int64_t now_ms);
  BatchReply create_openai(std::string_view body, std::int64_t now_ms);
  BatchReply create_anthropic(std::string_view body, std::int64_t now_ms);
  BatchReply list(bool anthropic, std::string_view query, std::int64_t now_ms);
  BatchReply one(bool anthropic, std::string_view id, std::string_view what, std::int64_t now_ms);
  BatchReply content(std::string_view file);
  void read_lines(Batch&, std::string_view bytes);
  void advance(Batch&, std::int64_t now_ms);
  void work(Batch&);
  std::string store(std::string name, std::string bytes, std::int64_t now_ms);
  std::string shown(const Batch&, std::int64_t now_ms) const;

  BatchRules rules_;
  Answer answer_;
  BatchBooks books_;
  std::uint64_t next_id_ = 1;
  std::map<std::string, File, std::less<>> files_;
  std::vector<Batch> batches_;
};

}  // namespace plumb::mock
