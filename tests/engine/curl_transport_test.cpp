// The real transport against a server that does everything wrong, on loopback.
#include <doctest/doctest.h>

#include <cstdlib>
#include <map>

#include "engine/transports.h"
#include "support/loopback_server.h"

namespace plumb {
namespace {

using std::chrono::milliseconds;
using test::http_reply;
using test::LoopbackServer;
using test::Reaction;
using Then = test::Reaction::Then;

constexpr milliseconds k_long{20'000};

// How gzip begins a long run of zeros; every further zero byte stands for a thousand.
constexpr char k_bomb_head[] =
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xed\xc1\x31\x01\x00\x00\x00\xc2\xa0\xf5\x4f\x6d\x0c\x1f\xa0";

HttpRequest post(const std::string& url, std::string body = R"({"a":1})") {
  return {"POST", url, {{"Content-Type", "application/json"}, {"Authorization", "Bearer sk-1"}}, std::move(body)};
}

HttpResponse fetch(Transport& transport, const HttpRequest& request, milliseconds timeout = k_long) {
  static std::uint64_t id = 100;
  transport.start(++id, request, timeout);
  const Instant deadline = transport.now() + 2 * k_long;
  while (transport.now() < deadline) {
    for (Transfer& transfer : transport.wait(deadline)) {
      if (transfer.id == id) return std::move(transfer.response);
    }
  }
  FAIL("nothing came back");
  return {};
}

std::unique_ptr<Transport> transport_over_http(const CurlOptions& options = {}) {
  auto made = make_transport({.http = options});
  REQUIRE(made);
  return *std::move(made);
}

HttpResponse fetch(const HttpRequest& request, milliseconds timeout = k_long, const CurlOptions& options = {}) {
  const auto transport = transport_over_http(options);
  return fetch(*transport, request, timeout);
}

TEST_CASE("a request goes out as it is and a reply comes back as it came") {
  LoopbackServer server([](const std::string&, int) {
    return Reaction{http_reply(200, "답: 100만원", "X-Request-ID: r1\r\nSet-Cookie: a\r\nset-cookie: b\r\n")};
  });
  const HttpResponse response = fetch(post(server.url("/v1/chat/completions"), "질문"));
  CHECK(response.status == 200);
  CHECK(response.body == "답: 100만원");
  CHECK(response.error.empty());
  CHECK(response.headers.at("x-request-id") == "r1");
  CHECK(response.headers.at("set-cookie") == "a, b");
  const std::string request = server.requests().at(0);
  CHECK(request.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"));
  CHECK(request.find("Authorization: Bearer sk-1\r\n") != std::string::npos);
  CHECK(request.find("Content-Length: 6\r\n") != std::string::npos);
  CHECK(request.ends_with("\r\n\r\n질문"));
}

TEST_CASE("a large body is sent without asking first") {
  LoopbackServer server([](const std::string&, int) { return Reaction{http_reply(200, "ok")}; });
  CHECK(fetch(post(server.url(), std::string(2u << 20, 'x'))).status == 200);
  CHECK(server.requests().at(0).find("Expect") == std::string::npos);
}

TEST_CASE("GET sends no body") {
  LoopbackServer server([](const std::string&, int) { return Reaction{http_reply(200, "ok")}; });
  CHECK(fetch({"GET", server.url("/models"), {}, ""}).status == 200);
  CHECK(server.requests().at(0).starts_with("GET /models HTTP/1.1\r\n"));
  CHECK(server.requests().at(0).find("Content-Length") == std::string::npos);
}

TEST_CASE("connections are used again") {
  LoopbackServer server([](const std::string&, int) { return Reaction{http_reply(200, "ok")}; });
  const auto transport = transport_over_http();
  for (int i = 0; i < 20; ++i) CHECK(fetch(*transport, post(server.url())).status == 200);
  CHECK(server.connections() == 1);
}

TEST_CASE("a POST on a connection that the server closes on reuse is not sent again in secret") {
  LoopbackServer server([](const std::string&, int number) {
    return number == 1 ? Reaction{"", Then::close} : Reaction{http_reply(200, "ok")};
  });
  const auto transport = transport_over_http();
  CHECK(fetch(*transport, post(server.url())).status == 200);
  const HttpResponse response = fetch(*transport, post(server.url()));
  CHECK(response.status == 0);
  CHECK(response.sent);  // so that the dispatcher counts it as possibly billed
  CHECK(response.error == server.authority() + ": connection closed without a complete reply");
  CHECK(server.requests().size() == 2);
}

TEST_CASE("redirects are not followed: the key stays where it was sent") {
  LoopbackServer elsewhere([](const std::string&, int) { return Reaction{http_reply(200, "caught")}; });
  LoopbackServer server(
      [&](const std::string&, int) { return Reaction{http_reply(307, "", "Location: " + elsewhere.url() + "\r\n")}; });
  const HttpResponse response = fetch(post(server.url()));
  CHECK(response.status == 307);
  CHECK(response.error.empty());  // nothing had to be broken off
  CHECK(elsewhere.requests().empty());
}

TEST_CASE("a proxy in the environment is ignored") {
  LoopbackServer proxy([](const std::string&, int) { return Reaction{http_reply(200, "proxy")}; });
  LoopbackServer server([](const std::string&, int) { return Reaction{http_reply(200, "server")}; });
  setenv("http_proxy", proxy.url("").c_str(), 1);
  setenv("ALL_PROXY", proxy.url("").c_str(), 1);
  const HttpResponse response = fetch(post(server.url()));
  unsetenv("http_proxy");
  unsetenv("ALL_PROXY");
  CHECK(response.body == "server");
  CHECK(proxy.requests().empty());
}

TEST_CASE("a refused connection is said in words, and nothing was sent") {
  std::string authority;
  {
    LoopbackServer gone([](const std::string&, int) { return Reaction{}; });
    authority = gone.authority();
  }
  const HttpResponse response = fetch(post("http://" + authority + "/v1"));
  CHECK(response.status == 0);
  CHECK(response.error == authority + ": connection refused");
  CHECK_FALSE(response.sent);
  CHECK_FALSE(response.timed_out);
}

TEST_CASE("a server that never answers runs into the deadline") {
  LoopbackServer server([](const std::string&, int) { return Reaction{"", Then::hang}; });
  const HttpResponse response = fetch(post(server.url()), milliseconds(200));
  CHECK(response.status == 0);
  CHECK(response.timed_out);
  CHECK(response.sent);
  CHECK(response.error == server.authority() + ": no complete reply within 0.2 s");
}

TEST_CASE("a reply that stops half way is no reply, and may have been billed") {
  const std::vector<Reaction> reactions = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"half\":", Then::hang},
      {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"half\":", Then::close},
      {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"half\":", Then::reset},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", Then::close},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc", Then::close},
      {"", Then::close},
  };
  for (const Reaction& reaction : reactions) {
    LoopbackServer server([&](const std::string&, int) { return reaction; });
    const HttpResponse response = fetch(post(server.url()), milliseconds(300));
    CAPTURE(reaction.bytes);
    CHECK(response.status == 0);
    CHECK(response.sent);
    CHECK(response.error.starts_with(server.authority() + ": "));
  }
}

TEST_CASE("a refusal whose body breaks off keeps its status") {
  LoopbackServer server([](const std::string&, int) {
    return Reaction{"HTTP/1.1 429 X\r\nRetry-After: 2\r\nContent-Length: 100\r\n\r\n{\"err", Then::close};
  });
  const HttpResponse response = fetch(post(server.url()));
  CHECK(response.status == 429);
  CHECK(response.headers.at("retry-after") == "2");
}

TEST_CASE("a body above the cap is broken off, whatever its length says") {
  const std::string large(3u << 20, 'x');
  LoopbackServer declared([&](const std::string&, int) { return Reaction{http_reply(200, large)}; });
  LoopbackServer endless([&](const std::string&, int) {
    return Reaction{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n300000\r\n" + large + "\r\n", Then::hang};
  });
  for (const LoopbackServer* server : {&declared, &endless}) {
    const HttpResponse response = fetch(post(server->url()), k_long, {.body_bytes_max = 1u << 20});
    CHECK(response.status == 200);  // it did reply: asking again gets the same
    CHECK(response.error == "body above 1 MB");
    CHECK(response.too_large);
    CHECK(response.body == large.substr(0, 64 * 1024));
  }
}

TEST_CASE("a request may name a cap of its own, above and below the usual one") {
  LoopbackServer server([](const std::string&, int) { return Reaction{http_reply(200, std::string(3u << 20, 'x'))}; });
  HttpRequest request = post(server.url());
  request.reply_bytes_max = 4u << 20;
  CHECK(fetch(request, k_long, {.body_bytes_max = 1u << 20}).body.size() == 3u << 20);
  request.reply_bytes_max = 10u << 10;
  const HttpResponse response = fetch(request);
  CHECK(response.error == "body above 10 KB");
  CHECK(response.body.size() == 10u << 10);
}

TEST_CASE("the first byte of the body is timed, and comes before its end") {
  LoopbackServer server([](const std::string&, int number) {
    std::this_thread::sleep_for(milliseconds(30));
    return Reaction{http_reply(200, number == 0 ? "ok" : "")};
  });
  const HttpResponse response = fetch(post(server.url()));
  CHECK(response.first_byte >= milliseconds(30));
  CHECK(response.first_byte <= response.latency);
  CHECK(fetch(post(server.url())).first_byte == milliseconds(0));  // there was none
}

TEST_CASE("a handle that is used again forgets the request before") {
  LoopbackServer server([](const std::string&, int) { return Reaction{http_reply(200, "ok")}; });
  const auto transport = transport_over_http();
  HttpRequest with_key = post(server.url("/a"), "long body of the first request");
  with_key.headers.emplace_back("X-Api-Key", "k1");
  fetch(*transport, with_key);
  fetch(*transport, post(server.url("/b"), "{}"));
  fetch(*transport, {"GET", server.url("/c"), {}, ""});
  fetch(*transport, {"DELETE", server.url("/d"), {}, ""});
  fetch(*transport, with_key);
  const auto requests = server.requests();
  REQUIRE(requests.size() == 5);
  CHECK(requests[0].find("X-Api-Key: k1\r\n") != std::string::npos);
  CHECK(requests[1].starts_with("POST /b HTTP/1.1\r\n"));
  CHECK(requests[1].find("X-Api-Key") == std::string::npos);
  CHECK(requests[1].ends_with("\r\n\r\n{}"));
  CHECK(requests[2].starts_with("GET /c HTTP/1.1\r\n"));
  CHECK(requests[2].find("Authorization") == std::string::npos);
  CHECK(requests[2].ends_with("\r\n\r\n"));
  CHECK(requests[3].starts_with("DELETE /d HTTP/1.1\r\n"));
  CHECK(requests[4] == requests[0]);
  CHECK(server.connections() == 1);
}

TEST_CASE("gzip is unpacked, and the cap counts what comes out of it") {
  const std::string packed(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\x7b\x3b\x75\xe5\xab\x4d\x2b\x5f\x6f\xde\xf2\xa6\xb9"
      "\xf1\xd5\x8e\x0e\x00\x7a\x0f\x80\xbf\x0f\x00\x00\x00",
      36);
  const std::string bomb = std::string(k_bomb_head, sizeof k_bomb_head - 1) + std::string(2'000, '\0');
  LoopbackServer server([&](const std::string& request, int number) {
    CHECK(request.find("Accept-Encoding: gzip\r\n") != std::string::npos);
    const std::string& body = number == 0 ? packed : bomb;
    return Reaction{http_reply(200, number == 2 ? "not gzip" : body, "Content-Encoding: gzip\r\n")};
  });
  CHECK(fetch(post(server.url())).body == "합격보상금");
  CHECK(fetch(post(server.url()), k_long, {.body_bytes_max = 1u << 20}).error == "body above 1 MB");
  const HttpResponse broken = fetch(post(server.url()));
  CHECK(broken.status == 200);
  CHECK(broken.error == server.authority() + ": the reply's compression is broken");
}

TEST_CASE("endless headers are broken off, by their bytes and by their number") {
  const auto fields = [](int count, std::size_t bytes) {
    std::string headers;
    for (int i = 0; i < count; ++i) headers += "X-" + std::to_string(i) + ": " + std::string(bytes, 'x') + "\r\n";
    return headers;
  };
  LoopbackServer server([&](const std::string&, int number) {
    return Reaction{http_reply(200, "ok", number == 0 ? fields(50, 2'000) : fields(number == 1 ? 100 : 99, 1))};
  });
  CHECK(fetch(post(server.url())).error == "headers above 64 KB");
  const HttpResponse many = fetch(post(server.url()));  // Content-Length is one more
  CHECK(many.error == "more than 100 headers");
  CHECK(many.too_large);
  CHECK(fetch(post(server.url())).body == "ok");
}

TEST_CASE("a 100 Continue is not the reply") {
  LoopbackServer server([](const std::string&, int) {
    return Reaction{"HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\n" + http_reply(200, "ok")};
  });
  const HttpResponse response = fetch(post(server.url()));
  CHECK(response.status == 200);
  CHECK(response.body == "ok");
  CHECK_FALSE(response.headers.contains("x-early"));
}

TEST_CASE("only http and https are spoken, and no header may hold a second one") {
  CHECK(fetch({"GET", "file:///etc/hostname", {}, ""}).error == "'file:///etc/hostname' is no http or https address");
  CHECK(fetch({"GET", "not an address", {}, ""}).status == 0);
  LoopbackServer server([](const std::string&, int) { return Reaction{http_reply(200, "ok")}; });
  HttpRequest request = post(server.url());
  request.headers.emplace_back("X-Key", "a\r\nX-Other: b");
  const HttpResponse response = fetch(request);
  CHECK(response.status == 0);
  CHECK(response.error == "a header or the address holds a line break");
  CHECK(server.requests().empty());
}

TEST_CASE("more requests than connections wait their turn") {
  LoopbackServer server([](const std::string&, int) { return Reaction{http_reply(200, "ok")}; });
  const auto transport = transport_over_http({.connections_max = 1});
  for (std::uint64_t id = 1; id <= 30; ++id) transport->start(id, post(server.url()), k_long);
  std::map<std::uint64_t, int> ended;
  const Instant deadline = transport->now() + k_long;
  while (ended.size() < 30 && transport->now() < deadline) {
    for (const Transfer& transfer : transport->wait(deadline)) ended[transfer.id] += transfer.response.status;
  }
  REQUIRE(ended.size() == 30);
  for (const auto& [id, status] : ended) CHECK(status == 200);
  CHECK(server.connections() == 1);
}

TEST_CASE("what is cancelled does not come back") {
  LoopbackServer server([](const std::string&, int number) {
    return number == 0 ? Reaction{"", Then::hang} : Reaction{http_reply(200, "ok")};
  });
  const auto transport = transport_over_http({.connections_max = 1});
  transport->start(1, post(server.url()), k_long);
  transport->start(2, post(server.url()), k_long);
  transport->start(3, post(server.url()), k_long);
  while (server.requests().empty()) transport->wait(transport->now() + milliseconds(5));
  transport->cancel(2);  // still waits for a connection
  transport->cancel(1);
  std::vector<std::uint64_t> ended;
  const Instant deadline = transport->now() + k_long;
  while (ended.empty() && transport->now() < deadline) {
    for (const Transfer& transfer : transport->wait(deadline)) ended.push_back(transfer.id);
  }
  CHECK(ended == std::vector<std::uint64_t>{3});
  CHECK(transport->wait(transport->now() + milliseconds(20)).empty());
}

TEST_CASE("waiting ends at the deadline with nothing, and at once after wake") {
  const auto transport = transport_over_http();
  const Instant deadline = transport->now() + milliseconds(30);
  CHECK(transport->wait(deadline).empty());
  CHECK(transport->now() >= deadline);
  transport->wake();
  CHECK(transport->wait(transport->now() + 10 * k_long).empty());
  std::jthread other([&] {
    std::this_thread::sleep_for(milliseconds(20));
    transport->wake();
  });
  const Instant before = transport->now();
  CHECK(transport->wait(before + 10 * k_long).empty());
  CHECK(transport->now() < before + 5 * k_long);
}

TEST_CASE("the version line names curl") {
  const auto line = curl_version_line();
  REQUIRE(line);
  CHECK(line->starts_with("libcurl/"));
}

}  // namespace
}  // namespace plumb
