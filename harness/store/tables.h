// The tables and views themselves, as SQL. A later version is added as another text, never by changing one
// that was released.
#pragma once

namespace plumb {

// Texts are stored once, by digest. Row ids are dense integers: a random key costs six times as much to insert.
// Columns of type ANY hold text from outside, byte for byte: TEXT if it is well-formed, else a BLOB.
inline constexpr const char* k_tables_1 = R"sql(
CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE specs (               -- what a run was told to do; no key values, only the names of their variables
  id     INTEGER PRIMARY KEY,
  digest TEXT NOT NULL UNIQUE,
  json   TEXT NOT NULL
) STRICT;

CREATE TABLE prompts (             -- what is sent; systems name them
  id         INTEGER PRIMARY KEY,
  digest     TEXT NOT NULL UNIQUE,
  system     TEXT NOT NULL,
  user       TEXT NOT NULL,
  parameters TEXT NOT NULL         -- JSON
) STRICT;

CREATE TABLE passages (
  id          INTEGER PRIMARY KEY,
  digest      TEXT NOT NULL UNIQUE,  -- of all columns below
  dataset     TEXT NOT NULL,
  name        TEXT NOT NULL,
  title       TEXT NOT NULL,
  text        TEXT NOT NULL,
  kind        TEXT NOT NULL,
  family      TEXT NOT NULL,         -- versions of one document share it
  source      TEXT NOT NULL,
  grade       TEXT NOT NULL,
  as_of       TEXT,
  distractor  INTEGER NOT NULL,
  text_digest TEXT NOT NULL          -- of title and text
) STRICT;

CREATE TABLE questions (
  id         INTEGER PRIMARY KEY,
  digest     TEXT NOT NULL UNIQUE,
  dataset    TEXT NOT NULL,
  name       TEXT NOT NULL,
  type       TEXT NOT NULL,
  text       TEXT NOT NULL,
  answerable INTEGER NOT NULL,
  valid_from TEXT,
  valid_to   TEXT,
  json       TEXT NOT NULL           -- all of it
) STRICT;

CREATE INDEX questions_by_name ON questions (dataset, name);

CREATE TABLE runs (
  id                 INTEGER PRIMARY KEY,
  name               TEXT NOT NULL UNIQUE,   -- 20261122-111530-1a2b
  evaluation         TEXT NOT NULL,
  started_at_ms      INTEGER NOT NULL,       -- since 1970, UTC
  updated_at_ms      INTEGER NOT NULL,
  utc_offset_minutes INTEGER NOT NULL,
  week               TEXT NOT NULL,
  spec_id            INTEGER NOT NULL REFERENCES specs,
  harness_version    TEXT NOT NULL,
  cells_planned      INTEGER NOT NULL
) STRICT;

-- Rows and columns of a run's grid. A changed prompt or question takes the place of the one of the same name,
-- which is then no longer current; its cells stay, and count again if the change is taken back.
CREATE TABLE systems (
  id        INTEGER PRIMARY KEY,
  run_id    INTEGER NOT NULL REFERENCES runs,
  digest    TEXT NOT NULL,
  position  INTEGER NOT NULL,
  current   INTEGER NOT NULL,
  name      TEXT NOT NULL,
  member    TEXT NOT NULL,
  model     TEXT NOT NULL,
  prompt    TEXT NOT NULL,
  retrieval TEXT NOT NULL,
  control   INTEGER NOT NULL,
  UNIQUE (run_id, digest)
) STRICT;

CREATE TABLE run_questions (
  run_id      INTEGER NOT NULL REFERENCES runs,
  question_id INTEGER NOT NULL REFERENCES questions,
  position    INTEGER NOT NULL,
  current     INTEGER NOT NULL,
  PRIMARY KEY (run_id, question_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE cells (               -- one answer, or the failure to get one; its texts are in `answers`
  id               INTEGER PRIMARY KEY,
  system_id        INTEGER NOT NULL REFERENCES systems,
  question_id      INTEGER NOT NULL REFERENCES questions,
  trial            INTEGER NOT NULL,
  answered_at_ms   INTEGER NOT NULL,
  request_digest   TEXT NOT NULL,
  passages         TEXT NOT NULL,    -- JSON: row ids of those shown, in order; a string where a retrieval made one up
  stop             TEXT,             -- none: there is no answer
  model_answered   ANY,
  request_id       ANY,
  tokens_in        INTEGER,
  tokens_out       INTEGER,
  tokens_reasoning INTEGER,
  tokens_cached    INTEGER,
  latency_ms       INTEGER,
  failure          TEXT,             -- none: there is an answer
  http_status      INTEGER,
  message          ANY,
  attempts         INTEGER NOT NULL,
  cost_usd         REAL,             -- none: the price is not known
  UNIQUE (system_id, question_id, trial)
) STRICT;

CREATE TABLE answers (
  cell_id  INTEGER PRIMARY KEY REFERENCES cells ON DELETE CASCADE,
  text     ANY,                      -- none: there is no answer
  raw_body ANY                       -- as received; none: equal to the text
) STRICT;

CREATE TABLE outcomes (
  cell_id INTEGER PRIMARY KEY REFERENCES cells ON DELETE CASCADE,
  outcome TEXT NOT NULL,
  kind    TEXT,
  right   INTEGER NOT NULL,
  why     ANY NOT NULL
) STRICT;

CREATE TABLE scores (
  cell_id  INTEGER NOT NULL REFERENCES cells ON DELETE CASCADE,
  position INTEGER NOT NULL,
  scorer   TEXT NOT NULL,
  value    REAL,
  label    TEXT NOT NULL,
  kind     TEXT,
  why      ANY NOT NULL,
  PRIMARY KEY (cell_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE claims (              -- spans are in bytes, half open
  cell_id        INTEGER NOT NULL,
  score_position INTEGER NOT NULL,
  position       INTEGER NOT NULL,
  answer_begin   INTEGER NOT NULL,
  answer_end     INTEGER NOT NULL,
  verdict        TEXT NOT NULL,
  passage        TEXT NOT NULL,
  evidence_begin INTEGER NOT NULL,
  evidence_end   INTEGER NOT NULL,
  why            ANY NOT NULL,
  PRIMARY KEY (cell_id, score_position, position),
  FOREIGN KEY (cell_id, score_position) REFERENCES scores ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- For people with a sqlite3 shell. Only what is current in its run, as in the reports.
CREATE VIEW results AS
SELECT runs.name AS run, runs.week AS week, systems.member AS member, systems.name AS system,
       systems.model AS model, systems.prompt AS prompt, systems.retrieval AS retrieval,
       systems.control AS control, questions.dataset AS dataset, questions.name AS question_id,
       questions.type AS type, cells.trial AS trial, questions.text AS question, answers.text AS answer,
       outcomes.outcome AS outcome, outcomes.kind AS kind, outcomes.right AS right,
       coalesce(nullif(outcomes.why, ''), cells.message) AS why, cells.cost_usd AS cost_usd,
       cells.latency_ms AS latency_ms,
       strftime('%Y-%m-%dT%H:%M:%fZ', cells.answered_at_ms / 1000.0, 'unixepoch') AS answered_at,
       NOT (date('now', runs.utc_offset_minutes || ' minutes')
            BETWEEN coalesce(questions.valid_from, '0000') AND coalesce(questions.valid_to, '9999')) AS expired,
       cells.id AS cell_id
FROM cells
JOIN systems ON systems.id = cells.system_id AND systems.current
JOIN runs ON runs.id = systems.run_id
JOIN run_questions ON run_questions.run_id = runs.id AND run_questions.question_id = cells.question_id
                  AND run_questions.current
JOIN questions ON questions.id = cells.question_id
JOIN answers ON answers.cell_id = cells.id
LEFT JOIN outcomes ON outcomes.cell_id = cells.id;

-- One row a claim that the sources do not bear out; one row without a claim where none was marked.
CREATE VIEW invented AS
SELECT results.*, claims.verdict AS verdict,
       CAST(substr(CAST(answer AS BLOB), claims.answer_begin + 1, claims.answer_end - claims.answer_begin) AS TEXT)
         AS claim,
       claims.passage AS passage, claims.why AS claim_why
FROM results
LEFT JOIN claims ON claims.cell_id = results.cell_id AND claims.verdict <> 'supported'
WHERE results.outcome = 'hallucinated';

-- One row a system of a run; expired questions count in `expired` only. `rate` is the leaderboard's: hallucinated
-- of those answered and judged, trials of a question averaged first; none where nothing was answered.
CREATE VIEW board AS
WITH by_question AS (
  SELECT run, week, member, system, control,
         sum(NOT expired) AS cells,
         sum(NOT expired AND outcome IS 'hallucinated') AS hallucinated,
         sum(NOT expired AND outcome IS 'correct') AS correct,
         sum(NOT expired AND outcome IS 'abstained') AS abstained,
         sum(NOT expired AND outcome IS 'error') AS errors,
         sum(NOT expired AND outcome IS 'unscorable') AS unscorable,
         sum(expired) AS expired,
         sum(NOT expired AND outcome IN ('correct', 'partial', 'incorrect', 'hallucinated')) AS judged
  FROM results
  GROUP BY run, system, dataset, question_id
)
SELECT run, week, member, system, control, sum(cells) AS cells, sum(hallucinated) AS hallucinated,
       sum(correct) AS correct, sum(abstained) AS abstained, sum(errors) AS errors, sum(unscorable) AS unscorable,
       sum(expired) AS expired, avg(hallucinated * 1.0 / nullif(judged, 0)) AS rate
FROM by_question
GROUP BY run, system
ORDER BY run, control, rate IS NULL, rate, system;
)sql";

}  // namespace plumb
