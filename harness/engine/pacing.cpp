#include "engine/pacing.h"

#include <algorithm>
#include <cmath>

namespace plumb {

using std::chrono::milliseconds;

namespace {
constexpr milliseconds k_window{60'000};
constexpr milliseconds k_slot{100};
constexpr double k_burst_ms = 1'000.0;

double ms_of(Instant time) { return static_cast<double>(time.count()); }
}  // namespace

Pace::Pace(std::int64_t per_minute)
    : per_minute_(std::max<std::int64_t>(1, per_minute)),
      ms_each_(ms_of(k_window) / static_cast<double>(per_minute_)) {}

void Pace::forget(Instant now) {
  while (!slots_.empty() && slots_.front().last + k_window <= now) {
    in_window_ -= slots_.front().amount;
    slots_.pop_front();
    ++first_slot_;
  }
}

Instant Pace::opens_at(Instant now, std::int64_t amount) {
  forget(now);
  const Instant even(static_cast<milliseconds::rep>(std::ceil(due_ms_ - k_burst_ms)));
  std::int64_t counted = in_window_ + pending_;
  Instant free = now;
  for (auto slot = slots_.begin(); counted > 0 && counted + amount > per_minute_; ++slot) {
    // Only what is pending is left: it will be sent or given back, and until then nothing can be said.
    if (slot == slots_.end()) return now + k_window;
    counted -= slot->amount;
    free = slot->last + k_window;
  }
  return std::max(even, free);
}

void Pace::take(Instant now, std::int64_t amount) {
  pending_ += amount;
  due_ms_ = std::max(due_ms_, ms_of(now)) + static_cast<double>(amount) * ms_each_;
}

void Pace::give_back(std::int64_t amount) {
  pending_ -= amount;
  due_ms_ -= static_cast<double>(amount) * ms_each_;
}

std::uint64_t Pace::sent(Instant now, std::int64_t amount) {
  forget(now);
  if (slots_.empty() || slots_.back().first + k_slot <= now) slots_.push_back({now, now, 0});
  slots_.back().last = now;
  slots_.back().amount += amount;
  pending_ -= amount;
  in_window_ += amount;
  return first_slot_ + slots_.size() - 1;
}

void Pace::correct(std::uint64_t slot, std::int64_t difference) {
  due_ms_ += static_cast<double>(difference) * ms_each_;
  if (slot < first_slot_) return;
  slots_[slot - first_slot_].amount += difference;
  in_window_ += difference;
}

}  // namespace plumb
