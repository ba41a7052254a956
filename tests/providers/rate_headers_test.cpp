// The forms of OpenAI's guide to rate limits ("1s", "6m0s"), and of headers that people posted ("12ms").
#include "providers/rate_headers.h"

#include <doctest/doctest.h>

#include "providers/provider.h"

namespace plumb {
namespace {

using std::chrono::milliseconds;

HttpResponse with(std::map<std::string, std::string> headers) {
  HttpResponse response;
  response.status = 429;
  response.headers = std::move(headers);
  return response;
}

TEST_CASE("a duration is read as Go writes it, a bare number as seconds") {
  const std::vector<std::pair<const char*, long>> table = {
      {"1s", 1'000},  {"6m0s", 360'000}, {"20ms", 20},     {"1h2m3.5s", 3'723'500}, {"1m30.951s", 90'951}, {"0s", 0},
      {"60", 60'000}, {"0", 0},          {"8.64s", 8'640}, {"1.5", 1'500},          {"1m5ms", 60'005},
  };
  for (const auto& [text, ms] : table) {
    CAPTURE(text);
    CHECK(parse_duration(text) == milliseconds(ms));
  }
}

TEST_CASE("what is no duration is none") {
  for (const char* text : {"", "s", "-1s", "-1", "+1s", "1 s", " 1s", "1s ", "1d", "1s2", "abc", "nan", "inf", "1e30s",
                           "1e3s", "0x10s", "9999999h", "99999999999999999999999999h", "1µs"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text));
  }
}

TEST_CASE("the window that has nothing left says how long to wait") {
  const std::string requests = "x-ratelimit-reset-requests", tokens = "x-ratelimit-reset-tokens";
  const std::string requests_left = "x-ratelimit-remaining-requests", tokens_left = "x-ratelimit-remaining-tokens";
  CHECK(window_reset(with({{requests, "1s"}, {tokens, "6m0s"}, {requests_left, "0"}, {tokens_left, "149984"}})) ==
        milliseconds(1'000));
  CHECK(window_reset(with({{requests, "8h0m0s"}, {tokens, "6m0s"}, {requests_left, "9"}, {tokens_left, "0"}})) ==
        milliseconds(360'000));
  CHECK(window_reset(with({{requests, "1s"}, {tokens, "20ms"}, {requests_left, "0"}, {tokens_left, "0"}})) ==
        milliseconds(1'000));
  // Something is left of both, but not enough tokens for this request.
  CHECK(window_reset(with({{requests, "1h"}, {tokens, "2s"}, {requests_left, "59"}, {tokens_left, "31"}})) ==
        milliseconds(2'000));
  CHECK(window_reset(with({{requests, "3s"}})) == milliseconds(3'000));
  CHECK(window_reset(with({{tokens, " 4s "}})) == milliseconds(4'000));
  CHECK_FALSE(window_reset(with({{requests, "soon"}, {tokens, "later"}})));
  CHECK_FALSE(window_reset(with({})));
}

TEST_CASE("OpenAI: Retry-After wins over the windows, which count when too fast and at no other time") {
  const Provider& openai = *find_provider("openai");
  HttpResponse response = with({{"x-ratelimit-reset-tokens", "6m0s"}});
  CHECK(openai.classify(response).after == milliseconds(360'000));
  response.headers["retry-after"] = "2";
  CHECK(openai.classify(response).after == milliseconds(2'000));
  response.headers.erase("retry-after");
  response.status = 500;
  CHECK_FALSE(openai.classify(response).after);
}

}  // namespace
}  // namespace plumb
