// A vendor's reply, whatever it sends: a completion, or an error in words.
#include <string>

#include "base/json.h"
#include "providers/provider.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  plumb::HttpResponse response;
  response.status = 200;
  response.body.assign(reinterpret_cast<const char*>(data), size);
  response.headers["retry-after"] = response.body.substr(0, 40);
  for (const std::string_view name : plumb::provider_names()) {
    const plumb::Provider* provider = plumb::find_provider(name);
    response.status = 200;
    const auto completion = provider->decode(response);
    if (!completion && completion.error().message.empty()) __builtin_trap();
    response.status = 429;
    provider->classify(response);
    if (provider->error_message(response).empty()) __builtin_trap();
  }
  plumb::retry_after(response, 1'700'000'000);
  return 0;
}
