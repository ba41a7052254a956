#include "engine/reading.h"

#include <doctest/doctest.h>

namespace plumb {
namespace {

using Kind = Reading::Kind;
using State = AttemptEnd::State;

HttpResponse reply(int status, std::string body = "", std::string error = "") {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  response.error = std::move(error);
  return response;
}

HttpResponse silence(bool sent) {
  HttpResponse response = reply(0, "", "connection closed");
  response.sent = sent;
  return response;
}

constexpr const char* k_answer = R"({"choices":[{"message":{"content":"네"},"finish_reason":"stop"}]})";

TEST_CASE("the ledger's state of an attempt is decided without reading the body") {
  CHECK(state_of(silence(false)) == State::not_sent);
  CHECK(state_of(silence(true)) == State::unclear);
  CHECK(state_of(reply(504, "<html>")) == State::unclear);
  CHECK(state_of(reply(524)) == State::unclear);
  CHECK(state_of(reply(200)) == State::unclear);
  CHECK(state_of(reply(200, "half", "the reply's compression is broken")) == State::unclear);
  CHECK(state_of(reply(200, "<html>")) == State::replied);
  CHECK(state_of(reply(200, k_answer)) == State::replied);
  CHECK(state_of(reply(500)) == State::replied);
  CHECK(state_of(reply(429, "slow down")) == State::replied);
}

TEST_CASE("what may have been worked on is told from what cannot have been") {
  const Provider* openai = find_provider("openai");
  const auto kind = [&](const HttpResponse& response) { return read(response, openai, nullptr).kind; };
  CHECK(kind(silence(true)) == Kind::unclear);
  CHECK(kind(silence(false)) == Kind::transient);
  CHECK(kind(reply(504)) == Kind::unclear);
  CHECK(kind(reply(524)) == Kind::unclear);
  CHECK(kind(reply(200)) == Kind::unclear);
  CHECK(kind(reply(204)) == Kind::unclear);
  CHECK(kind(reply(200, "<html>")) == Kind::unclear);
  CHECK(kind(reply(200, R"({"choices":[]})")) == Kind::unclear);
  CHECK(kind(reply(200, std::string(k_answer).substr(0, 30))) == Kind::unclear);
  CHECK(kind(reply(200, k_answer)) == Kind::answered);
  for (const int status : {500, 502, 503, 408, 425}) CHECK(kind(reply(status)) == Kind::transient);
  for (const int status : {400, 404, 413, 422, 301}) CHECK(kind(reply(status)) == Kind::refused);
  for (const int status : {429, 529}) CHECK(kind(reply(status)) == Kind::throttled);
  for (const int status : {401, 403}) CHECK(kind(reply(status)) == Kind::denied);
  CHECK(kind(reply(402)) == Kind::stop);
  CHECK(kind(reply(429, R"({"error":{"type":"insufficient_quota"}})")) == Kind::stop);
}

TEST_CASE("what was lost is unclear in the end, and what cannot be read is malformed") {
  const Provider* openai = find_provider("openai");
  CHECK(read(silence(true), openai, nullptr).failure.kind == Failure::Kind::unclear);
  CHECK(read(reply(504), openai, nullptr).failure.kind == Failure::Kind::unclear);
  CHECK(read(reply(200), openai, nullptr).failure.message == "an empty reply");
  CHECK(read(reply(200, "<html>"), openai, nullptr).failure.kind == Failure::Kind::malformed);
  CHECK(read(reply(200, "x", "broken"), openai, nullptr).failure.message == "broken");
}

TEST_CASE("a reply that is too large is a reply: it would be as large again") {
  HttpResponse large = reply(200, "{", "body above 8 MB");
  large.too_large = true;
  const Reading reading = read(large, find_provider("openai"), nullptr);
  CHECK(reading.kind == Kind::refused);
  CHECK(reading.failure.kind == Failure::Kind::malformed);
}

TEST_CASE("a vendor's error with a status of success is read as what it is") {
  const Reading reading =
      read(reply(200, R"({"error":{"message":"no such model"}})"), find_provider("openai"), nullptr);
  CHECK_FALSE(reading.may_ask_again());
  CHECK(reading.failure.message.find("no such model") != std::string::npos);
}

TEST_CASE("a wait that is asked for is kept if it is ten minutes or less, and ends the request if it is more") {
  for (const int status : {429, 503}) {
    HttpResponse response = reply(status);
    response.headers["retry-after"] = "600";
    CHECK(read(response, nullptr, nullptr).after == std::chrono::seconds(600));
    response.headers["retry-after"] = "601";
    const Reading reading = read(response, nullptr, nullptr);
    CHECK(reading.kind == Kind::denied);
    CHECK(reading.failure.kind == Failure::Kind::throttled);
    CHECK(reading.failure.message.starts_with("asks to wait 601 s"));
    response.headers["retry-after"] = "-1";
    CHECK_FALSE(read(response, nullptr, nullptr).after);
  }
}

TEST_CASE("without a provider any body of a success is an answer") {
  const Reading reading = read(reply(200, "<html>"), nullptr, nullptr);
  CHECK(reading.kind == Kind::answered);
  CHECK_FALSE(reading.completion);
}

TEST_CASE("a certificate that does not hold is not tried again") {
  HttpResponse response = silence(false);
  response.distrusted = true;
  CHECK(read(response, nullptr, nullptr).kind == Kind::refused);
  CHECK(read(response, nullptr, nullptr).failure.kind == Failure::Kind::network);
}

}  // namespace
}  // namespace plumb
