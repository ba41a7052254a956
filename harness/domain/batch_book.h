// What must be remembered of requests sent as a batch, so that a crash, or the end of a session, neither loses what
// the vendor works on nor has it worked on twice.
//
// A batch is written down before its first byte leaves, and struck off when every answer of it is in the ledger, or
// when it is known that there will be none. One that is there without the vendor's id may or may not have been
// created: it is looked for at the vendor before any of its requests is sent again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace plumb {

struct BatchItem {
  std::string request_key;   // as in the ledger; 32 hex digits, and unique in its batch
  std::int64_t attempt = 0;  // as the ledger numbers it; 0: there is no ledger
};

struct BatchNote {
  std::string name;              // ours, of all batches ever; some vendors keep it, and it is found by it
  std::string provider;          // the dialect that it was sent in
  std::string url;               // where each of its requests would have gone alone
  std::string vendor_id;         // "" : not known to have been created
  UnixMillis at = 0;             // when it was written down
  std::size_t requests = 0;      // of the whole batch
  std::vector<BatchItem> items;  // from open_batches(): only those whose answer is not in the ledger yet
};

// Used by one thread. What is told is durable when the call returns; an error means that it may not be, and nothing
// more may be sent.
class BatchBook {
 public:
  virtual ~BatchBook() = default;

  virtual Status add(const BatchNote&) = 0;
  virtual Status created(const std::string& name, const std::string& vendor_id) = 0;
  virtual Status close(const std::string& name) = 0;

  // Of this run, oldest first.
  virtual Result<std::vector<BatchNote>> open_batches() = 0;
  // The vendor's ids of all batches that this book has ever known, of any run.
  virtual Result<std::vector<std::string>> vendor_ids() = 0;
};

}  // namespace plumb
