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

  Landing ask() { return ask(job("a", "http://a/x")); }
  Landing ask(Job given) {
    std::optional<Landing> landed;
    dispatcher.submit(std::move(given), [&](Landing landing) { landed = landing; });
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
  std::vector<std::string> stops;
  Dispatcher dispatcher{
      world,
      limits_,
      1,
      {.waiting = [this](milliseconds wait, const std::string& why) { waits.emplace_back(wait, why); },
       .stopped = [this](const std::string& why) { stops.push_back(why); }}};
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

TEST_CASE("what may have been billed is asked as often again as the spec allows, once unless it says otherwise") {
  Rig rig({lost(true)});
  const Landing landing = rig.ask();
  REQUIRE(landing.failure);
  CHECK(landing.attempts == 2);
  CHECK(landing.unclear == 2);
  CHECK(landing.failure->kind == Failure::Kind::unclear);
  CHECK(landing.failure->message.find("may have been billed") != std::string::npos);
  for (const int resend : {0, 1, 2, 9}) {
    Limits limits;
    limits.resend = resend;
    Rig other({lost(true)}, limits);
    CHECK(other.ask().attempts == std::min(resend + 1, limits.attempts_max));
  }

  for (const int code : {504, 524}) {
    Rig gateway({status(code)});
    const Landing gave_up = gateway.ask();
    CHECK(gave_up.attempts == 2);
    CHECK(gave_up.failure->kind == Failure::Kind::unclear);
  }
  Rig empty({status(200, {}, " ")});
  empty.script[0].body.clear();
  CHECK(empty.ask().unclear == 2);
  Rig then_answered({lost(true), status(200)});
  const Landing answered = then_answered.ask();
  CHECK_FALSE(answered.failure);
  CHECK(answered.unclear == 1);
}

TEST_CASE("a reply that cannot be read is asked for once more, and is malformed in the end") {
  Job of_model = job("a", "http://a/x");
  of_model.provider = find_provider("openai");
  Rig rig({status(200, {}, "<html>")});
  const Landing landing = rig.ask(of_model);
  REQUIRE(landing.failure);
  CHECK(landing.failure->kind == Failure::Kind::malformed);
  CHECK(landing.attempts == 2);
  CHECK(landing.unclear == 2);
  CHECK(landing.response.body == "<html>");

  Rig broken(
      {status(200, {}, "x"), status(200, {}, R"({"choices":[{"message":{"content":"네"},"finish_reason":"stop"}]})")});
  broken.script[0].error = "the reply's compression is broken";
  const Landing mended = broken.ask(of_model);
  CHECK_FALSE(mended.failure);
  CHECK(mended.unclear == 1);
  REQUIRE(mended.completion);
  CHECK(mended.completion->text == "네");

  Rig refusal({status(200, {}, R"({"error":{"message":"no such model","code":"x"}})")});
  const Landing refused = refusal.ask(of_model);
  REQUIRE(refused.failure);
  CHECK(refused.failure->kind == Failure::Kind::rejected);
  CHECK(refused.attempts == 1);
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

TEST_CASE("a reply that is too large is not asked for again") {
  Rig rig({status(200, {}, "aaaa")});
  rig.script[0].too_large = true;
  rig.script[0].error = "body above 8 MB";
  const Landing landing = rig.ask();
  REQUIRE(landing.failure);
  CHECK(landing.failure->kind == Failure::Kind::malformed);
  CHECK(landing.failure->message == "body above 8 MB");
  CHECK(landing.attempts == 1);
}

TEST_CASE("Retry-After is waited out; a request that is to wait more than ten minutes ends") {
  Rig rig({status(429, {{"retry-after", "7"}}), status(200)});
  CHECK_FALSE(rig.ask().failure);
  REQUIRE(rig.starts.size() == 2);
  CHECK(rig.starts[1] - rig.starts[0] >= milliseconds(7'000));
  CHECK(rig.starts[1] - rig.starts[0] < milliseconds(8'500));  // jitter of at most a second, and the reply's own time

  Rig later({status(429, {{"retry-after", "3600"}}, R"({"error":{"message":"Rate limit reached"}})"), status(200)});
  const Landing ended = later.ask();
  REQUIRE(ended.failure);
  CHECK(ended.failure->kind == Failure::Kind::throttled);
  CHECK(ended.failure->message == "asks to wait 3600 s: Rate limit reached");
  CHECK(ended.attempts == 1);

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

TEST_CASE("an account without credit is stopped and told once: what waits for it ends unasked, other accounts go on") {
  const std::string words = R"({"error":{"message":"돈이 없습니다","type":"insufficient_quota"}})";
  Limits limits;
  limits.in_flight_max = 1;
  Rig rig({status(429, {}, words)}, limits);
  std::vector<Landing> landings;
  for (int i = 0; i < 100; ++i) {
    rig.dispatcher.submit(job("http://a|KEY", "http://a/x", i % 2 == 0),
                          [&](Landing landing) { landings.push_back(landing); });
  }
  for (int i = 0; i < 1'000 && landings.size() < 100; ++i) REQUIRE(rig.dispatcher.turn(true));
  REQUIRE(landings.size() == 100);
  CHECK(rig.starts.size() == 1);
  CHECK(landings[0].failure->kind == Failure::Kind::rejected);
  CHECK(landings[0].attempts == 1);
  for (std::size_t i = 1; i < landings.size(); ++i) {
    REQUIRE(landings[i].failure);
    CHECK(landings[i].failure->kind == Failure::Kind::cancelled);
    CHECK(landings[i].failure->message == "돈이 없습니다");
    CHECK(landings[i].attempts == 0);
  }
  CHECK(rig.ask(job("http://a|KEY", "http://a/x")).attempts == 0);  // and so does what comes later
  CHECK(rig.stops == std::vector<std::string>{"http://a: 돈이 없습니다"});

  rig.script = {status(200)};
  CHECK_FALSE(rig.ask(job("b", "http://b/x")).failure);
}

TEST_CASE("an account that is stopped is stopped for all its models, whatever their rates, and told once") {
  Model slow, quick;
  slow.rates.in_flight_max = 1;
  quick.rates.in_flight_max = 2;
  Rig rig({status(402)});
  Job of_slow = job("a", "http://a/x"), of_quick = job("a", "http://a/x");
  of_slow.model = &slow;
  of_quick.model = &quick;
  Landing first = rig.ask(of_slow);
  CHECK(first.failure->kind == Failure::Kind::rejected);
  CHECK(rig.ask(of_quick).attempts == 0);
  CHECK(rig.ask(job("a", "http://a/x")).attempts == 0);

  Rig both({status(402)});
  int landed = 0;
  both.dispatcher.submit(of_slow, [&](const Landing&) { ++landed; });
  both.dispatcher.submit(of_quick, [&](const Landing&) { ++landed; });
  for (int i = 0; i < 5; ++i) both.dispatcher.submit(of_quick, [&](const Landing&) { ++landed; });
  for (int i = 0; i < 100 && landed < 7; ++i) REQUIRE(both.dispatcher.turn(true));
  CHECK(landed == 7);
  CHECK(both.starts.size() <= 3);
  CHECK(both.stops.size() == 1);
}

TEST_CASE("one denial may be about one input; two in a row stop the account") {
  for (const int code : {401, 403}) {
    CAPTURE(code);
    Rig one({status(code), status(200)});
    CHECK(one.ask().failure->kind == Failure::Kind::rejected);
    CHECK_FALSE(one.ask().failure);
    one.script.push_back(status(code));
    one.script.push_back(status(200));
    CHECK(one.ask().failure);
    CHECK_FALSE(one.ask().failure);
    CHECK(one.stops.empty());

    Rig two({status(code)});
    CHECK(two.ask().failure->kind == Failure::Kind::rejected);
    CHECK(two.ask().failure->kind == Failure::Kind::rejected);
    CHECK(two.ask().failure->kind == Failure::Kind::cancelled);
    CHECK(two.starts.size() == 2);
    CHECK(two.stops.size() == 1);
  }
}

TEST_CASE("a certificate that does not hold is not asked again, and the third stops the account") {
  HttpResponse bad = lost(false);
  bad.distrusted = true;
  Rig rig({bad});
  for (int i = 0; i < 3; ++i) {
    const Landing landing = rig.ask();
    CHECK(landing.failure->kind == Failure::Kind::network);
    CHECK(landing.attempts == 1);
  }
  CHECK(rig.ask().failure->kind == Failure::Kind::cancelled);
  CHECK(rig.starts.size() == 3);
}

TEST_CASE("where nothing answers, the account pauses for half a minute, then asks one at a time until something does") {
  Limits limits;
  limits.attempts_max = 9;
  Rig rig({status(200)}, limits);
  CHECK_FALSE(rig.ask().failure);
  constexpr milliseconds k_back{100'000};
  std::vector<Instant> starts;
  rig.world.serve = [&](const HttpRequest&) {
    starts.push_back(rig.world.now());
    return rig.world.now() < k_back ? lost(false) : status(200);
  };
  int landed = 0;
  for (int i = 0; i < 8; ++i)
    rig.dispatcher.submit(job("a", "http://a/x"), [&](const Landing& landing) { landed += !landing.failure; });
  for (int i = 0; i < 1'000 && landed < 8; ++i) REQUIRE(rig.dispatcher.turn(true));
  CHECK(landed == 8);
  REQUIRE(starts.size() >= 20 + 8);
  CHECK(starts.size() < 20 + 8 + 4 + 8);  // 20, what was under way by then, one every half minute, and the answers
  const auto paused = std::ranges::find_if(starts, [](Instant at) { return at > milliseconds(30'000); });
  for (auto probe = paused; *probe < k_back; ++probe) CHECK(*(probe + 1) - *probe >= milliseconds(30'000));
  REQUIRE(rig.waits.size() >= 3);
  CHECK(rig.waits[0].first == milliseconds(30'000));
  CHECK(rig.waits[0].second.find("connection closed") != std::string::npos);
}

TEST_CASE("an account where nothing has ever answered is given up after a few pauses") {
  Rig rig({lost(false)});
  std::vector<Landing> landings;
  for (int i = 0; i < 100; ++i)
    rig.dispatcher.submit(job("a", "http://a/x"), [&](Landing landing) { landings.push_back(landing); });
  for (int i = 0; i < 10'000 && landings.size() < 100; ++i) REQUIRE(rig.dispatcher.turn(true));
  CHECK(landings.size() == 100);
  CHECK(rig.starts.size() < 20 + 16 + 4);
  CHECK(rig.world.now() < milliseconds(240'000));
  CHECK(landings.back().failure->kind == Failure::Kind::cancelled);
  CHECK(rig.stops.size() == 1);
}

TEST_CASE("when retries are used up they come one at a time, until successes have restored them") {
  // Every request fails twice: 100 of them at 14 a retry are more than 500.
  std::map<std::string, int> asked;
  Limits limits;
  Rig rig({status(200)}, limits);
  int retries = 0, retries_peak = 0;
  rig.world.serve = [&](const HttpRequest& request) {
    const bool retry = asked[request.url]++ > 0;
    retries += retry;
    if (retry && retries > 40) retries_peak = std::max(retries_peak, rig.world.vendors["http://a"].in_flight);
    return status(500);
  };
  std::size_t landed = 0;
  for (int i = 0; i < 100; ++i) {
    const std::string url = "http://a/" + std::to_string(i);
    rig.dispatcher.submit(job("a", url.c_str()), [&](const Landing&) { ++landed; });
  }
  for (int i = 0; i < 10'000 && landed < 100; ++i) REQUIRE(rig.dispatcher.turn(true));
  CHECK(landed == 100);
  CHECK(retries == 300);
  CHECK(retries_peak == 0);  // nothing else was in flight
}

TEST_CASE("a key that a server repeats is taken out before anything sees it") {
  Rig rig({status(400, {{"x-echo", "Bearer sk-0123456789"}}, R"({"error":{"message":"bad key sk-0123456789"}})")});
  Job with_key = job("a", "http://a/x");
  with_key.key = "sk-0123456789";
  const Landing landing = rig.ask(with_key);
  REQUIRE(landing.failure);
  CHECK(landing.failure->message == "bad key [key]");
  CHECK(landing.response.headers.at("x-echo") == "Bearer [key]");
  CHECK(landing.response.body.find("sk-01") == std::string::npos);
}

TEST_CASE("an errand is sent once, whatever comes back") {
  for (const auto& response : {status(500), status(429), lost(true)}) {
    Rig rig({response, status(200)});
    Job errand = job("a", "http://a/x");
    errand.errand = true;
    const Landing landing = rig.ask(errand);
    CHECK(landing.failure);
    CHECK(landing.attempts == 1);
  }
}

// ---- money

Model priced() {
  Model model;
  model.name = "m";
  model.price = Price{.input_usd = 1.0, .output_usd = 10.0};
  return model;
}

std::string completion(const char* usage) {
  return std::string(R"({"choices":[{"message":{"content":"네"},"finish_reason":"stop"}])") + usage + "}";
}

Job priced_job(const Model& model) {
  Job given = job("a", "http://a/x");
  given.provider = find_provider("openai");
  given.model = &model;
  given.tokens_max = 100'000;  // a dollar of output at the most
  return given;
}

TEST_CASE("no request starts that could take the run past its limit, and what does not fit in the end is not asked") {
  const Model model = priced();
  Limits limits;
  limits.cost_max_usd = 2.5;
  // 20,000 tokens of output: 20 cents each.
  Rig rig({status(200, {}, completion(R"(,"usage":{"prompt_tokens":0,"completion_tokens":20000})"))}, limits);
  std::vector<Landing> landings;
  for (int i = 0; i < 30; ++i) rig.dispatcher.submit(priced_job(model), [&](Landing l) { landings.push_back(l); });
  for (int i = 0; i < 1'000 && landings.size() < 30; ++i) {
    REQUIRE(rig.dispatcher.turn(true));
    CHECK(rig.dispatcher.cost_usd() <= 2.5 + 1e-6);
  }
  REQUIRE(landings.size() == 30);
  CHECK(rig.world.vendors["http://a"].in_flight_peak == 2);
  CHECK(rig.starts.size() == 8);  // after 8 of 20 cents there is less than a dollar left
  CHECK(rig.dispatcher.over_budget());
  CHECK(rig.dispatcher.cost_usd() == doctest::Approx(1.6));
  CHECK(landings[0].cost_known);
  CHECK(landings[0].cost_usd == doctest::Approx(0.2));
  CHECK(landings.back().failure->kind == Failure::Kind::over_budget);
  CHECK(landings.back().attempts == 0);
}

TEST_CASE("a reply that does not say what it cost, and one that was lost, count as what they may have cost") {
  const Model model = priced();
  for (const bool lost_reply : {false, true}) {
    Limits limits;
    limits.cost_max_usd = 100.0;
    limits.resend = 0;
    Rig rig({lost_reply ? lost(true) : status(200, {}, completion(""))}, limits);
    const Landing landing = rig.ask(priced_job(model));
    CHECK_FALSE(landing.cost_known);
    CHECK(landing.cost_usd == 0.0);
    CHECK(rig.dispatcher.cost_usd() == doctest::Approx(1.0));
  }
  Rig refused({status(400)});
  const Landing landing = refused.ask(priced_job(model));
  CHECK(landing.cost_known);
  CHECK(refused.dispatcher.cost_usd() == 0.0);
}

TEST_CASE("a retry adds to the cost of the request, known only if all of it is") {
  const Model model = priced();
  const auto answer = status(200, {}, completion(R"(,"usage":{"prompt_tokens":100000,"completion_tokens":0})"));
  Rig refused_first({status(500), answer});
  const Landing known = refused_first.ask(priced_job(model));
  CHECK(known.cost_known);
  CHECK(known.cost_usd == doctest::Approx(0.1));
  Rig lost_first({lost(true), answer});
  const Landing unknown = lost_first.ask(priced_job(model));
  CHECK_FALSE(unknown.cost_known);
  CHECK(unknown.cost_usd == doctest::Approx(0.1));
  CHECK(lost_first.dispatcher.cost_usd() == doctest::Approx(1.1));
}

TEST_CASE("what the run had spent before counts against its limit") {
  const Model model = priced();
  FakeTransport world;
  Limits limits;
  limits.cost_max_usd = 2.0;
  Dispatcher dispatcher(world, limits, 1, {}, nullptr, 1.5);
  std::optional<Landing> landed;
  dispatcher.submit(priced_job(model), [&](Landing landing) { landed = landing; });
  REQUIRE(dispatcher.turn(true));
  REQUIRE(landed);
  CHECK(landed->failure->kind == Failure::Kind::over_budget);
  CHECK(world.started == 0);
}

// ---- rates

TEST_CASE("an account's limits a minute are kept in every minute, and made use of") {
  Model model;
  model.rates.requests_per_minute = 120;
  Rig rig({status(200)});
  int landed = 0;
  for (int i = 0; i < 600; ++i) {
    Job given = job("a", "http://a/x");
    given.model = &model;
    rig.dispatcher.submit(given, [&](const Landing&) { ++landed; });
  }
  while (landed < 600) REQUIRE(rig.dispatcher.turn(true));
  for (std::size_t i = 120; i < rig.starts.size(); ++i)
    CHECK(rig.starts[i] - rig.starts[i - 120] >= milliseconds(60'000));
  CHECK(rig.starts.back() < milliseconds(5 * 60'000));
}

TEST_CASE("an account's tokens a minute count what came back, not what was expected") {
  Model model;
  model.rates.tokens_per_minute = 6'000;
  Rig rig({status(200, {}, completion(R"(,"usage":{"prompt_tokens":400,"completion_tokens":100})"))});
  int landed = 0;
  for (int i = 0; i < 60; ++i) {
    Job given = job("a", "http://a/x");
    given.model = &model;
    given.provider = find_provider("openai");
    given.tokens_expected = 100;  // a fifth of what it will be
    rig.dispatcher.submit(given, [&](const Landing&) { ++landed; });
  }
  while (landed < 60) REQUIRE(rig.dispatcher.turn(true));
  // 12 a minute, less what was started before the first came back.
  CHECK(rig.starts.back() > milliseconds(3 * 60'000));
  CHECK(rig.starts.back() < milliseconds(6 * 60'000));
}

TEST_CASE("the owner's word on concurrency goes before the run's, and models with rates of their own do not share") {
  Model narrow, wide;
  narrow.rates.in_flight_max = 2;
  wide.rates.in_flight_max = 5;
  Rig rig({status(200)});
  for (int i = 0; i < 20; ++i) {
    Job a = job("a", "http://narrow/x"), b = job("a", "http://wide/x");
    a.model = &narrow;
    b.model = &wide;
    rig.dispatcher.submit(a, [](const Landing&) {});
    rig.dispatcher.submit(b, [](const Landing&) {});
  }
  for (int i = 0; i < 100; ++i) REQUIRE(rig.dispatcher.turn(true));
  CHECK(rig.world.vendors["http://narrow"].in_flight_peak == 2);
  CHECK(rig.world.vendors["http://wide"].in_flight_peak == 5);
}

TEST_CASE("urgent jobs go first, each kind in the order given") {
  Limits limits;
  limits.in_flight_max = 1;
  Rig rig({status(200)}, limits);
  std::string order;
  for (const char name : std::string("abCD")) {
    const bool urgent = name < 'a';
    rig.dispatcher.submit(job("a", "http://a/x", urgent), [&order, name](const Landing&) { order += name; });
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
    rig.dispatcher.submit(job("a", "http://a/x", urgent), [&ended, name](const Landing& landing) {
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
  rig.dispatcher.submit(job("a", "http://a/x", false), [&](Landing landing) { landed = landing; });
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
