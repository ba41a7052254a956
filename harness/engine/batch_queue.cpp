#include "engine/batch_queue.h"

#include <algorithm>
#include <utility>

#include "providers/provider.h"

namespace plumb {

namespace {
constexpr std::size_t k_around_body = 128;  // what a line has around it

std::size_t bytes_of(const Job& job) { return job.request.body.size() + k_around_body; }
}  // namespace

std::string BatchQueue::group_of(const Job& job) { return job.account + '\n' + job.request.url + '\n' + job.model->id; }

void BatchQueue::add(BatchWaiter waiter, Instant now) {
  Group& group = groups_[group_of(waiter.job)];
  group.dialect = waiter.job.provider->batch();
  if (group.requests_max == 0) {
    group.requests_max = group.dialect->requests_max();
    if (limits_.requests_max > 0) group.requests_max = std::min(group.requests_max, limits_.requests_max);
  }
  group.last = now;
  group.bytes += bytes_of(waiter.job);
  group.waiters.push_back(std::move(waiter));
}

bool BatchQueue::is_full(const Group& group) const {
  return group.waiters.size() >= group.requests_max ||
         group.bytes >= std::min(limits_.bytes_max, group.dialect->bytes_max());
}

std::optional<BatchLoad> BatchQueue::take(Instant now, bool busy, const Admit& admit) {
  for (auto& [name, group] : groups_) {
    if (group.waiters.empty() || now < group.held_until) continue;
    if (!is_full(group) && now - group.last < quiet(busy)) continue;
    if (admit(group.waiters.front().job)) return load(name, group, admit);
  }
  return std::nullopt;
}

BatchLoad BatchQueue::load(const std::string& name, Group& group, const Admit& admit) const {
  const std::size_t bytes_max = std::min(limits_.bytes_max, group.dialect->bytes_max());
  BatchLoad load{.group = name, .dialect = group.dialect};
  while (!group.waiters.empty() && load.waiters.size() < group.requests_max) {
    const Job& job = group.waiters.front().job;
    std::string line = group.dialect->line(job.start.request_key, job.request);
    const std::size_t bytes = line.size() + 1;
    if (!load.waiters.empty() && (load.bytes + bytes > bytes_max || !admit(job))) break;
    load.bytes += bytes;
    group.bytes -= bytes_of(job);
    load.lines.push_back(std::move(line));
    load.waiters.push_back(std::move(group.waiters.front()));
    group.waiters.pop_front();
  }
  return load;
}

std::optional<Instant> BatchQueue::due(bool busy) const {
  std::optional<Instant> first;
  for (const auto& [name, group] : groups_) {
    if (group.waiters.empty()) continue;
    const Instant due = std::max(is_full(group) ? Instant(0) : group.last + quiet(busy), group.held_until);
    first = first ? std::min(*first, due) : due;
  }
  return first;
}

std::vector<BatchWaiter> BatchQueue::take_all() {
  std::vector<BatchWaiter> all;
  for (auto& [name, group] : groups_) {
    std::ranges::move(group.waiters, std::back_inserter(all));
    group.waiters.clear();
    group.bytes = 0;
  }
  return all;
}

std::size_t BatchQueue::size() const {
  std::size_t size = 0;
  for (const auto& [name, group] : groups_) size += group.waiters.size();
  return size;
}

}  // namespace plumb
