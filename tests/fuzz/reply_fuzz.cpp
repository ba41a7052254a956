// A vendor's reply, whatever it sends, streamed or whole: a completion, or an error in words. What a completion says
// can be sent back.
#include <string>
#include <string_view>

#include "base/json.h"
#include "providers/provider.h"

namespace {

void check_can_be_sent_back(const plumb::Provider& provider, const plumb::Completion& completion) {
  using plumb::Message;
  plumb::ChatRequest request;
  request.messages = {{.role = Message::Role::user, .text = "?"},
                      {.role = Message::Role::assistant,
                       .text = completion.text,
                       .tool_calls = completion.tool_calls,
                       .echo = completion.echo}};
  for (const plumb::ToolCall& call : completion.tool_calls) {
    request.messages.push_back({.role = Message::Role::tool, .text = "!", .tool_calls = {call}});
  }
  for (const char* api : {"", "responses"}) {
    plumb::Model model;
    model.id = "m";
    model.api = api;
    if (!plumb::parse_json(provider.encode(model, request, "").body, 256)) __builtin_trap();
  }
}

void check(std::string_view name, plumb::HttpResponse response) {
  const plumb::Provider& provider = *plumb::find_provider(name);
  response.status = 200;
  const auto completion = provider.decode(response);
  if (!completion && completion.error().message.empty()) __builtin_trap();
  const bool is_vendor = name != "exec" && name != "http" && name != "builtin";
  if (completion && is_vendor) check_can_be_sent_back(provider, *completion);
  for (const int status : {200, 429}) {
    response.status = status;
    provider.classify(response);
    if (provider.error_message(response).empty()) __builtin_trap();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  plumb::HttpResponse response;
  response.body.assign(reinterpret_cast<const char*>(data), size);
  response.headers["retry-after"] = response.body.substr(0, 40);
  response.headers["x-ratelimit-reset-tokens"] = response.body.substr(0, 12);
  for (const std::string_view name : plumb::provider_names()) {
    for (const char* type : {"application/json", "text/event-stream", "application/x-ndjson"}) {
      response.headers["content-type"] = type;
      check(name, response);
    }
  }
  plumb::retry_after(response, 1'700'000'000);
  return 0;
}
