#include "support/faults.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <functional>
#include <map>

#include "support/gzip.h"

namespace plumb::test {

namespace {

using std::chrono::milliseconds;
using Then = Act::Then;
using Make = std::function<Act(const Asked&)>;

// ---- messages

std::string head(int status, std::string_view headers, std::string_view phrase = "X") {
  return fmt::format("HTTP/1.1 {} {}\r\n{}\r\n", status, phrase, headers);
}

std::string whole(int status, std::string_view body, std::string_view headers = "",
                  std::string_view type = "application/json", std::string_view phrase = "X") {
  return head(status, fmt::format("Content-Type: {}\r\nContent-Length: {}\r\n{}", type, body.size(), headers), phrase) +
         std::string(body);
}

std::string chunk(std::string_view bytes) { return fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes); }

std::string error_body(std::string_view message, std::string_view type, std::string_view code = "") {
  const std::string quoted = code.empty() ? "null" : fmt::format("\"{}\"", code);
  return fmt::format(R"({{"error":{{"message":"{}","type":"{}","param":null,"code":{}}}}})", message, type, quoted);
}

bool is_anthropic(const Asked& asked) { return asked.path.ends_with("/messages"); }
bool wants_stream(const Asked& asked) { return asked.body.find("\"stream\":true") != std::string::npos; }

// The model as the request names it.
std::string model_of(const Asked& asked) {
  const std::size_t at = asked.body.find("\"model\":\"");
  if (at == std::string::npos) return "";
  return asked.body.substr(at + 9, asked.body.find('"', at + 9) - at - 9);
}

constexpr std::string_view k_usage = R"({"prompt_tokens":100,"completion_tokens":10,"total_tokens":110})";

// A chat completion with these as its message, finish_reason and usage, all of them JSON.
std::string chat(const Asked& asked, std::string_view message, std::string_view finish = "\"stop\"",
                 std::string_view usage = k_usage) {
  return fmt::format(
      R"({{"id":"chatcmpl-1","object":"chat.completion","model":"{}","choices":[{{"index":0,"message":{},)"
      R"("finish_reason":{}}}],"usage":{}}})",
      model_of(asked), message, finish, usage);
}

std::string says(std::string_view text) {
  return fmt::format(R"({{"role":"assistant","content":"{}","refusal":null}})", text);
}

std::string message_of_anthropic(const Asked& asked, std::string_view content, std::string_view stop) {
  return fmt::format(
      R"({{"id":"msg_1","type":"message","role":"assistant","model":"{}","content":{},"stop_reason":"{}",)"
      R"("stop_sequence":null,"usage":{{"input_tokens":100,"output_tokens":10}}}})",
      model_of(asked), content, stop);
}

// What a right answer looks like here, as one JSON body.
std::string right_body(const Asked& asked, std::string_view text = k_answer) {
  if (is_anthropic(asked)) {
    return message_of_anthropic(asked, fmt::format(R"([{{"type":"text","text":"{}"}}])", text), "end_turn");
  }
  return chat(asked, says(text));
}

std::string event(const Asked& asked, std::string_view delta, std::string_view finish = "null") {
  return fmt::format(
      "data: {{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"model\":\"{}\",\"choices\":[{{\"index\":0,"
      "\"delta\":{},\"finish_reason\":{}}}]}}\n\n",
      model_of(asked), delta, finish);
}

std::string piece_of_text(const Asked& asked, std::string_view text) {
  return event(asked, fmt::format(R"({{"content":"{}"}})", text));
}

std::string typed(std::string_view type, std::string_view rest) {
  return fmt::format("event: {}\ndata: {{\"type\":\"{}\"{}}}\n\n", type, type, rest);
}

std::string start_of_stream(const Asked& asked) {
  if (!is_anthropic(asked)) return event(asked, R"({"role":"assistant","content":""})");
  return typed("message_start",
               fmt::format(R"(,"message":{{"id":"msg_1","type":"message","role":"assistant","model":"{}","content":[],)"
                           R"("stop_reason":null,"usage":{{"input_tokens":100,"output_tokens":1}}}})",
                           model_of(asked))) +
         typed("content_block_start", R"(,"index":0,"content_block":{"type":"text","text":""})");
}

std::string text_of_stream(const Asked& asked, std::string_view text) {
  if (!is_anthropic(asked)) return piece_of_text(asked, text);
  return typed("content_block_delta", fmt::format(R"(,"index":0,"delta":{{"type":"text_delta","text":"{}"}})", text));
}

std::string end_of_stream(const Asked& asked) {
  if (!is_anthropic(asked)) {
    return event(asked, "{}", "\"stop\"") +
           fmt::format(
               "data: {{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"model\":\"{}\","
               "\"choices\":[],\"usage\":{}}}\n\ndata: [DONE]\n\n",
               model_of(asked), k_usage);
  }
  return typed("content_block_stop", R"(,"index":0)") +
         typed("message_delta", R"(,"delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":10})") +
         typed("message_stop", "");
}

std::string right_stream(const Asked& asked, std::string_view text) {
  return start_of_stream(asked) + text_of_stream(asked, text.substr(0, 6)) + text_of_stream(asked, text.substr(6)) +
         end_of_stream(asked);
}

// ---- acts

Act refuse(int status, std::string_view body, std::string_view headers = "") {
  return {.bytes = whole(status, body, headers)};
}

Make refusal(int status, std::string headers = "", std::string_view type = "server_error") {
  return [status, headers = std::move(headers), body = error_body("The server says no", type)](const Asked&) {
    return refuse(status, body, headers);
  };
}

// Worked on, and sent whole.
Act worked(std::string bytes, Then then = Then::keep) {
  return {.bytes = std::move(bytes), .then = then, .billed = true};
}

// A 200 with this body, made from what was asked.
Make body(std::function<std::string(const Asked&)> make, std::string_view headers = "") {
  return [make = std::move(make), headers = std::string(headers)](const Asked& asked) {
    return worked(whole(200, make(asked), headers));
  };
}
Make fixed_body(std::string text, std::string_view headers = "") {
  return body([text = std::move(text)](const Asked&) { return text; }, headers);
}

Make slow_down(std::string headers) { return refusal(429, std::move(headers), "rate_limit_exceeded"); }

std::string http_date(std::time_t time) { return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(time)); }

// The first tenths of a right reply's body, then a reset.
Make cut_at(int tenths) {
  return [tenths](const Asked& asked) {
    const std::string body = right_body(asked);
    const std::string reply = whole(200, body);
    const std::size_t left_out = body.size() - body.size() * static_cast<std::size_t>(tenths) / 10;
    return worked(reply.substr(0, reply.size() - std::max<std::size_t>(1, left_out)), Then::reset);
  };
}

Make gzipped(std::function<std::string(const Asked&)> make, std::string_view encoding = "gzip") {
  return body(std::move(make), fmt::format("Content-Encoding: {}\r\n", encoding));
}

// An event stream, ended by closing the connection.
Make stream(std::function<std::string(const Asked&)> make, Then then = Then::close) {
  return [make = std::move(make), then](const Asked& asked) {
    return worked(head(200, "Content-Type: text/event-stream\r\n") + make(asked), then);
  };
}

// ---- the catalogue

using Catalogue = std::map<std::string, Make, std::less<>>;

void add_statuses(Catalogue& all) {
  all["f08-int"] = slow_down("Retry-After: 1\r\n");
  all["f08-date"] = [](const Asked& asked) {
    return slow_down(fmt::format("Retry-After: {}\r\n", http_date(std::time(nullptr) + 2)))(asked);
  };
  all["f08-ms"] = slow_down("retry-after-ms: 700\r\nRetry-After: 5\r\n");
  all["f09"] = slow_down("");
  for (const char* code : {"insufficient_quota", "enforced_spend_limit_reached"}) {
    all[fmt::format("f10-{}", code)] = [=](const Asked&) {
      return refuse(429, error_body("You exceeded your current quota", code, code));
    };
  }
  all["f10-402"] = refusal(402, "", "billing_error");

  const std::pair<const char*, std::string> waits[] = {{"minus", "-1"},
                                                       {"zero", "0"},
                                                       {"huge", "1e30"},
                                                       {"word", "abc"},
                                                       {"none", ""},
                                                       {"nan", "nan"},
                                                       {"inf", "inf"},
                                                       {"hex", "0x10"},
                                                       {"two", "1, 1"},
                                                       {"year", "31536000"},
                                                       {"601", "601"},
                                                       {"past", "Sun, 06 Nov 1994 08:49:37 GMT"},
                                                       {"far", "Fri, 31 Dec 9999 23:59:59 GMT"}};
  for (const auto& [name, value] : waits) {
    all[fmt::format("f11-{}", name)] = slow_down(fmt::format("Retry-After: {}\r\n", value));
  }

  all["f12"] = refusal(500);
  for (const int status : {502, 503, 504}) {
    all[fmt::format("f13-{}", status)] = refusal(status);
    all[fmt::format("f13-{}-no-phrase", status)] = [=](const Asked&) {
      return Act{.bytes = whole(status, "<html>bad gateway</html>", "", "text/html", "")};
    };
  }
  all["f13-504"] = [](const Asked&) {  // a gateway that gave up: what stands behind it went on working
    Act act = refuse(504, error_body("The server says no", "timeout"));
    act.billed = true;
    return act;
  };
  all["f14"] = [](const Asked&) {
    return refuse(529, R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})");
  };
  for (const int status : {408, 425, 409}) all[fmt::format("f15-{}", status)] = refusal(status);
  for (const int status : {400, 404, 413, 422}) all[fmt::format("f16-{}", status)] = refusal(status);
  all["f16-too-long"] = [](const Asked&) {
    return refuse(400, error_body("This model's maximum context length is 8192 tokens", "invalid_request_error",
                                  "context_length_exceeded"));
  };
  for (const int status : {401, 403}) all[fmt::format("f17-{}", status)] = refusal(status, "", "invalid_api_key");
  for (const int status : {301, 302, 303, 307, 308}) {
    all[fmt::format("f18-{}", status)] = [=](const Asked& asked) {
      return Act{.bytes = head(status, "Location: /ok" + asked.path.substr(asked.path.find('/', 1)) +
                                           "\r\nContent-Length: 0\r\n")};
    };
  }
  all["f19-204"] = [](const Asked&) { return worked(head(204, "")); };
  all["f19-empty"] = fixed_body("");
}

void add_transfers(Catalogue& all) {
  for (int tenths = 0; tenths <= 10; ++tenths) all[fmt::format("f20-{}", tenths)] = cut_at(tenths);
  all["f21"] = body([](const Asked& asked) {
    const std::string right = right_body(asked);
    return right.substr(0, right.size() / 2);
  });
  all["f22-long"] = [](const Asked& asked) {
    const std::string right = right_body(asked);
    return worked(head(200, fmt::format("Content-Length: {}\r\n", right.size() + 100)) + right, Then::close);
  };
  all["f22-short"] = [](const Asked& asked) {
    const std::string right = right_body(asked);
    return worked(head(200, fmt::format("Content-Length: {}\r\n", right.size() - 40)) + right);
  };
  all["f22-none"] = [](const Asked& asked) { return worked(head(200, "") + right_body(asked), Then::close); };
  const auto chunked = [](std::string_view after) {
    return [after = std::string(after)](const Asked& asked) {
      const std::string right = right_body(asked);
      return worked(head(200, "Transfer-Encoding: chunked\r\n") + chunk(right.substr(0, 30)) + after, Then::close);
    };
  };
  all["f22-chunk-garbage"] = chunked("zz\r\nnot a chunk");
  all["f22-chunk-negative"] = chunked("-5\r\nnot a chunk\r\n0\r\n\r\n");
  all["f22-chunk-huge"] = chunked("ffffffffffffffffff\r\nnot a chunk\r\n0\r\n\r\n");
  all["f22-chunk-cut"] = chunked("100\r\nhalf");
  all["f22-chunk-ok"] = [](const Asked& asked) {
    const std::string right = right_body(asked);
    return worked(head(200, "Transfer-Encoding: chunked\r\n") + chunk(right.substr(0, 30)) + chunk(right.substr(30)) +
                  "0\r\n\r\n");
  };
  all["f23"] = [](const Asked&) {
    return Act{.bytes = whole(200, "<html><body>Please log in to the hotel's network</body></html>", "", "text/html")};
  };
  all["f24"] = [](const Asked&) {
    return Act{.bytes = head(200, fmt::format("Content-Length: {}\r\n", 100'000'000)),
               .again = std::string(100'000, 'a'),
               .billed = true};
  };
  all["f25-body"] = [](const Asked&) {
    return Act{
        .bytes = head(200, "Transfer-Encoding: chunked\r\n"), .again = chunk(std::string(50'000, 'a')), .billed = true};
  };
  all["f25-headers"] = [](const Asked&) {
    return Act{.bytes = "HTTP/1.1 200 X\r\n", .again = "X-More: " + std::string(500, 'a') + "\r\n", .billed = true};
  };
  all["f25-many"] = [](const Asked& asked) {
    std::string many;
    for (int i = 0; i < 10'000; ++i) many += fmt::format("X-{}: 1\r\n", i);
    return worked(whole(200, right_body(asked), many));
  };
  all["f25-line"] = [](const Asked& asked) {
    return worked(whole(200, right_body(asked), "X-Long: " + std::string(1'000'000, 'a') + "\r\n"));
  };

  all["f27-bomb"] = gzipped([](const Asked&) { return gzip_bomb(64 << 20); });
  all["f27-nested"] = gzipped([](const Asked&) { return gzip(gzip_bomb(64 << 20)); }, "gzip, gzip");
  all["f27-crc"] = gzipped([](const Asked& asked) {
    std::string packed = gzip(right_body(asked));
    packed[packed.size() - 6] = static_cast<char>(packed[packed.size() - 6] ^ 0x55);
    return packed;
  });
  all["f27-cut"] = gzipped([](const Asked& asked) {
    const std::string packed = gzip(right_body(asked));
    return packed.substr(0, packed.size() / 2);
  });
  all["f27-plain"] = gzipped([](const Asked& asked) { return right_body(asked); });
  all["f27-ok"] = gzipped([](const Asked& asked) { return gzip(right_body(asked)); });

  all["f29"] = [](const Asked&) { return worked("", Then::hang); };
  all["f30-drip"] = [](const Asked& asked) {
    return Act{.bytes = whole(200, right_body(asked)), .piece = 1, .pause = milliseconds(50), .billed = true};
  };
  all["f30-stall"] = [](const Asked& asked) {
    const std::string reply = whole(200, right_body(asked));
    return worked(reply.substr(0, reply.size() - 50), Then::hang);
  };
  // Takes the second request of a connection, works on it, and closes.
  all["f31"] = [](const Asked& asked) { return asked.on_socket == 1 ? worked("", Then::close) : answer(asked); };
}

void add_bodies(Catalogue& all) {
  all["f26-depth"] = fixed_body(std::string(1'000'000, '['));
  all["f26-depth-objects"] = body([](const Asked&) {
    std::string text;
    for (int i = 0; i < 200'000; ++i) text += R"({"a":)";
    return text;
  });
  all["f26-keys"] = body([](const Asked&) {
    std::string text = "{\"k\":0";
    for (int i = 0; i < 20'000; ++i) text += fmt::format(",\"k{}\":0", i);
    return text + "}";
  });
  all["f26-number"] = fixed_body(std::string(500'000, '9'));
  all["f26-1e400"] = body([](const Asked& asked) { return chat(asked, says("1"), "\"stop\"", "1e400"); });
  all["f26-surrogate"] = body([](const Asked& asked) { return chat(asked, says("a\\ud800b")); });
  all["f26-nul"] = body([](const Asked& asked) { return chat(asked, says(std::string_view("a\0b", 3))); });
  all["f26-nul-escaped"] = body([](const Asked& asked) { return chat(asked, says("a\\u0000b")); });
  all["f28"] = body([](const Asked& asked) { return chat(asked, says("합격\xff\xfe보상금 \xed\xa0\x80 100만원")); });

  const std::pair<const char*, const char*> shapes[] = {
      {"empty", R"({"id":"x","choices":[]})"},
      {"missing", R"({"id":"x","object":"chat.completion"})"},
      {"null", R"({"choices":null})"},
      {"object", R"({"choices":{"0":{}}})"},
      {"string", R"({"choices":"[]"})"},
      {"number", R"({"choices":[1]})"},
      {"no-message", R"({"choices":[{"index":0,"finish_reason":"stop"}]})"},
      {"message-list", R"({"choices":[{"message":[],"finish_reason":"stop"}]})"},
      {"content-number", R"({"choices":[{"message":{"role":"assistant","content":7},"finish_reason":"stop"}]})"},
      {"content-null", R"({"choices":[{"message":{"role":"assistant","content":null}}]})"},
      {"array", "[]"},
      {"scalar", "true"}};
  for (const auto& [name, text] : shapes) all[fmt::format("f32-{}", name)] = fixed_body(text);

  all["f33-filter"] = body([](const Asked& asked) {
    if (is_anthropic(asked)) return message_of_anthropic(asked, "[]", "refusal");
    return chat(asked, says(""), "\"content_filter\"");
  });
  all["f33-refusal"] = body([](const Asked& asked) {
    return chat(asked, R"({"role":"assistant","content":null,"refusal":"죄송하지만 도와드릴 수 없습니다."})");
  });
  all["f33-unknown"] = body([](const Asked& asked) { return chat(asked, says(k_answer), "\"sunspots\""); });
  all["f34-length"] = body([](const Asked& asked) { return chat(asked, says("합격보상금은 100"), "\"length\""); });
  all["f34-reasoning"] = body([](const Asked& asked) {
    return chat(asked, R"({"role":"assistant","content":"","reasoning_content":"음, 합격보상금은"})", "\"length\"",
                R"({"prompt_tokens":100,"completion_tokens":10,"completion_tokens_details":{"reasoning_tokens":10}})");
  });
  all["f35"] = body([](const Asked& asked) {
    std::string text = chat(asked, says(k_answer));
    const std::size_t at = text.find("\"model\":\"") + 9;
    return text.insert(at, "another-");
  });
  all["f36-missing"] = body([](const Asked& asked) { return chat(asked, says(k_answer), "\"stop\"", "null"); });
  all["f36-negative"] = body([](const Asked& asked) {
    return chat(asked, says(k_answer), "\"stop\"", R"({"prompt_tokens":-5,"completion_tokens":-1})");
  });
  all["f36-huge"] = body([](const Asked& asked) {
    return chat(asked, says(k_answer), "\"stop\"",
                R"({"prompt_tokens":18446744073709551616,"completion_tokens":18446744073709551615})");
  });
  all["f36-string"] = body([](const Asked& asked) {
    return chat(asked, says(k_answer), "\"stop\"", R"({"prompt_tokens":"100","completion_tokens":[10]})");
  });
}

void add_streams(Catalogue& all) {
  all["f37-no-done"] =
      stream([](const Asked& asked) { return start_of_stream(asked) + text_of_stream(asked, "합격보상금은 "); });
  all["f37-reset"] = stream(
      [](const Asked& asked) { return start_of_stream(asked) + text_of_stream(asked, "합격보상금은 "); }, Then::reset);
  all["f37-split"] = [](const Asked& asked) {  // every character and every event cut somewhere
    return Act{
        .bytes = head(200, "Content-Type: text/event-stream\r\nConnection: close\r\n") + right_stream(asked, k_answer),
        .piece = 7,
        .pause = milliseconds(1),
        .then = Then::close,
        .billed = true};
  };
  all["f37-comments"] = stream([](const Asked& asked) {
    std::string flood;
    for (int i = 0; i < 20'000; ++i) flood += ": keep-alive\n\n";
    return flood + right_stream(asked, k_answer);
  });
  all["f37-error"] = stream([](const Asked& asked) {
    return start_of_stream(asked) + text_of_stream(asked, "합격보상금은 ") +
           (is_anthropic(asked)
                ? typed("error", R"(,"error":{"type":"overloaded_error","message":"Overloaded"})")
                : std::string("data: {\"error\":{\"message\":\"Overloaded\",\"type\":\"overloaded_error\"}}\n\n"));
  });
  all["f37-garbage"] = stream([](const Asked& asked) {
    return start_of_stream(asked) + "data: {\"choices\":[{\"delta\":\n\n" + end_of_stream(asked);
  });
}

// A refusal that repeats the request's headers in its words, as some gateways do for people to debug with.
Make echo(int status) {
  return [status](const Asked& asked) {
    std::string headers;
    for (const char c : asked.head) {
      if (c == '\r') continue;
      headers += c == '\n' ? ' ' : c == '"' || c == '\\' ? '\'' : c;
    }
    return refuse(status, error_body("cannot serve " + headers, "server_error"),
                  "X-Echo: " + headers.substr(0, 2000) + "\r\n");
  };
}

const Catalogue& catalogue() {
  static const Catalogue all = [] {
    Catalogue made;
    made["ok"] = [](const Asked& asked) { return answer(asked); };
    add_statuses(made);
    add_transfers(made);
    add_bodies(made);
    add_streams(made);
    for (const int status : {200, 401, 500}) made[fmt::format("echo-{}", status)] = echo(status);
    return made;
  }();
  return all;
}

}  // namespace

Act answer(const Asked& asked, std::string_view text) {
  if (asked.method == "GET") {
    return {.bytes = whole(200, R"({"object":"list","data":[{"id":"mock-a","object":"model"}]})")};
  }
  if (!wants_stream(asked)) return worked(whole(200, right_body(asked, text)));
  return worked(head(200, "Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n") +
                chunk(right_stream(asked, text)) + "0\r\n\r\n");
}

Act misbehave(const Asked& asked) {
  constexpr std::string_view once = "once-";
  std::string_view name(asked.path);
  name.remove_prefix(1);
  name = name.substr(0, name.find('/'));
  const bool only_once = name.starts_with(once);
  if (only_once) name.remove_prefix(once.size());
  const auto it = catalogue().find(name);
  if (it == catalogue().end()) return refuse(404, error_body("no such fault", "invalid_request_error"));
  return only_once && asked.time > 1 ? answer(asked) : it->second(asked);
}

std::vector<std::string_view> fault_names() {
  std::vector<std::string_view> names;
  for (const auto& [name, make] : catalogue()) names.push_back(name);
  return names;
}

}  // namespace plumb::test
