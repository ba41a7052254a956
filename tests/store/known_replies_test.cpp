// Which replies are there already for a request that is to be sent: what was paid for is not paid for again.
#include "store/known_replies.h"

#include <doctest/doctest.h>

#include "store/sample.h"

namespace plumb {
namespace {

using sample::value_of;

std::unique_ptr<Writer> with_cache(const std::filesystem::path& path, const EvalSpec& spec, bool fresh = true) {
  return value_of(Writer::open(path, spec, sample::k_now, {.fresh = fresh, .cache = true}));
}

// The run is cut short here: what it leaves is what was handed over so far.
template <class Body>
std::unique_ptr<Writer> after(const sample::Folder& folder, Body body) {
  const auto writer = sample::writer(folder / "r.db", sample::spec());
  body(*writer);
  sample::require_ok(writer->close());
  return sample::writer(folder / "r.db", sample::spec());
}

TEST_CASE("a reply that a crash kept from its cell is found, with all that is needed to read it") {
  const sample::Folder folder;
  const std::string body = "{\"답\":\"\xff\"}";
  const auto writer = after(folder, [&](Writer& before) {
    AttemptEnd end = sample::end(body, 201);
    end.response.headers["content-type"] = "text/event-stream";
    sample::exchange(before, sample::start({0, 0, 0}, "먼저"), sample::end("다른 몸"));
    sample::exchange(before, sample::start({0, 1, 0}, "나중"), end);
  });
  const auto known = writer->find_reply(sample::key("나중"));
  REQUIRE(known.has_value());
  CHECK((known->response.body == body));
  CHECK(known->response.status == 201);
  CHECK(known->response.headers ==
        std::map<std::string, std::string>{{"content-type", "text/event-stream"}, {"x-request-id", "req_1"}});
  CHECK(known->response.latency == std::chrono::milliseconds(1'234));
  CHECK(known->response.first_byte == std::chrono::milliseconds(234));
  CHECK(known->of_this_run);
  CHECK(known->attempt == 2);
  CHECK(known->attempts == 1);
  CHECK(known->unclear == 0);
  CHECK(writer->find_reply(sample::key("먼저"))->response.headers.at("content-type") == "application/json");
  CHECK_FALSE(writer->find_reply(sample::key("아무도 묻지 않은 것")).has_value());
  CHECK_FALSE(writer->find_reply("").has_value());
}

TEST_CASE("the headers that were kept come back under their own names") {
  using Headers = std::map<std::string, std::string>;
  const Headers all[] = {
      {{"content-type", "application/json"}},
      {{"content-type", "application/json"}, {"x-request-id", "req_\xff"}},
      {{"content-type", "text/event-stream"}, {"request-id", "req_2"}, {"retry-after", "3"}},
      {{"apim-request-id", "req_3"}},
      {},
  };
  const sample::Folder folder;
  const auto writer = after(folder, [&](Writer& before) {
    int n = 0;
    for (const Headers& headers : all) {
      AttemptEnd end = sample::end("몸");
      end.response.headers = headers;
      sample::exchange(before, sample::start({0, 0, 0}, std::to_string(n++)), end);
    }
  });
  int n = 0;
  for (const Headers& headers : all) {
    CAPTURE(n);
    CHECK((writer->find_reply(sample::key(std::to_string(n++)))->response.headers == headers));
  }
}

TEST_CASE("what was tried before the reply came is counted, once") {
  const sample::Folder folder;
  const auto writer = after(folder, [](Writer& before) {
    const AttemptStart start = sample::start({0, 0, 0}, "a");
    sample::exchange(before, start, sample::unclear_end());
    value_of(before.start(start));                                                     // cut off
    sample::exchange(before, start, sample::end("", 0, AttemptEnd::State::not_sent));  // cost nothing
    sample::exchange(before, start, sample::end("{\"error\":1}", 500));
    sample::exchange(before, start, sample::end("몸"));
  });
  const auto known = writer->find_reply(sample::key("a"));
  REQUIRE(known.has_value());
  CHECK(known->response.body == "몸");
  CHECK(known->attempts == 4);
  CHECK(known->unclear == 2);
  // Another cell with the same request shares the reply and bears none of its cost.
  const auto again = writer->find_reply(sample::key("a"));
  REQUIRE(again.has_value());
  CHECK(again->attempt == known->attempt);
  CHECK(again->attempts == 0);
  CHECK(again->unclear == 0);
}

TEST_CASE("a refusal, an error, an empty body and no reply at all are asked again") {
  const sample::Folder folder;
  const auto writer = after(folder, [](Writer& before) {
    sample::exchange(before, sample::start({0, 0, 0}, "refused"), sample::end("{}", 400));
    sample::exchange(before, sample::start({0, 1, 0}, "error"), sample::end("{}", 500));
    sample::exchange(before, sample::start({0, 2, 0}, "moved"), sample::end("{}", 302));
    sample::exchange(before, sample::start({0, 3, 0}, "empty"), sample::end("", 200));
    AttemptEnd torn = sample::end("{\"half", 200, AttemptEnd::State::unclear);
    sample::exchange(before, sample::start({1, 0, 0}, "torn"), torn);
    value_of(before.start(sample::start({1, 1, 0}, "cut off")));
  });
  for (const char* name : {"refused", "error", "moved", "empty", "torn", "cut off"}) {
    CAPTURE(name);
    CHECK_FALSE(writer->find_reply(sample::key(name)).has_value());
  }
}

TEST_CASE("what a finished cell has used is not told again; what only waits for its score is") {
  const sample::Folder folder;
  const auto writer = after(folder, [](Writer& before) {
    const std::int64_t used = sample::exchange(before, sample::start({0, 0, 0}, "used"), sample::end("a"));
    sample::require_ok(before.answered({0, 0, 0}, sample::answer_of(used, "a", "a")));
    AttemptStart judge = sample::start({0, 0, 0}, "judge of the used");
    judge.purpose = AttemptStart::Purpose::judge;
    sample::exchange(before, judge, sample::end("b"));
    sample::require_ok(before.finished({0, 0, 0}, sample::scores(), sample::outcome(Outcome::correct)));

    const std::int64_t answered = sample::exchange(before, sample::start({0, 1, 0}, "answered"), sample::end("c"));
    sample::require_ok(before.answered({0, 1, 0}, sample::answer_of(answered, "c", "c")));
    judge = sample::start({0, 1, 0}, "judge of the answered");
    judge.purpose = AttemptStart::Purpose::judge;
    sample::exchange(before, judge, sample::end("d"));
  });
  CHECK_FALSE(writer->find_reply(sample::key("used")).has_value());
  CHECK_FALSE(writer->find_reply(sample::key("judge of the used")).has_value());
  REQUIRE(writer->find_reply(sample::key("judge of the answered")).has_value());
  CHECK(writer->find_reply(sample::key("judge of the answered"))->response.body == "d");
}

TEST_CASE("of a cell that ended without an answer, what can be used again is: earlier steps, and what came later") {
  const sample::Folder folder;
  const auto writer = after(folder, [](Writer& before) {
    sample::exchange(before, sample::start({0, 0, 0}, "step 0"), sample::end("도구를 부름"));
    AttemptStart step = sample::start({0, 0, 0}, "step 1");
    step.step = 1;
    const std::int64_t last = sample::exchange(before, step, sample::end("읽을 수 없음"));
    AnswerRecord failed = sample::failure(Failure::Kind::malformed);
    failed.attempt = last;
    sample::require_ok(before.answered({0, 0, 0}, failed));
    sample::require_ok(before.finished({0, 0, 0}, {}, sample::outcome(Outcome::error)));
    // Asked again, and cut short.
    sample::exchange(before, sample::start({0, 0, 0}, "later"), sample::end("나중의 답"));
  });
  CHECK(writer->find_reply(sample::key("step 0")).has_value());
  CHECK_FALSE(writer->find_reply(sample::key("step 1")).has_value());
  CHECK(writer->find_reply(sample::key("later")).has_value());
}

TEST_CASE("what this writer was told itself is not told back to it") {
  const sample::Folder folder;
  const auto writer = after(folder, [](Writer& before) {
    sample::exchange(before, sample::start({0, 0, 0}, "a"), sample::end("옛 몸"));
  });
  sample::exchange(*writer, sample::start({0, 0, 0}, "b"), sample::end("새 몸"));
  sample::require_ok(writer->flush());
  CHECK_FALSE(writer->find_reply(sample::key("b")).has_value());
  CHECK(writer->find_reply(sample::key("a")).has_value());
}

// A run with one good answer, one that could not be read, and one that was refused.
void run_once(const std::filesystem::path& path, const std::string& body) {
  const auto writer = sample::writer(path, sample::spec(), /*fresh=*/true);
  const std::int64_t good = sample::exchange(*writer, sample::start({0, 0, 0}, "good"), sample::end(body));
  sample::require_ok(writer->answered({0, 0, 0}, sample::answer_of(good, body, body)));
  sample::require_ok(writer->finished({0, 0, 0}, sample::scores(), sample::outcome(Outcome::correct)));
  AnswerRecord failed = sample::failure(Failure::Kind::malformed);
  failed.attempt = sample::exchange(*writer, sample::start({0, 1, 0}, "malformed"), sample::end("{"));
  sample::require_ok(writer->answered({0, 1, 0}, failed));
  sample::require_ok(writer->finished({0, 1, 0}, {}, sample::outcome(Outcome::error)));
  sample::exchange(*writer, sample::start({0, 2, 0}, "refused"), sample::end("{}", 403));
  sample::require_ok(writer->close());
}

TEST_CASE("with the cache, an earlier run's latest reply is found; without it, none of another run") {
  const sample::Folder folder;
  run_once(folder / "r.db", "첫 몸");
  run_once(folder / "r.db", "둘째 몸");
  {
    const auto writer = sample::writer(folder / "r.db", sample::spec(), /*fresh=*/true);
    CHECK_FALSE(writer->find_reply(sample::key("good")).has_value());
  }
  const auto writer = with_cache(folder / "r.db", sample::spec());
  const auto known = writer->find_reply(sample::key("good"));
  REQUIRE(known.has_value());
  CHECK(known->response.body == "둘째 몸");
  CHECK_FALSE(known->of_this_run);
  CHECK(known->attempts == 0);
  CHECK(known->unclear == 0);
  CHECK_FALSE(writer->find_reply(sample::key("malformed")).has_value());
  CHECK_FALSE(writer->find_reply(sample::key("refused")).has_value());
}

TEST_CASE("with the cache, what this run was told and did not use goes before what others were told") {
  const sample::Folder folder;
  run_once(folder / "r.db", "옛 몸");
  {
    const auto writer = sample::writer(folder / "r.db", sample::spec(), /*fresh=*/true);
    sample::exchange(*writer, sample::start({0, 0, 0}, "good"), sample::end("이 실행의 몸"));
  }
  const auto writer = with_cache(folder / "r.db", sample::spec(), /*fresh=*/false);
  const auto known = writer->find_reply(sample::key("good"));
  REQUIRE(known.has_value());
  CHECK(known->response.body == "이 실행의 몸");
  CHECK(known->of_this_run);
}

TEST_CASE("a cell answered from an earlier run has the raw body of that run's attempt") {
  const sample::Folder folder;
  run_once(folder / "r.db", "옛 몸");
  const auto writer = with_cache(folder / "r.db", sample::spec());
  AnswerRecord record = sample::answer_of(writer->find_reply(sample::key("good"))->attempt, "답", "옛 몸");
  record.cached = true;
  record.attempts = 0;
  sample::require_ok(writer->answered({3, 0, 0}, record));
  sample::require_ok(writer->close());
  const auto cells = value_of(sample::reader(folder / "r.db")->cells(writer->run().id, true));
  REQUIRE(cells.size() == 1);
  CHECK(cells[0].answer.cached);
  CHECK(cells[0].answer.raw_body == "옛 몸");
  CHECK(value_of(sample::reader(folder / "r.db")->spending(writer->run().id)).cells_cached == 1);
}

}  // namespace
}  // namespace plumb
