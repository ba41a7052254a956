#include "engine/redact.h"

#include <doctest/doctest.h>

namespace plumb {
namespace {

HttpResponse echo(const std::string& text) {
  HttpResponse response;
  response.body = response.error = text;
  response.headers["x-echo"] = text;
  return response;
}

std::string all_of(const HttpResponse& response) {
  return response.body + "|" + response.error + "|" + response.headers.at("x-echo");
}

TEST_CASE("a key is taken out of body, headers and error, however often it is there") {
  HttpResponse response = echo("a sk-12345678 b sk-12345678sk-12345678");
  take_out_key(response, "sk-12345678");
  CHECK(all_of(response) == "a [key] b [key][key]|a [key] b [key][key]|a [key] b [key][key]");
}

TEST_CASE("also as JSON may spell its slashes") {
  HttpResponse response = echo(R"("ab\/cd\/ef+12" and ab/cd/ef+12)");
  take_out_key(response, "ab/cd/ef+12");
  CHECK(response.body == R"("[key]" and [key])");
}

TEST_CASE("without a key, or with a word that stands for none, nothing is changed") {
  for (const char* key : {"", "EMPTY", "ollama"}) {
    HttpResponse response = echo("the model ollama/EMPTY");
    take_out_key(response, key);
    CHECK(response.body == "the model ollama/EMPTY");
  }
}

}  // namespace
}  // namespace plumb
