// Content digests: SHA-256, cut to 128 bits and written as 32 hex digits.
#pragma once

#include <string>
#include <string_view>

namespace plumb {

std::string digest(std::string_view bytes);

// A digest over several fields that cannot be confused by moving bytes between them: each field is
// preceded by its length.
class Digester {
 public:
  Digester& add(std::string_view field);
  Digester& add(long long value);
  std::string hex() const { return digest(bytes_); }

 private:
  std::string bytes_;
};

}  // namespace plumb
