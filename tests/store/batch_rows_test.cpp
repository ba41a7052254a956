#include "store/batch_rows.h"

#include <doctest/doctest.h>

#include "store/database.h"
#include "store/sample.h"

namespace plumb {
namespace {

using sample::value_of;

const std::string k_keys[] = {"00000000000000000000000000000001", "0123456789abcdef0123456789abcdef",
                              "ffffffffffffffffffffffffffffffff"};

// Starts of three requests, and the note of their batch.
BatchNote note_of(Writer& writer, const std::string& name) {
  BatchNote note{.name = name, .provider = "openai", .url = "https://api.openai.com/v1/chat/completions", .at = 7};
  for (int i = 0; i < 3; ++i) {
    const auto started = writer.start({.cell = {0, i, 0}, .request_key = k_keys[i], .at = 5});
    REQUIRE(started);
    note.items.push_back({k_keys[i], started->attempt});
  }
  note.requests = note.items.size();
  sample::require_ok(writer.flush());
  return note;
}

TEST_CASE("a batch is remembered as it was told, by its run only, until it is closed") {
  const sample::Folder folder;
  const EvalSpec spec = sample::spec();
  std::string run;
  BatchNote note;
  {
    const auto writer = sample::writer(folder / "r.db", spec);
    run = writer->run().id;
    const auto book = value_of(open_batch_book(folder / "r.db", run));
    CHECK(value_of(book->open_batches()).empty());
    note = note_of(*writer, "plumb-1");
    sample::require_ok(book->add(note));
    CHECK_FALSE(book->add(note));  // names are used once
  }
  const auto writer = sample::writer(folder / "r.db", spec);
  REQUIRE(writer->run().id == run);
  const auto book = value_of(open_batch_book(folder / "r.db", run));
  auto open = value_of(book->open_batches());
  REQUIRE(open.size() == 1);
  CHECK(open[0].name == note.name);
  CHECK(open[0].provider == note.provider);
  CHECK(open[0].url == note.url);
  CHECK(open[0].vendor_id.empty());
  CHECK(open[0].at == 7);
  CHECK(open[0].requests == 3);
  REQUIRE(open[0].items.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(open[0].items[i].request_key == k_keys[i]);
    CHECK(open[0].items[i].attempt == note.items[i].attempt);
  }
  CHECK(value_of(book->vendor_ids()).empty());
  sample::require_ok(book->created("plumb-1", "batch_abc"));
  CHECK(value_of(book->open_batches())[0].vendor_id == "batch_abc");
  sample::require_ok(book->close("plumb-1"));
  CHECK(value_of(book->open_batches()).empty());
  CHECK(value_of(book->vendor_ids()) == std::vector<std::string>{"batch_abc"});
}

TEST_CASE("what the ledger has the end of is awaited no more") {
  const sample::Folder folder;
  const auto writer = sample::writer(folder / "r.db", sample::spec());
  const auto book = value_of(open_batch_book(folder / "r.db", writer->run().id));
  const BatchNote note = note_of(*writer, "plumb-1");
  sample::require_ok(book->add(note));
  const auto database = value_of(Database::open(folder / "r.db", Database::Access::read));
  CHECK(value_of(database->integer("SELECT count(*) FROM awaited")) == 3);
  REQUIRE(writer->end(note.items[1].attempt, {.response = {.status = 200, .body = "{}"}}));
  sample::require_ok(writer->flush());
  const auto open = value_of(book->open_batches());
  REQUIRE(open.size() == 1);
  REQUIRE(open[0].items.size() == 2);
  CHECK(open[0].items[0].request_key == k_keys[0]);
  CHECK(open[0].items[1].request_key == k_keys[2]);
  CHECK(open[0].requests == 3);
  CHECK(value_of(database->integer("SELECT count(*) FROM awaited")) == 2);
  sample::require_ok(book->close("plumb-1"));
  CHECK(value_of(database->integer("SELECT count(*) FROM awaited")) == 0);
}

TEST_CASE("other runs have batches of their own, and share what is known of the vendors' ids") {
  const sample::Folder folder;
  std::string first;
  {
    const auto writer = sample::writer(folder / "r.db", sample::spec());
    first = writer->run().id;
    const auto book = value_of(open_batch_book(folder / "r.db", first));
    sample::require_ok(book->add(note_of(*writer, "plumb-1")));
    sample::require_ok(book->created("plumb-1", "batch_1"));
  }
  const auto writer = value_of(Writer::open(folder / "r.db", sample::spec(), 1'795'000'000'000, {.fresh = true}));
  REQUIRE(writer->run().id != first);
  const auto book = value_of(open_batch_book(folder / "r.db", writer->run().id));
  CHECK(value_of(book->open_batches()).empty());
  CHECK(value_of(book->vendor_ids()) == std::vector<std::string>{"batch_1"});
}

TEST_CASE("a batch without a ledger, a key that is none, and a run that is not there") {
  const sample::Folder folder;
  const auto writer = sample::writer(folder / "r.db", sample::spec());
  const auto book = value_of(open_batch_book(folder / "r.db", writer->run().id));
  sample::require_ok(book->add({.name = "n", .requests = 1, .items = {{k_keys[1], 0}}}));
  REQUIRE(value_of(book->open_batches()).size() == 1);
  CHECK(value_of(book->open_batches())[0].items.at(0).attempt == 0);
  const auto database = value_of(Database::open(folder / "r.db", Database::Access::read));
  CHECK(value_of(database->integer("SELECT count(*) FROM awaited")) == 0);
  CHECK_FALSE(book->add({.name = "m", .items = {{"no key", 0}}}));
  CHECK(value_of(book->open_batches()).size() == 1);  // all or nothing
  CHECK_FALSE(open_batch_book(folder / "r.db", "20200101-000000-0000"));
}

}  // namespace
}  // namespace plumb
