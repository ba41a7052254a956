#include "config/services.h"

#include <doctest/doctest.h>

#include "base/json.h"
#include "config/yaml.h"

namespace plumb {

namespace {

struct Read {
  HttpService service;
  std::string told;  // without the file's name
};

Read read(const std::string& yaml, bool has_key = false) {
  std::vector<Diagnostic> diagnostics;
  FileReport report("f", diagnostics);
  const auto node = parse_yaml(yaml, report);
  REQUIRE(node);
  refuse_secrets(*node, report);
  Read read{read_http(*node, has_key, report), ""};
  for (const Diagnostic& each : diagnostics) read.told += (read.told.empty() ? "" : "\n") + to_string(each).substr(2);
  return read;
}

HttpService service_of(const std::string& yaml, bool has_key = false) {
  CAPTURE(yaml);
  const Read got = read(yaml, has_key);
  CHECK(got.told == "");
  return got.service;
}

}  // namespace

TEST_CASE("every key of a service arrives") {
  const HttpService service = service_of(R"(
method: PUT
headers: {Authorization: "Token {{key}}", X-Team: study 3}
body:
  input: {text: "{{prompt}}", top: 3, exact: true, filter: , code: "010", zip: 010}
  history: "{{messages}}"
answer: /data/0/text
passages: /data/0/sources
passage_text: /body
passage_title: /head
passage_id: /ref
tool_calls: /steps
session: /session/id
)",
                                         true);
  CHECK(service.method == "PUT");
  REQUIRE(service.headers.size() == 2);
  CHECK(service.headers[0] == std::pair<std::string, std::string>("Authorization", "Token {{key}}"));
  CHECK(service.headers[1].second == "study 3");
  CHECK(
      service.body_json ==
      R"({"input":{"text":"{{prompt}}","top":3,"exact":true,"filter":null,"code":"010","zip":"010"},"history":"{{messages}}"})");
  CHECK(service.answer == "/data/0/text");
  CHECK(service.passages == "/data/0/sources");
  CHECK(service.passage_text == "/body");
  CHECK(service.passage_title == "/head");
  CHECK(service.passage_id == "/ref");
  CHECK(service.tool_calls == "/steps");
  CHECK(service.session == "/session/id");
}

TEST_CASE("a body may be a list, a text, or JSON in a block") {
  CHECK(service_of("body: ['{{question}}', 1]").body_json == R"(["{{question}}",1])");
  CHECK(service_of("body: '{{question}}'").body_json == R"("{{question}}")");
  CHECK(service_of("body: |\n  {\"q\": \"{{question}}\", \"n\": 1.50}\n").body_json ==
        R"({"q":"{{question}}","n":1.5})");
  CHECK(service_of("answer: ''").answer == "");
  CHECK_FALSE(service_of("method: POST").answer);
}

TEST_CASE("mistakes in a body are told at their place") {
  CHECK(read("body:\n  a: 1\n  q: '{{qestion}} {{question}}'").told ==
        "3:6: error: unknown placeholder 'qestion'; did you mean 'question'?");
  CHECK(read("body: {q: '{{question}}', h: 'x {{messages}}'}").told ==
        "1:30: error: {{messages}} is a list: it must be the whole text, without other words");
  CHECK(read("body: {q: '{{question}}', k: '{{key}}'}").told ==
        "1:30: error: the key goes into a header: headers: {Authorization: \"Bearer {{key}}\"}");
  CHECK(read("body: {q: '{{question}}', k: '{{env.HOME}}'}").told ==
        "1:30: error: unknown placeholder 'env.HOME'; there are question, prompt, system, context, session, model, "
        "messages, passages");
  CHECK(read("body: {q: '{{question}} {{'}").told ==
        "1:11: error: '{{' without a name and '}}' on the same line; write {{question}}");
  CHECK(read("body: {text: '{{system}}'}").told ==
        "1:7: error: body must hold {{question}}, {{prompt}} or {{messages}}, or the service is not asked anything");
  CHECK(read("body: |\n  {\"q\": {{question}}}\n").told ==
        "1:7: error: body begins as JSON does, but is not JSON at byte 8");
}

TEST_CASE("a key in clear text is refused in words that help, and never repeated") {
  const char* k_told =
      "1:17: error: this looks like a key; write {{key}} in its place, put the key into an environment variable, and "
      "name the variable in key_env";
  for (const char* header :
       {"headers: {X-Go: 'sk-proj-Abc123Def456Ghi789'}", "headers: {X-Go: 'aZ9bY8cX7dW6eV5fU4gT3hS2'}",
        "headers: {X-Go: 'v1 AIzaSyA1234567890abcdefgh'}"}) {
    CHECK(read(header).told == k_told);
  }
  for (const char* name : {"Authorization", "X-Api-Key", "Cookie", "x-auth-token", "Proxy-Authorization"}) {
    CAPTURE(name);
    const std::string told = read(std::string("headers: {") + name + ": hunter2}").told;
    CHECK(told.find("write {{key}} in its place") != std::string::npos);
    CHECK(told.find("hunter2") == std::string::npos);
  }
  CHECK(read("headers: {Authorization: 'Bearer {{key}}'}").told ==
        "1:26: error: {{key}} is the value of the variable that key_env names; name it");
  CHECK(service_of("headers: {Authorization: 'Bearer {{key}}'}", true).headers.size() == 1);
}

TEST_CASE("what is no secret may stand in a header") {
  CHECK(service_of("headers: {X-Tenant: 123e4567-e89b-12d3-a456-426614174000, Accept: application/json, "
                   "X-Study: plumb-hallucination-study-2026}")
            .headers.size() == 3);
}

TEST_CASE("headers that are none, or that are the transport's, are refused") {
  CHECK(read("headers: {X-A: '{{question}}'}").told ==
        "1:16: error: a header may hold {{key}}, and nothing else in double braces");
  CHECK(read("headers: {'X A': b}").told == "1:11: error: this is no name of a header");
  CHECK(read("headers: {Content-Length: 5}").told == "1:11: error: the header 'Content-Length' is plumb's own to set");
  CHECK(read("headers: {X-A: \"a\\nEvil: b\"}").told == "1:16: error: a header's value must be one line");
  CHECK(read("headers: [a]").told == "1:10: error: headers must be a map of names and values; found a list");
}

TEST_CASE("a place that is no pointer is told with the pointer that was meant") {
  CHECK(read("answer: data.text").told ==
        "1:9: error: answer must be a JSON pointer, such as /answer; found 'data.text'; did you mean '/data/text'?");
  CHECK(read("answer: $.choices[0].text").told ==
        "1:9: error: answer must be a JSON pointer, such as /answer; found '$.choices[0].text'; did you mean "
        "'/choices/0/text'?");
  CHECK(read("answer: [a]").told == "1:9: error: answer must be a JSON pointer, such as /answer; found a list");
  CHECK(read("passage_id: /id").told ==
        "1:13: error: passage_id is a place within one of the passages, and passages is not set");
  CHECK(read("method: GET").told == "1:9: error: unknown method 'GET'; one of POST, PUT, PATCH");
  CHECK(read("anser: /a").told == "1:1: error: unknown key 'anser'; did you mean 'answer'?");
}

}  // namespace plumb
