-- Billing documents as the platform sent them. All of it can be fetched again.

CREATE TABLE documents (
  workspace_id TEXT NOT NULL,
  topic TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  body TEXT NOT NULL,
  -- The reading (see cursors.generation) that brought or confirmed this row.
  generation INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, topic, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE cursors (
  workspace_id TEXT PRIMARY KEY,
  -- Null: read from the beginning.
  cursor TEXT,
  -- Rises with each reading from the beginning.
  generation INTEGER NOT NULL,
  -- 1 while a reading from the beginning is under way; rows of older generations go when it is complete.
  rereading INTEGER NOT NULL CHECK (rereading IN (0, 1)),
  -- When the cache was last known to agree with the platform.
  as_of INTEGER
) STRICT, WITHOUT ROWID;

-- Rows that were not what their topic promises, with the reason; the newest ones are kept.
CREATE TABLE set_aside (
  number INTEGER PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  topic TEXT NOT NULL,
  id TEXT NOT NULL,
  body TEXT NOT NULL,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
