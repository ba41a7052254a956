// What the second version of the database added: every request on its own, before and after it was sent, and all
// that a conversation or a service says beyond its text.
#pragma once

namespace plumb {

// The numbers of states and purposes are those of the enumerations in domain/ledger.h: small integers take no
// room in a row. No index on request_key: keys are random, and an index over them would cost more than the rows.
inline constexpr const char* k_tables_2 = R"sql(
CREATE TABLE attempts (            -- one request that is to be sent; durable before its first byte leaves
  id            INTEGER PRIMARY KEY,
  system_id     INTEGER NOT NULL,  -- with question and trial: the cell it is sent for, which may have no row yet
  question_id   INTEGER NOT NULL,
  trial         INTEGER NOT NULL,
  purpose       INTEGER NOT NULL,  -- 0 answer, 1 judge, 2 retrieval
  step          INTEGER NOT NULL,
  request_key   BLOB,              -- 16 bytes; equal for equal requests; none: never to be found by it
  started_at_ms INTEGER NOT NULL,
  reserved_usd  REAL NOT NULL      -- what it may cost at most
) STRICT;

-- What came back, before anything read it. An attempt without one was cut off, and may have been paid for.
CREATE TABLE replies (
  attempt_id    INTEGER PRIMARY KEY REFERENCES attempts,
  state         INTEGER NOT NULL,  -- 0 replied, 1 unclear: may have been paid for, 2 not sent
  http_status   INTEGER NOT NULL,
  latency_ms    INTEGER NOT NULL,
  first_byte_ms INTEGER NOT NULL,
  ended_at_ms   INTEGER NOT NULL,
  request_id    ANY,               -- as the vendor names the request, for asking the vendor about it
  headers       TEXT,              -- JSON: others that tell something; attempt_rows.cpp says what is left out
  error         ANY,
  body          ANY                -- as received; none: there was none. Last, so that rows are scanned without it
) STRICT;

CREATE TABLE tool_calls (          -- of an answer, in the order made
  cell_id   INTEGER NOT NULL REFERENCES cells ON DELETE CASCADE,
  position  INTEGER NOT NULL,
  name      ANY NOT NULL,
  arguments ANY NOT NULL,
  output    ANY NOT NULL,
  failed    INTEGER NOT NULL,
  PRIMARY KEY (cell_id, position)
) STRICT, WITHOUT ROWID;

ALTER TABLE cells ADD COLUMN attempt_id INTEGER REFERENCES attempts;  -- the last: its body is the raw body
ALTER TABLE cells ADD COLUMN unclear INTEGER NOT NULL DEFAULT 0;      -- of the attempts
ALTER TABLE cells ADD COLUMN cached INTEGER NOT NULL DEFAULT 0;       -- the replies are those of an earlier run
ALTER TABLE cells ADD COLUMN first_token_ms INTEGER;
ALTER TABLE cells ADD COLUMN logprob_mean REAL;
ALTER TABLE cells ADD COLUMN logprob_min REAL;
ALTER TABLE cells ADD COLUMN logprob_tokens INTEGER;
ALTER TABLE cells ADD COLUMN request_key BLOB;                        -- none: see request_digest
ALTER TABLE cells ADD COLUMN relied_on TEXT;                          -- JSON: passages that a service says it used
ALTER TABLE cells ADD COLUMN cost_before_usd REAL NOT NULL DEFAULT 0; -- of answers that this one took the place of

-- The most trials the run was ever asked for: fewer take none away, just as fewer systems take none away.
ALTER TABLE runs ADD COLUMN trials INTEGER NOT NULL DEFAULT 1;
UPDATE runs SET trials = coalesce((SELECT json_extract(json, '$.trials') FROM specs WHERE id = runs.spec_id), 1);

DROP VIEW board;
DROP VIEW invented;
DROP VIEW results;

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
       cells.id AS cell_id, cells.unclear AS unclear, cells.cached AS cached
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
-- of those answered and judged, trials of a question averaged first; none where nothing was answered. `unclear`:
-- cells with a request that may have been paid for in vain; `cached`: cells answered with an earlier run's replies.
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
         sum(NOT expired AND outcome IN ('correct', 'partial', 'incorrect', 'hallucinated')) AS judged,
         sum(NOT expired AND unclear > 0) AS unclear,
         sum(NOT expired AND cached) AS cached
  FROM results
  GROUP BY run, system, dataset, question_id
)
SELECT run, week, member, system, control, sum(cells) AS cells, sum(hallucinated) AS hallucinated,
       sum(correct) AS correct, sum(abstained) AS abstained, sum(errors) AS errors, sum(unscorable) AS unscorable,
       sum(expired) AS expired, avg(hallucinated * 1.0 / nullif(judged, 0)) AS rate, sum(unclear) AS unclear,
       sum(cached) AS cached
FROM by_question
GROUP BY run, system
ORDER BY run, control, rate IS NULL, rate, system;

-- One row a request, in the order started; of all that a run ever asked, current or not.
CREATE VIEW attempt_log AS
SELECT runs.name AS run, systems.name AS system, questions.name AS question_id, attempts.trial AS trial,
       CASE attempts.purpose WHEN 0 THEN 'answer' WHEN 1 THEN 'judge' ELSE 'retrieval' END AS purpose,
       attempts.step AS step,
       strftime('%Y-%m-%dT%H:%M:%fZ', attempts.started_at_ms / 1000.0, 'unixepoch') AS started_at,
       CASE replies.state WHEN 0 THEN 'replied' WHEN 2 THEN 'not sent' ELSE 'unclear' END AS state,
       nullif(replies.http_status, 0) AS http_status,
       replies.request_id AS request_id,
       replies.error AS error, attempts.id AS attempt_id
FROM attempts
JOIN systems ON systems.id = attempts.system_id
JOIN runs ON runs.id = systems.run_id
JOIN questions ON questions.id = attempts.question_id
LEFT JOIN replies ON replies.attempt_id = attempts.id
ORDER BY attempts.id;
)sql";

}  // namespace plumb
