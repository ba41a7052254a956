// The streams of the examples in the HTML standard, 9.2.6, and what real servers make of them.
#include "providers/event_stream.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace plumb {
namespace {

using Events = std::vector<std::pair<std::string, std::string>>;

Events read(std::string_view body) {
  Events events;
  EventReader reader(body);
  while (const auto event = reader.next()) events.emplace_back(event->type, event->data);
  return events;
}

HttpResponse with(std::string body, std::string content_type = "") {
  HttpResponse response;
  response.status = 200;
  response.body = std::move(body);
  if (!content_type.empty()) response.headers["content-type"] = std::move(content_type);
  return response;
}

TEST_CASE("the lines of data of one event are joined") {
  CHECK(read("data: YHOO\ndata: +2\ndata: 10\n\n") == Events{{"message", "YHOO\n+2\n10"}});
}

TEST_CASE("a comment is skipped, one space after the colon is dropped, an id is nothing to us") {
  CHECK(read(": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n") ==
        Events{{"message", "first event"}, {"message", "second event"}, {"message", " third event"}});
}

TEST_CASE("what no blank line ends is no event, and empty data is none") {
  CHECK(read("data\n\ndata\ndata\n\ndata:") == Events{{"message", "\n"}});
  CHECK(read("data: whole\n\ndata: broken") == Events{{"message", "whole"}});
  CHECK(read("data: broken\n").empty());
  CHECK(read("").empty());
}

TEST_CASE("an event's name holds for that event") {
  CHECK(read("event: add\ndata: 73857293\n\ndata: 2153\n\nevent: error\ndata: x\n\n") ==
        Events{{"add", "73857293"}, {"message", "2153"}, {"error", "x"}});
  CHECK(read("event: add\n\ndata: 1\n\n") == Events{{"message", "1"}});
  CHECK(read("event: add\nevent:\ndata: 1\n\n") == Events{{"message", "1"}});
}

TEST_CASE("lines end with CRLF, LF or CR, mixed as they like") {
  CHECK(read("data: a\r\ndata: b\r\n\r\ndata: c\r\rdata: d\n\r\n") ==
        Events{{"message", "a\nb"}, {"message", "c"}, {"message", "d"}});
}

TEST_CASE("a byte order mark at the beginning is skipped, and no other") {
  CHECK(read("\xEF\xBB\xBF"
             "data: a\n\n") == Events{{"message", "a"}});
  CHECK(read("\xEF\xBB\xBF\xEF\xBB\xBF"
             "data: a\n\n")
            .empty());
}

TEST_CASE("fields that are not known are passed over, whatever bytes they hold") {
  CHECK(read(std::string("nul\0: x\nDATA: y\n data: z\nretry: 5\ndata: \0\n\n", 44)) ==
        Events{{"message", std::string("\0", 1)}});
}

TEST_CASE("a flood of comments and of empty events costs no more than its bytes") {
  std::string body;
  for (int i = 0; i < 200'000; ++i) body += ": ping\n\ndata:\n\n";
  body += "data: 끝\n\n";
  CHECK(read(body) == Events{{"message", "끝"}});
}

TEST_CASE("a stream is told by its type or by how it begins, and JSON is none") {
  CHECK(is_event_stream(with("", "Text/Event-Stream; charset=utf-8")));
  CHECK(is_event_stream(with("x", "text/event-stream")));
  for (const char* body : {"data: {}\n\n", "event: x\n", ": comment\n", "id: 1\n", "retry: 1\n",
                           "\xEF\xBB\xBF"
                           "data: {}",
                           "\r\n\r\ndata: {}"}) {
    CAPTURE(body);
    CHECK(is_event_stream(with(body)));
    CHECK(is_event_stream(with(body, "text/plain")));
  }
  for (const char* body : {"{\"error\":1}", " [1]", "\xEF\xBB\xBF{}"}) {
    CAPTURE(body);
    CHECK_FALSE(is_event_stream(with(body, "text/event-stream")));
  }
  CHECK_FALSE(is_event_stream(with("date: x")));
  CHECK_FALSE(is_event_stream(with("")));
}

TEST_CASE("lines of JSON are told by their type, or by an object on the first of several lines") {
  CHECK(is_json_lines(with("{}", "application/x-ndjson")));
  CHECK(is_json_lines(with("{\"a\":1}\n{\"b\":2}\n")));
  CHECK_FALSE(is_json_lines(with("{\"a\":1}\n", "application/json")));
  CHECK_FALSE(is_json_lines(with("{\n\"a\":1}\n")));
  CHECK_FALSE(is_json_lines(with("")));
}

}  // namespace
}  // namespace plumb
