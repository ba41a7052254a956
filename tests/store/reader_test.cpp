#include <doctest/doctest.h>

#include "base/file.h"
#include "base/text.h"
#include "store/database.h"
#include "store/sample.h"
#include "store/store.h"

namespace plumb {
namespace {

using sample::k_now;
using sample::value_of;

template <class T>
std::string message_of(const Result<T>& result) {
  return result ? "" : result.error().message;
}

std::string add_run(const std::filesystem::path& path, UnixMillis now) {
  const auto writer = sample::writer(path, sample::spec(), true, now);
  sample::fill(*writer, {0, 0, 0});
  sample::fill(*writer, {0, 1, 0}, Outcome::error);
  sample::require_ok(writer->answered({0, 2, 0}, sample::answer("채점 전", now + 60'000)));
  sample::require_ok(writer->close());
  return writer->run().id;
}

TEST_CASE("where there is no database, reading says how to begin and makes none") {
  const sample::Folder folder;
  CHECK(contains(message_of(Store::open(folder / "r.db")), "start with `plumb run`"));
  CHECK_FALSE(std::filesystem::exists(folder / "r.db"));
}

TEST_CASE("a file that is no database cannot be read as one") {
  const sample::Folder folder;
  sample::require_ok(write_file(folder / "r.db", std::string(5'000, 'x')));
  CHECK(contains(message_of(Store::open(folder / "r.db")), "is not a database"));
}

TEST_CASE("runs are told newest first, with what is in them") {
  const sample::Folder folder;
  const std::string older = add_run(folder / "r.db", k_now);
  const std::string newer = add_run(folder / "r.db", k_now + 86'400'000);
  const auto runs = value_of(sample::reader(folder / "r.db")->runs());
  REQUIRE(runs.size() == 2);
  CHECK(runs[0].id == newer);
  CHECK(runs[1].id == older);
  CHECK(runs[1].started_at == k_now);
  CHECK(runs[1].updated_at == k_now + 60'000);
  CHECK(runs[1].systems == 4);
  CHECK(runs[1].cells_planned == 32);
  CHECK(runs[1].cells_finished == 2);
  CHECK(runs[1].errors == 1);
  CHECK(runs[1].spec_digest.size() == 32);
  CHECK(runs[1].spec_digest == runs[0].spec_digest);
}

TEST_CASE("a run is found by its id, by the beginning of it, and as the last") {
  const sample::Folder folder;
  const std::string older = add_run(folder / "r.db", k_now);
  const std::string newer = add_run(folder / "r.db", k_now + 86'400'000);
  const auto store = sample::reader(folder / "r.db");
  CHECK(value_of(store->find_run("last")).id == newer);
  CHECK(value_of(store->find_run(older)).id == older);
  CHECK(value_of(store->find_run("20261122")).id == older);
  const std::string ambiguous = message_of(store->find_run("202611"));
  CHECK(contains(ambiguous, older));
  CHECK(contains(ambiguous, newer));
  const std::string none = message_of(store->find_run("1999"));
  CHECK(contains(none, older));
  CHECK(contains(none, newer));
  CHECK_FALSE(store->find_run(""));
}

TEST_CASE("a run that does not exist is an error everywhere") {
  const sample::Folder folder;
  add_run(folder / "r.db", k_now);
  const auto store = sample::reader(folder / "r.db");
  CHECK(contains(message_of(store->systems("1999")), "there is no run '1999'"));
  CHECK(contains(message_of(store->questions("1999")), "there is no run '1999'"));
  CHECK(contains(message_of(store->cells("1999", true)), "there is no run '1999'"));
  CHECK(contains(message_of(store->passages_shown("1999", {})), "there is no run '1999'"));
}

TEST_CASE("a run without cells has none") {
  const sample::Folder folder;
  const auto writer = sample::writer(folder / "r.db", sample::spec());
  sample::require_ok(writer->close());
  CHECK(value_of(sample::reader(folder / "r.db")->cells(writer->run().id, true)).empty());
}

TEST_CASE("cells are told by system, question and trial, scored or not") {
  const sample::Folder folder;
  const EvalSpec spec = sample::spec();
  const auto writer = sample::writer(folder / "r.db", spec);
  for (const Cell& cell : {Cell{2, 0, 0}, Cell{0, 3, 1}, Cell{0, 3, 0}, Cell{0, 1, 0}}) sample::fill(*writer, cell);
  sample::require_ok(writer->answered({0, 2, 0}, sample::answer("채점 전")));
  sample::require_ok(writer->close());
  const auto cells = value_of(sample::reader(folder / "r.db")->cells(writer->run().id, true));
  const Cell expected[] = {{0, 1, 0}, {0, 2, 0}, {0, 3, 0}, {0, 3, 1}, {2, 0, 0}};
  REQUIRE(cells.size() == std::size(expected));
  for (std::size_t i = 0; i < cells.size(); ++i) {
    CHECK(cells[i].system_digest == spec.systems[static_cast<std::size_t>(expected[i].system)].digest);
    CHECK(cells[i].question_digest == spec.questions[static_cast<std::size_t>(expected[i].question)].digest);
    CHECK(cells[i].trial == expected[i].trial);
    CHECK(cells[i].outcome.has_value() == (i != 1));
  }
}

TEST_CASE("a word that this plumb does not know is told, not guessed") {
  const sample::Folder folder;
  const std::string run = add_run(folder / "r.db", k_now);
  const auto database = value_of(Database::open(folder / "r.db", Database::Access::write));
  sample::require_ok(database->execute("UPDATE outcomes SET outcome = 'hallucinatd'"));
  CHECK(contains(message_of(sample::reader(folder / "r.db")->cells(run, false)), "unknown outcome 'hallucinatd'"));
}

}  // namespace
}  // namespace plumb
