#include "providers/provider.h"

#include <doctest/doctest.h>

namespace plumb {
namespace {

using std::chrono::milliseconds;

HttpResponse with(int status, std::string body = "", std::map<std::string, std::string> headers = {}) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  response.headers = std::move(headers);
  return response;
}

std::optional<milliseconds> after(std::map<std::string, std::string> headers, long long now = 0) {
  return retry_after(with(429, "", std::move(headers)), now);
}

TEST_CASE("refusals are sorted by what can be done about them") {
  using Kind = Retry::Kind;
  const std::vector<std::pair<int, Kind>> table = {
      {400, Kind::give_up},   {404, Kind::give_up},   {409, Kind::give_up},   {413, Kind::give_up},
      {422, Kind::give_up},   {301, Kind::give_up},   {401, Kind::stop},      {402, Kind::stop},
      {403, Kind::stop},      {0, Kind::transient},   {408, Kind::transient}, {425, Kind::transient},
      {500, Kind::transient}, {502, Kind::transient}, {503, Kind::transient}, {504, Kind::transient},
      {429, Kind::throttled}, {529, Kind::throttled},
  };
  for (const auto& [status, kind] : table) {
    CAPTURE(status);
    CHECK(classify_http(with(status)).kind == kind);
  }
}

TEST_CASE("a 429 for lack of money stops the account; one for speed does not, whatever its words are") {
  const char* empty = R"({"error":{"message":"You exceeded your current quota, please check your plan and billing )"
                      R"(details.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}})";
  CHECK(classify_http(with(429, empty)).kind == Retry::Kind::stop);
  CHECK(classify_http(with(429, R"({"error":{"type":"x","code":"billing_hard_limit_reached"}})")).kind ==
        Retry::Kind::stop);
  CHECK(classify_http(with(400, R"({"error":{"code":"billing_hard_limit_reached"}})")).kind == Retry::Kind::stop);

  const char* fast = R"({"error":{"message":"Rate limit reached for gpt-4o-mini","type":"requests","param":null,)"
                     R"("code":"rate_limit_exceeded"}})";
  CHECK(classify_http(with(429, fast)).kind == Retry::Kind::throttled);
  // Gemini says of speed what OpenAI says of money.
  const char* gemini = R"([{"error":{"code":429,"message":"You exceeded your current quota, please check your plan )"
                       R"(and billing details.","status":"RESOURCE_EXHAUSTED"}}])";
  CHECK(classify_http(with(429, gemini)).kind == Retry::Kind::throttled);
  CHECK(classify_http(with(429, "<html>insufficient_quota</html>")).kind == Retry::Kind::throttled);
}

TEST_CASE("Retry-After is read in seconds, in milliseconds and as a date") {
  CHECK(after({{"retry-after", "2"}}) == milliseconds(2'000));
  CHECK(after({{"retry-after", " 0.25 "}}) == milliseconds(250));
  CHECK(after({{"retry-after", "0"}}) == milliseconds(0));
  CHECK(after({{"retry-after-ms", "150"}, {"retry-after", "1"}}) == milliseconds(150));
  CHECK(after({{"retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"}}, 784'111'747) == milliseconds(30'000));
  CHECK(after({{"retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"}}, 784'200'000) == milliseconds(0));  // past
  CHECK(after({{"retry-after", "86400"}}) == milliseconds(86'400'000));
}

TEST_CASE("an absent or absurd Retry-After is none") {
  CHECK_FALSE(after({}));
  for (const char* text : {"-1", "abc", "", "1e30", "nan", "inf", "2 seconds", "0x10", "Sun, 31 Feb 1994 08:49:37 GMT",
                           "Sun, 06 Nov 1994 08:49:37", "99999999999999999999"}) {
    CAPTURE(text);
    CHECK_FALSE(after({{"retry-after", text}}));
  }
}

TEST_CASE("a refusal carries what the server asked to wait") {
  CHECK(classify_http(with(429, "", {{"retry-after", "3"}})).after == milliseconds(3'000));
  CHECK(classify_http(with(503, "", {{"retry-after", "3"}})).after == milliseconds(3'000));
  CHECK_FALSE(classify_http(with(400, "", {{"retry-after", "3"}})).after);
}

TEST_CASE("the vendor's own words are found in every shape they come in") {
  const std::vector<std::pair<std::string, std::string>> table = {
      {R"({"error":{"message":"Incorrect API key provided: sk-no****","type":"invalid_request_error"}})",
       "Incorrect API key provided: sk-no****"},
      {R"({"error":"model 'llama9' not found, try pulling it first"})",
       "model 'llama9' not found, try pulling it first"},
      {R"({"object":"error","message":"max_tokens is too large","type":"BadRequestError","code":400})",
       "max_tokens is too large"},
      {R"({"detail":"Unauthorized"})", "Unauthorized"},
      {R"({"detail":[{"loc":["body","messages"],"msg":"field required","type":"value_error"}]})", "field required"},
      {R"([{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT"}}])", "API key not valid."},
      {R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})", "Overloaded"},
      {"upstream connect error\r\n", "upstream connect error"},
      {"", "HTTP 502"},
      {"<html><body>Bad Gateway</body></html>", "HTTP 502"},
      {"{\"error\":", "HTTP 502"},
      {"{}", "HTTP 502"},
      {"[]", "HTTP 502"},
      {"{\"error\":{\"message\":12}}", "HTTP 502"},
  };
  for (const auto& [body, words] : table) {
    CAPTURE(body);
    CHECK(describe_http_error(with(502, body)) == words);
  }
}

TEST_CASE("no response is described by why there is none") {
  HttpResponse response;
  CHECK(describe_http_error(response) == "no response");
  response.error = "127.0.0.1:9: connection refused";
  CHECK(describe_http_error(response) == "127.0.0.1:9: connection refused");
  CHECK(describe_http_error(with(302)) == "HTTP 302: a redirect, which is never followed");
}

TEST_CASE("words are shortened between characters, and cannot steer a terminal") {
  std::string korean;
  for (int i = 0; i < 500; ++i) korean += "가";
  const std::string words = describe_http_error(with(500, R"({"error":")" + korean + R"("})"));
  CHECK(words.size() <= 303);
  CHECK(words.ends_with("가…"));
  CHECK(describe_http_error(with(500, "bad\x1b[31m \x07request")).find('\x1b') == std::string::npos);
  CHECK(describe_http_error(with(500, "\xff\xfe broken")).find('\xff') == std::string::npos);
}

}  // namespace
}  // namespace plumb
