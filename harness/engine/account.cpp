#include "engine/account.h"

#include <algorithm>
#include <utility>

namespace plumb {

using std::chrono::milliseconds;

namespace {
constexpr int k_limit_at_first = 8;
constexpr int k_share_at_first = 4;  // of the greatest number: who allows a thousand at a time means it
constexpr int k_patience_at_first = 8;
constexpr int k_patience_max = 64;
constexpr milliseconds k_quiet_base{1'000};
constexpr milliseconds k_quiet_max{60'000};
constexpr int k_doublings_max = 6;
}  // namespace

Account::Account(int in_flight_max)
    : limit_max_(std::max(1, in_flight_max)),
      limit_(std::min(std::max(k_limit_at_first, limit_max_ / k_share_at_first), limit_max_)),
      ceiling_(limit_max_ + 1),
      patience_(k_patience_at_first) {}

std::optional<Instant> Account::opens_at() const {
  if (in_flight_ >= allowance()) return std::nullopt;
  return quiet_until_;
}

void Account::started(std::uint64_t number) {
  ++in_flight_;
  last_number_ = number;
}

void Account::succeeded(std::uint64_t number, bool quick) {
  if (number <= cut_after_) return;
  episodes_ = 0;
  if (!quick) return;
  ++successes_;
  const int rounds = limit_ + 1 == ceiling_ ? patience_ : 1;
  if (successes_ < (cut_ever_ ? limit_ * rounds : 1)) return;
  successes_ = 0;
  limit_ = std::min(limit_ + 1, limit_max_);
  if (limit_ > ceiling_) {  // what was refused once is borne now
    ceiling_ = limit_max_ + 1;
    patience_ = k_patience_at_first;
  }
}

// False if this belongs to an episode that has been cut for.
bool Account::cut(std::uint64_t number) {
  if (number <= cut_after_) return false;
  cut_after_ = last_number_;
  ceiling_ = std::min(limit_, in_flight_ + 1);
  patience_ = std::min(patience_ * 2, k_patience_max);
  // Until the first refusal it doubled a round, so it may stand at twice what is borne (as in RFC 5681).
  const bool doubled = !std::exchange(cut_ever_, true) && limit_ > k_limit_at_first;
  limit_ = std::max(1, doubled ? limit_ / 2 : limit_ * 7 / 10);
  successes_ = 0;
  return true;
}

void Account::timed_out(std::uint64_t number) { cut(number); }

void Account::throttled(std::uint64_t number, Instant now, std::optional<milliseconds> wait, double dice) {
  if (cut(number)) ++episodes_;
  const milliseconds ceiling = std::min(k_quiet_max, k_quiet_base * (1 << std::min(episodes_ - 1, k_doublings_max)));
  const milliseconds half = ceiling / 2;
  const milliseconds drawn =
      half + milliseconds(static_cast<milliseconds::rep>(dice * static_cast<double>(half.count())));
  quiet_until_ = std::max(quiet_until_, now + wait.value_or(drawn));
}

}  // namespace plumb
