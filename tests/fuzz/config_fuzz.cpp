// A prompt file as anyone may submit it: read or refused with diagnostics, never a crash.
#include <string_view>

#include "config/config.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const plumb::LoadedPrompt loaded = plumb::load_prompt("prompts/kim/x.yaml", text);
  if (!loaded.prompt && !plumb::has_errors(loaded.diagnostics)) __builtin_trap();
  return 0;
}
