// The answers of this run that may be asked for again. Bounded in number and size, oldest out first; failures
// are not kept, since asking again may help.
#pragma once

#include <deque>
#include <string>
#include <unordered_map>
#include <variant>

#include "domain/sink.h"

namespace plumb {

class RecentReplies {
 public:
  // Null if there is none. Valid until the next remember().
  const AnswerRecord* find(const std::string& key) const {
    const auto it = records_.find(key);
    return it == records_.end() ? nullptr : &it->second;
  }

  void remember(const std::string& key, const AnswerRecord& record) {
    if (!std::holds_alternative<Completion>(record.reply) || record.raw_body.size() > k_bytes_max) return;
    if (!records_.emplace(key, record).second) return;
    order_.push_back(key);
    if (order_.size() <= k_records_max) return;
    records_.erase(order_.front());
    order_.pop_front();
  }

 private:
  static constexpr std::size_t k_records_max = 2'048;    // twice the cells that are open at a time
  static constexpr std::size_t k_bytes_max = 16 * 1024;  // of a body as received; 300 to 2,000 are usual

  std::unordered_map<std::string, AnswerRecord> records_;
  std::deque<std::string> order_;
};

}  // namespace plumb
