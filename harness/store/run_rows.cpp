#include "store/run_rows.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "store/passage_rows.h"
#include "store/question_json.h"
#include "store/spec_json.h"

namespace plumb {
namespace {

std::optional<std::string> to_text(const std::optional<Day>& day) {
  if (!day) return std::nullopt;
  return to_string(*day);
}

// Inserts a text under its digest, or finds the row that has it. The statement returns its id either way.
Result<std::int64_t> id_from(Result<std::optional<std::int64_t>> id) {
  const std::optional<std::int64_t> value = TRY(std::move(id));
  if (!value) return Error{"a row that was written has no id"};
  return *value;
}

Status store_prompts(Database& database, const EvalSpec& spec) {
  Statement insert = TRY(database.prepare(
      "INSERT INTO prompts (digest, system, user, parameters) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"));
  for (const PromptTemplate& prompt : spec.prompts) {
    const std::string parameters = to_json_text(prompt.parameters);
    TRY(insert.run(prompt.digest, prompt.system, prompt.user, parameters));
  }
  return Done{};
}

Status store_passages(Database& database, const EvalSpec& spec, Grid& grid) {
  PassageWriter passages = TRY(PassageWriter::make(database));
  for (const Dataset& dataset : spec.datasets) {
    for (const Passage& each : dataset.passages) {
      grid.passage_ids[{dataset.name, each.id}] = TRY(passages.id_of(each, dataset.name));
    }
  }
  return Done{};
}

Status store_questions(Database& database, const EvalSpec& spec, Grid& grid) {
  // What the digest leaves out (validity, tags, sources) follows the latest wording.
  Statement insert = TRY(database.prepare(
      "INSERT INTO questions (digest, dataset, name, type, text, answerable, valid_from, valid_to, json)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (digest) DO UPDATE SET valid_from = excluded.valid_from,"
      " valid_to = excluded.valid_to, json = excluded.json RETURNING id"));
  for (const Question& each : spec.questions) {
    const std::optional<std::string> from = to_text(each.valid_from);
    const std::optional<std::string> to = to_text(each.valid_to);
    const std::string json = to_json_text(each);
    grid.question_ids.push_back(TRY(id_from(insert.run_for_integer(
        each.digest, each.dataset, each.id, to_string(each.type), each.text, each.answerable, from, to, json))));
    grid.dataset_of_question.push_back(each.dataset);
  }
  return Done{};
}

// 20261122-111530-1a2b; the last part tells runs apart that start in the same second.
std::string run_name(std::string_view evaluation, UnixMillis now, int attempt) {
  std::string name;
  const std::string iso = timestamp_iso(now).substr(0, 19);  // 2026-11-22T11:15:30
  for (const char c : iso) {
    if (c == 'T') name += '-';
    if (c >= '0' && c <= '9') name += c;
  }
  return name + "-" + Digester().add(evaluation).add(now).add(attempt).hex().substr(0, 4);
}

Result<std::string> unused_run_name(Database& database, std::string_view evaluation, UnixMillis now) {
  for (int attempt = 0;; ++attempt) {
    std::string name = run_name(evaluation, now, attempt);
    if (!TRY(find_run_id(database, name))) return name;
  }
}

Result<std::optional<std::int64_t>> latest_run_of(Database& database, std::string_view evaluation) {
  Statement find = TRY(database.prepare("SELECT id FROM runs WHERE evaluation = ? ORDER BY id DESC LIMIT 1"));
  return find.run_for_integer(evaluation);
}

Status open_run(Database& database, const EvalSpec& spec, bool fresh, UnixMillis now, std::string_view harness_version,
                Grid& grid) {
  const std::string json = to_json_text(spec);
  const std::string digest = plumb::digest(json);
  Statement insert_spec =
      TRY(database.prepare("INSERT INTO specs (digest, json) VALUES (?, ?) ON CONFLICT DO UPDATE SET digest = "
                           "excluded.digest RETURNING id"));
  const std::int64_t spec_id = TRY(id_from(insert_spec.run_for_integer(digest, json)));
  const auto cells_planned =
      static_cast<std::int64_t>(spec.systems.size()) * static_cast<std::int64_t>(spec.questions.size()) * spec.trials;

  if (!fresh) {
    if (const std::optional<std::int64_t> latest = TRY(latest_run_of(database, spec.name))) {
      grid.run_id = *latest;
      grid.resumed = true;
      Statement update =
          TRY(database.prepare("UPDATE runs SET spec_id = ?, harness_version = ?, cells_planned = ?,"
                               " trials = max(trials, ?), utc_offset_minutes = ? WHERE id = ?"));
      return update.run(spec_id, harness_version, cells_planned, spec.trials, spec.season.utc_offset_minutes,
                        grid.run_id);
    }
  }
  const std::string name = TRY(unused_run_name(database, spec.name, now));
  const std::string week = iso_week(day_at(now, spec.season.utc_offset_minutes));
  Statement insert = TRY(database.prepare(
      "INSERT INTO runs (name, evaluation, started_at_ms, updated_at_ms, utc_offset_minutes, week, spec_id,"
      " harness_version, cells_planned, trials) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  TRY(insert.run(name, spec.name, now, now, spec.season.utc_offset_minutes, week, spec_id, harness_version,
                 cells_planned, spec.trials));
  grid.run_id = database.last_row_id();
  return Done{};
}

// A system is a version of another if model, prompt and retrieval are called the same.
Status store_systems(Database& database, const EvalSpec& spec, Grid& grid) {
  Statement retire = TRY(database.prepare(
      "UPDATE systems SET current = 0 WHERE run_id = ? AND model = ? AND prompt = ? AND retrieval = ?"));
  Statement insert = TRY(database.prepare(
      "INSERT INTO systems (run_id, digest, position, current, name, member, model, prompt, retrieval, control)"
      " VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, ?) ON CONFLICT (run_id, digest) DO UPDATE SET current = 1,"
      " position = excluded.position, name = excluded.name, member = excluded.member, model = excluded.model,"
      " prompt = excluded.prompt, retrieval = excluded.retrieval, control = excluded.control RETURNING id"));
  // What this spec does not name stays, behind what it does.
  Statement shift = TRY(database.prepare("UPDATE systems SET position = position + ? WHERE run_id = ?"));
  TRY(shift.run(static_cast<std::int64_t>(spec.systems.size()), grid.run_id));
  for (const System& each : spec.systems) TRY(retire.run(grid.run_id, each.model, each.prompt, each.retrieval));
  for (const System& each : spec.systems) {
    const auto position = static_cast<std::int64_t>(grid.system_ids.size());
    grid.system_ids.push_back(
        TRY(id_from(insert.run_for_integer(grid.run_id, each.digest, position, each.name, each.member, each.model,
                                           each.prompt, each.retrieval, each.control))));
  }
  return Done{};
}

// A question is a version of another if it has the same id in the same dataset.
Status store_run_questions(Database& database, const EvalSpec& spec, const Grid& grid) {
  Statement retire = TRY(database.prepare(
      "UPDATE run_questions SET current = 0 WHERE run_id = ? AND question_id IN"
      " (SELECT old.id FROM questions AS new JOIN questions AS old USING (dataset, name) WHERE new.id = ?)"));
  Statement insert =
      TRY(database.prepare("INSERT INTO run_questions (run_id, question_id, position, current) VALUES (?, ?, ?, 1)"
                           " ON CONFLICT DO UPDATE SET current = 1, position = excluded.position"));
  Statement shift = TRY(database.prepare("UPDATE run_questions SET position = position + ? WHERE run_id = ?"));
  TRY(shift.run(static_cast<std::int64_t>(spec.questions.size()), grid.run_id));
  std::int64_t position = 0;
  for (const std::int64_t id : grid.question_ids) {
    TRY(retire.run(grid.run_id, id));
    TRY(insert.run(grid.run_id, id, position++));
  }
  return Done{};
}

Status store_grid(Database& database, const EvalSpec& spec, bool fresh, UnixMillis now,
                  std::string_view harness_version, Grid& grid) {
  TRY(store_prompts(database, spec));
  TRY(store_passages(database, spec, grid));
  TRY(store_questions(database, spec, grid));
  TRY(open_run(database, spec, fresh, now, harness_version, grid));
  TRY(store_systems(database, spec, grid));
  return store_run_questions(database, spec, grid);
}

// The counts are of the current grid, as in every report; what was spent is of all that was ever asked.
constexpr const char* k_select_runs = R"sql(
SELECT runs.name, evaluation, started_at_ms, updated_at_ms, week, specs.digest, harness_version,
       (SELECT count(*) FROM systems WHERE systems.run_id = runs.id AND systems.current),
       (SELECT count(*) FROM run_questions AS rq WHERE rq.run_id = runs.id AND rq.current) * runs.trials,
       count(outcomes.cell_id), coalesce(sum(outcomes.outcome = 'error'), 0),
       (SELECT coalesce(sum(coalesce(c.cost_usd, 0) + c.cost_before_usd), 0.0)
        FROM systems AS s JOIN cells AS c ON c.system_id = s.id WHERE s.run_id = runs.id)
FROM runs
JOIN specs ON specs.id = runs.spec_id
LEFT JOIN (systems
           JOIN cells ON cells.system_id = systems.id AND systems.current
           JOIN run_questions ON run_questions.run_id = systems.run_id AND run_questions.current
                             AND run_questions.question_id = cells.question_id
           JOIN outcomes ON outcomes.cell_id = cells.id) ON systems.run_id = runs.id
GROUP BY runs.id
ORDER BY runs.id DESC)sql";

}  // namespace

Result<Grid> open_grid(Database& database, const EvalSpec& spec, bool fresh, UnixMillis now,
                       std::string_view harness_version) {
  Grid grid;
  grid.trials = spec.trials;
  const auto body = [&] { return store_grid(database, spec, fresh, now, harness_version, grid); };
  TRY(in_transaction(database, body));
  Statement name_of = TRY(database.prepare("SELECT name FROM runs WHERE id = ?"));
  TRY(name_of.bind(grid.run_id).step());
  const std::string name = name_of.text(0);
  for (RunInfo& run : TRY(read_runs(database))) {
    if (run.id == name) grid.run = std::move(run);
  }
  return grid;
}

Result<std::vector<RunInfo>> read_runs(Database& database) {
  Statement select = TRY(database.prepare(k_select_runs));
  std::vector<RunInfo> runs;
  while (TRY(select.step())) {
    RunInfo run;
    run.id = select.text(0);
    run.name = select.text(1);
    run.started_at = select.integer(2);
    run.updated_at = select.integer(3);
    run.week = select.text(4);
    run.spec_digest = select.text(5);
    run.harness_version = select.text(6);
    run.systems = static_cast<int>(select.integer(7));
    run.cells_planned = run.systems * select.integer(8);
    run.cells_finished = select.integer(9);
    run.errors = select.integer(10);
    run.spent_usd = select.real(11);
    runs.push_back(std::move(run));
  }
  return runs;
}

Result<std::optional<std::int64_t>> find_run_id(Database& database, std::string_view run) {
  Statement find = TRY(database.prepare("SELECT id FROM runs WHERE name = ?"));
  return find.run_for_integer(run);
}

}  // namespace plumb
