// A small spec, answers to it, and places to store them, for the tests of the store.
#pragma once

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "domain/ledger.h"
#include "domain/sink.h"
#include "domain/spec.h"
#include "store/store.h"

namespace plumb::sample {

// A folder of its own, gone with everything in it at the end of the test.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "plumb-store-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// 2026-11-22 11:15:30.123 UTC; a Sunday, 20:15 in Seoul.
inline constexpr UnixMillis k_now = 1'795'346'130'123;

inline Passage passage(std::string dataset, std::string id, std::string title, std::string text) {
  Passage passage;
  passage.id = std::move(id);
  passage.dataset = std::move(dataset);
  passage.title = std::move(title);
  passage.text = std::move(text);
  passage.kind = "posting";
  passage.group = passage.id;
  passage.source = "자체 창작";
  passage.grade = Grade::fiction;
  passage.as_of = Day{2026, 11, 3};
  return passage;
}

inline Question question(std::string dataset, std::string id, std::string text, std::vector<std::string> passages) {
  Question question;
  question.dataset = std::move(dataset);
  question.id = std::move(id);
  question.text = std::move(text);
  question.answer = "합격보상금은 100만원입니다.";
  question.passages = question.evidence = std::move(passages);
  question.references = {NumberRef{"100만원", ""}};
  return question;
}

// Seals and expands again, after a change.
inline void renew(EvalSpec& spec) {
  for (PromptTemplate& prompt : spec.prompts) seal(prompt);
  for (Dataset& dataset : spec.datasets) seal(dataset);
  expand(spec);
}

// Systems: two models (the second a control) by two members' prompts. Four questions in two datasets, of which
// two share their id. Two trials: 32 cells.
inline EvalSpec spec() {
  EvalSpec spec;
  spec.name = "그룹 평가";
  Dataset postings;
  postings.name = "postings";
  postings.passages = {passage("postings", "nuri-backend", "누리솔루션 백엔드 개발자", "| 경력 | 3~7년 |"),
                       passage("postings", "hana-design", "하나디자인", "합격보상금은 70만원입니다.")};
  postings.questions = {question("postings", "reward", "합격보상금은 얼마인가요?", {"nuri-backend"}),
                        question("postings", "career", "경력 몇 년이 필요한가요?", {"nuri-backend", "hana-design"}),
                        question("postings", "office", "사무실은 어디인가요?", {})};
  Dataset memes;
  memes.name = "memes";
  memes.passages = {passage("memes", "nuri-backend", "밈: 누리", "같은 이름의 다른 지문")};
  memes.questions = {question("memes", "reward", "이 밈은 언제 나왔나요?", {"nuri-backend"})};
  spec.datasets = {postings, memes};

  Model mini;
  mini.name = "mini";
  mini.provider = "openai";
  mini.id = "gpt-mini";
  mini.key_env = "PLUMB_TEST_KEY";
  mini.price = Price{0.15, 0.6};
  Model oracle;
  oracle.name = "oracle";
  oracle.provider = "builtin";
  oracle.id = "oracle";
  oracle.control = true;
  spec.models = {mini, oracle};
  for (const char* member : {"minji", "seojun"}) {
    PromptTemplate prompt;
    prompt.member = member;
    prompt.name = "plain";
    prompt.system = std::string("근거만 쓰세요. — ") + member;
    prompt.user = "{{context}}\n\n{{question}}";
    spec.prompts.push_back(prompt);
  }
  Retrieval gold;
  gold.name = "gold";
  spec.retrievals = {gold};
  spec.scorers = {"correctness", "groundedness"};
  spec.trials = 2;
  renew(spec);
  return spec;
}

inline AnswerRecord answer(std::string text, UnixMillis at = k_now) {
  Completion completion;
  completion.text = std::move(text);
  completion.stop = Completion::Stop::finished;
  AnswerRecord record;
  record.reply = std::move(completion);
  record.request_digest = "0123456789abcdef0123456789abcdef";
  record.attempts = 1;
  record.answered_at = at;
  return record;
}

inline AnswerRecord failure(Failure::Kind kind = Failure::Kind::timeout, UnixMillis at = k_now) {
  AnswerRecord record = answer("", at);
  record.reply = Failure{kind, 0, "120초 안에 답이 없음"};
  record.attempts = 4;
  return record;
}

inline std::vector<Score> scores() {
  Score score;
  score.scorer = "correctness";
  score.value = 1.0;
  score.label = "full";
  return {score};
}

inline OutcomeOf outcome(Outcome outcome) {
  OutcomeOf of;
  of.outcome = outcome;
  of.right = outcome == Outcome::correct;
  if (outcome == Outcome::hallucinated) of.kind = HallucinationKind::invented;
  of.why = "지문과 견줌";
  return of;
}

// The key of a request that is called this.
inline std::string key(const std::string& name) { return digest(name); }

inline AttemptStart start(const Cell& cell, const std::string& name, double reserved_usd = 0.0) {
  AttemptStart start;
  start.cell = cell;
  start.request_key = key(name);
  start.at = k_now;
  start.reserved_usd = reserved_usd;
  return start;
}

inline AttemptEnd end(std::string body, int status = 200, AttemptEnd::State state = AttemptEnd::State::replied) {
  AttemptEnd end;
  end.state = state;
  end.response.status = status;
  end.response.body = std::move(body);
  end.response.headers = {{"content-type", "application/json"}, {"x-request-id", "req_1"}, {"server", "x"}};
  end.response.latency = std::chrono::milliseconds(1'234);
  end.response.first_byte = std::chrono::milliseconds(234);
  end.at = k_now + 1'234;
  return end;
}

inline AttemptEnd unclear_end() {
  AttemptEnd unclear = end("", 0, AttemptEnd::State::unclear);
  unclear.response.headers.clear();
  unclear.response.error = "연결이 끊김";
  return unclear;
}

// Opened, or the test fails.
inline std::unique_ptr<Writer> writer(const std::filesystem::path& path, const EvalSpec& spec, bool fresh = false,
                                      UnixMillis now = k_now) {
  Result<std::unique_ptr<Writer>> opened = Writer::open(path, spec, now, {.fresh = fresh, .harness_version = "0.1.0"});
  if (!opened) FAIL(opened.error().message);
  return *std::move(opened);
}

inline std::unique_ptr<Store> reader(const std::filesystem::path& path) {
  Result<std::unique_ptr<Store>> opened = Store::open(path);
  if (!opened) FAIL(opened.error().message);
  return *std::move(opened);
}

// The value, or the test fails with the error's words.
template <class T>
T value_of(Result<T> result) {
  if (!result) FAIL(result.error().message);
  return *std::move(result);
}

inline void require_ok(const Status& status) {
  if (!status) FAIL(status.error().message);
}

// A request with its reply; which attempt it was.
inline std::int64_t exchange(Writer& writer, const AttemptStart& start, const AttemptEnd& end) {
  const Ledger::Started started = value_of(writer.start(start));
  value_of(writer.end(started.attempt, end));
  return started.attempt;
}

// The answer that this attempt brought.
inline AnswerRecord answer_of(std::int64_t attempt, std::string text, std::string raw_body) {
  AnswerRecord record = answer(std::move(text));
  record.attempt = attempt;
  record.raw_body = std::move(raw_body);
  return record;
}

// Answered and finished.
inline void fill(Writer& writer, const Cell& cell, Outcome as = Outcome::correct,
                 const std::string& text = "합격보상금은 100만원입니다.") {
  require_ok(writer.answered(cell, as == Outcome::error ? failure() : answer(text)));
  require_ok(writer.finished(cell, as == Outcome::error ? std::vector<Score>() : scores(), outcome(as)));
}

}  // namespace plumb::sample
