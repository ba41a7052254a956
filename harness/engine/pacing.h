// How many of something an account takes a minute, where its owner knows: requests, or tokens.
//
// Two rules. In no minute, wherever it begins, is more sent than the limit; and what is sent is spread over the
// minute, since vendors also count by the second. The second rule is the virtual scheduling of ATM's leaky bucket
// (GCRA, ITU-T I.371) with a second's worth as its burst.
#pragma once

#include <cstdint>
#include <deque>

#include "engine/transport.h"

namespace plumb {

class Pace {
 public:
  // `per_minute`: at least 1.
  explicit Pace(std::int64_t per_minute);

  // When `amount` may be taken by the passing of time; not after `now` means at once. What is more than a minute's
  // whole limit goes alone.
  Instant opens_at(Instant now, std::int64_t amount);

  // In this order: taken when it is decided to send; then sent, or given back if it was not.
  void take(Instant now, std::int64_t amount);
  void give_back(std::int64_t amount);
  // Returns what correct() is told to find it by.
  std::uint64_t sent(Instant now, std::int64_t amount);

  // It turned out to be this much more, or less, than was taken. Forgotten if it is more than a minute ago.
  void correct(std::uint64_t slot, std::int64_t difference);

 private:
  // What was sent within a tenth of a second; counted as if all of it went with the last of it.
  struct Slot {
    Instant first{0}, last{0};
    std::int64_t amount = 0;
  };

  void forget(Instant now);

  std::int64_t per_minute_;
  double ms_each_;
  double due_ms_ = 0.0;           // when the next is due, if all goes evenly
  std::int64_t pending_ = 0;      // taken, neither sent nor given back
  std::int64_t in_window_ = 0;    // in slots_
  std::uint64_t first_slot_ = 0;  // number of the front of slots_
  std::deque<Slot> slots_;
};

}  // namespace plumb
