// Result<T>: a value, or an Error that says what went wrong in words a user can act on.
//
// Used for failures the caller is expected to handle. Bugs are PLUMB_CHECKs; outcomes of a cell
// (a timeout, a refusal, an unreadable verdict) are domain values, see domain/answer.h.
// Mirrors the part of std::expected we need, which g++ 12 does not ship in C++20 mode.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace plumb {

struct Error {
  std::string message;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

// For functions that succeed with nothing to say: `return Done{};`.
struct Done {};
using Status = Result<Done>;

}  // namespace plumb

// Yields the value of a Result, or returns its error from the enclosing function.
#define TRY(expression)                                    \
  __extension__({                                          \
    auto try_result = (expression);                        \
    if (!try_result) return std::move(try_result).error(); \
    *std::move(try_result);                                \
  })
