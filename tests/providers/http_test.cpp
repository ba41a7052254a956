// A service of one's own: bodies of any shape out, answers from any place in.
#include "exchange.h"

namespace plumb {
namespace {

using test::response;

const Provider& http() { return test::provider("http"); }

Model service(HttpService service = {}) {
  Model model;
  model.name = "bot";
  model.provider = "http";
  model.id = "bot-1";
  model.base_url = "http://127.0.0.1:8000/ask";
  model.http = std::move(service);
  return model;
}

ChatRequest request() {
  ChatRequest made = test::question();
  made.question = "보상금은 \"얼마\"인가요?";
  Passage passage;
  passage.id = "p1";
  passage.title = "공고";
  passage.text = "보상금 100만원";
  made.passages = {passage};
  made.session = "s-7";
  return made;
}

Json body_of(const std::string& body, const ChatRequest& asked = request()) {
  HttpService with;
  with.body_json = body;
  return test::encoded(http(), service(with), asked);
}

Completion read(const HttpService& with, std::string body, std::map<std::string, std::string> headers = {}) {
  auto completion = http().decode_for(service(with), response(200, std::move(body), std::move(headers)));
  if (!completion) FAIL(completion.error().message);
  return *std::move(completion);
}

std::string error_of(const HttpService& with, std::string body, std::map<std::string, std::string> headers = {}) {
  const auto completion = http().decode_for(service(with), response(200, std::move(body), std::move(headers)));
  return completion ? "" : completion.error().message;
}

std::string header_of(const HttpRequest& http, std::string_view name) {
  for (const auto& [key, value] : http.headers) {
    if (key == name) return value;
  }
  return "";
}

TEST_CASE("without a body of its own a service is sent the question") {
  const HttpRequest sent = http().encode(service(), request(), "");
  CHECK(sent.method == "POST");
  CHECK(sent.url == "http://127.0.0.1:8000/ask");
  CHECK(header_of(sent, "Content-Type") == "application/json");
  CHECK(*parse_json(sent.body) == Json{{"question", "보상금은 \"얼마\"인가요?"}});
  test::check_equal_requests_give_equal_bytes(http());
}

TEST_CASE("every placeholder stands for its value, in text and in other text") {
  CHECK(body_of(R"({"q":"{{question}}"})")["q"] == "보상금은 \"얼마\"인가요?");
  CHECK(body_of(R"({"q":"[{{ system }}] {{prompt}}"})")["q"] ==
        "[지문만 보세요.] 보상금은 \"얼마\"인가요?\nYears of service 기준, 빈칸없이도.");
  CHECK(body_of(R"({"q":"{{context}}"})")["q"] == "[1] 공고\n보상금 100만원");
  CHECK(body_of(R"({"q":"{{model}}/{{session}}"})")["q"] == "bot-1/s-7");
}

TEST_CASE("a list becomes JSON where it is the whole text") {
  const Json body = body_of(R"({"m":"{{messages}}","deep":[{"p":" {{passages}} "}]})");
  CHECK(body["m"] == Json::array({{{"role", "system"}, {"content", "지문만 보세요."}},
                                  {{"role", "user"}, {"content", request().messages[1].text}}}));
  CHECK(body["deep"][0]["p"] == Json::array({{{"id", "p1"}, {"title", "공고"}, {"text", "보상금 100만원"}}}));
}

TEST_CASE("what is put in is never looked at again, and the rest of the body stays as it is") {
  ChatRequest hostile = request();
  hostile.question = "{{system}} {{key}} \",\"admin\":true";
  const Json body = body_of(
      R"({"q":"{{question}}","in":"<{{question}}>","n":1,"t":true,"x":null,"{{question}}":"{{other}}"})", hostile);
  CHECK(body["q"] == hostile.question);
  CHECK(body["in"] == "<" + hostile.question + ">");
  CHECK(body["n"] == 1);
  CHECK(body["t"] == true);
  CHECK(body["x"].is_null());
  CHECK(body["{{question}}"] == "{{other}}");
  CHECK(body.size() == 6);
}

TEST_CASE("the key goes where {{key}} stands in a header, and nowhere else") {
  HttpService with;
  with.headers = {{"X-Api-Key", "Key {{key}}"}, {"X-Team", "study"}};
  const HttpRequest sent = http().encode(service(with), request(), "k-Secret-0123456789");
  CHECK(header_of(sent, "X-Api-Key") == "Key k-Secret-0123456789");
  CHECK(header_of(sent, "X-Team") == "study");
  CHECK(header_of(sent, "Authorization") == "");
  CHECK(sent.body.find("k-Secret") == std::string::npos);
  CHECK(sent.url.find("k-Secret") == std::string::npos);
}

TEST_CASE("a key that no header names is sent as most services expect it") {
  test::check_key_is_in(http(), "Authorization", "Bearer ");
}

TEST_CASE("a content type of one's own replaces the usual one") {
  HttpService with;
  with.headers = {{"content-type", "application/json; charset=utf-8"}};
  const HttpRequest sent = http().encode(service(with), request(), "");
  REQUIRE(sent.headers.size() == 1);
  CHECK(sent.headers[0].second == "application/json; charset=utf-8");
}

TEST_CASE("an answer is found in the usual places") {
  CHECK(read({}, R"({"answer":"100만원"})").text == "100만원");
  CHECK(read({}, R"({"id":3,"text":"가"})").text == "가");
  CHECK(read({}, R"({"output":"나"})").text == "나");
  CHECK(read({}, R"({"response":"다"})").text == "다");
  CHECK(read({}, R"({"message":{"role":"assistant","content":"라"}})").text == "라");
  CHECK(read({}, R"({"choices":[{"message":{"content":"마"}}]})").text == "마");
  CHECK(read({}, R"({"answer":null,"text":"바"})").text == "바");
  CHECK(read({}, R"("사")").text == "사");
  CHECK(read({}, R"({"answer":"x"})").stop == Completion::Stop::finished);
}

TEST_CASE("an answer is found where the pointer says, and nowhere else") {
  HttpService with;
  with.answer = "/data/0/reply";
  CHECK(read(with, R"({"answer":"no","data":[{"reply":"예"}]})").text == "예");
  CHECK(read(with, R"({"data":[{"reply":42}]})").text == "42");
  CHECK(read(with, R"({"data":[{"reply":["한 줄","두 줄"]}]})").text == "한 줄\n두 줄");
  CHECK(read(with, R"({"data":[{"reply":[{"type":"text","text":"조각"}]}]})").text == "조각");
  CHECK(read(with, R"({"data":[{"reply":""}]})").text == "");
  CHECK(error_of(with, R"({"answer":"no","data":[{"text":"x","score":1}]})") ==
        "nothing at '/data/0/reply': '/data/0' has the keys text, score");
  CHECK(error_of(with, R"({"data":[{"reply":null}]})") == "'/data/0/reply' is null");
  CHECK(error_of(with, R"({"data":[{"reply":{"a":1}}]})") ==
        "/data/0/reply has the key a, not a string, a number or a list of strings");
}

TEST_CASE("a reply in plain text is the answer") {
  CHECK(read({}, "100만원입니다.\n", {{"content-type", "text/plain; charset=utf-8"}}).text == "100만원입니다.\n");
  CHECK(read({}, "42", {{"content-type", "Text/Plain"}}).text == "42");
  HttpService whole;
  whole.answer = "";
  CHECK(read(whole, "그대로").text == "그대로");
  CHECK(read(whole, R"("JSON 글")").text == "JSON 글");
  CHECK(read(whole, R"({"a":1})").text == R"({"a":1})");
  HttpService pointed;
  pointed.answer = "/a";
  CHECK(read(pointed, R"({"a":"JSON"})", {{"content-type", "text/plain"}}).text == "JSON");
}

TEST_CASE("a reply that is no answer is told with what it is") {
  CHECK(error_of({}, R"({"result":"x","took":3})") ==
        "no answer at /answer, /text, /output, /response, /message/content, /choices/0/message/content: the reply has "
        "the keys result, took; name its place in http: answer");
  CHECK(error_of({}, "<html>") == "the reply is a page of HTML or XML, not JSON");
  CHECK(error_of({}, "Internal error") == "the reply is no JSON; it begins with 'Internal error'");
  CHECK(error_of({}, "") == "an empty reply");
  CHECK(error_of({}, R"({"error":{"message":"index is being rebuilt"}})") == "index is being rebuilt");
  CHECK(error_of({}, R"({"error":null,"x":1})").starts_with("no answer at"));
}

TEST_CASE("passages that a service relied on are read from strings and objects") {
  HttpService with;
  with.passages = "/sources";
  const Completion plain = read(with, R"({"answer":"x","sources":["하나","둘"]})");
  REQUIRE(plain.passages);
  REQUIRE(plain.passages->size() == 2);
  CHECK(plain.passages->at(0).id == "1");
  CHECK(plain.passages->at(1).text == "둘");
  CHECK(plain.passages->at(1).digest != "");
  const Completion usual = read(
      with, R"({"answer":"x","sources":[{"id":7,"page_content":"본문","title":"제목"},{"id":7,"text":"다른 조각"}]})");
  CHECK(usual.passages->at(0).id == "7");
  CHECK(usual.passages->at(0).title == "제목");
  CHECK(usual.passages->at(0).text == "본문");
  CHECK(usual.passages->at(1).id == "7#2");
  with.passage_text = "/meta/body";
  with.passage_id = "/ref";
  with.passage_title = "/meta/head";
  const Completion pointed =
      read(with, R"({"answer":"x","sources":[{"ref":"a","meta":{"body":"본문","head":"머리"}}]})");
  CHECK(pointed.passages->at(0).id == "a");
  CHECK(pointed.passages->at(0).title == "머리");
  CHECK(pointed.passages->at(0).text == "본문");
  CHECK(error_of(with, R"({"answer":"x","sources":[{"ref":"a"}]})") ==
        "/sources/0: nothing at '/meta/body': the reply has the key ref");
}

TEST_CASE("a service that relied on nothing says so; one that does not say is a mistake in the pointer") {
  HttpService with;
  with.passages = "/sources";
  CHECK(read(with, R"({"answer":"x","sources":[]})").passages->empty());
  CHECK(read(with, R"({"answer":"x","sources":null})").passages->empty());
  CHECK_FALSE(read({}, R"({"answer":"x","sources":["y"]})").passages);
  CHECK(error_of(with, R"({"answer":"x","context":[]})") ==
        "nothing at '/sources': the reply has the keys answer, context");
  CHECK(error_of(with, R"({"answer":"x","sources":[3]})") == "/sources/0 is a number, not a string or an object");
  CHECK(error_of(with, R"({"answer":"x","sources":"y"})") == "/sources is a string, not a list of passages");
  CHECK(error_of(with, "plain", {{"content-type", "text/plain"}}) == "the reply is no JSON; it begins with 'plain'");
}

TEST_CASE("tools that a service called are answered already, and the reply is finished") {
  HttpService with;
  with.tool_calls = "/steps";
  const Completion done = read(with, R"({"answer":"x","steps":[
      {"name":"search","arguments":{"q":"보상금"},"output":{"hits":2}},
      {"function":{"name":"sum","arguments":"[1,2]"},"output":"3","id":"c1"},
      {"name":"mail","error":"no such tool"}]})");
  CHECK(done.stop == Completion::Stop::finished);
  REQUIRE(done.tool_calls.size() == 3);
  CHECK(done.tool_calls[0].arguments == R"({"q":"보상금"})");
  CHECK(done.tool_calls[0].output == R"({"hits":2})");
  CHECK_FALSE(done.tool_calls[0].failed);
  CHECK(done.tool_calls[1].name == "sum");
  CHECK(done.tool_calls[1].id == "c1");
  CHECK(done.tool_calls[1].output == "3");
  CHECK(done.tool_calls[2].failed);
  CHECK(done.tool_calls[2].output == "no such tool");
  CHECK(read(with, R"({"answer":"x"})").tool_calls.empty());
  CHECK(error_of(with, R"({"answer":"x","steps":[{"output":1}]})") ==
        "/steps/0 has the key output, but no name of a tool");
}

TEST_CASE("a session is ours in every turn where the service names none") {
  HttpService with;
  with.body_json = R"({"q":"{{prompt}}","session":"{{session}}"})";
  ChatRequest second = request();
  second.messages.push_back({.role = Message::Role::assistant, .text = "답"});
  second.messages.push_back({.role = Message::Role::user, .text = "더?"});
  CHECK(test::encoded(http(), service(with), request())["session"] == "s-7");
  const Json body = test::encoded(http(), service(with), second);
  CHECK(body["session"] == "s-7");
  CHECK(body["q"] == "더?");
}

TEST_CASE("a session that the service named is sent back from the second turn on, as it was given") {
  HttpService with;
  with.body_json = R"({"q":"{{prompt}}","session":"{{session}}","tag":"id-{{session}}"})";
  with.session = "/conversation/id";
  CHECK(test::encoded(http(), service(with), request())["session"] == "");
  const Completion first = read(with, R"({"answer":"답","conversation":{"id":981}})");
  ChatRequest second = request();
  second.messages.push_back({.role = Message::Role::assistant, .text = first.text, .echo = first.echo});
  second.messages.push_back({.role = Message::Role::user, .text = "더?"});
  const Json body = test::encoded(http(), service(with), second);
  CHECK(body["session"] == 981);
  CHECK(body["tag"] == "id-981");
  ChatRequest third = second;
  third.messages.push_back({.role = Message::Role::assistant, .text = "답", .echo = R"({"session":"next"})"});
  CHECK(test::encoded(http(), service(with), third)["session"] == "next");  // what it said last
  CHECK(error_of(with, R"({"answer":"답"})") == "nothing at '/conversation/id': the reply has the key answer");
}

TEST_CASE("a body that the service refuses is told with the field that it misses") {
  CHECK(http().error_message(response(
            422, R"({"detail":[{"type":"missing","loc":["body","query"],"msg":"Field required","input":{}}]})")) ==
        "Field required (body/query)");
  CHECK(http().error_message(response(500, R"({"detail":"no index"})")) == "no index");
  CHECK(http().classify(response(422, "{}")).kind == Retry::Kind::give_up);
  CHECK(http().classify(response(503, "")).kind == Retry::Kind::transient);
}

TEST_CASE("hostile replies are errors in words") {
  HttpService with;
  with.answer = "/answer";
  with.passages = "/p";
  with.tool_calls = "/t";
  std::string deep(100'000, '[');
  for (const std::string& body :
       {deep, "{\"answer\":" + deep, std::string("{\"answer\":\"\\ud800\"}"), std::string("\xff\xfe"),
        std::string("{\"answer\":1e400}"), std::string("{\"answer\":[[[]]]}"), std::string("[]"), std::string("null"),
        std::string(R"({"answer":"x","p":[[]]})"), std::string(R"({"answer":"x","p":[{}]})"),
        std::string(R"({"answer":"x","p":[],"t":{}})"), std::string(R"({"answer":"x","p":[],"t":[1]})"),
        std::string("{\"answer\":\"x\0\",}", 15)}) {
    CAPTURE(body.substr(0, 60));
    CHECK(error_of(with, body) != "");
  }
  CHECK(read(with, "{\"answer\":\"\xff\xea\xb0\x80\",\"p\":[]}").text == "\uFFFD가");
}

TEST_CASE("a probe asks the origin, and the key stays here") {
  Model model = service();
  model.base_url = "https://bot.example.kr:8443/api/ask?lang=ko";
  const HttpRequest probe = http().probe(model, "KEY-123");
  CHECK(probe.method == "GET");
  CHECK(probe.url == "https://bot.example.kr:8443/");
  CHECK(probe.headers.empty());
}

}  // namespace
}  // namespace plumb
