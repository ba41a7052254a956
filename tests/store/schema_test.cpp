#include "store/schema.h"

#include <doctest/doctest.h>

#include "base/file.h"
#include "base/text.h"
#include "store/question_json.h"
#include "store/sample.h"
#include "store/spec_json.h"

namespace plumb {
namespace {

using sample::value_of;

const Migration k_next = {schema_version() + 1, "ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT '없음'"};

std::vector<Migration> with(const Migration& next) {
  std::vector<Migration> all(migrations().begin(), migrations().end());
  all.push_back(next);
  return all;
}

std::unique_ptr<Database> opened(const std::filesystem::path& path) {
  return value_of(Database::open(path, Database::Access::write));
}

// A database of this version with one run and one cell in it.
std::string make_results(const std::filesystem::path& path) {
  const auto writer = sample::writer(path, sample::spec());
  sample::fill(*writer, {0, 0, 0});
  sample::require_ok(writer->close());
  return writer->run().id;
}

TEST_CASE("migrations count up from one without gaps") {
  int version = 0;
  for (const Migration& migration : migrations()) CHECK(migration.version == ++version);
  CHECK(schema_version() == version);
}

TEST_CASE("an older database is brought up to date with all that it holds") {
  const sample::Folder folder;
  const std::string run = make_results(folder / "r.db");
  const auto database = opened(folder / "r.db");
  sample::require_ok(migrate(*database, with(k_next), "9.9.9"));
  CHECK(value_of(database->integer("PRAGMA user_version")) == schema_version() + 1);
  CHECK(value_of(database->integer("SELECT count(*) FROM runs WHERE note = '없음'")) == 1);
  CHECK(value_of(database->integer("SELECT count(*) FROM cells")) == 1);
  // Once is enough.
  sample::require_ok(migrate(*database, with(k_next), "9.9.9"));
}

TEST_CASE("a migration that fails half way leaves the database as it was") {
  const sample::Folder folder;
  const std::string run = make_results(folder / "r.db");
  const Migration broken = {k_next.version, "ALTER TABLE runs ADD COLUMN note TEXT; DROP TABLE there_is_none"};
  {
    const auto database = opened(folder / "r.db");
    const Status failed = migrate(*database, with(broken), "9.9.9");
    REQUIRE_FALSE(failed);
    CHECK(contains(failed.error().message, "there_is_none"));
    CHECK(value_of(database->integer("PRAGMA user_version")) == schema_version());
    CHECK_FALSE(database->integer("SELECT count(note) FROM runs"));
  }
  CHECK(value_of(sample::reader(folder / "r.db")->cells(run, true)).size() == 1);
  CHECK(sample::writer(folder / "r.db", sample::spec())->resumed());
}

TEST_CASE("a newer database is refused, naming the plumb that wrote it, and left as it is") {
  const sample::Folder folder;
  make_results(folder / "r.db");
  sample::require_ok(migrate(*opened(folder / "r.db"), with(k_next), "9.9.9"));
  const Result<std::unique_ptr<Writer>> writer =
      Writer::open(folder / "r.db", sample::spec(), 0, {.harness_version = "0.1.0"});
  REQUIRE_FALSE(writer);
  CHECK(contains(writer.error().message, "was written by a newer plumb, 9.9.9"));
  CHECK(contains(writer.error().message, (folder / "r.db").string()));
  const Result<std::unique_ptr<Store>> store = Store::open(folder / "r.db");
  REQUIRE_FALSE(store);
  CHECK(store.error().message == writer.error().message);
  CHECK(value_of(opened(folder / "r.db")->integer("PRAGMA user_version")) == schema_version() + 1);
}

// A database as the first version of plumb left it: a run of the sample spec with two cells, one of them scored.
void make_schema_1(const std::filesystem::path& path, const EvalSpec& spec) {
  const auto database = opened(path);
  sample::require_ok(migrate(*database, migrations().first(1), "0.0.9"));
  const auto insert = [&](std::string_view sql, const auto&... values) {
    Statement statement = value_of(database->prepare(sql));
    sample::require_ok(statement.run(values...));
  };
  const std::string json = to_json_text(spec);
  insert("INSERT INTO specs VALUES (1, ?, ?)", digest(json), json);
  insert("INSERT INTO runs VALUES (1, '20261122-111530-1a2b', ?, ?, ?, 540, '2026-W47', 1, '0.0.9', 32)", spec.name,
         sample::k_now, sample::k_now);
  const System& system = spec.systems[0];
  insert("INSERT INTO systems VALUES (1, 1, ?, 0, 1, ?, ?, ?, ?, ?, 0)", system.digest, system.name, system.member,
         system.model, system.prompt, system.retrieval);
  const Question& question = spec.questions[0];
  insert("INSERT INTO questions VALUES (1, ?, ?, ?, 'single_fact', ?, 1, NULL, NULL, ?)", question.digest,
         question.dataset, question.id, question.text, to_json_text(question));
  insert("INSERT INTO run_questions VALUES (1, 1, 0, 1)");
  insert(
      "INSERT INTO passages VALUES (1, 'd', 'postings', 'nuri-backend', '제목', '본문', 'posting', '', '', 'none',"
      " NULL, 0, 't')");
  for (const std::int64_t trial : {0, 1}) {
    insert(
        "INSERT INTO cells VALUES (?, 1, 1, ?, ?, '0123', '[1]', 'finished', 'gpt', 'req', 1, 2, NULL, NULL, 3,"
        " NULL, NULL, NULL, 1, 0.5)",
        trial + 1, trial, sample::k_now);
  }
  insert("INSERT INTO answers VALUES (1, '옛 답', '{\"옛\":1}')");
  insert("INSERT INTO answers VALUES (2, '몸과 같은 답', NULL)");
  insert("INSERT INTO scores VALUES (1, 0, 'correctness', 1.0, 'full', NULL, '')");
  insert("INSERT INTO outcomes VALUES (1, 'correct', NULL, 1, '')");
}

void check_old_cells(const std::vector<StoredCell>& cells) {
  REQUIRE(cells.size() == 2);
  CHECK(std::get<Completion>(cells[0].answer.reply).text == "옛 답");
  CHECK(cells[0].answer.raw_body == "{\"옛\":1}");
  CHECK(cells[0].answer.request_digest == "0123");
  CHECK(cells[0].answer.passages == std::vector<std::string>{"nuri-backend"});
  CHECK(cells[0].answer.attempt == 0);
  CHECK(cells[0].answer.unclear == 0);
  CHECK_FALSE(cells[0].answer.cached);
  CHECK(cells[0].outcome->outcome == Outcome::correct);
  CHECK(cells[1].answer.raw_body == "몸과 같은 답");
  CHECK_FALSE(std::get<Completion>(cells[1].answer.reply).first_token.has_value());
  CHECK_FALSE(std::get<Completion>(cells[1].answer.reply).passages.has_value());
}

TEST_CASE("a database of the first version can be read, and is left as it is") {
  const sample::Folder folder;
  make_schema_1(folder / "r.db", sample::spec());
  const std::string before = value_of(read_file(folder / "r.db"));
  {
    const auto store = sample::reader(folder / "r.db");
    const RunInfo run = value_of(store->find_run("last"));
    CHECK(run.cells_finished == 1);
    CHECK(run.cells_planned == 1 * 1 * 2);  // trials as in its spec
    CHECK(run.spent_usd == 1.0);
    check_old_cells(value_of(store->cells(run.id, true)));
    CHECK(value_of(store->spending(run.id)).requests == 0);
  }
  CHECK((value_of(read_file(folder / "r.db")) == before));
}

TEST_CASE("a run of the first version is continued, and asks nothing again") {
  const sample::Folder folder;
  const EvalSpec spec = sample::spec();
  make_schema_1(folder / "r.db", spec);
  const auto writer = sample::writer(folder / "r.db", spec);
  CHECK(writer->resumed());
  CHECK(value_of(writer->finished_cells()) == std::vector<Cell>{{0, 0, 0}});
  CHECK(value_of(writer->unscored_answers()).size() == 1);
  CHECK_FALSE(writer->find_reply(sample::key("아무것")).has_value());
  const std::int64_t attempt = sample::exchange(*writer, sample::start({0, 1, 0}, "새"), sample::end("새 몸"));
  CHECK(attempt == 1);
  sample::require_ok(writer->answered({0, 1, 0}, sample::answer_of(attempt, "새 답", "새 몸")));
  sample::require_ok(writer->close());
  const auto store = sample::reader(folder / "r.db");
  std::vector<StoredCell> cells = value_of(store->cells(writer->run().id, true));
  REQUIRE(cells.size() == 3);
  CHECK(cells[2].answer.raw_body == "새 몸");
  cells.pop_back();
  check_old_cells(cells);
  CHECK(value_of(opened(folder / "r.db")->integer("SELECT count(*) FROM board")) == 1);
}

TEST_CASE("another program's database is refused and left as it is") {
  const sample::Folder folder;
  sample::require_ok(opened(folder / "other.db")->execute("CREATE TABLE bookmarks (url TEXT)"));
  const Result<std::unique_ptr<Writer>> writer = Writer::open(folder / "other.db", sample::spec(), 0);
  REQUIRE_FALSE(writer);
  CHECK(contains(writer.error().message, "not one of plumb's"));
  const Result<std::unique_ptr<Store>> store = Store::open(folder / "other.db");
  REQUIRE_FALSE(store);
  CHECK(contains(store.error().message, "not one of plumb's"));
  const auto database = opened(folder / "other.db");
  CHECK(value_of(database->integer("SELECT count(*) FROM sqlite_schema")) == 1);
  CHECK_FALSE(std::filesystem::exists(folder / "other.db-wal"));
}

TEST_CASE("an empty file becomes a database") {
  const sample::Folder folder;
  opened(folder / "r.db");
  CHECK_FALSE(Store::open(folder / "r.db"));
  make_results(folder / "r.db");
  CHECK(value_of(sample::reader(folder / "r.db")->runs()).size() == 1);
}

}  // namespace
}  // namespace plumb
