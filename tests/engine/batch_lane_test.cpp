#include "engine/batch_lane.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <memory>

#include "base/digest.h"
#include "engine/dispatcher.h"
#include "providers/provider.h"
#include "support/fake_batches.h"
#include "support/fake_ledger.h"
#include "support/fake_transport.h"

namespace plumb {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// The world, the vendor, the ledger and the book outlive the client, which may crash and start again.
struct World {
  explicit World(const char* provider_name = "openai", mock::BatchRules rules = {.work_ms = 600'000},
                 test::Meddle meddle = {})
      : vendor(rules, test::doubled()), provider(find_provider(provider_name)) {
    model = {.name = "m", .provider = provider_name, .id = "model-1"};
    model.base_url = std::string("https://v.test") + (anthropic() ? "" : "/v1");
    model.price = Price{.input_usd = 10'000, .output_usd = 100'000};  // 100 in and 10 out: two dollars alone
    test::serve_batches(transport, vendor, std::move(meddle));
    // Alone it is answered as in a batch.
    transport.say = [](const Json& body) {
      const std::string text = string_at(body["messages"].back(), "content");
      return text + text;
    };
    book.is_ended = [this](std::int64_t attempt) {
      const auto row = ledger.rows.find(attempt);
      return row != ledger.rows.end() && row->second.end;
    };
  }
  bool anthropic() const { return provider == find_provider("anthropic"); }

  // How often each question was worked on, in batches and alone.
  std::uint64_t worked_on(const std::string& key) const {
    const auto times = vendor.books().times.find(key);
    return times == vendor.books().times.end() ? 0 : times->second;
  }

  // Replies under way find nobody.
  void crash() {
    while (transport.vendors["https://v.test"].in_flight > 0) transport.wait(transport.now() + seconds(1));
    ledger.crash();
  }

  test::FakeTransport transport;
  mock::Batches vendor;
  test::FakeLedger ledger{transport, milliseconds(3)};
  test::FakeBook book;
  const Provider* provider;
  Model model;
};

std::string key_of(int question) { return digest(fmt::format("key {}", question)); }

// One life of the client.
struct Client {
  explicit Client(World& w, BatchOptions options = {}, Limits limits = {})
      : world(w), live(w.transport, limits, 1, {}, &w.ledger) {
    w.ledger.on_durable([&w] { w.transport.wake(); });
    options.clock = [&w] { return test::k_epoch_ms + w.transport.now().count(); };
    auto made = BatchLane::make(
        {live, w.transport, live.budget(), w.book, &w.ledger},
        [this](const BatchCounts& counts, const std::string& words) {
          told.push_back(words);
          last = counts;
        },
        std::move(options));
    REQUIRE(made);
    lane = *std::move(made);
  }

  Job job(int question, bool urgent = false) const {
    ChatRequest request;
    request.messages = {{Message::Role::user, fmt::format("질문 {}", question)}};
    request.parameters.tokens_max = 100;
    Job job;
    job.account = "v.test";
    job.request = world.provider->encode(world.model, request, "k-Secret-0123456789");
    job.provider = world.provider;
    job.model = &world.model;
    job.urgent = urgent;
    job.key = "k-Secret-0123456789";
    job.start.request_key = key_of(question);
    job.tokens_max = 100;
    return job;
  }

  void ask(int question, bool urgent = false) {
    lane->submit(job(question, urgent), [this, question](Landing landing) {
      REQUIRE_FALSE(landed.contains(question));
      landed.emplace(question, std::move(landing));
    });
  }
  void ask_all(int from, int to) {
    for (int question = from; question < to; ++question) ask(question);
  }

  // Until so many have landed.
  void run(std::size_t count) {
    for (int i = 0; i < 100'000 && landed.size() < count; ++i) REQUIRE(lane->turn(true));
    REQUIRE(landed.size() == count);
  }
  template <class Until>
  void run_until(Until until) {
    for (int i = 0; i < 100'000 && !until(); ++i) REQUIRE(lane->turn(true));
    REQUIRE(until());
  }
  // Every other one does not wait: so that it can be stopped with a call on its way.
  void take_turns(int count) {
    for (int i = 0; i < count; ++i) REQUIRE(lane->turn(i % 2 == 1));
  }
  // What has landed need not be in the book as ended yet.
  void settle() {
    run_until([this] { return world.book.open() == 0; });
  }

  void check_answered(int question) const {
    CAPTURE(question);
    REQUIRE(landed.contains(question));
    const Landing& landing = landed.at(question);
    if (landing.failure) FAIL(landing.failure->message);
    REQUIRE(landing.completion);
    CHECK(landing.completion->text == fmt::format("질문 {0}질문 {0}", question));
  }
  bool was_told(const std::string& words) const {
    return std::ranges::any_of(told, [&](const std::string& each) { return each.find(words) != each.npos; });
  }

  World& world;
  Dispatcher live;
  std::vector<std::string> told;
  BatchCounts last;
  std::map<int, Landing> landed;
  std::unique_ptr<BatchLane> lane;
};

TEST_CASE("what is asked is gathered, sent as one batch and answered for half the price") {
  for (const char* provider : {"openai", "anthropic"}) {
    CAPTURE(provider);
    World world(provider);
    Client client(world);
    client.ask_all(0, 40);
    client.run(40);
    for (int i = 0; i < 40; ++i) {
      client.check_answered(i);
      CHECK(client.landed.at(i).attempts == 1);
      CHECK(client.landed.at(i).cost_usd == doctest::Approx(1.0));
      CHECK(client.landed.at(i).cost_known);
      CHECK(world.worked_on(key_of(i)) == 1);
    }
    CHECK(world.vendor.books().created == 1);
    CHECK(client.lane->cost_usd() == doctest::Approx(40.0));
    client.settle();
    CHECK(client.last.completed == 40);
    CHECK(client.last.in_batch == 0);
    CHECK(client.was_told("of 40 done; asking again in "));
    // Nothing but errands went to the vendor, and the ledger knows of the questions only.
    CHECK(world.ledger.rows.size() == 40);
    for (const auto& [attempt, row] : world.ledger.rows) {
      REQUIRE(row.end);
      CHECK(row.end->state == AttemptEnd::State::replied);
      CHECK(row.end->response.status == 200);
      CHECK(row.start.reserved_usd > 0.0);
    }
  }
}

TEST_CASE("a batch leaves only when its starts are durable and it is in the book") {
  World world;
  Client client(world);
  int uploads = 0;
  world.transport.on_start = [&](const HttpRequest& request) {
    if (!request.url.ends_with("/files")) return;
    ++uploads;
    REQUIRE(world.book.notes.size() == 1);
    CHECK(world.book.notes[0].first.items.size() == 5);
    for (const BatchItem& item : world.book.notes[0].first.items) CHECK(world.ledger.has_durable_start(item.attempt));
  };
  client.ask_all(0, 5);
  client.run(5);
  CHECK(uploads == 1);
}

TEST_CASE("what is urgent, streamed, or has no batch interface goes to the live lane at once") {
  World world;
  Client client(world);
  client.ask(0, /*urgent=*/true);
  client.run(1);
  client.check_answered(0);
  CHECK(client.landed.at(0).cost_usd == doctest::Approx(2.0));
  Job streamed = client.job(1);
  Model streaming = world.model;
  streaming.stream = true;
  streamed.model = &streaming;
  bool done = false;
  client.lane->submit(std::move(streamed), [&](const Landing&) { done = true; });
  client.run_until([&] { return done; });
  Job plain{.account = "a", .request = {.method = "GET", .url = "https://v.test/nothing"}};
  done = false;
  client.lane->submit(std::move(plain), [&](const Landing&) { done = true; });
  client.run_until([&] { return done; });
  CHECK(world.vendor.books().uploads == 0);
  CHECK(world.transport.now() < seconds(5));
}

TEST_CASE("batches hold no more than they may, and are worked on side by side") {
  World world;
  Client client(world, {.limits = {.requests_max = 10}});
  client.ask_all(0, 35);
  client.run(35);
  for (int i = 0; i < 35; ++i) client.check_answered(i);
  CHECK(world.vendor.books().created == 4);
  CHECK(world.transport.now() < seconds(700));

  World small;
  Client by_bytes(small, {.limits = {.bytes_max = 1'000}});
  by_bytes.ask_all(0, 20);
  by_bytes.run(20);
  CHECK(small.vendor.books().created > 3);
}

TEST_CASE("the wait between two looks grows from five seconds to a minute") {
  World world;
  std::vector<Instant> polls;
  Client client(world);
  world.transport.on_start = [&](const HttpRequest& request) {
    if (request.url.find("/batches/") != std::string::npos) polls.push_back(world.transport.now());
  };
  client.ask(0);
  client.run(1);
  REQUIRE(polls.size() > 6);
  CHECK(polls.size() < 25);
  CHECK(polls[1] - polls[0] >= seconds(5));
  CHECK(polls[1] - polls[0] < seconds(9));
  const milliseconds longest = polls.back() - polls[polls.size() - 2];
  CHECK(longest >= seconds(60));
  CHECK(longest < seconds(62));
}

TEST_CASE("people are told what is new of a batch, and every ten minutes that it goes on") {
  World world("anthropic", {.work_ms = 3'600'000});  // it counts nothing as done before the end
  Client client(world);
  client.ask_all(0, 2);
  client.run(2);
  const auto tellings = std::ranges::count_if(
      client.told, [](const std::string& words) { return words.find("0 of 2 done") != words.npos; });
  CHECK(tellings >= 5);
  CHECK(tellings <= 7);
  CHECK(world.vendor.books().polls > 50);
}

TEST_CASE("what expired or met a fault that may pass is asked directly, once, and at the full price") {
  for (const char* provider : {"openai", "anthropic"}) {
    CAPTURE(provider);
    World world(provider, {.work_ms = 60'000, .error_every = 3, .expire_every = 3});
    Client client(world);
    client.ask_all(0, 60);
    client.run(60);
    int direct = 0;
    for (int i = 0; i < 60; ++i) {
      client.check_answered(i);
      const Landing& landing = client.landed.at(i);
      if (landing.cost_usd > 1.5) ++direct;
      CHECK(world.worked_on(key_of(i)) == (landing.cost_usd > 1.5 ? 0 : 1));
    }
    CHECK(direct > 10);
    CHECK(direct < 50);
    client.settle();
    CHECK(client.last.failed == static_cast<std::size_t>(direct));
  }
}

TEST_CASE("what the vendor refuses in a batch is refused, in its words") {
  World world("anthropic");
  mock::Batches picky({.work_ms = 1'000}, [](std::string_view, std::string_view) -> std::pair<int, std::string> {
    return {404, R"({"type":"error","error":{"type":"not_found_error","message":"model: model-1"}})"};
  });
  test::serve_batches(world.transport, picky);
  Client client(world);
  client.ask(0);
  client.run(1);
  REQUIRE(client.landed.at(0).failure);
  CHECK(client.landed.at(0).failure->kind == Failure::Kind::rejected);
  CHECK(client.landed.at(0).failure->http_status == 404);
  CHECK(client.landed.at(0).failure->message.find("model: model-1") != std::string::npos);
  CHECK(client.landed.at(0).attempts == 1);
}

TEST_CASE("a client that starts again fetches what was sent, and sends nothing twice") {
  for (const char* provider : {"openai", "anthropic"}) {
    // Killed at many moments: before, in and after each step.
    for (int moment = 0; moment < 80; ++moment) {
      CAPTURE(provider);
      CAPTURE(moment);
      World world(provider, {.work_ms = 30'000});
      {
        Client client(world, {.limits = {.requests_max = 5}});
        client.ask_all(0, 12);
        client.take_turns(moment);
      }
      world.crash();
      Client again(world);
      int known = 0;
      for (int i = 0; i < 12; ++i) {
        if (const auto reply = world.ledger.find_reply(key_of(i))) {
          ++known;
        } else {
          again.ask(i);
        }
      }
      again.run(12 - known);
      for (const auto& [question, landing] : again.landed) again.check_answered(question);
      for (int i = 0; i < 12; ++i) {
        CAPTURE(i);
        CHECK(world.worked_on(key_of(i)) == 1);
      }
      if (!again.landed.empty()) again.settle();
      CHECK(world.book.open() == 0);
    }
  }
}

TEST_CASE("a batch whose creation got no reply is looked for before anything is sent again") {
  for (const char* provider : {"openai", "anthropic"}) {
    for (const bool made : {true, false}) {
      CAPTURE(provider);
      CAPTURE(made);
      int creations = 0;
      World world(provider, {.work_ms = 300'000});
      test::serve_batches(world.transport, world.vendor);
      const auto serve = world.transport.serve;
      world.transport.serve = [&](const HttpRequest& request) {
        const bool creates = request.method == "POST" && request.url.ends_with("/batches");
        if (!creates || ++creations > 1) return serve(request);
        if (made) serve(request);
        HttpResponse lost;
        lost.sent = true;
        lost.error = "connection closed";
        return lost;
      };
      Client client(world);
      client.ask_all(0, 8);
      client.run(8);
      for (int i = 0; i < 8; ++i) {
        client.check_answered(i);
        CHECK(world.worked_on(key_of(i)) == 1);
      }
      CHECK(world.vendor.books().created == 1);
      CHECK(creations == (made ? 1 : 2));
      CHECK(world.vendor.books().lists > 0);
    }
  }
}

TEST_CASE("other batches of the same size are not taken for a lost one") {
  World world("anthropic", {.work_ms = 300'000});
  const auto other = [&](int from) {
    std::string body = R"({"requests":[)";
    for (int i = from; i < from + 8; ++i) {
      body += fmt::format(
          R"({}{{"custom_id":"other-{}","params":{{"model":"x","messages":[{{"role":"user","content":"y"}}]}}}})",
          i == from ? "" : ",", i);
    }
    REQUIRE(world.vendor.handle("POST", "/v1/messages/batches", body + "]}", test::k_epoch_ms)->status == 200);
  };
  other(0);
  bool lost_one = false;
  const auto serve = world.transport.serve;
  world.transport.serve = [&](const HttpRequest& request) {
    HttpResponse response = serve(request);
    if (lost_one || request.method != "POST") return response;
    lost_one = true;
    other(100);
    HttpResponse lost;
    lost.sent = true;
    return lost;
  };
  Client client(world);
  client.ask_all(0, 8);
  client.run(8);
  for (int i = 0; i < 8; ++i) {
    client.check_answered(i);
    CHECK(world.worked_on(key_of(i)) == 1);
  }
  CHECK(world.vendor.books().created == 3);
}

TEST_CASE("a lost batch is not waited for behind those that the book knows") {
  World world("anthropic", {.work_ms = 10 * 3'600'000});
  int creations = 0;
  const auto serve = world.transport.serve;
  world.transport.serve = [&](const HttpRequest& request) {
    const bool second = request.method == "POST" && request.url.ends_with("/batches") && ++creations == 2;
    return second ? HttpResponse{.error = "connection closed", .sent = true} : serve(request);
  };
  {
    Client client(world, {.limits = {.requests_max = 5}});
    client.ask_all(0, 10);
    client.run_until([&] { return creations == 2 && client.was_told("0 of 5 done"); });
  }
  world.crash();
  Client again(world);
  again.ask_all(0, 10);
  again.run_until([&] { return world.vendor.books().created == 2; });
  CHECK(world.transport.now() < seconds(300));
  again.run(10);
  for (int i = 0; i < 10; ++i) {
    again.check_answered(i);
    CHECK(world.worked_on(key_of(i)) == 1);
  }
}

TEST_CASE(
    "where it cannot be known whether a batch was created, its requests count as unclear and are not sent again") {
  World world;
  const auto serve = world.transport.serve;
  world.transport.serve = [&](const HttpRequest& request) {
    HttpResponse response = serve(request);
    if (request.method == "POST" && request.url.ends_with("/batches")) return HttpResponse{.sent = true};
    if (request.url.find("/batches?") != std::string::npos) response = HttpResponse{.status = 404, .body = "no"};
    return response;
  };
  Client client(world);
  client.ask_all(0, 3);
  client.run(3);
  for (const auto& [question, landing] : client.landed) {
    REQUIRE(landing.failure);
    CHECK(landing.failure->kind == Failure::Kind::unclear);
    CHECK(landing.unclear == 1);
    CHECK_FALSE(landing.cost_known);
  }
  for (const auto& [attempt, row] : world.ledger.rows) CHECK(row.end->state == AttemptEnd::State::unclear);
  CHECK(world.vendor.books().created == 1);
}

TEST_CASE("drained, it leaves the batch at the vendor, and the next run picks it up") {
  World world;
  {
    Client client(world);
    client.ask_all(0, 6);
    client.run_until([&] { return client.last.in_batch == 6 && client.was_told("of 6 done"); });
    client.ask_all(6, 8);  // gathered only
    client.lane->drain();
    client.run(8);
    for (const auto& [question, landing] : client.landed) CHECK(landing.failure->kind == Failure::Kind::cancelled);
    CHECK(client.was_told("stays at the vendor"));
    client.lane->abandon();
  }
  CHECK(world.book.open() == 1);
  Client again(world);
  again.ask_all(0, 8);
  again.run(8);
  for (int i = 0; i < 8; ++i) {
    again.check_answered(i);
    CHECK(world.worked_on(key_of(i)) == 1);
  }
  CHECK(again.was_told("is there from before"));
}

TEST_CASE("drained while a batch is being sent, it still learns whether the vendor has it") {
  for (int moment = 0; moment < 16; ++moment) {
    CAPTURE(moment);
    World world;
    {
      Client client(world);
      client.ask_all(0, 4);
      client.run_until([&] { return !client.told.empty(); });
      client.take_turns(moment);
      client.lane->drain();
      client.run(4);
    }
    const bool made = world.vendor.books().created == 1;
    CHECK(world.book.open() == (made ? 1 : 0));
    if (made) CHECK_FALSE(world.book.notes[0].first.vendor_id.empty());
  }
}

TEST_CASE("without --batch nothing is gathered, but a batch in the book is waited for") {
  World world;
  {
    Client client(world);
    client.ask_all(0, 3);
    client.run_until([&] { return client.was_told("of 3 done"); });
  }
  Client plain(world, {.gather = false});
  plain.ask_all(0, 5);
  plain.run(5);
  for (int i = 0; i < 3; ++i) CHECK(plain.landed.at(i).cost_usd == doctest::Approx(1.0));
  for (int i = 3; i < 5; ++i) CHECK(plain.landed.at(i).cost_usd == doctest::Approx(2.0));
  CHECK(world.vendor.books().created == 1);
}

TEST_CASE("a request that comes after its batch has been fetched is answered at once") {
  World world("openai", {.work_ms = 1'000});
  {
    Client client(world);
    client.ask_all(0, 4);
    client.run_until([&] { return client.was_told("of 4 done"); });
  }
  Client again(world);
  again.ask(0);
  again.run(1);
  again.settle();
  const int started = world.transport.started;
  again.ask_all(1, 4);
  again.run(4);
  for (int i = 0; i < 4; ++i) again.check_answered(i);
  CHECK(world.transport.started == started);
  CHECK(world.book.open() == 0);
}

TEST_CASE("more than an account may have enqueued is sent in smaller batches") {
  World world("openai", {.work_ms = 10'000, .requests_enqueued_max = 10});
  Client client(world);
  client.ask_all(0, 32);
  client.run(32);
  for (int i = 0; i < 32; ++i) {
    client.check_answered(i);
    CHECK(world.worked_on(key_of(i)) == 1);
  }
  CHECK(client.was_told("with half as many"));
}

TEST_CASE("a server without batches is asked directly, and people are told") {
  World world;
  world.transport.serve = [](const HttpRequest&) { return HttpResponse{.status = 404, .body = "no such route"}; };
  Client client(world);
  client.ask_all(0, 5);
  client.run(5);
  for (int i = 0; i < 5; ++i) client.check_answered(i);
  CHECK(client.was_told("no batch interface"));
  client.ask_all(5, 7);
  const Instant before = world.transport.now();
  client.run(7);
  CHECK(world.transport.now() - before < seconds(1));
}

TEST_CASE("an account that may not ends its requests unanswered, and they may be asked again") {
  World world;
  world.transport.serve = [](const HttpRequest&) {
    return HttpResponse{.status = 401, .body = R"({"error":{"message":"Incorrect API key provided"}})"};
  };
  Client client(world);
  client.ask_all(0, 3);
  client.run(3);
  for (const auto& [question, landing] : client.landed) {
    CHECK(landing.failure->kind == Failure::Kind::cancelled);
    CHECK(landing.failure->message.find("Incorrect API key") != std::string::npos);
  }
  CHECK(world.book.open() == 0);
}

TEST_CASE("a vendor that cannot be reached is tried for a while; a batch that is there is waited for") {
  World down;
  down.transport.serve = [](const HttpRequest&) { return HttpResponse{.error = "connection refused"}; };
  Client client(down);
  client.ask(0);
  client.run(1);
  CHECK(client.landed.at(0).failure->kind == Failure::Kind::network);
  CHECK(down.book.open() == 0);

  World world;
  const auto serve = world.transport.serve;
  world.transport.serve = [&](const HttpRequest& request) {
    const bool away = world.transport.now() > seconds(20) && world.transport.now() < seconds(3'000);
    return away ? HttpResponse{.status = 503} : serve(request);
  };
  Client patient(world);
  patient.ask(0);
  patient.run(1);
  patient.check_answered(0);
}

TEST_CASE("no batch costs more than is left") {
  World world;
  Limits limits;
  limits.cost_max_usd = 9.0;
  Client client(world, {.limits = {.requests_max = 1}}, limits);
  // Each may cost at most as many dollars as its body has bytes, and ten for its output, and half of that.
  const double most = cost_at_most(client.job(0)) / 2;
  REQUIRE(most < 9.0);
  REQUIRE(2 * most > 9.0);
  client.ask_all(0, 30);
  client.run(30);
  int answered = 0;
  for (const auto& [question, landing] : client.landed) {
    answered += !landing.failure;
    if (landing.failure) CHECK(landing.failure->kind == Failure::Kind::over_budget);
  }
  CHECK(answered > 1);
  CHECK(client.lane->over_budget());
  CHECK(client.lane->cost_usd() <= 9.0);
  CHECK(world.vendor.books().worked_on == static_cast<std::uint64_t>(answered));
}

TEST_CASE("a ledger or a book that fails stops everything") {
  World world;
  Client client(world);
  client.ask_all(0, 3);
  world.book.broken = true;
  Status status = Done{};
  for (int i = 0; i < 100 && status; ++i) status = client.lane->turn(true);
  REQUIRE_FALSE(status);
  CHECK(status.error().message == "disk full");
  CHECK(world.transport.started == 0);
  CHECK_FALSE(client.lane->turn(true));

  World other;
  Client second(other);
  second.ask_all(0, 3);
  other.ledger.fail_at = 1;
  status = Done{};
  for (int i = 0; i < 100 && status; ++i) status = second.lane->turn(true);
  REQUIRE_FALSE(status);
  CHECK(other.transport.started == 0);
}

TEST_CASE("results that are lines of nonsense leave their requests unclear") {
  World world("anthropic", {.work_ms = 1'000});
  const auto serve = world.transport.serve;
  world.transport.serve = [&](const HttpRequest& request) {
    HttpResponse response = serve(request);
    if (request.url.ends_with("/results")) response.body = "not json\n{\"custom_id\":\"x\"}\n[1]\n\n";
    return response;
  };
  Client client(world);
  client.ask_all(0, 2);
  client.run(2);
  for (const auto& [question, landing] : client.landed) {
    REQUIRE(landing.failure);
    CHECK(landing.failure->kind == Failure::Kind::unclear);
  }
  client.settle();
}

TEST_CASE("a batch that was cancelled at the vendor is not paid for in full: its requests stay unanswered") {
  World world("openai", {.work_ms = 600'000});
  Client client(world);
  client.ask_all(0, 3);
  client.run_until([&] { return client.was_told("of 3 done"); });
  const std::string id = world.book.notes[0].first.vendor_id;
  REQUIRE(world.vendor.handle("POST", "/v1/batches/" + id + "/cancel", "", test::k_epoch_ms)->status == 200);
  client.run(3);
  for (const auto& [question, landing] : client.landed) CHECK(landing.failure->kind == Failure::Kind::cancelled);
  for (const auto& [attempt, row] : world.ledger.rows) CHECK(row.end->state == AttemptEnd::State::not_sent);
}

TEST_CASE("abandoned, it calls nobody back") {
  World world;
  Client client(world);
  client.ask_all(0, 3);
  client.run_until([&] { return client.was_told("of 3 done"); });
  client.ask_all(3, 5);
  client.lane->abandon();
  for (int i = 0; i < 50; ++i) REQUIRE(client.lane->turn(true));
  CHECK(client.landed.empty());
}

TEST_CASE("the key is in no note and in no row of the ledger") {
  World world;
  const auto serve = world.transport.serve;
  world.transport.serve = [&](const HttpRequest& request) {
    HttpResponse response = serve(request);
    bool has_key = false;
    for (const auto& [name, value] : request.headers) has_key = has_key || value == "Bearer k-Secret-0123456789";
    CHECK(has_key);
    CHECK(request.body.find("k-Secret") == std::string::npos);
    if (const std::size_t at = response.body.find("chatcmpl-1"); at != std::string::npos) {
      response.body.replace(at, 10, "k-Secret-0123456789");
    }
    return response;
  };
  Client client(world);
  client.ask(0);
  client.run(1);
  for (const auto& [attempt, row] : world.ledger.rows) {
    CHECK(row.end->response.body.find("k-Secret") == std::string::npos);
  }
  CHECK(client.landed.at(0).response.body.find("k-Secret") == std::string::npos);
}

}  // namespace
}  // namespace plumb
