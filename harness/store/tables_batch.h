// What the third version of the database added: batches that a vendor works on, so that none is sent twice.
#pragma once

namespace plumb {

inline constexpr const char* k_tables_batch = R"sql(
CREATE TABLE batches (             -- written down before it leaves
  id          INTEGER PRIMARY KEY,
  run_id      INTEGER NOT NULL REFERENCES runs,
  name        TEXT NOT NULL UNIQUE,  -- ours
  provider    TEXT NOT NULL,
  url         TEXT NOT NULL,         -- where each of its requests would have gone alone
  vendor_id   TEXT,                  -- none: not known to have been created
  noted_at_ms INTEGER NOT NULL,      -- since 1970, UTC
  requests    INTEGER NOT NULL,
  open        INTEGER NOT NULL       -- 0: every answer there will be is in `replies`
) STRICT;

CREATE TABLE batch_items (
  batch_id    INTEGER NOT NULL REFERENCES batches,
  position    INTEGER NOT NULL,
  request_key BLOB NOT NULL,         -- 16 bytes
  attempt_id  INTEGER REFERENCES attempts,
  PRIMARY KEY (batch_id, position)
) STRICT, WITHOUT ROWID;

-- Requests that a vendor works on, or that will be asked about: they have no reply, and yet are not lost.
CREATE VIEW awaited AS
SELECT batch_items.attempt_id AS attempt_id
FROM batches
JOIN batch_items ON batch_items.batch_id = batches.id
LEFT JOIN replies ON replies.attempt_id = batch_items.attempt_id
WHERE batches.open AND batch_items.attempt_id IS NOT NULL AND replies.attempt_id IS NULL;
)sql";

}  // namespace plumb
