// The table of faults: what a vendor or the network may do to one request, and what must come of it. Each row
// runs the real engine, transport and store against a vendor that keeps its own books. Faults of processes,
// signals and disks are in tests/cli; those of time and of many requests in tests/engine, in virtual time.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <string_view>
#include <thread>
#include <vector>

#include "faults/rig.h"

namespace plumb::test {
namespace {

using Kind = Failure::Kind;

enum class End { answered, failed, left_empty };

struct Row {
  std::string id;
  Plan plan;
  End end = End::answered;
  Kind kind = Kind::network;  // of what failed
  std::string words;          // in the failure's message, or in the answer
  int requests = 1;           // that the vendor sees, of all questions
  int requests_max = 0;       // 0: exactly that many
  int unsent = 0;             // attempts of which nothing left
  int unclear = 0;            // attempts that came to nothing, and may have been paid for
  int broken_off = 0;         // attempts that we broke off ourselves: paid for, and of no use
  int billed_max = 1;         // for one item
  std::string kept;           // in the bytes that the store kept of some reply
  int gap_ms_min = 0;         // between the first two requests
  Completion::Stop stop = Completion::Stop::finished;
  const char* left_out = nullptr;  // why this row cannot be shown here
};

Row failed(std::string id, Plan plan, Kind kind, std::string words) {
  return {.id = std::move(id), .plan = std::move(plan), .end = End::failed, .kind = kind, .words = std::move(words)};
}
Row answered(std::string id, Plan plan, int requests = 1) {
  return {.id = std::move(id), .plan = std::move(plan), .words = std::string(k_answer), .requests = requests};
}
Row left_out(std::string id, const char* why) { return {.id = std::move(id), .left_out = why}; }

// ---- the rows; in the order and with the numbers of the list of faults

void add_connecting(std::vector<Row>& rows) {
  Row row = failed("F01 refused", {.fault = "ok", .place = Place::closed_port}, Kind::network, "connection refused");
  row.requests = row.billed_max = 0;
  row.unsent = 4;
  rows.push_back(row);
  row.id = "F02 no answer to the first packet";
  row.plan.place = Place::full_port;
  row.kind = Kind::timeout;
  row.words = "no connection within 0.3 s";
  rows.push_back(row);
  row.id = "F03 no such host";
  row.plan.place = Place::no_host;
  row.kind = Kind::network;
  row.words = "no such host";
  rows.push_back(row);
  rows.push_back(left_out("F04 private address", "an address in eval.yaml is its owner's word; no address is blocked"));
  row.id = "F05 not TLS at all";
  row.plan.place = Place::https;
  row.words = "SSL";
  rows.push_back(row);
  row.id = "F05 hung up in the handshake";
  row.plan.place = Place::dead_handshake;
  rows.push_back(row);
  rows.push_back(left_out("F05 certificates", "needs openssl: tests/cli/tls_test.sh"));
  rows.push_back(left_out("F06 HTTP/2", "only HTTP/1.1 is spoken: CURLOPT_HTTP_VERSION"));
}

void add_statuses(std::vector<Row>& rows) {
  Row waited = answered("F08 Retry-After: 1", {.fault = "once-f08-int"}, 2);
  waited.gap_ms_min = 1'000;
  waited.kept = "The server says no";
  rows.push_back(waited);
  waited.id = "F08 Retry-After: a date";
  waited.plan.fault = "once-f08-date";
  waited.gap_ms_min = 900;
  rows.push_back(waited);
  waited.id = "F08 retry-after-ms goes before Retry-After";
  waited.plan.fault = "once-f08-ms";
  waited.gap_ms_min = 700;
  rows.push_back(waited);
  rows.push_back(answered("F09 429 without Retry-After", {.fault = "once-f09"}, 2));
  rows.push_back(left_out("F09 for ever", "takes minutes: tests/engine/dispatcher_test.cpp, in virtual time"));

  for (const char* name : {"insufficient_quota", "enforced_spend_limit_reached", "402"}) {
    rows.push_back({.id = std::string("F10 ") + name,
                    .plan = {.fault = std::string("f10-") + name, .questions = 40, .in_flight_max = 4},
                    .end = End::left_empty,
                    .requests = 1,
                    .requests_max = 4,
                    .billed_max = 0});
  }
  for (const char* name : {"minus", "zero", "huge", "word", "none", "nan", "inf", "hex", "two", "past", "far"}) {
    rows.push_back(answered(std::string("F11 Retry-After: ") + name, {.fault = std::string("once-f11-") + name}, 2));
  }
  for (const char* name : {"601", "year"}) {
    Row row =
        failed(std::string("F11 Retry-After: ") + name, {.fault = std::string("f11-") + name}, Kind::throttled, "wait");
    row.billed_max = 0;
    rows.push_back(row);
  }

  for (const char* name :
       {"f12", "f13-502", "f13-502-no-phrase", "f13-503", "f13-503-no-phrase", "f14", "f15-408", "f15-425"}) {
    rows.push_back(answered(std::string(name) + " once", {.fault = std::string("once-") + name}, 2));
  }
  Row gateway = answered("F13 504 once", {.fault = "once-f13-504"}, 2);
  gateway.unclear = 1;
  gateway.billed_max = 2;
  rows.push_back(gateway);
  gateway.id = "F13 504 always";
  gateway.plan.fault = "f13-504";
  gateway.end = End::failed;
  gateway.kind = Kind::unclear;
  gateway.words = "The server says no";
  gateway.unclear = 2;
  rows.push_back(gateway);
  for (const char* name : {"f12", "f13-502", "f15-408"}) {
    Row row = failed(std::string(name) + " always", {.fault = name}, Kind::network, "The server says no");
    if (row.plan.fault == "f15-408") row.kind = Kind::timeout;
    row.requests = 4;
    row.billed_max = 0;
    rows.push_back(row);
  }
  for (const char* name : {"f15-409", "f16-400", "f16-404", "f16-413", "f16-422"}) {
    Row row = failed(name, {.fault = name}, Kind::rejected, "The server says no");
    row.kept = "The server says no";
    row.billed_max = 0;
    rows.push_back(row);
  }
  Row too_long = failed("F16 too long", {.fault = "f16-too-long"}, Kind::rejected, "maximum context length");
  too_long.billed_max = 0;
  rows.push_back(too_long);
  for (const char* name : {"401", "403"}) {
    rows.push_back({.id = std::string("F17 ") + name,
                    .plan = {.fault = std::string("f17-") + name, .questions = 40, .in_flight_max = 4},
                    .end = End::left_empty,
                    .requests = 2,
                    .requests_max = 6,
                    .billed_max = 0});
  }
  for (const char* name : {"301", "302", "303", "307", "308"}) {
    Row row = failed(std::string("F18 ") + name, {.fault = std::string("f18-") + name}, Kind::rejected, "redirect");
    row.billed_max = 0;
    rows.push_back(row);
  }
  for (const char* name : {"f19-204", "f19-empty"}) {
    Row row = failed(name, {.fault = name}, Kind::unclear, "empty");
    row.requests = row.unclear = row.billed_max = 2;
    rows.push_back(row);
    Row once = answered(std::string(name) + " once", {.fault = std::string("once-") + name}, 2);
    once.unclear = 1;
    once.billed_max = 2;
    rows.push_back(once);
  }
}

// Sent whole and nothing that can be read: asked once more, and told.
void add_unclear(std::vector<Row>& rows, const std::string& id, Plan plan, Kind kind, const std::string& words,
                 const std::string& kept = "") {
  Row once = answered(id + ", once", plan, 2);
  once.plan.fault = "once-" + plan.fault;
  once.unclear = 1;
  once.billed_max = 2;
  once.kept = kept;
  rows.push_back(once);
  Row always = failed(id + ", always", plan, kind, words);
  always.requests = always.unclear = always.billed_max = 2;
  always.kept = kept;
  rows.push_back(always);
  Row never_again = failed(id + ", with resend: 0", plan, kind, words);
  never_again.plan.resend = 0;
  never_again.unclear = 1;
  never_again.kept = kept;
  rows.push_back(never_again);
}

void add_transfers(std::vector<Row>& rows) {
  for (int tenths = 0; tenths <= 10; ++tenths) {
    const std::string name = std::to_string(tenths);
    add_unclear(rows, "F20 reset after " + name + " tenths", {.fault = "f20-" + name}, Kind::unclear, "",
                tenths >= 2 ? "chatcmpl-1" : "");
  }
  add_unclear(rows, "F22 Content-Length too long", {.fault = "f22-long"}, Kind::unclear, "cut short", "chatcmpl-1");
  for (const char* name : {"f22-chunk-garbage", "f22-chunk-negative", "f22-chunk-huge", "f22-chunk-cut"}) {
    add_unclear(rows, name, {.fault = name}, Kind::unclear, "", "chatcmpl-1");
  }
  rows.push_back(answered("F22 no Content-Length, closed", {.fault = "f22-none"}));
  rows.push_back(answered("F22 in chunks", {.fault = "f22-chunk-ok"}));

  Row big = failed("F24 100 MB", {.fault = "f24"}, Kind::malformed, "above");
  big.kept = std::string(10'000, 'a');
  big.broken_off = 1;
  rows.push_back(big);
  big.id = "F25 a body without end";
  big.plan.fault = "f25-body";
  rows.push_back(big);
  for (const char* name : {"f25-headers", "f25-many", "f25-line"}) {
    Row row = failed(name, {.fault = name}, Kind::malformed, "header");
    row.broken_off = 1;
    rows.push_back(row);
  }
  Row bomb = failed("F27 a bomb", {.fault = "f27-bomb"}, Kind::malformed, "above");
  bomb.broken_off = 1;
  rows.push_back(bomb);
  bomb.id = "F27 a bomb in a parcel";
  bomb.plan.fault = "f27-nested";
  rows.push_back(bomb);
  rows.push_back(answered("F27 gzip as it should be", {.fault = "f27-ok"}));
  add_unclear(rows, "F27 said to be gzip", {.fault = "f27-plain"}, Kind::unclear, "compression is broken");

  add_unclear(rows, "F29 silence", {.fault = "f29", .timeout_ms = 700}, Kind::unclear, "no complete reply");
  add_unclear(rows, "F30 drip", {.fault = "f30-drip", .timeout_ms = 700}, Kind::unclear, "no complete reply");
  add_unclear(rows, "F30 stall", {.fault = "f30-stall", .timeout_ms = 700}, Kind::unclear, "no complete reply",
              "chatcmpl-1");
  // The second item goes out on the first one's connection, is worked on and lost there, and asked once more.
  rows.push_back({.id = "F31 closed on reuse",
                  .plan = {.fault = "f31", .questions = 2, .in_flight_max = 1},
                  .words = std::string(k_answer),
                  .requests = 3,
                  .unclear = 1,
                  .billed_max = 2});
}

void add_bodies(std::vector<Row>& rows) {
  // Complete replies that cannot be read.
  const std::pair<const char*, const char*> unreadable[] = {
      {"f21", "chatcmpl-1"},
      {"f22-short", "chatcmpl-1"},
      {"f23", "log in"},
      {"f26-depth", "[[[["},
      {"f26-depth-objects", "{\"a\":"},
      {"f26-keys", "\"k7\""},
      {"f26-number", "99999999"},
      {"f26-1e400", "1e400"},
      {"f26-surrogate", "ud800"},
      {"f26-nul", "chatcmpl-1"},
      {"f27-crc", ""},
      {"f27-cut", ""},
  };
  for (const auto& [name, kept] : unreadable) {
    add_unclear(rows, name, {.fault = name}, Kind::malformed, "", kept);
  }
  for (const char* name : {"empty", "missing", "null", "object", "string", "number", "no-message", "message-list",
                           "content-number", "content-null", "array", "scalar"}) {
    add_unclear(rows, std::string("f32-") + name, {.fault = std::string("f32-") + name}, Kind::malformed, "");
  }

  Row odd = answered("F26 NUL as it may be written", {.fault = "f26-nul-escaped"});
  odd.words = std::string("a\0b", 3);
  rows.push_back(odd);
  odd = answered("F28 ill-formed UTF-8", {.fault = "f28"});
  odd.words = "합격\xEF\xBF\xBD";  // U+FFFD in its place; the bytes stay as they came
  odd.kept = "\xff\xfe";
  rows.push_back(odd);

  Row refusal = answered("F33 content filter", {.fault = "f33-filter"});
  refusal.words = "";
  refusal.stop = Completion::Stop::filtered;
  rows.push_back(refusal);
  refusal.id = "F33 refusal";
  refusal.plan.fault = "f33-refusal";
  refusal.words = "도와드릴 수 없습니다";
  refusal.stop = Completion::Stop::refused;
  rows.push_back(refusal);
  refusal.id = "F33 refusal of Anthropic's";
  refusal.plan = {.fault = "f33-filter", .provider = "anthropic"};
  refusal.words = "";
  rows.push_back(refusal);
  refusal.id = "F33 a reason nobody knows";
  refusal.plan = {.fault = "f33-unknown"};
  refusal.words = std::string(k_answer);
  refusal.stop = Completion::Stop::unknown;
  rows.push_back(refusal);
  refusal.id = "F34 cut off by its length";
  refusal.plan.fault = "f34-length";
  refusal.words = "합격보상금은 100";
  refusal.stop = Completion::Stop::length;
  rows.push_back(refusal);
  refusal.id = "F34 nothing but reasoning";
  refusal.plan.fault = "f34-reasoning";
  refusal.words = "";
  rows.push_back(refusal);
  rows.push_back(answered("F35 another model than the one asked", {.fault = "f35"}));
  for (const char* name : {"f36-missing", "f36-negative", "f36-huge", "f36-string"}) {
    rows.push_back(answered(name, {.fault = name}));
  }
}

void add_streams(std::vector<Row>& rows) {
  for (const char* provider : {"openai", "anthropic"}) {
    const std::string of = std::string(" of ") + provider;
    rows.push_back(
        answered("F37 a stream as it should be" + of, {.fault = "ok", .provider = provider, .stream = true}));
    rows.push_back(
        answered("F37 cut inside characters" + of, {.fault = "f37-split", .provider = provider, .stream = true}));
    rows.push_back(
        answered("F37 a flood of comments" + of, {.fault = "f37-comments", .provider = provider, .stream = true}));
    add_unclear(rows, "F37 an end that is missing" + of, {.fault = "f37-no-done", .provider = provider, .stream = true},
                Kind::malformed, "", "합격보상금은");
    add_unclear(rows, "F37 reset" + of, {.fault = "f37-reset", .provider = provider, .stream = true}, Kind::unclear, "",
                "합격보상금은");
  }
  add_unclear(rows, "F37 garbage in an event", {.fault = "f37-garbage", .stream = true}, Kind::malformed, "");
}

void add_judges(std::vector<Row>& rows) {
  // Two questions to the judge at once, then a third: the answer is bought once, whatever becomes of them.
  for (const char* name : {"f12", "f20-5", "f21", "f23", "f16-400", "f29"}) {
    rows.push_back({.id = std::string("F63 judge: ") + name,
                    .plan = {.fault = name, .timeout_ms = 700, .judged = true},
                    .words = std::string(k_answer),
                    .requests = -1,
                    .unclear = -1,
                    .billed_max = 2});
  }
}

std::vector<Row> all_rows() {
  std::vector<Row> rows;
  add_connecting(rows);
  add_statuses(rows);
  add_transfers(rows);
  add_bodies(rows);
  add_streams(rows);
  add_judges(rows);
  rows.push_back(left_out("F38 equal ids", "refused before a run: tests/config/dataset_rules_test.cpp"));
  rows.push_back(left_out("F39 to F62", "processes, signals, disks: tests/cli, tests/store and kill_test.cpp"));
  rows.push_back(left_out("F64 merge", "there is no merging of runs yet"));
  return rows;
}

// ---- what must hold

std::string message_of(const StoredCell& cell) {
  const auto* failure = std::get_if<Failure>(&cell.answer.reply);
  return failure ? std::string(to_string(failure->kind)) + ": " + failure->message : "";
}

void check_cells(const Row& row, const Seen& seen) {
  if (row.end == End::left_empty) {
    CHECK_FALSE(seen.complete);
    CHECK(seen.stopped.size() == 1);
    CHECK(static_cast<int>(seen.cells.size()) <= seen.vendor.requests);  // what was refused; no more was given up
    for (const StoredCell& cell : seen.cells) CHECK(std::get<Failure>(cell.answer.reply).kind == Kind::rejected);
    return;
  }
  CHECK(seen.complete);
  CHECK(static_cast<int>(seen.cells.size()) == seen.planned);  // every planned item in exactly one terminal state
  for (const StoredCell& cell : seen.cells) {
    CAPTURE(message_of(cell));
    CHECK(cell.outcome.has_value());
    const auto* completion = std::get_if<Completion>(&cell.answer.reply);
    CHECK((completion != nullptr) == (row.end == End::answered));
    if (completion) {
      CHECK(completion->text.find(row.words) != std::string::npos);
      CHECK(completion->stop == row.stop);
    } else {
      CHECK(std::get<Failure>(cell.answer.reply).kind == row.kind);
      CHECK(message_of(cell).find(row.words) != std::string::npos);
      CHECK(cell.outcome->outcome == Outcome::error);
    }
  }
}

void check_requests(const Row& row, const Seen& seen) {
  int sent = 0, unsent = 0, unclear = 0, of_cells = 0, unclear_of_cells = 0;
  for (const AttemptSeen& attempt : seen.attempts) {
    REQUIRE(attempt.state.has_value());  // every one was ended
    ++(*attempt.state == 2 ? unsent : sent);
    if (attempt.purpose == 0 && *attempt.state == 1) ++unclear;
  }
  for (const StoredCell& cell : seen.cells) {
    of_cells += cell.answer.attempts;
    unclear_of_cells += cell.answer.unclear;
  }
  CHECK(sent == seen.vendor.requests);  // I4: the vendor saw neither more nor fewer than the store tells
  if (row.requests >= 0) {
    if (row.requests_max > 0) {
      CHECK(seen.vendor.requests >= row.requests);
      CHECK(seen.vendor.requests <= row.requests_max);
    } else {
      CHECK(seen.vendor.requests == row.requests);
      CHECK(of_cells == row.requests + row.unsent);
    }
    CHECK((unsent == row.unsent || row.end == End::left_empty));
    CHECK(unclear <= row.unclear + row.broken_off);  // a whole reply that is no JSON is told by whoever reads it
    CHECK(unclear_of_cells == row.unclear);
  }
  for (const auto& [item, books] : seen.items) {
    CAPTURE(item);
    CHECK(books.billed <= row.billed_max);
  }
  if (row.plan.judged) {
    const auto of_answers = [](const auto& item) { return item.first.starts_with("/ok/"); };
    CHECK(std::ranges::count_if(seen.items, of_answers) == 1);
    for (const auto& item : seen.items) CHECK((!of_answers(item) || item.second.requests == 1));
  }
  if (row.gap_ms_min > 0) {
    REQUIRE(seen.vendor.at_ms.size() >= 2);
    CHECK(seen.vendor.at_ms[1] - seen.vendor.at_ms[0] >= static_cast<std::uint64_t>(row.gap_ms_min));
  }
  CHECK(seen.bytes_sent < 40'000'000);  // nobody listens to 100 MB
}

void check_kept(const Row& row, const Seen& seen) {
  if (row.kept.empty()) return;
  const auto has_it = [&](const AttemptSeen& attempt) { return attempt.body.find(row.kept) != std::string::npos; };
  CHECK(std::ranges::any_of(seen.attempts, has_it));
}

// Most of a row's time is waiting, so many run at once.
std::vector<Seen> run_all(const std::vector<Row>& rows) {
  std::vector<Seen> all(rows.size());
  std::atomic<std::size_t> next = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] {
      for (std::size_t at; (at = next++) < rows.size();) {
        if (!rows[at].left_out) all[at] = run_against(rows[at].plan);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return all;
}

TEST_CASE(
    "whatever a vendor does, every item ends in one state, is told, and is asked no oftener than the store says") {
  const char* only = std::getenv("PLUMB_FAULT");  // to look at one row: a part of its name
  std::vector<Row> rows = all_rows();
  if (only) std::erase_if(rows, [&](const Row& row) { return row.id.find(only) == std::string::npos; });
  const std::vector<Seen> all = run_all(rows);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    if (row.left_out) {
      MESSAGE("left out: ", row.id, ": ", std::string(row.left_out));
      continue;
    }
    CAPTURE(row.id);
    CHECK(all[i].trouble == "");
    if (!all[i].trouble.empty()) continue;
    check_cells(row, all[i]);
    check_requests(row, all[i]);
    check_kept(row, all[i]);
  }
}

TEST_CASE("a proxy of the environment is not asked") {
  setenv("http_proxy", "http://127.0.0.1:9", 1);
  setenv("ALL_PROXY", "http://127.0.0.1:9", 1);
  const Seen seen = run_against({.fault = "ok"});
  unsetenv("http_proxy");
  unsetenv("ALL_PROXY");
  CHECK(seen.trouble == "");
  CHECK(seen.complete);
  CHECK(seen.vendor.requests == 1);
}

}  // namespace
}  // namespace plumb::test
