// How a vendor takes many requests at once, for half the price and within a day: the calls, and what they say.
// Pure translation; the order of the calls, the waiting and the remembering are the engine's (engine/batch_lane.h).
//
// OpenAI: a file of lines is uploaded, a batch is made of it, its results are two files, of what succeeded and of
// what did not. https://developers.openai.com/api/docs/guides/batch
// Anthropic: one call holds all requests, one holds all results.
// https://platform.claude.com/docs/en/build-with-claude/batch-processing
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/http.h"
#include "base/result.h"
#include "domain/spec.h"

namespace plumb {

struct BatchResult {
  enum class Kind {
    replied,    // as if it had been asked alone: a success, or a refusal
    expired,    // the vendor had no time for it, and charges nothing
    cancelled,  // somebody stopped the batch before it was worked on
  };
  std::string request_key;
  Kind kind = Kind::replied;
  HttpResponse response;  // of what was not replied to: status 0, and the vendor's words
};

struct BatchStatus {
  enum class State {
    working,
    ended,   // there are results, if of some requests only
    failed,  // nothing was worked on, and nothing will be: `why`
  };
  std::string id;
  State state = State::working;
  std::string name;                                  // ours; "" where the vendor keeps none
  std::size_t total = 0, completed = 0, failed = 0;  // requests; total is 0 until the vendor has counted
  std::vector<std::string> results;                  // where they are, for fetch()
  std::string why;                                   // in the vendor's words
  bool too_many = false;                             // failed because more is enqueued than the account may have
  UnixMillis created_at = 0;                         // 0: the vendor does not say
  // Of an ended batch: what became of the requests that no result tells of; none: that is not known.
  std::optional<BatchResult::Kind> rest;
};

struct BatchPage {
  std::vector<BatchStatus> batches;
  std::string next;  // for list(); "" : this was the last page
};

// Stateless, and safe to call from any thread. `like` is any request of the batch, as the provider encodes it: the
// address and the headers, the key among them, are taken from there.
class BatchDialect {
 public:
  virtual ~BatchDialect() = default;

  virtual std::string_view name() const = 0;
  virtual std::size_t requests_max() const = 0;
  virtual std::size_t bytes_max() const = 0;  // of all lines
  virtual double price_factor() const = 0;    // of what the same request costs alone
  // The vendor keeps the name that a batch is created with, so that it can be found again.
  virtual bool keeps_names() const = 0;

  // Whether this request may go into a batch. Those of one batch have their url and Model::id in common.
  virtual bool takes(const Model&, const HttpRequest&) const = 0;
  // What one request adds to a batch: one line of JSON without its end. The body must be a JSON object.
  virtual std::string line(const std::string& request_key, const HttpRequest&) const = 0;

  // None: no upload, create() holds the lines.
  virtual std::optional<HttpRequest> upload(const HttpRequest& like, const std::string& name,
                                            std::span<const std::string> lines) const = 0;
  virtual HttpRequest create(const HttpRequest& like, const std::string& name, const std::string& upload_id,
                             std::span<const std::string> lines) const = 0;
  virtual HttpRequest poll(const HttpRequest& like, const std::string& id) const = 0;
  virtual HttpRequest fetch(const HttpRequest& like, const BatchStatus&, const std::string& result) const = 0;
  virtual HttpRequest list(const HttpRequest& like, const std::string& page) const = 0;  // page "": the first

  // Of 2xx replies. An error means that the vendor broke its own contract.
  virtual Result<std::string> read_upload(const HttpResponse&) const = 0;  // its id
  virtual Result<BatchStatus> read_status(const HttpResponse&) const = 0;  // of create() and poll()
  virtual Result<BatchPage> read_list(const HttpResponse&) const = 0;
  // In the vendor's order, which is not ours. Lines that cannot be read are left out.
  virtual std::vector<BatchResult> read_results(const HttpResponse&) const = 0;
};

const BatchDialect& batch_openai();
const BatchDialect& batch_anthropic();

}  // namespace plumb
