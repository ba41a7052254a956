// What a run spent, and what it may have spent in vain.
#include "store/spending.h"

#include <doctest/doctest.h>

#include "store/sample.h"

namespace plumb {
namespace {

using sample::value_of;

Spending spending_of(const std::filesystem::path& path, const std::string& run) {
  return value_of(sample::reader(path)->spending(run));
}

TEST_CASE("a run without requests has spent nothing") {
  const sample::Folder folder;
  const auto writer = sample::writer(folder / "r.db", sample::spec());
  sample::require_ok(writer->close());
  const Spending spending = spending_of(folder / "r.db", writer->run().id);
  CHECK(spending.requests == 0);
  CHECK(spending.unclear == 0);
  CHECK(spending.paid_twice_max == 0);
  CHECK(spending.cost_usd == 0.0);
  CHECK_FALSE(sample::reader(folder / "r.db")->spending("1999"));
}

TEST_CASE("what was cut off counts as unclear, and what never left does not count") {
  const sample::Folder folder;
  const auto writer = sample::writer(folder / "r.db", sample::spec());
  sample::exchange(*writer, sample::start({0, 0, 0}, "a", 1.0), sample::end("b"));
  sample::exchange(*writer, sample::start({0, 1, 0}, "b", 2.0), sample::end("", 500));
  sample::exchange(*writer, sample::start({0, 2, 0}, "c", 4.0), sample::unclear_end());
  sample::exchange(*writer, sample::start({0, 3, 0}, "d", 8.0), sample::end("", 0, AttemptEnd::State::not_sent));
  value_of(writer->start(sample::start({1, 0, 0}, "e", 16.0)));
  sample::require_ok(writer->close());
  const Spending spending = spending_of(folder / "r.db", writer->run().id);
  CHECK(spending.requests == 4);
  CHECK(spending.unclear == 2);
  CHECK(spending.unclear_usd_max == 20.0);
  CHECK(spending.paid_twice_max == 0);  // nothing was asked again yet
  CHECK(spending.paid_twice_usd_max == 0.0);
}

TEST_CASE("a cell asked again after an unclear request may have been paid for twice: counted once, at most so much") {
  const sample::Folder folder;
  const EvalSpec spec = sample::spec();
  auto writer = sample::writer(folder / "r.db", spec);
  const AttemptStart twice = sample::start({0, 0, 0}, "a", 0.5);
  sample::exchange(*writer, twice, sample::unclear_end());
  sample::exchange(*writer, twice, sample::unclear_end());
  sample::exchange(*writer, twice, sample::end("답"));
  value_of(writer->start(sample::start({0, 1, 0}, "b", 0.25)));  // cut off, asked again by the next writer
  // Not asked again: another step, another trial, and one that was not sent.
  AttemptStart step = sample::start({0, 2, 0}, "c", 8.0);
  sample::exchange(*writer, step, sample::unclear_end());
  step.step = 1;
  sample::exchange(*writer, step, sample::end("답"));
  sample::exchange(*writer, sample::start({0, 3, 0}, "d", 8.0), sample::unclear_end());
  sample::exchange(*writer, sample::start({0, 3, 1}, "d", 8.0), sample::end("답"));
  sample::exchange(*writer, sample::start({0, 3, 0}, "d", 8.0), sample::end("", 0, AttemptEnd::State::not_sent));
  // A refusal first is no doubt.
  sample::exchange(*writer, sample::start({1, 0, 0}, "e", 8.0), sample::end("", 429));
  sample::exchange(*writer, sample::start({1, 0, 0}, "e", 8.0), sample::end("답"));
  sample::require_ok(writer->close());
  CHECK(spending_of(folder / "r.db", writer->run().id).paid_twice_max == 1);

  writer = sample::writer(folder / "r.db", spec);
  sample::exchange(*writer, sample::start({0, 1, 0}, "b", 0.25), sample::end("답"));
  sample::require_ok(writer->close());
  const Spending spending = spending_of(folder / "r.db", writer->run().id);
  CHECK(spending.requests == 11);
  CHECK(spending.unclear == 5);
  CHECK(spending.paid_twice_max == 2);
  CHECK(spending.paid_twice_usd_max == 1.25);
}

TEST_CASE("a request that a vendor still works on is not unclear") {
  const sample::Folder folder;
  const auto writer = sample::writer(folder / "r.db", sample::spec());
  value_of(writer->start(sample::start({0, 0, 0}, "a", 1.0)));
  value_of(writer->start(sample::start({0, 1, 0}, "b", 1.0)));
  sample::require_ok(writer->close());
  const auto database = value_of(Database::open(folder / "r.db", Database::Access::write));
  sample::require_ok(
      database->execute("INSERT INTO batches VALUES (1, 1, 'x', 'openai', '', NULL, 0, 1, 1);"
                        "INSERT INTO batch_items VALUES (1, 0, x'00', 1)"));
  const Spending spending = spending_of(folder / "r.db", writer->run().id);
  CHECK(spending.requests == 2);
  CHECK(spending.unclear == 1);
  // Once nothing more will come of the batch, it is.
  sample::require_ok(database->execute("UPDATE batches SET open = 0"));
  CHECK(spending_of(folder / "r.db", writer->run().id).unclear == 2);
}

TEST_CASE("what is known of the cost is told apart from what is not, and each run bears its own") {
  const sample::Folder folder;
  const EvalSpec spec = sample::spec();
  auto writer = sample::writer(folder / "r.db", spec);
  AnswerRecord record = sample::answer("답");
  record.cost_known = true;
  record.cost_usd = 0.5;
  sample::require_ok(writer->answered({0, 0, 0}, record));
  record.cached = true;
  record.cost_usd = 0.0;
  sample::require_ok(writer->answered({0, 1, 0}, record));
  sample::require_ok(writer->answered({0, 2, 0}, sample::answer("값을 모름")));
  sample::require_ok(writer->answered({0, 3, 0}, sample::failure()));
  AnswerRecord never_sent = sample::failure();
  never_sent.attempts = 0;
  sample::require_ok(writer->answered({1, 3, 0}, never_sent));
  sample::require_ok(writer->close());
  const Spending spending = spending_of(folder / "r.db", writer->run().id);
  CHECK(spending.cost_usd == 0.5);
  CHECK(spending.cost_unknown == 2);
  CHECK(spending.cells_cached == 1);

  writer = sample::writer(folder / "r.db", spec, /*fresh=*/true);
  sample::require_ok(writer->close());
  CHECK(spending_of(folder / "r.db", writer->run().id).cost_usd == 0.0);
}

}  // namespace
}  // namespace plumb
