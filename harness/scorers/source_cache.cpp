#include "scorers/source_cache.h"

#include <algorithm>
#include <functional>
#include <list>
#include <mutex>
#include <string>

namespace plumb {

namespace {

constexpr std::size_t k_indices_max = 64;
constexpr std::size_t k_bytes_worth_keeping = 1 << 20;  // of text; an index is some ten times as large

// All of a passage that its index depends on.
struct Text {
  std::string title, text;
  bool operator==(const Text&) const = default;
};

struct Entry {
  std::size_t hash = 0;
  std::vector<Text> texts;
  std::optional<Day> as_of;
  std::shared_ptr<const SourceIndex> index;
};

std::size_t hash_of(const std::vector<Passage>& passages) {
  std::size_t hash = passages.size();
  for (const Passage& passage : passages) {
    for (const std::string* part : {&passage.title, &passage.text})
      hash = hash * 1099511628211U + std::hash<std::string_view>()(*part);
  }
  return hash;
}

bool is_of(const Entry& entry, const std::vector<Passage>& passages, const std::optional<Day>& as_of) {
  return entry.as_of == as_of &&
         std::ranges::equal(entry.texts, passages, [](const Text& text, const Passage& passage) {
           return text.title == passage.title && text.text == passage.text;
         });
}

class Cache {
 public:
  std::shared_ptr<const SourceIndex> find(std::size_t hash, const std::vector<Passage>& passages,
                                          const std::optional<Day>& as_of) {
    const std::lock_guard guard(mutex_);
    const auto found = std::ranges::find_if(
        entries_, [&](const Entry& entry) { return entry.hash == hash && is_of(entry, passages, as_of); });
    if (found == entries_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found);
    return entries_.front().index;
  }

  void keep(Entry entry) {
    const std::lock_guard guard(mutex_);
    entries_.push_front(std::move(entry));
    if (entries_.size() > k_indices_max) entries_.pop_back();
  }

 private:
  std::mutex mutex_;  // guards entries_
  std::list<Entry> entries_;
};

}  // namespace

std::shared_ptr<const SourceIndex> source_index_of(const std::vector<Passage>& passages,
                                                   const std::optional<Day>& as_of) {
  static Cache cache;
  const std::size_t hash = hash_of(passages);
  if (auto index = cache.find(hash, passages, as_of)) return index;
  // Made without the lock: two threads may make the same, and either will do.
  auto index = std::make_shared<const SourceIndex>(passages, as_of);
  Entry entry{.hash = hash, .as_of = as_of, .index = index};
  std::size_t bytes = 0;
  for (const Passage& passage : passages) {
    entry.texts.push_back({passage.title, passage.text});
    bytes += passage.title.size() + passage.text.size();
  }
  if (bytes <= k_bytes_worth_keeping) cache.keep(std::move(entry));
  return index;
}

}  // namespace plumb
