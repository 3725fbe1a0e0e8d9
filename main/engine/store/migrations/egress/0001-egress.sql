-- One row a request, written before the request is sent; one row a stream. After 30 days, one row a day and kind.

CREATE TABLE requests (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  -- Null: a request that belongs to no workspace yet (a first sign-in) or to none at all (a look for updates).
  workspace_id TEXT,
  method TEXT NOT NULL,
  host TEXT NOT NULL,
  -- Without query.
  path TEXT NOT NULL,
  -- The path as the contract writes it, e.g. /v1/sync/envelopes/{id}; days are summed up under it.
  route TEXT NOT NULL,
  purpose TEXT NOT NULL,
  -- JSON array of field names, e.g. envelopes[].ciphertext; never a value.
  fields TEXT NOT NULL,
  request_bytes INTEGER NOT NULL,
  status INTEGER,
  duration_ms INTEGER,
  -- How many requests this row stands for.
  requests INTEGER NOT NULL DEFAULT 1,
  -- 1: stands for a whole day.
  rolled_up INTEGER NOT NULL DEFAULT 0 CHECK (rolled_up IN (0, 1))
) STRICT;

CREATE INDEX requests_of_workspace ON requests (workspace_id, id);

-- Rows that are not summed up yet, oldest first.
CREATE INDEX requests_to_roll_up ON requests (at) WHERE rolled_up = 0;

-- Kept up to date with each row, so that a page never counts. '' stands for no workspace.
CREATE TABLE totals (
  workspace_id TEXT PRIMARY KEY,
  requests INTEGER NOT NULL,
  request_bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
