// Replies that are stored already, by what was asked: of this run, where it was cut short before it used them,
// and of earlier runs, where they may be used again.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "domain/ledger.h"
#include "store/attempt_rows.h"
#include "store/database.h"

namespace plumb {

class KnownReplies {
 public:
  // Only attempts before `attempt_end` count. Reads every one of them once. `cache`: other runs' too. The
  // database is kept, to read bodies from when they are asked for.
  static Result<KnownReplies> load(std::unique_ptr<Database>, std::int64_t run_id, std::int64_t attempt_end,
                                   bool cache);

  // A complete reply of status 2xx with a body; of this run rather than of another, and the latest. Attempts of
  // this run are told of once: who asks again for the same key gets the same reply with 0 of them.
  Result<std::optional<KnownReply>> find(const KeyBytes&);

 private:
  // One for each key, sorted by it: 32 bytes for a reply, where a hash table would take twice that.
  struct Entry {
    KeyBytes key;
    std::int64_t attempt = 0;
    int attempts = 0, unclear = 0;  // as in KnownReply
    bool operator<(const Entry& other) const { return key < other.key; }
  };

  explicit KnownReplies(std::unique_ptr<Database> database) : database_(std::move(database)) {}
  static Result<std::vector<Entry>> unused_of_run(Database&, std::int64_t run_id, std::int64_t attempt_end);
  static Result<std::vector<Entry>> of_other_runs(Database&, std::int64_t run_id, std::int64_t attempt_end);
  static Entry* find_in(std::vector<Entry>&, const KeyBytes&);
  Result<std::optional<KnownReply>> read(const Entry&, bool of_this_run);

  std::unique_ptr<Database> database_;
  std::vector<Entry> of_run_, of_others_;
};

}  // namespace plumb
