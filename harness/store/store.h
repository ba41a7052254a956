// The database: everything that was asked, answered and scored, by run. The only user of sqlite3.
//
// A run is a grid that may grow: cells are keyed by the digests of system and question and by trial, so a
// new prompt adds squares, a changed question makes new ones, and what is there is never asked again.
// `plumb run` writes through a Writer, whose thread gathers rows into durable group commits; all else reads.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "domain/ledger.h"
#include "domain/sink.h"
#include "domain/spec.h"

namespace plumb {

struct RunInfo {
  std::string id;    // 20261122-201530-1a2b: sorts by time
  std::string name;  // of the evaluation
  UnixMillis started_at = 0;
  UnixMillis updated_at = 0;
  std::string week;         // ISO week of the start, in the season's time zone
  std::string spec_digest;  // of the spec last run
  std::string harness_version;
  int systems = 0;
  std::int64_t cells_planned = 0;   // of the current grid: systems x questions x trials
  std::int64_t cells_finished = 0;  // of the current grid, errors included
  std::int64_t errors = 0;          // of those: cells without an answer
  double spent_usd = 0.0;           // Spending::cost_usd
};

// What a run spent, of all that it ever asked: what is no longer current was paid for too.
struct Spending {
  std::int64_t requests = 0;        // sent; while a run is under way, also those whose reply is awaited
  std::int64_t unclear = 0;         // of those: nothing came back that can be read, so they may have been paid for
  double unclear_usd_max = 0.0;     // what they cost at most, as far as was known when they were sent
  std::int64_t paid_twice_max = 0;  // cells asked again after an unclear request: answers perhaps paid for twice
  double paid_twice_usd_max = 0.0;  // what the unclear requests for these cost at most
  double cost_usd = 0.0;            // of all answers, those included that another took the place of
  std::int64_t cost_unknown = 0;    // cells whose cost is not in that, because nobody knows it
  std::int64_t cells_cached = 0;    // answered with replies of earlier runs
};

// A cell as stored, with all that statistics and `show` need; texts only where asked for.
struct StoredCell {
  std::string system_digest;
  std::string question_digest;
  int trial = 0;
  AnswerRecord answer;
  std::vector<Score> scores;
  std::optional<OutcomeOf> outcome;  // none: answered but not yet scored
};

// Reads; several may, while a Writer writes. One thread at a time each. Every call sees one moment of the
// database. Of a run they tell what is current: a prompt or question that was changed has taken the place of its
// older version, whose cells are kept but not told.
class Store {
 public:
  // Opens for reading and creates nothing; an absent file is an error that says to run first.
  static Result<std::unique_ptr<Store>> open(const std::filesystem::path&);
  virtual ~Store() = default;

  virtual Result<std::vector<RunInfo>> runs() const = 0;  // newest first
  // By full id, unique prefix, or "last"; an error lists what there is.
  virtual Result<RunInfo> find_run(const std::string&) const = 0;

  // By full id, here and below; in the order of the spec last run.
  virtual Result<std::vector<System>> systems(const std::string& run) const = 0;
  virtual Result<std::vector<Question>> questions(const std::string& run) const = 0;  // as they were when asked
  // All cells of a run that have an answer or failed to get one, by system, question and trial. `with_texts`
  // false leaves out answers' text, raw body, why, claims, tool calls and the passages that a service relied on.
  virtual Result<std::vector<StoredCell>> cells(const std::string& run, bool with_texts) const = 0;
  // The passages shown to this cell, in order, as their dataset had them when they were shown (as_shown() of
  // retrieval/ writes their tables as the model saw them); or what a service said it relied on, where one did.
  // One that a retrieval made up has its id only.
  virtual Result<std::vector<Passage>> passages_shown(const std::string& run, const StoredCell&) const = 0;
  virtual Result<Spending> spending(const std::string& run) const = 0;
};

struct RunOptions {
  bool fresh = false;           // a new run, even where there is one of this name
  bool cache = false;           // find_reply() also tells what earlier runs were told
  std::string harness_version;  // of this program, as it is noted
};

class Writer : public Sink, public Ledger {
 public:
  // Creates or migrates the database, takes the lock (a second writer is refused, naming the process),
  // and opens the latest run of this name for more cells, or a new one when there is none or `fresh`.
  // The spec must be expanded and sealed; it need not outlive the call.
  static Result<std::unique_ptr<Writer>> open(const std::filesystem::path&, const EvalSpec&, UnixMillis now,
                                              const RunOptions& = {});

  // answered(), finished(), start() and end() hand a row over and return; all are for one thread. It is durable
  // within some milliseconds. They wait while too much is queued: never for the caller, only for the disk. A cell
  // answered again (its first answer was a failure) replaces what was stored of it; an answer that names an
  // attempt has its raw body from there.

  virtual const RunInfo& run() const = 0;  // as it was when opened
  virtual bool resumed() const = 0;        // an existing run was continued

  // What this run already holds of the spec's grid, by index into the spec. Cells that have no answer are not
  // among them: running again asks for those again.
  virtual Result<std::vector<Cell>> finished_cells() const = 0;
  // Answered, never scored: a crash between the two. To be scored without asking again.
  virtual Result<std::vector<std::pair<Cell, AnswerRecord>>> unscored_answers() const = 0;

  // Waits until all that was handed over is durable. The error is that of the first write that failed, as it is
  // from then on for every answered(), finished(), start(), end(), durable(), flush() and close(): nothing more is
  // accepted, and nothing more is written.
  virtual Status flush() = 0;
  // As flush(), and lets go of the database. May be called again.
  virtual Status close() = 0;
};

int schema_version();
std::string sqlite_version_line();  // for `plumb doctor`

}  // namespace plumb
