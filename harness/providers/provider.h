// A provider translates between our ChatRequest and one vendor's HTTP dialect. It does not send.
//
// To add one: write providers/NAME.cpp that defines `const Provider& provider_NAME()`. The build
// finds it, `provider: NAME` in eval.yaml selects it, `plumb doctor` lists it. Nothing else changes.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/http.h"
#include "base/result.h"
#include "domain/answer.h"
#include "domain/spec.h"

namespace plumb {

class BatchDialect;

// What to do about a response that is not a success.
struct Retry {
  enum class Kind {
    give_up,    // the request itself is wrong; asking again gets the same
    transient,  // may work next time
    throttled,  // too fast: slow down
    stop,       // the account is out of money or not allowed: no request of it can work
  };
  Kind kind = Kind::give_up;
  std::optional<std::chrono::milliseconds> after;  // what the server asked for, if it did
};

// Stateless, and safe to call from any thread.
class Provider {
 public:
  virtual ~Provider() = default;

  // `key` is empty when the model names no key_env. It goes into a header and nowhere else.
  virtual HttpRequest encode(const Model&, const ChatRequest&, std::string_view key) const = 0;

  // Reads a 2xx body. An error here means the vendor broke its own contract.
  virtual Result<Completion> decode(const HttpResponse&) const = 0;

  // The same, by one who knows whom it asked: where a reply is found depends on the model for a service of one's
  // own. Callers that have the model call this one.
  virtual Result<Completion> decode_for(const Model&, const HttpResponse& response) const { return decode(response); }

  // The vendor's own words for a response that is no success, shortened; the status when there are none.
  virtual std::string error_message(const HttpResponse&) const;

  // The default knows 401, 402, 403, 408, 425, 429, 5xx, Retry-After, spend caps and silence.
  virtual Retry classify(const HttpResponse&) const;

  // Where requests go when the model says nothing else: "https://api.openai.com/v1".
  virtual std::string_view default_base_url() const = 0;

  // A request that costs nothing and tells whether the endpoint is there and takes the key: the list of models.
  virtual HttpRequest probe(const Model&, std::string_view key) const;

  // A provider that computes its answers in the process: then encode and decode are never called.
  // It sees the request and no references, as any model does.
  virtual std::optional<Completion> answer(const Model&, const ChatRequest&) const { return std::nullopt; }

  // The vendor's interface for many requests at once; null: it has none.
  virtual const BatchDialect* batch() const { return nullptr; }
};

const Provider* find_provider(std::string_view name);
std::vector<std::string_view> provider_names();

// What Provider::classify and error_message do unless overridden; also for servers that are no model's.
Retry classify_http(const HttpResponse&);
std::string describe_http_error(const HttpResponse&);

// Retry-After in seconds or as an HTTP date, retry-after-ms; none if absent or absurd. `now` in Unix seconds.
std::optional<std::chrono::milliseconds> retry_after(const HttpResponse&, long long now);

}  // namespace plumb
