// Makes gzip streams byte by byte: right ones, broken ones and bombs (RFC 1951 and 1952).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace plumb::test {

inline std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t crc = 0xffffffffu;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc & 1u ? (crc >> 1) ^ 0xedb88320u : crc >> 1;
  }
  return ~crc;
}

inline std::string little_endian(std::uint32_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xffu);
  return out;
}

inline std::string gzip_around(std::string_view deflated, std::uint32_t crc, std::uint32_t size) {
  return std::string("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", 10) + std::string(deflated) + little_endian(crc, 4) +
         little_endian(size, 4);
}

// In blocks that are stored as they are.
inline std::string gzip(std::string_view text) {
  std::string blocks;
  std::string_view left = text;
  do {
    const std::string_view block = left.substr(0, 65535);
    left.remove_prefix(block.size());
    const auto size = static_cast<std::uint32_t>(block.size());
    blocks += left.empty() ? '\x01' : '\x00';
    blocks += little_endian(size, 2) + little_endian(~size, 2);
    blocks += block;
  } while (!left.empty());
  return gzip_around(blocks, crc32(text), static_cast<std::uint32_t>(text.size()));
}

// One letter, then as many copies of it as asked for, 258 in 13 bits: about 159 to 1. Its checksum is wrong, which
// is seen only by whoever unpacks it all.
inline std::string gzip_bomb(std::size_t bytes, char letter = ' ') {
  std::string out;
  unsigned held = 0;
  int bits = 0;
  const auto put = [&](unsigned value, int count) {  // the lowest bit first
    held |= value << bits;
    for (bits += count; bits >= 8; bits -= 8, held >>= 8) out += static_cast<char>(held & 0xffu);
  };
  const auto put_code = [&](unsigned code, int count) {  // Huffman codes: the highest bit first
    for (int bit = count - 1; bit >= 0; --bit) put(code >> bit & 1u, 1);
  };
  put(0b011, 3);                                            // the last block, with the fixed codes
  put_code(0x30u + static_cast<unsigned char>(letter), 8);  // a literal below 144
  for (std::size_t made = 1; made < bytes; made += 258) {
    put_code(0b11000101, 8);  // length 258
    put_code(0, 5);           // distance 1
  }
  put_code(0, 7);
  put(0, 7);  // to a whole byte
  return gzip_around(out, 0, static_cast<std::uint32_t>(bytes));
}

}  // namespace plumb::test
