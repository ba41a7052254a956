// What is written down of requests: when it is durable, in which order, and what it says afterwards.
#include "domain/ledger.h"

#include <doctest/doctest.h>

#include <atomic>

#include "base/text.h"
#include "store/database.h"
#include "store/row_sequence.h"
#include "store/sample.h"
#include "store/writer.h"

namespace plumb {
namespace {

using sample::value_of;

// All of the first column, and of the others after a |.
std::vector<std::string> rows(const std::filesystem::path& path, std::string_view sql, int columns = 1) {
  const auto database = value_of(Database::open(path, Database::Access::read));
  Statement select = value_of(database->prepare(sql));
  std::vector<std::string> all;
  while (value_of(select.step())) {
    std::string row;
    for (int i = 0; i < columns; ++i) row += (i ? "|" : "") + (select.is_null(i) ? "-" : select.text(i));
    all.push_back(row);
  }
  return all;
}

TEST_CASE("a start that is durable can be seen by another process, one that is not durable need not") {
  const sample::Folder folder;
  const auto writer = sample::writer(folder / "r.db", sample::spec());
  CHECK(value_of(writer->durable()) == 0);
  const Ledger::Started started = value_of(writer->start(sample::start({1, 2, 1}, "요청", 0.5)));
  CHECK(started.ticket == 1);
  CHECK(value_of(sample::DurableWaiter(*writer).wait_for(started.ticket)) == started.ticket);
  CHECK(rows(folder / "r.db",
             "SELECT s.name, q.name, a.trial, purpose, step, lower(hex(request_key)), started_at_ms, reserved_usd"
             " FROM attempts AS a JOIN systems AS s ON s.id = system_id JOIN questions AS q ON q.id = question_id",
             8) == std::vector<std::string>{"mini · seojun/plain · gold|office|1|0|0|" + sample::key("요청") +
                                            "|1795346130123|0.5"});
}

TEST_CASE("tickets grow with everything handed over, and become durable in that order") {
  const sample::Folder folder;
  const auto writer = sample::writer(folder / "r.db", sample::spec());
  const Ledger::Started started = value_of(writer->start(sample::start({0, 0, 0}, "a")));
  const Ledger::Ticket ended = value_of(writer->end(started.attempt, sample::end("b")));
  sample::fill(*writer, {0, 0, 0});  // two rows
  const Ledger::Started second = value_of(writer->start(sample::start({0, 1, 0}, "c")));
  CHECK(started.ticket == 1);
  CHECK(ended == 2);
  CHECK(second.ticket == 5);
  CHECK(second.attempt != started.attempt);
  sample::require_ok(writer->flush());
  CHECK(value_of(writer->durable()) == 5);
}

TEST_CASE("whoever asked is told of every advance, and no more once they have left") {
  const sample::Folder folder;
  const auto writer = sample::writer(folder / "r.db", sample::spec());
  {
    sample::DurableWaiter waiter(*writer);
    for (int n = 0; n < 5; ++n) {
      const Ledger::Started started = value_of(writer->start(sample::start({0, 0, 0}, "a")));
      CHECK(value_of(waiter.wait_for(started.ticket)) == started.ticket);
    }
  }
  std::atomic<int> told = 0;
  writer->on_durable([&] { ++told; });
  writer->on_durable({});
  value_of(writer->start(sample::start({0, 0, 0}, "a")));
  sample::require_ok(writer->close());
  CHECK(told == 0);
}

TEST_CASE("attempts are numbered anew by no later writer") {
  const sample::Folder folder;
  const EvalSpec spec = sample::spec();
  std::int64_t last = 0;
  for (int n = 0; n < 3; ++n) {
    const auto writer = sample::writer(folder / "r.db", spec, /*fresh=*/n == 2);
    const Ledger::Started started = value_of(writer->start(sample::start({0, 0, 0}, "a")));
    CHECK(started.attempt == last + 1);
    CHECK(started.ticket == 1);
    last = started.attempt;
    sample::require_ok(writer->close());
  }
}

TEST_CASE("an end without a start, and a second end, stop the run") {
  const sample::Folder folder;
  for (const bool second : {false, true}) {
    const auto writer = sample::writer(folder / (second ? "a.db" : "b.db"), sample::spec());
    const std::int64_t attempt =
        second ? sample::exchange(*writer, sample::start({0, 0, 0}, "a"), sample::end("b")) : 77;
    value_of(writer->end(attempt, sample::end("b")));
    CHECK_FALSE(writer->flush());
    CHECK_FALSE(writer->durable());
    CHECK_FALSE(writer->start(sample::start({0, 0, 0}, "a")));
  }
}

TEST_CASE("after a write that failed nothing is accepted or written, and whoever waits is told") {
  const sample::Folder folder;
  EvalSpec spec = sample::spec();
  const auto writer = value_of(open_writer(folder / "r.db", spec, sample::k_now, {}, {.pages_max = 60}));
  sample::DurableWaiter waiter(*writer);
  Ledger::Ticket durable = 0;
  std::string refused;
  for (int n = 0; n < 1'000 && refused.empty(); ++n) {
    const auto started = writer->start(sample::start({0, 0, 0}, "a"));
    const auto ended = started ? writer->end(started->attempt, sample::end(std::string(4'000, 'x'))) : started.error();
    const auto now = ended ? waiter.wait_for(*ended) : ended;
    if (now) durable = *now;
    if (!now) refused = now.error().message;
  }
  CHECK(contains(refused, "the disk is full"));
  const auto last = writer->durable();
  REQUIRE_FALSE(last);
  CHECK(last.error().message == refused);
  CHECK_FALSE(writer->end(1, sample::end("x")));
  CHECK_FALSE(writer->answered({0, 0, 0}, sample::answer("x")));
  CHECK_FALSE(writer->close());
  // Rows in their order: a start, its end, a start, ... All that was durable is there.
  const auto database = value_of(Database::open(folder / "r.db", Database::Access::read));
  const std::int64_t starts = value_of(database->integer("SELECT count(*) FROM attempts"));
  const std::int64_t ends = value_of(database->integer("SELECT count(*) FROM replies"));
  CHECK(starts + ends >= static_cast<std::int64_t>(durable));
  CHECK(durable > 0);
}

TEST_CASE("of a reply is kept what came, and of its headers what tells something") {
  const sample::Folder folder;
  const auto writer = sample::writer(folder / "r.db", sample::spec());
  AttemptEnd refused = sample::end("{\"error\":\"\xff\"}", 429);
  refused.response.headers = {{"content-type", "text/html"},
                              {"date", "Sun"},
                              {"request-id", "req_\"2\""},
                              {"retry-after", "7"},
                              {"x-ratelimit-remaining-tokens", "0"}};
  AttemptEnd plain = sample::end("몸");
  plain.response.headers["x-ratelimit-remaining-tokens"] = "9";
  AttemptEnd bare = sample::end("", 204);
  bare.response.headers.clear();
  for (const AttemptEnd& each : {plain, refused, bare, sample::unclear_end()}) {
    sample::exchange(*writer, sample::start({0, 0, 0}, "a"), each);
  }
  sample::require_ok(writer->close());
  CHECK(
      rows(folder / "r.db",
           "SELECT state, http_status, latency_ms, first_byte_ms, ended_at_ms, request_id, headers, error, typeof(body)"
           " FROM replies ORDER BY attempt_id",
           9) == std::vector<std::string>{R"(0|200|1234|234|1795346131357|req_1|-|-|text)",
                                          R"(0|429|1234|234|1795346131357|req_"2"|{"retry-after":"7",)"
                                          R"("x-ratelimit-remaining-tokens":"0","request-id":null,)"
                                          R"("content-type":"text/html"}|-|blob)",
                                          R"(0|204|1234|234|1795346131357|-|{"content-type":""}|-|null)",
                                          "1|0|1234|234|1795346131357|-|-|연결이 끊김|null"});
}

TEST_CASE("attempt_log: every request in words, and one that was cut off is unclear") {
  const sample::Folder folder;
  const auto writer = sample::writer(folder / "r.db", sample::spec());
  sample::exchange(*writer, sample::start({0, 0, 0}, "a"), sample::end("b"));
  AttemptStart judge = sample::start({0, 3, 1}, "b");
  judge.purpose = AttemptStart::Purpose::judge;
  judge.step = 2;
  AttemptEnd not_sent = sample::unclear_end();
  not_sent.state = AttemptEnd::State::not_sent;
  sample::exchange(*writer, judge, not_sent);
  judge.purpose = AttemptStart::Purpose::retrieval;
  value_of(writer->start(judge));
  sample::require_ok(writer->close());
  const std::string run = writer->run().id;
  CHECK(rows(folder / "r.db",
             "SELECT run, system, question_id, trial, purpose, step, started_at, state, http_status, request_id, error"
             " FROM attempt_log",
             11) ==
        std::vector<std::string>{
            run + "|mini · minji/plain · gold|reward|0|answer|0|2026-11-22T11:15:30.123Z|replied|200|req_1|-",
            run + "|mini · minji/plain · gold|reward|1|judge|2|2026-11-22T11:15:30.123Z|not sent|-|-|연결이 끊김",
            run + "|mini · minji/plain · gold|reward|1|retrieval|2|2026-11-22T11:15:30.123Z|unclear|-|-|-"});
}

TEST_CASE("a full queue makes starts and ends wait for the disk, and loses nothing") {
  const sample::Folder folder;
  const EvalSpec spec = sample::spec();
  const auto writer = value_of(open_writer(folder / "r.db", spec, sample::k_now, {}, {.rows_queued_max = 3}));
  writer->on_durable([] {});
  Ledger::Ticket last = 0;
  for (int n = 0; n < 200; ++n) {
    const Ledger::Started started = value_of(writer->start(sample::start({0, 0, 0}, "a")));
    last = value_of(writer->end(started.attempt, sample::end("b")));
    CHECK(last <= value_of(writer->durable()) + 3);
  }
  CHECK(last == 400);
  sample::require_ok(writer->close());
  CHECK(rows(folder / "r.db", "SELECT count(*) FROM attempts JOIN replies ON id = attempt_id") ==
        std::vector<std::string>{"200"});
}

}  // namespace
}  // namespace plumb
