// A reply that may hold a key anywhere: after it is taken out, it is in no part of the reply. The first byte is the
// key's length.
#include <string>
#include <string_view>

#include "base/text.h"
#include "engine/redact.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string_view key = text.substr(0, 8 + data[0] % 24);
  if (key.size() < 8) return 0;
  // What stands in its place could make such a key whole again with what stands around it.
  if (key.find_first_of("[]") != key.npos) return 0;
  plumb::HttpResponse response;
  response.body = text;
  response.error = text.substr(text.size() / 2);
  response.headers["x-echo"] = text;
  plumb::take_out_key(response, key);
  const std::string_view parts[] = {response.body, response.error, response.headers["x-echo"]};
  for (const std::string_view part : parts) {
    if (plumb::contains(part, key)) __builtin_trap();
  }
  return 0;
}
