#include "engine/dispatcher.h"

#include <doctest/doctest.h>

#include "support/fake_transport.h"

namespace plumb {
namespace {

Job job(const char* account, const char* url, bool urgent = false) {
  return {.account = account, .request = {.method = "GET", .url = url}, .urgent = urgent};
}

using std::chrono::milliseconds;
using test::FakeTransport;

// A server that answers by a script, one entry a request, the last one for ever.
struct Rig {
  explicit Rig(std::vector<HttpResponse> given, Limits limits = {}) : script(std::move(given)), limits_(limits) {
    world.serve = [this](const HttpRequest&) {
      starts.push_back(world.now());
      const HttpResponse response = script[std::min(at, script.size() - 1)];
      ++at;
      return response;
    };
  }

  Landing ask(bool urgent = false) {
    std::optional<Landing> landed;
    dispatcher.submit(job("a", "http://a/x", urgent),
                      [&](Landing landing) { landed = landing; });
    for (int i = 0; i < 1'000 && !landed; ++i) REQUIRE(dispatcher.turn(true));
    REQUIRE(landed);
    return *landed;
  }

  FakeTransport world;
  std::vector<HttpResponse> script;
  std::size_t at = 0;
  std::vector<Instant> starts;
  Limits limits_;
  std::vector<std::pair<milliseconds, std::string>> waits;
  Dispatcher dispatcher{world, limits_, 1,
                        [this](milliseconds wait, const std::string& why) { waits.emplace_back(wait, why); }};
};

HttpResponse status(int code, std::map<std::string, std::string> headers = {}, std::string body = "") {
  HttpResponse response;
  response.status = code;
  response.headers = std::move(headers);
  response.body = code == 200 && body.empty() ? "ok" : std::move(body);
  return response;
}

HttpResponse lost(bool sent) {
  HttpResponse response;
  response.error = "a:80: connection closed without a complete reply";
  response.sent = sent;
  return response;
}

TEST_CASE("a success is handed on after one request") {
  Rig rig({status(200)});
  const Landing landing = rig.ask();
  CHECK_FALSE(landing.failure);
  CHECK(landing.attempts == 1);
  CHECK(landing.response.body == "ok");
}

TEST_CASE("what is lost on the way is asked again, attempts_max times in all") {
  Limits limits;
  limits.attempts_max = 3;
  Rig rig({status(500)}, limits);
  const Landing landing = rig.ask();
  REQUIRE(landing.failure);
  CHECK(landing.failure->kind == Failure::Kind::network);
  CHECK(landing.failure->http_status == 500);
  CHECK(landing.attempts == 3);
  CHECK(rig.starts.size() == 3);

  Rig refused({lost(false), lost(false), status(200)});
  CHECK_FALSE(refused.ask().failure);
}

TEST_CASE("what may have been billed is asked once more only") {
  Rig rig({lost(true)});
  const Landing landing = rig.ask();
  REQUIRE(landing.failure);
  CHECK(landing.attempts == 2);
  CHECK(landing.failure->message.find("may have been billed") != std::string::npos);

  Rig gateway({status(504)});
  CHECK(gateway.ask().attempts == 2);
  Rig empty({status(200, {}, " ")});
  empty.script[0].body.clear();
  CHECK(empty.ask().attempts == 2);
  Rig then_answered({lost(true), status(200)});
  CHECK_FALSE(then_answered.ask().failure);
}

TEST_CASE("what is refused is not asked again") {
  for (const int code : {400, 404, 413, 422, 301}) {
    Rig rig({status(code)});
    const Landing landing = rig.ask();
    CAPTURE(code);
    REQUIRE(landing.failure);
    CHECK(landing.failure->kind == Failure::Kind::rejected);
    CHECK(landing.attempts == 1);
  }
}

TEST_CASE("a reply that is too large or garbled is not asked for again") {
  Rig rig({status(200, {}, "aaaa")});
  rig.script[0].error = "body above 8 MB";
  const Landing landing = rig.ask();
  REQUIRE(landing.failure);
  CHECK(landing.failure->kind == Failure::Kind::malformed);
  CHECK(landing.failure->message == "body above 8 MB");
  CHECK(landing.attempts == 1);
}

TEST_CASE("Retry-After is waited out, and ten minutes at most") {
  Rig rig({status(429, {{"retry-after", "7"}}), status(200)});
  CHECK_FALSE(rig.ask().failure);
  REQUIRE(rig.starts.size() == 2);
  CHECK(rig.starts[1] - rig.starts[0] >= milliseconds(7'000));
  CHECK(rig.starts[1] - rig.starts[0] < milliseconds(8'500));  // jitter of at most a second, and the reply's own time

  Rig year({status(429, {{"retry-after", "20000000"}}), status(200)});
  CHECK_FALSE(year.ask().failure);
  CHECK(year.starts[1] - year.starts[0] >= milliseconds(600'000));
  CHECK(year.starts[1] - year.starts[0] < milliseconds(602'000));

  Rig overloaded({status(503, {{"retry-after", "3"}}), status(200)});
  CHECK_FALSE(overloaded.ask().failure);
  CHECK(overloaded.starts[1] - overloaded.starts[0] >= milliseconds(3'000));
}

TEST_CASE("being told to slow down is not counted as an attempt that failed, yet not for ever") {
  std::vector<HttpResponse> script(8, status(429));
  script.push_back(status(200));
  Rig patient(script);
  const Landing landing = patient.ask();
  CHECK_FALSE(landing.failure);
  CHECK(landing.attempts == 9);
  CHECK(patient.starts.back() - patient.starts.front() > milliseconds(60'000));  // a window of a minute is outwaited

  Rig shut({status(429)});
  const Landing given_up = shut.ask();
  REQUIRE(given_up.failure);
  CHECK(given_up.failure->kind == Failure::Kind::throttled);
  CHECK(given_up.attempts == 12);
}

TEST_CASE("a wait of more than a second is told once, in the vendor's words") {
  Rig rig({status(429, {{"retry-after", "30"}}, R"({"error":{"message":"Rate limit reached"}})"), status(200)});
  CHECK_FALSE(rig.ask().failure);
  REQUIRE(rig.waits.size() == 1);
  CHECK(rig.waits[0].first == milliseconds(30'000));
  CHECK(rig.waits[0].second == "Rate limit reached");

  Rig brief({status(429, {{"retry-after", "1"}}), status(200)});
  CHECK_FALSE(brief.ask().failure);
  CHECK(brief.waits.empty());
}

TEST_CASE("an account without credit is stopped: what waits for it fails unsent, other accounts go on") {
  const std::string words = R"({"error":{"message":"돈이 없습니다","type":"insufficient_quota"}})";
  Limits limits;
  limits.in_flight_max = 1;
  Rig rig({status(429, {}, words)}, limits);
  std::vector<Landing> landings;
  for (int i = 0; i < 100; ++i) {
    rig.dispatcher.submit(job("a", "http://a/x", i % 2 == 0),
                          [&](Landing landing) { landings.push_back(landing); });
  }
  for (int i = 0; i < 1'000 && landings.size() < 100; ++i) REQUIRE(rig.dispatcher.turn(true));
  REQUIRE(landings.size() == 100);
  CHECK(rig.starts.size() == 1);
  for (const Landing& landing : landings) {
    REQUIRE(landing.failure);
    CHECK(landing.failure->kind == Failure::Kind::rejected);
    CHECK(landing.failure->message == "돈이 없습니다");
  }
  CHECK(landings.back().attempts == 0);
  CHECK(rig.ask().attempts == 0);  // and so does what comes later

  bool other = false;
  rig.script = {status(200)};
  rig.dispatcher.submit(job("b", "http://b/x", false),
                        [&](const Landing& landing) { other = !landing.failure; });
  for (int i = 0; i < 10 && !other; ++i) REQUIRE(rig.dispatcher.turn(true));
  CHECK(other);
}

TEST_CASE("urgent jobs go first, each kind in the order given") {
  Limits limits;
  limits.in_flight_max = 1;
  Rig rig({status(200)}, limits);
  std::string order;
  for (const char name : std::string("abCD")) {
    const bool urgent = name < 'a';
    rig.dispatcher.submit(job("a", "http://a/x", urgent),
                          [&order, name](const Landing&) { order += name; });
  }
  for (int i = 0; i < 10; ++i) REQUIRE(rig.dispatcher.turn(true));
  CHECK(order == "CDab");
}

TEST_CASE("draining finishes what is in flight and what is urgent, and cancels the rest") {
  Limits limits;
  limits.in_flight_max = 1;
  Rig rig({status(200)}, limits);
  std::string ended;
  const auto submit = [&](char name, bool urgent) {
    rig.dispatcher.submit(job("a", "http://a/x", urgent),
                          [&ended, name](const Landing& landing) {
                            ended += name;
                            ended += landing.failure ? '-' : '+';
                          });
  };
  submit('f', false);
  REQUIRE(rig.dispatcher.turn(false));
  submit('u', true);
  submit('q', false);
  rig.dispatcher.drain();
  CHECK(ended == "q-");
  for (int i = 0; i < 10; ++i) REQUIRE(rig.dispatcher.turn(true));
  CHECK(ended == "q-f+u+");
}

TEST_CASE("what fails while draining is not asked again") {
  Rig rig({status(500), status(200)});
  std::optional<Landing> landed;
  rig.dispatcher.submit(job("a", "http://a/x", false),
                        [&](Landing landing) { landed = landing; });
  REQUIRE(rig.dispatcher.turn(false));
  rig.dispatcher.drain();
  for (int i = 0; i < 10 && !landed; ++i) REQUIRE(rig.dispatcher.turn(true));
  REQUIRE(landed);
  REQUIRE(landed->failure);
  CHECK(landed->failure->kind == Failure::Kind::cancelled);
}

TEST_CASE("abandoning cancels at the vendor and runs no callback") {
  Rig rig({status(200)});
  bool called = false;
  rig.dispatcher.submit(job("a", "http://a/x", false), [&](const Landing&) { called = true; });
  REQUIRE(rig.dispatcher.turn(false));
  rig.dispatcher.abandon();
  for (int i = 0; i < 10; ++i) REQUIRE(rig.dispatcher.turn(true));
  CHECK_FALSE(called);
  CHECK(rig.world.vendors["http://a"].in_flight == 0);
}

}  // namespace
}  // namespace plumb
