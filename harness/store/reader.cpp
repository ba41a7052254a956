#include <fmt/format.h>

#include "store/cell_rows.h"
#include "store/database.h"
#include "store/passage_rows.h"
#include "store/question_json.h"
#include "store/run_rows.h"
#include "store/schema.h"
#include "store/spending.h"
#include "store/store.h"

namespace plumb {
namespace {

// How many runs an error names.
constexpr std::size_t k_runs_named_max = 10;

std::string names_of(const std::vector<RunInfo>& runs) {
  std::string names;
  for (std::size_t i = 0; i < runs.size() && i < k_runs_named_max; ++i) {
    names += fmt::format("{}{} ({})", i == 0 ? "" : ", ", runs[i].id, runs[i].name);
  }
  if (runs.size() > k_runs_named_max) names += fmt::format(" and {} older ones", runs.size() - k_runs_named_max);
  return names;
}

class Reader final : public Store {
 public:
  explicit Reader(std::unique_ptr<Database> database) : database_(std::move(database)) {}

  Result<std::vector<RunInfo>> runs() const override { return read_runs(*database_); }

  Result<RunInfo> find_run(const std::string& wanted) const override {
    const std::vector<RunInfo> runs = TRY(read_runs(*database_));
    if (runs.empty()) {
      return Error{fmt::format("{}: holds no runs yet; start with `plumb run`", database_->path().string())};
    }
    if (wanted == "last") return runs.front();
    std::vector<RunInfo> matches;
    for (const RunInfo& run : runs) {
      if (run.id == wanted) return run;
      if (!wanted.empty() && run.id.starts_with(wanted)) matches.push_back(run);
    }
    if (matches.size() == 1) return matches.front();
    if (matches.empty()) return Error{fmt::format("there is no run '{}'; there are {}", wanted, names_of(runs))};
    return Error{fmt::format("'{}' is the beginning of several runs: {}", wanted, names_of(matches))};
  }

  Result<std::vector<System>> systems(const std::string& run) const override {
    const std::int64_t id = TRY(run_id(run));
    Statement select =
        TRY(database_->prepare("SELECT name, member, model, prompt, retrieval, control, digest"
                               " FROM systems WHERE run_id = ? AND current ORDER BY position"));
    select.bind(id);
    std::vector<System> systems;
    while (TRY(select.step())) {
      systems.push_back({select.text(0), select.text(1), select.text(2), select.text(3), select.text(4),
                         select.integer(5) != 0, select.text(6)});
    }
    return systems;
  }

  Result<std::vector<Question>> questions(const std::string& run) const override {
    const std::int64_t id = TRY(run_id(run));
    Statement select =
        TRY(database_->prepare("SELECT q.json FROM run_questions AS rq JOIN questions AS q ON q.id = rq.question_id"
                               " WHERE rq.run_id = ? AND rq.current ORDER BY rq.position"));
    select.bind(id);
    std::vector<Question> questions;
    while (TRY(select.step())) questions.push_back(TRY(question_of_json(select.text(0))));
    return questions;
  }

  Result<std::vector<StoredCell>> cells(const std::string& run, bool with_texts) const override {
    const std::int64_t id = TRY(run_id(run));
    // One moment for cells, scores and claims, although the writer goes on.
    TRY(database_->execute("BEGIN"));
    Result<std::vector<StoredCell>> cells = read_cells(*database_, id, with_texts);
    TRY(database_->execute("COMMIT"));
    return cells;
  }

  Result<std::vector<Passage>> passages_shown(const std::string& run, const StoredCell& cell) const override {
    const std::int64_t id = TRY(run_id(run));
    Statement select = TRY(database_->prepare(
        "SELECT c.passages, c.relied_on, q.dataset FROM systems AS s JOIN cells AS c ON c.system_id = s.id"
        " JOIN questions AS q ON q.id = c.question_id"
        " WHERE s.run_id = ? AND s.digest = ? AND q.digest = ? AND c.trial = ?"));
    select.bind(id, cell.system_digest, cell.question_digest, cell.trial);
    if (!TRY(select.step())) return Error{fmt::format("run {} holds no such cell", run)};
    const bool of_service = !select.is_null(1);
    PassageReader reader = TRY(PassageReader::make(*database_));
    std::vector<Passage> passages = TRY(reader.read(select.text(of_service ? 1 : 0)));
    for (Passage& passage : passages) passage.dataset = select.text(2);
    return passages;
  }

  Result<Spending> spending(const std::string& run) const override {
    return read_spending(*database_, TRY(run_id(run)));
  }

 private:
  Result<std::int64_t> run_id(const std::string& run) const {
    const std::optional<std::int64_t> id = TRY(find_run_id(*database_, run));
    if (id) return *id;
    return Error{fmt::format("{}: there is no run '{}'", database_->path().string(), run)};
  }

  std::unique_ptr<Database> database_;
};

}  // namespace

Result<std::unique_ptr<Store>> Store::open(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    return Error{fmt::format("{}: there are no results yet; start with `plumb run`", path.string())};
  }
  std::unique_ptr<Database> database = TRY(Database::open(path, Database::Access::read));
  TRY(check_is_readable(*database));
  if (TRY(is_older(*database))) {
    // Brought up to date in a copy: whoever only reads changes no file, and need not be able to.
    database = TRY(database->copy_in_memory());
    TRY(migrate(*database, migrations(), ""));
  }
  return std::unique_ptr<Store>(std::make_unique<Reader>(std::move(database)));
}

}  // namespace plumb
