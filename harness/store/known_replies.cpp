#include "store/known_replies.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace plumb {
namespace {

// Attempts that no finished cell has used: of a cell that was never finished; or that ended without an answer, where
// they came after the attempt it ended with, or before the step of that one, since what they brought was good
// enough to go on with. State 0: replied; a reply without a body has none that could be read.
constexpr std::string_view k_select_unused = R"sql(
SELECT a.request_key, a.id, r.state IS 0 AND r.http_status BETWEEN 200 AND 299 AND r.body IS NOT NULL,
       r.state = 1 OR (r.state IS NULL AND a.id NOT IN (SELECT attempt_id FROM awaited)), r.state IS 2
FROM systems AS s
JOIN attempts AS a ON a.system_id = s.id
LEFT JOIN replies AS r ON r.attempt_id = a.id
LEFT JOIN cells AS c ON c.system_id = a.system_id AND c.question_id = a.question_id AND c.trial = a.trial
LEFT JOIN outcomes AS o ON o.cell_id = c.id
LEFT JOIN attempts AS last ON last.id = c.attempt_id
WHERE s.run_id = ? AND a.id < ? AND a.request_key IS NOT NULL
  AND (o.cell_id IS NULL OR (c.failure IS NOT NULL AND (last.id IS NULL OR a.id > last.id OR a.step < last.step))))sql";

// Replies of other runs, less those that could not be read: their cells ended without an answer.
constexpr std::string_view k_select_others = R"sql(
SELECT a.request_key, a.id
FROM attempts AS a
JOIN replies AS r ON r.attempt_id = a.id
WHERE a.id < ? AND a.request_key IS NOT NULL
  AND r.state = 0 AND r.http_status BETWEEN 200 AND 299 AND r.body IS NOT NULL
  AND a.system_id NOT IN (SELECT id FROM systems WHERE run_id = ?)
  AND a.id NOT IN (SELECT attempt_id FROM cells WHERE failure IS NOT NULL AND attempt_id IS NOT NULL))sql";

bool read_key(const Statement& row, int column, KeyBytes& key) {
  const std::string bytes = row.text(column);
  if (bytes.size() != key.size()) return false;
  std::memcpy(key.data(), bytes.data(), key.size());
  return true;
}

}  // namespace

Result<KnownReplies> KnownReplies::load(std::unique_ptr<Database> database, std::int64_t run_id,
                                        std::int64_t attempt_end, bool cache) {
  KnownReplies known(std::move(database));
  known.of_run_ = TRY(unused_of_run(*known.database_, run_id, attempt_end));
  if (cache) known.of_others_ = TRY(of_other_runs(*known.database_, run_id, attempt_end));
  return known;
}

Result<std::vector<KnownReplies::Entry>> KnownReplies::unused_of_run(Database& database, std::int64_t run_id,
                                                                     std::int64_t attempt_end) {
  Statement select = TRY(database.prepare(k_select_unused));
  select.bind(run_id, attempt_end);
  std::vector<Entry> all;
  while (TRY(select.step())) {
    const bool not_sent = select.integer(4) != 0;
    Entry entry;
    if (not_sent || !read_key(select, 0, entry.key)) continue;
    if (select.integer(2) != 0) entry.attempt = select.integer(1);
    entry.attempts = 1;
    entry.unclear = static_cast<int>(select.integer(3));
    all.push_back(entry);
  }
  std::sort(all.begin(), all.end());
  std::vector<Entry> by_key;
  for (const Entry& each : all) {
    if (by_key.empty() || by_key.back().key != each.key) {
      by_key.push_back(each);
      continue;
    }
    Entry& entry = by_key.back();
    entry.attempt = std::max(entry.attempt, each.attempt);
    entry.attempts += each.attempts;
    entry.unclear += each.unclear;
  }
  std::erase_if(by_key, [](const Entry& entry) { return entry.attempt == 0; });
  return by_key;
}

Result<std::vector<KnownReplies::Entry>> KnownReplies::of_other_runs(Database& database, std::int64_t run_id,
                                                                     std::int64_t attempt_end) {
  Statement select = TRY(database.prepare(k_select_others));
  select.bind(attempt_end, run_id);
  std::vector<Entry> all;
  while (TRY(select.step())) {
    Entry entry;
    if (!read_key(select, 0, entry.key)) continue;
    entry.attempt = select.integer(1);
    all.push_back(entry);
  }
  // The latest of each key comes first, and stays.
  std::sort(all.begin(), all.end(),
            [](const Entry& a, const Entry& b) { return a.key != b.key ? a.key < b.key : a.attempt > b.attempt; });
  const auto same_key = [](const Entry& a, const Entry& b) { return a.key == b.key; };
  all.erase(std::unique(all.begin(), all.end(), same_key), all.end());
  all.shrink_to_fit();
  return all;
}

KnownReplies::Entry* KnownReplies::find_in(std::vector<Entry>& entries, const KeyBytes& key) {
  const auto found = std::lower_bound(entries.begin(), entries.end(), Entry{key});
  return found != entries.end() && found->key == key ? &*found : nullptr;
}

Result<std::optional<KnownReply>> KnownReplies::find(const KeyBytes& key) {
  if (Entry* entry = find_in(of_run_, key)) {
    auto known = TRY(read(*entry, true));
    entry->attempts = entry->unclear = 0;
    return known;
  }
  if (const Entry* entry = find_in(of_others_, key)) return read(*entry, false);
  return std::optional<KnownReply>();
}

Result<std::optional<KnownReply>> KnownReplies::read(const Entry& entry, bool of_this_run) {
  std::optional<HttpResponse> response = TRY(read_reply(*database_, entry.attempt));
  if (!response) return std::optional<KnownReply>();
  return std::optional(KnownReply{std::move(*response), of_this_run, entry.attempt, entry.attempts, entry.unclear});
}

}  // namespace plumb
