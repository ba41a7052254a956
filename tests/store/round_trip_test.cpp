// What goes in through a Writer comes out of a Store, field by field and byte by byte.
#include <doctest/doctest.h>

#include "base/text.h"
#include "store/database.h"
#include "store/sample.h"
#include "store/store.h"

namespace plumb {
namespace {

using sample::k_now;
using sample::value_of;

AnswerRecord full_answer(const std::string& text, const std::string& raw_body) {
  AnswerRecord record = sample::answer(text);
  auto& completion = std::get<Completion>(record.reply);
  completion.stop = Completion::Stop::length;
  completion.usage = {1'234, 56, std::nullopt, 0};
  completion.model_answered = "gpt-mini-2026-09-01";
  completion.request_id = "req_한글";
  completion.latency = std::chrono::milliseconds(1'234);
  completion.first_token = std::chrono::milliseconds(321);
  completion.logprobs = Logprobs{-0.125, -7.5, 42};
  completion.tool_calls = {{"", "search", R"({"q":"보상금"})", "100만원", false}, {"", "\xff", "{", "", true}};
  record.passages = {"hana-design", "nuri-backend", "조각-7"};
  record.raw_body = raw_body;
  record.attempts = 3;
  record.unclear = 2;
  record.cached = true;
  record.cost_usd = 0.1 + 0.2;
  record.cost_known = true;
  return record;
}

std::vector<Score> full_scores() {
  Score first;
  first.scorer = "groundedness";
  first.value = 1.0 / 3.0;
  first.label = "partial";
  first.kind = HallucinationKind::swapped;
  first.why = "지문의 다른 행";
  first.claims = {{{0, 12}, Verdict::contradicted, "hana-design", {3, 9}, "120만원이 지문에 없음; 지문: 100만원"},
                  {{13, 40}, Verdict::supported, "", {}, ""}};
  Score unscored;
  unscored.scorer = "citations";
  unscored.why = "인용 없음";
  Score last = first;
  last.scorer = "correctness";
  last.claims = {{{5, 6}, Verdict::not_in_source, "nuri-backend", {0, 1}, "둘째 채점"}};
  return {first, unscored, last};
}

void check_equal(const Score& got, const Score& expected) {
  CHECK(got.scorer == expected.scorer);
  CHECK(got.value == expected.value);
  CHECK(got.label == expected.label);
  CHECK(got.kind == expected.kind);
  CHECK(got.why == expected.why);
  REQUIRE(got.claims.size() == expected.claims.size());
  for (std::size_t i = 0; i < got.claims.size(); ++i) {
    CHECK(got.claims[i].span == expected.claims[i].span);
    CHECK(got.claims[i].verdict == expected.claims[i].verdict);
    CHECK(got.claims[i].passage_id == expected.claims[i].passage_id);
    CHECK(got.claims[i].evidence == expected.claims[i].evidence);
    CHECK(got.claims[i].why == expected.claims[i].why);
  }
}

// Passages of services belong to no dataset and no family.
void check_equal(const std::optional<std::vector<Passage>>& got, const std::optional<std::vector<Passage>>& expected) {
  REQUIRE(got.has_value() == expected.has_value());
  if (!expected) return;
  REQUIRE(got->size() == expected->size());
  for (std::size_t i = 0; i < expected->size(); ++i) {
    CHECK((*got)[i].id == (*expected)[i].id);
    CHECK((*got)[i].title == (*expected)[i].title);
    CHECK((*got)[i].text == (*expected)[i].text);
    CHECK((*got)[i].dataset == "");
    CHECK((*got)[i].group == "");
    Passage sealed = (*expected)[i];
    seal(sealed);
    CHECK((*got)[i].digest == sealed.digest);
  }
}

void check_equal(const std::vector<ToolCall>& got, const std::vector<ToolCall>& expected) {
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK((got[i].name == expected[i].name));
    CHECK(got[i].arguments == expected[i].arguments);
    CHECK(got[i].output == expected[i].output);
    CHECK(got[i].failed == expected[i].failed);
  }
}

void check_equal(const AnswerRecord& got, const AnswerRecord& expected) {
  CHECK(got.passages == expected.passages);
  CHECK(got.request_digest == expected.request_digest);
  CHECK(got.raw_body == expected.raw_body);
  CHECK(got.attempts == expected.attempts);
  CHECK(got.unclear == expected.unclear);
  CHECK(got.cached == expected.cached);
  CHECK(got.attempt == expected.attempt);
  CHECK(got.answered_at == expected.answered_at);
  CHECK(got.cost_usd == expected.cost_usd);
  CHECK(got.cost_known == expected.cost_known);
  REQUIRE(got.reply.index() == expected.reply.index());
  if (const auto* completion = std::get_if<Completion>(&expected.reply)) {
    const auto& other = std::get<Completion>(got.reply);
    CHECK(other.text == completion->text);
    CHECK(other.stop == completion->stop);
    CHECK(other.usage.tokens_in == completion->usage.tokens_in);
    CHECK(other.usage.tokens_out == completion->usage.tokens_out);
    CHECK(other.usage.tokens_reasoning == completion->usage.tokens_reasoning);
    CHECK(other.usage.tokens_cached == completion->usage.tokens_cached);
    CHECK(other.model_answered == completion->model_answered);
    CHECK(other.request_id == completion->request_id);
    CHECK(other.latency == completion->latency);
    CHECK(other.first_token == completion->first_token);
    REQUIRE(other.logprobs.has_value() == completion->logprobs.has_value());
    if (completion->logprobs) {
      CHECK(other.logprobs->mean == completion->logprobs->mean);
      CHECK(other.logprobs->min == completion->logprobs->min);
      CHECK(other.logprobs->tokens == completion->logprobs->tokens);
    }
    check_equal(other.tool_calls, completion->tool_calls);
    check_equal(other.passages, completion->passages);
  } else {
    const auto& failure = std::get<Failure>(expected.reply);
    const auto& other = std::get<Failure>(got.reply);
    CHECK(other.kind == failure.kind);
    CHECK(other.http_status == failure.http_status);
    CHECK(other.message == failure.message);
  }
}

// The one cell stored when `record` is the answer to the first question.
StoredCell stored(const AnswerRecord& record, bool with_texts = true) {
  const sample::Folder folder;
  const auto writer = sample::writer(folder / "r.db", sample::spec());
  sample::require_ok(writer->answered({0, 1, 1}, record));
  sample::require_ok(writer->finished({0, 1, 1}, full_scores(), sample::outcome(Outcome::hallucinated)));
  sample::require_ok(writer->close());
  const auto cells = value_of(sample::reader(folder / "r.db")->cells(writer->run().id, with_texts));
  REQUIRE(cells.size() == 1);
  return cells[0];
}

TEST_CASE("an answer, its scores, claims and outcome come back as they were") {
  const AnswerRecord record = full_answer("합격보상금은 120만원입니다.", R"({"id":"req_한글"})");
  const StoredCell cell = stored(record);
  const EvalSpec spec = sample::spec();
  CHECK(cell.system_digest == spec.systems[0].digest);
  CHECK(cell.question_digest == spec.questions[1].digest);
  CHECK(cell.trial == 1);
  check_equal(cell.answer, record);
  const std::vector<Score> expected = full_scores();
  REQUIRE(cell.scores.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) check_equal(cell.scores[i], expected[i]);
  REQUIRE(cell.outcome.has_value());
  CHECK(cell.outcome->outcome == Outcome::hallucinated);
  CHECK(cell.outcome->kind == HallucinationKind::invented);
  CHECK_FALSE(cell.outcome->right);
  CHECK(cell.outcome->why == "지문과 견줌");
}

TEST_CASE("every byte of an answer and of a raw body comes back") {
  const std::string nfc = "한글 맞춤법";
  const std::string nfd = "\u1112\u1161\u11ab\u1100\u1173\u11af";  // 한글, decomposed
  const std::string with_nul("앞\0뒤", 7);
  const std::string ill_formed = "\xff\xfe 깨진 \xea\xb0 글";
  std::string all_bytes;
  for (int byte = 0; byte < 256; ++byte) all_bytes += static_cast<char>(byte);
  const std::string megabytes(3'000'000, 'x');
  for (const std::string& text : {std::string(), nfc, nfd, with_nul, ill_formed, all_bytes, megabytes}) {
    for (const std::string& raw : {std::string(), text, all_bytes + text, std::string(text.size(), 'y')}) {
      const StoredCell cell = stored(full_answer(text, raw));
      CHECK((std::get<Completion>(cell.answer.reply).text == text));
      CHECK((cell.answer.raw_body == raw));
    }
  }
}

TEST_CASE("a failure comes back as the failure it was, with what was received") {
  for (int kind = 0; kind <= static_cast<int>(Failure::Kind::unclear); ++kind) {
    AnswerRecord record = sample::failure(static_cast<Failure::Kind>(kind));
    auto& failure = std::get<Failure>(record.reply);
    failure.http_status = 503;
    failure.message = std::string("서버가 \xff 답함\0!", 20);
    record.raw_body = "<html>\xff</html>";
    check_equal(stored(record).answer, record);
  }
}

TEST_CASE("an unknown price is not a price of zero") {
  AnswerRecord record = full_answer("답", "");
  record.cost_known = false;
  record.cost_usd = 0.0;
  CHECK_FALSE(stored(record).answer.cost_known);
  record.cost_known = true;
  CHECK(stored(record).answer.cost_known);
}

TEST_CASE("what is not there does not come back as something") {
  AnswerRecord record = sample::answer("답");
  check_equal(stored(record).answer, record);
  std::get<Completion>(record.reply).passages.emplace();  // a service that says it relied on nothing
  check_equal(stored(record).answer, record);
  record.request_digest = "no digest of ours";
  check_equal(stored(record).answer, record);
}

TEST_CASE("the raw body of an attempt is stored once, and read from there") {
  const sample::Folder folder;
  const auto writer = sample::writer(folder / "r.db", sample::spec());
  const std::int64_t attempt =
      sample::exchange(*writer, sample::start({0, 0, 0}, "a"), sample::end("{\"몸\":\"\xff\"}"));
  const std::int64_t empty = sample::exchange(*writer, sample::start({0, 1, 0}, "b"), sample::unclear_end());
  const AnswerRecord answer = sample::answer_of(attempt, "답", "{\"몸\":\"\xff\"}");
  AnswerRecord failure = sample::failure(Failure::Kind::unclear);
  failure.attempt = empty;
  sample::require_ok(writer->answered({0, 0, 0}, answer));
  sample::require_ok(writer->answered({1, 0, 0}, answer));  // shares the reply
  sample::require_ok(writer->answered({0, 1, 0}, failure));
  sample::require_ok(writer->close());
  const auto cells = value_of(sample::reader(folder / "r.db")->cells(writer->run().id, true));
  REQUIRE(cells.size() == 3);
  check_equal(cells[0].answer, answer);
  check_equal(cells[1].answer, failure);
  check_equal(cells[2].answer, answer);
  const auto database = value_of(Database::open(folder / "r.db", Database::Access::read));
  CHECK(value_of(database->integer("SELECT count(*) FROM answers WHERE raw_body IS NOT NULL")) == 0);
}

TEST_CASE("what a service relied on comes back with its text, each passage stored once") {
  const sample::Folder folder;
  const auto writer = sample::writer(folder / "r.db", sample::spec());
  Passage first, second;
  first.id = "nuri-backend";  // as the dataset calls one of its own
  first.title = "규정";
  first.text = "연차는 15일이다.";
  first.group = "묶음";
  second.id = "2";
  second.text = "깨진 \xff 글";
  AnswerRecord record = sample::answer("15일입니다.");
  std::get<Completion>(record.reply).passages = {second, first};
  record.passages = {"2", "nuri-backend"};
  for (int trial = 0; trial < 2; ++trial) sample::require_ok(writer->answered({0, 0, trial}, record));
  sample::require_ok(writer->close());
  const auto store = sample::reader(folder / "r.db");
  second.text = repair_utf8(second.text);  // as tools can read it
  std::get<Completion>(record.reply).passages = {second, first};
  for (const StoredCell& cell : value_of(store->cells(writer->run().id, true))) {
    check_equal(cell.answer, record);
    const auto shown = value_of(store->passages_shown(writer->run().id, cell));
    REQUIRE(shown.size() == 2);
    CHECK(shown[0].text == second.text);
    CHECK(shown[1].id == "nuri-backend");
    CHECK(shown[1].text == "연차는 15일이다.");
  }
  const auto database = value_of(Database::open(folder / "r.db", Database::Access::read));
  CHECK(value_of(database->integer("SELECT count(*) FROM passages WHERE dataset = '' AND family = ''")) == 2);
}

TEST_CASE("an answer asked again leaves nothing of the one before") {
  const sample::Folder folder;
  const auto writer = sample::writer(folder / "r.db", sample::spec());
  sample::require_ok(writer->answered({0, 0, 0}, full_answer("먼저", "몸")));
  sample::require_ok(writer->finished({0, 0, 0}, full_scores(), sample::outcome(Outcome::error)));
  sample::require_ok(writer->answered({0, 0, 0}, sample::answer("나중")));
  sample::require_ok(writer->close());
  const auto cells = value_of(sample::reader(folder / "r.db")->cells(writer->run().id, true));
  REQUIRE(cells.size() == 1);
  check_equal(cells[0].answer, sample::answer("나중"));
  CHECK(cells[0].scores.empty());
  CHECK_FALSE(cells[0].outcome.has_value());
}

TEST_CASE("without texts, all but the texts is there") {
  AnswerRecord record = full_answer("합격보상금은 120만원입니다.", "{}");
  std::get<Completion>(record.reply).passages.emplace(1);
  const StoredCell cell = stored(record, false);
  CHECK(std::get<Completion>(cell.answer.reply).tool_calls.empty());
  CHECK_FALSE(std::get<Completion>(cell.answer.reply).passages.has_value());
  CHECK(std::get<Completion>(cell.answer.reply).logprobs.has_value());
  CHECK(std::get<Completion>(cell.answer.reply).first_token == std::chrono::milliseconds(321));
  CHECK(cell.answer.unclear == 2);
  CHECK(cell.answer.cached);
  CHECK(std::get<Completion>(cell.answer.reply).text.empty());
  CHECK(std::get<Completion>(cell.answer.reply).usage.tokens_in == 1'234);
  CHECK(cell.answer.raw_body.empty());
  CHECK(cell.answer.passages.size() == 3);
  CHECK(cell.answer.cost_usd == 0.1 + 0.2);
  REQUIRE(cell.scores.size() == 3);
  CHECK(cell.scores[0].value == 1.0 / 3.0);
  CHECK(cell.scores[0].why.empty());
  CHECK(cell.scores[0].claims.empty());
  CHECK(cell.outcome->outcome == Outcome::hallucinated);
  CHECK(cell.outcome->why.empty());
}

TEST_CASE("passages shown come back in the order shown, as their dataset had them") {
  const sample::Folder folder;
  const EvalSpec spec = sample::spec();
  const auto writer = sample::writer(folder / "r.db", spec);
  sample::require_ok(writer->answered({0, 1, 0}, full_answer("답", "")));
  AnswerRecord of_memes = sample::answer("답");
  of_memes.passages = {"nuri-backend"};
  sample::require_ok(writer->answered({0, 3, 0}, of_memes));
  sample::require_ok(writer->close());

  const auto store = sample::reader(folder / "r.db");
  const auto cells = value_of(store->cells(writer->run().id, false));
  REQUIRE(cells.size() == 2);
  const auto shown = value_of(store->passages_shown(writer->run().id, cells[0]));
  REQUIRE(shown.size() == 3);
  const Passage& expected = spec.datasets[0].passages[1];
  CHECK(shown[0].id == expected.id);
  CHECK(shown[0].dataset == "postings");
  CHECK(shown[0].title == expected.title);
  CHECK(shown[0].text == expected.text);
  CHECK(shown[0].kind == expected.kind);
  CHECK(shown[0].group == expected.group);
  CHECK(shown[0].source == expected.source);
  CHECK(shown[0].grade == expected.grade);
  CHECK(shown[0].as_of == expected.as_of);
  CHECK(shown[0].digest == expected.digest);
  CHECK(shown[1].id == "nuri-backend");
  CHECK(shown[1].text == "| 경력 | 3~7년 |");
  CHECK(shown[2].id == "조각-7");
  CHECK(shown[2].text.empty());
  const auto of_other_dataset = value_of(store->passages_shown(writer->run().id, cells[1]));
  REQUIRE(of_other_dataset.size() == 1);
  CHECK(of_other_dataset[0].text == "같은 이름의 다른 지문");

  StoredCell never = cells[0];
  never.trial = 7;
  CHECK_FALSE(store->passages_shown(writer->run().id, never));
}

TEST_CASE("systems and questions come back in the order of the spec") {
  const sample::Folder folder;
  const EvalSpec spec = sample::spec();
  const auto writer = sample::writer(folder / "r.db", spec);
  sample::require_ok(writer->close());
  const auto store = sample::reader(folder / "r.db");
  const auto systems = value_of(store->systems(writer->run().id));
  REQUIRE(systems.size() == spec.systems.size());
  for (std::size_t i = 0; i < systems.size(); ++i) {
    CHECK(systems[i].name == spec.systems[i].name);
    CHECK(systems[i].member == spec.systems[i].member);
    CHECK(systems[i].model == spec.systems[i].model);
    CHECK(systems[i].prompt == spec.systems[i].prompt);
    CHECK(systems[i].retrieval == spec.systems[i].retrieval);
    CHECK(systems[i].control == spec.systems[i].control);
    CHECK(systems[i].digest == spec.systems[i].digest);
  }
  const auto questions = value_of(store->questions(writer->run().id));
  REQUIRE(questions.size() == spec.questions.size());
  for (std::size_t i = 0; i < questions.size(); ++i) CHECK(questions[i].digest == spec.questions[i].digest);
}

}  // namespace
}  // namespace plumb
