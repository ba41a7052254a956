// Names of enumerations whose values count from 0, in both directions, from one table.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace plumb {

template <class Enum, std::size_t N>
const char* enum_name(const char* const (&names)[N], Enum value) {
  return names[static_cast<std::size_t>(value)];
}

template <class Enum, std::size_t N>
std::optional<Enum> enum_of(const char* const (&names)[N], std::string_view wanted) {
  for (std::size_t i = 0; i < N; ++i) {
    if (wanted == names[i]) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace plumb
