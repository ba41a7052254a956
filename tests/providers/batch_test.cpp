// Bodies as OpenAI's guide to its Batch API and Anthropic's reference of Message Batches (2023-06-01) show them, and
// as clients have recorded them in 2026.
#include "providers/batch.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "providers/batch_parts.h"
#include "providers/exchange.h"

namespace plumb {
namespace {

using test::response;
using Kind = BatchResult::Kind;
using State = BatchStatus::State;

const std::string k_key = "0123456789abcdef0123456789abcdef";

HttpRequest encoded(const char* provider, const std::string& base_url, Model model = {}) {
  model.id = "model-1";
  model.base_url = base_url;
  return test::provider(provider).encode(model, test::question(), "k-Secret-0123456789");
}

std::string header(const HttpRequest& request, std::string_view wanted) {
  std::string found;
  for (const auto& [name, value] : request.headers) {
    if (name == wanted) found += value;
  }
  return found;
}

const BatchDialect& openai() { return *test::provider("openai").batch(); }
const BatchDialect& anthropic() { return *test::provider("anthropic").batch(); }

BatchStatus status(const BatchDialect& dialect, const std::string& body) {
  auto read = dialect.read_status(response(200, body));
  if (!read) FAIL(read.error().message);
  return *std::move(read);
}

TEST_CASE("openai: every call goes to the address of the requests, with their key and no other header twice") {
  for (const auto& [base, root] : std::vector<std::pair<std::string, std::string>>{
           {"", "https://api.openai.com/v1"}, {"http://127.0.0.1:8099/v1/", "http://127.0.0.1:8099/v1"}}) {
    const HttpRequest like = encoded("openai", base);
    const std::vector<std::string> lines = {openai().line(k_key, like), openai().line(k_key, like)};
    const auto upload = openai().upload(like, "plumb-1", lines);
    REQUIRE(upload);
    CHECK(upload->method == "POST");
    CHECK(upload->url == root + "/files");
    CHECK(header(*upload, "Content-Type") == "multipart/form-data; boundary=----plumb-1");
    CHECK(upload->body ==
          "------plumb-1\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n"
          "------plumb-1\r\nContent-Disposition: form-data; name=\"file\"; filename=\"plumb-1.jsonl\"\r\n"
          "Content-Type: application/jsonl\r\n\r\n" +
              lines[0] + "\n" + lines[1] + "\n\r\n------plumb-1--\r\n");
    const HttpRequest create = openai().create(like, "plumb-1", "file-9", lines);
    CHECK(create.url == root + "/batches");
    CHECK(header(create, "Content-Type") == "application/json");
    CHECK(create.body == R"({"input_file_id":"file-9","endpoint":"/v1/chat/completions","completion_window":"24h",)"
                         R"("metadata":{"plumb_batch":"plumb-1"}})");
    CHECK(openai().poll(like, "batch_1").url == root + "/batches/batch_1");
    CHECK(openai().poll(like, "batch_1").method == "GET");
    CHECK(openai().poll(like, "batch_1").body.empty());
    CHECK(openai().fetch(like, {}, "file-2").url == root + "/files/file-2/content");
    CHECK(openai().list(like, "").url == root + "/batches?limit=100");
    CHECK(openai().list(like, "batch_7").url == root + "/batches?limit=100&after=batch_7");
    for (const HttpRequest& call : {*upload, create, openai().poll(like, "b"), openai().list(like, "")}) {
      CHECK(header(call, "Authorization") == "Bearer k-Secret-0123456789");
      CHECK(call.body.find("k-Secret") == std::string::npos);
      CHECK(call.url.find("k-Secret") == std::string::npos);
    }
  }
}

TEST_CASE("anthropic: one call holds all requests; results come from the same address, whatever the reply names") {
  const HttpRequest like = encoded("anthropic", "");
  const std::string root = "https://api.anthropic.com/v1/messages/batches";
  const std::vector<std::string> lines = {anthropic().line("a", like), anthropic().line("b", like)};
  CHECK_FALSE(anthropic().upload(like, "plumb-1", lines));
  const HttpRequest create = anthropic().create(like, "plumb-1", "", lines);
  CHECK(create.url == root);
  CHECK(create.body == R"({"requests":[)" + lines[0] + "," + lines[1] + "]}");
  REQUIRE(parse_json(create.body));
  CHECK(header(create, "anthropic-version") == "2023-06-01");
  CHECK(header(create, "x-api-key") == "k-Secret-0123456789");
  CHECK(header(create, "Content-Type") == "application/json");
  CHECK(anthropic().poll(like, "msgbatch_1").url == root + "/msgbatch_1");
  BatchStatus ended;
  ended.id = "msgbatch_1";
  CHECK(anthropic().fetch(like, ended, "results").url == root + "/msgbatch_1/results");
  CHECK(anthropic().list(like, "").url == root + "?limit=1000");
  CHECK(anthropic().list(like, "msgbatch_7").url == root + "?limit=1000&after_id=msgbatch_7");
}

TEST_CASE("a line holds the request's own bytes") {
  const HttpRequest chat = encoded("openai", "");
  CHECK(openai().line(k_key, chat) ==
        R"({"custom_id":")" + k_key + R"(","method":"POST","url":"/v1/chat/completions","body":)" + chat.body + "}");
  const HttpRequest message = encoded("anthropic", "");
  CHECK(anthropic().line(k_key, message) == R"({"custom_id":")" + k_key + R"(","params":)" + message.body + "}");
  for (const std::string& line : {openai().line(k_key, chat), anthropic().line(k_key, message)}) {
    CHECK(line.find('\n') == std::string::npos);
    CHECK(parse_json(line));
  }
}

TEST_CASE("openai: the Responses API goes in batches too; other paths and streams do not") {
  Model model;
  model.api = "responses";
  HttpRequest request = encoded("openai", "", model);
  CHECK(openai().takes(model, request));
  CHECK(openai().line(k_key, request).find(R"("url":"/v1/responses")") != std::string::npos);
  CHECK(openai().create(request, "n", "f", {}).body.find(R"("endpoint":"/v1/responses")") != std::string::npos);
  model.stream = true;
  CHECK_FALSE(openai().takes(model, request));
  CHECK_FALSE(anthropic().takes(model, encoded("anthropic", "")));
  CHECK(anthropic().takes({}, encoded("anthropic", "")));
  request.url = "https://api.openai.com/v1/embeddings";
  CHECK_FALSE(openai().takes({}, request));
}

TEST_CASE("only vendors with a batch interface have one, at half the price and within their limits") {
  for (const std::string_view name : provider_names()) {
    const bool has = name == "openai" || name == "anthropic";
    CAPTURE(name);
    CHECK((test::provider(name).batch() != nullptr) == has);
  }
  CHECK(openai().price_factor() == 0.5);
  CHECK(anthropic().price_factor() == 0.5);
  CHECK(openai().requests_max() == 50'000);
  CHECK(anthropic().requests_max() == 100'000);
  CHECK(openai().bytes_max() <= 200'000'000);
  CHECK(anthropic().bytes_max() <= 256'000'000);
  CHECK(openai().keeps_names());
  CHECK_FALSE(anthropic().keeps_names());
}

constexpr const char* k_openai_batch = R"({{"id":"batch_abc123","object":"batch","endpoint":"/v1/chat/completions",
 "errors":{},"input_file_id":"file-abc123","completion_window":"24h","status":"{}",
 "output_file_id":{},"error_file_id":{},"created_at":1714508499,"in_progress_at":null,"expires_at":1714536634,
 "completed_at":null,"request_counts":{{"total":100,"completed":95,"failed":5}},
 "metadata":{{"plumb_batch":"plumb-1","other":"x"}}}})";

TEST_CASE("openai: the states of a batch") {
  const auto in_state = [](const char* state, const char* output = "null", const char* errors = "null") {
    return status(openai(), fmt::format(k_openai_batch, "null", state, output, errors));
  };
  for (const char* state : {"validating", "in_progress", "finalizing", "cancelling", "a state of next year"}) {
    CAPTURE(state);
    CHECK(in_state(state).state == State::working);
  }
  const BatchStatus done = in_state("completed", "\"file-o\"", "\"file-e\"");
  CHECK(done.state == State::ended);
  CHECK(done.id == "batch_abc123");
  CHECK(done.name == "plumb-1");
  CHECK(done.total == 100);
  CHECK(done.completed == 95);
  CHECK(done.failed == 5);
  CHECK(done.results == std::vector<std::string>{"file-o", "file-e"});
  CHECK(done.created_at == 1'714'508'499'000);
  CHECK_FALSE(done.rest);
  CHECK(in_state("completed", "null", "\"file-e\"").results == std::vector<std::string>{"file-e"});
  CHECK(in_state("expired", "\"file-o\"").rest == Kind::expired);
  CHECK(in_state("cancelled").rest == Kind::cancelled);
  CHECK(in_state("cancelled").state == State::ended);

  const BatchStatus failed =
      status(openai(), fmt::format(k_openai_batch,
                                   R"({"object":"list","data":[{"code":"token_limit_exceeded","line":null,)"
                                   R"("message":"Enqueued token limit reached for gpt-4o-mini.","param":null}]})",
                                   "failed", "null", "null"));
  CHECK(failed.state == State::failed);
  CHECK(failed.too_many);
  CHECK(failed.why == "Enqueued token limit reached for gpt-4o-mini.");
  CHECK_FALSE(in_state("failed").too_many);
  CHECK_FALSE(in_state("failed").why.empty());
}

TEST_CASE("anthropic: the states of a batch") {
  constexpr const char* body = R"({{"id":"msgbatch_013Zva2CMHLNnXjNJJKqJ2EF","type":"message_batch",
   "processing_status":"{}","request_counts":{{"processing":100,"succeeded":50,"errored":30,"canceled":10,"expired":10}},
   "ended_at":null,"created_at":"2024-09-24T18:37:24.100435Z","expires_at":"2024-09-25T18:37:24.100435Z",
   "archived_at":null,"cancel_initiated_at":null,"results_url":"https://elsewhere.test/results"}})";
  const BatchStatus working = status(anthropic(), fmt::format(body, "in_progress"));
  CHECK(working.state == State::working);
  CHECK(working.total == 200);
  CHECK(working.completed == 50);
  CHECK(working.failed == 50);
  CHECK(working.created_at == 1'727'203'044'000);
  CHECK(working.name.empty());
  CHECK(status(anthropic(), fmt::format(body, "canceling")).state == State::working);
  CHECK(status(anthropic(), fmt::format(body, "ended")).state == State::ended);
  CHECK(status(anthropic(), fmt::format(body, "ended")).results == std::vector<std::string>{"results"});
}

TEST_CASE("openai: results are as if each had been asked alone") {
  const auto results = openai().read_results(response(
      200,
      R"({"id": "batch_req_123", "custom_id": "request-2", "response": {"status_code": 200, "request_id": "req_123", )"
      R"("body": {"id": "chatcmpl-123", "object": "chat.completion", "created": 1711652795, "model": )"
      R"("gpt-3.5-turbo-0125", "choices": [{"index": 0, "message": {"role": "assistant", "content": "안녕하세요."}, )"
      R"("logprobs": null, "finish_reason": "stop"}], "usage": {"prompt_tokens": 22, "completion_tokens": 2, )"
      R"("total_tokens": 24}, "system_fingerprint": "fp_123"}}, "error": null})"
      "\n"
      R"({"id": "batch_req_123", "custom_id": "request-3", "response": null, "error": {"code": "batch_expired", )"
      R"("message": "This request could not be executed before the completion window expired."}})"
      "\r\n\n"
      R"({"id":"r","custom_id":"request-4","response":{"status_code":400,"request_id":"req_4","body":{"error":)"
      R"({"message":"Invalid 'messages'","type":"invalid_request_error","param":null,"code":null}}},"error":null})"
      "\n"
      R"({"id":"r","custom_id":"request-5","response":null,"error":{"code":"batch_cancelled","message":"cancelled"}})"
      "\n"
      R"({"id":"r","custom_id":"request-6","error":{"type":"request_failed","message":"it broke"}})"));
  REQUIRE(results.size() == 5);
  CHECK(results[0].request_key == "request-2");
  CHECK(results[0].kind == Kind::replied);
  CHECK(results[0].response.status == 200);
  CHECK(results[0].response.headers.at("x-request-id") == "req_123");
  const auto completion = test::provider("openai").decode(results[0].response);
  REQUIRE(completion);
  CHECK(completion->text == "안녕하세요.");
  CHECK(completion->usage.tokens_in == 22);
  CHECK(results[1].kind == Kind::expired);
  CHECK(results[1].response.status == 0);
  CHECK(results[1].response.error.find("completion window") != std::string::npos);
  CHECK(results[2].kind == Kind::replied);
  CHECK(results[2].response.status == 400);
  CHECK(test::provider("openai").error_message(results[2].response) == "Invalid 'messages'");
  CHECK(results[3].kind == Kind::cancelled);
  CHECK(results[4].kind == Kind::replied);  // an error that is no reply may pass
  CHECK(test::provider("openai").classify(results[4].response).kind == Retry::Kind::transient);
  CHECK(test::provider("openai").error_message(results[4].response) == "it broke");
}

TEST_CASE("anthropic: results are as if each had been asked alone") {
  const auto results = anthropic().read_results(response(
      200,
      R"({"custom_id":"ok-1","result":{"type":"succeeded","message":{"id":"msg_1","type":"message","role":"assistant",)"
      R"("model":"claude-haiku-4-5-20251001","content":[{"type":"text","text":"네"}],"stop_reason":"end_turn",)"
      R"("stop_sequence":null,"usage":{"input_tokens":16,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,)"
      R"("output_tokens":5,"service_tier":"batch"}}}})"
      "\n"
      R"({"custom_id":"bad-model","result":{"type":"errored","error":{"type":"error","error":{"details":)"
      R"({"error_visibility":"user_facing"},"type":"not_found_error","message":"model: claude-does-not-exist-9"},)"
      R"("request_id":null}}})"
      "\n"
      R"({"custom_id":"busy","result":{"type":"errored","error":{"type":"error","error":{"type":"overloaded_error",)"
      R"("message":"Overloaded"},"request_id":"workerreq_1"}}})"
      "\n"
      R"({"custom_id":"c-1","result":{"type":"canceled"}})"
      "\n"
      R"({"custom_id":"e-1","result":{"type":"expired"}})"
      "\n"
      R"({"custom_id":"flat","result":{"type":"errored","error":{"type":"invalid_request_error","message":"bad"}}})"));
  REQUIRE(results.size() == 6);
  const auto completion = test::provider("anthropic").decode(results[0].response);
  REQUIRE(completion);
  CHECK(completion->text == "네");
  CHECK(completion->usage.tokens_out == 5);
  CHECK(results[1].response.status == 404);
  CHECK(test::provider("anthropic").error_message(results[1].response) == "model: claude-does-not-exist-9");
  CHECK(results[2].response.status == 529);
  CHECK(results[2].response.headers.at("request-id") == "workerreq_1");
  CHECK(test::provider("anthropic").classify(results[2].response).kind == Retry::Kind::throttled);
  CHECK(results[3].kind == Kind::cancelled);
  CHECK(results[4].kind == Kind::expired);
  CHECK(results[5].response.status == 400);
}

TEST_CASE("a list is read page by page") {
  const auto page = openai().read_list(response(
      200, R"({"object":"list","data":[{"id":"batch_1","status":"completed","metadata":{"plumb_batch":"plumb-1"}},)"
           R"({"id":"batch_2","status":"in_progress","metadata":null}],"first_id":"batch_1","has_more":true})"));
  REQUIRE(page);
  REQUIRE(page->batches.size() == 2);
  CHECK(page->batches[0].name == "plumb-1");
  CHECK(page->batches[1].name.empty());
  CHECK(page->next == "batch_2");
  const auto last = anthropic().read_list(response(200, R"({"data":[],"has_more":false,"first_id":null})"));
  REQUIRE(last);
  CHECK(last->batches.empty());
  CHECK(last->next.empty());
  CHECK_FALSE(anthropic().read_list(response(200, R"({"data":{}})")));
  CHECK_FALSE(openai().read_list(response(200, R"({"data":[{"id":"../../x"}]})")));
}

TEST_CASE("what is no reply of a batch interface is an error or nothing, never a crash") {
  const std::string deep(100'000, '[');
  for (const std::string& body : {std::string("<html>"), std::string(""), std::string("[]"), std::string("null"),
                                  std::string(R"({"id":7})"), std::string(R"({"id":"../../etc/passwd"})"),
                                  std::string(R"({"id":"a b"})"), std::string("{\"id\":\"a\\u0000\"}"), deep}) {
    for (const BatchDialect* dialect : {&openai(), &anthropic()}) {
      CHECK_FALSE(dialect->read_status(response(200, body)));
      CHECK_FALSE(dialect->read_upload(response(200, body)));
      CHECK_FALSE(dialect->read_list(response(200, body)));
      CHECK(dialect->read_results(response(200, body)).empty());
    }
  }
  const std::string hostile =
      "{\"custom_id\":7,\"response\":{\"status_code\":1e400,\"body\":[]}}\n" + deep +
      "\n{\"custom_id\":\"\xff\xfe\",\"result\":{\"type\":\"succeeded\"}}\n{\"result\":{\"type\":\"errored\"}}\n"
      "{\"custom_id\":\"x\",\"response\":{\"status_code\":-5,\"body\":\"text\"}}\n\"text\"\n";
  for (const BatchResult& result : openai().read_results(response(200, hostile))) {
    CHECK(result.response.status == 0);
  }
  CHECK(anthropic().read_results(response(200, hostile)).empty());
  const std::string counts = R"({"id":"b","status":"completed","request_counts":{"total":-1,"completed":"x"},)"
                             R"("created_at":99999999999999,"output_file_id":"../x","error_file_id":7})";
  const BatchStatus read = status(openai(), counts);
  CHECK(read.total == 0);
  CHECK(read.created_at == 0);
  CHECK(read.results.empty());
}

TEST_CASE("times are those of RFC 3339 in UTC") {
  CHECK(batch_time("1970-01-01T00:00:01Z") == 1'000);
  CHECK(batch_time("2024-08-20T18:37:24.100435Z") == 1'724'179'044'000);
  CHECK(batch_time("2024-08-20T18:37:24+00:00") == 1'724'179'044'000);
  CHECK(batch_time("2024-08-20T18:37:24+09:00") == 0);
  CHECK(batch_time("yesterday") == 0);
  CHECK(batch_time("") == 0);
}

}  // namespace
}  // namespace plumb
