// The rows of requests: what was to be sent, and what came back.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/ledger.h"
#include "store/database.h"
#include "store/run_rows.h"

namespace plumb {

// A request key as it is stored: half the room of its 32 hex digits.
using KeyBytes = std::array<char, 16>;
std::optional<KeyBytes> key_bytes(std::string_view hex);  // none unless it is 32 lower-case hex digits
std::string key_hex(std::string_view bytes);

// Both as they wait to be written: with nothing that is not.
struct StartRow {
  std::int64_t attempt = 0;
  Cell cell;
  AttemptStart::Purpose purpose = AttemptStart::Purpose::answer;
  int step = 0;
  std::optional<KeyBytes> key;
  UnixMillis at = 0;
  double reserved_usd = 0.0;
};

struct EndRow {
  std::int64_t attempt = 0;
  AttemptEnd::State state = AttemptEnd::State::replied;
  int http_status = 0;
  std::int64_t latency_ms = 0, first_byte_ms = 0;
  UnixMillis at = 0;
  std::string request_id;  // the vendor's; "" : it gave none
  std::string headers;     // JSON; "" : none that is kept
  std::string error, body;
};

StartRow row_of(std::int64_t attempt, const AttemptStart&);
EndRow row_of(std::int64_t attempt, const AttemptEnd&);

// Writes the rows of one run with statements prepared once. The database and the grid outlive it.
class AttemptWriter {
 public:
  static Result<AttemptWriter> make(Database&, const Grid&);

  Status started(const StartRow&);
  Status ended(const EndRow&);  // an error if there is no start, or there was an end

 private:
  AttemptWriter(const Grid&, Statement start, Statement end);

  const Grid* grid_;
  Statement start_, end_;
};

// 0 if there is none.
Result<std::int64_t> last_attempt(Database&);

// By the attempt's row id; none if it has no reply. Its headers are those that were kept.
Result<std::optional<HttpResponse>> read_reply(Database&, std::int64_t attempt);

}  // namespace plumb
