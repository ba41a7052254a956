#include "base/digest.h"

#include <openssl/sha.h>

namespace plumb {

std::string digest(std::string_view bytes) {
  unsigned char hash[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), hash);
  static constexpr char k_hex[] = "0123456789abcdef";
  std::string out;
  for (int i = 0; i < 16; ++i) {
    out += k_hex[hash[i] >> 4];
    out += k_hex[hash[i] & 15];
  }
  return out;
}

Digester& Digester::add(std::string_view field) {
  bytes_ += std::to_string(field.size());
  bytes_ += ':';
  bytes_ += field;
  return *this;
}

Digester& Digester::add(long long value) { return add(std::to_string(value)); }

}  // namespace plumb
