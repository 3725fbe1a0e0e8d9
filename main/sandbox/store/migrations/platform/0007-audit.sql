-- One book a workspace. An entry's place is its book's number times 2^36 plus its sequence in the book, so that the
-- entries of a workspace lie together, in order, in the table, in its indexes and in the full-text index.
CREATE TABLE audit_books (
  workspace_id TEXT PRIMARY KEY REFERENCES workspaces (id),
  number INTEGER NOT NULL UNIQUE,
  -- The newest entry: its sequence, its hash, its time. The next one is chained to it and is never earlier.
  last_sequence INTEGER NOT NULL DEFAULT 0,
  last_hash TEXT NOT NULL,
  last_at INTEGER NOT NULL DEFAULT 0,
  -- The last entry that retention removed; the chain begins after it.
  checkpoint_sequence INTEGER NOT NULL DEFAULT 0,
  checkpoint_hash TEXT NOT NULL,
  -- 1 while the demo's past is being made: entries of now wait for their place after it.
  awaits_past INTEGER NOT NULL DEFAULT 0 CHECK (awaits_past IN (0, 1))
) STRICT;

CREATE TABLE audit_entries (
  place INTEGER PRIMARY KEY,
  book INTEGER NOT NULL,
  action TEXT NOT NULL,
  actor TEXT NOT NULL,
  target TEXT NOT NULL,
  -- Canonical JSON: the very text that went into the hash.
  metadata TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE INDEX audit_entries_by_time ON audit_entries (book, created_at);
CREATE INDEX audit_entries_by_action ON audit_entries (book, action);

-- How many entries there are of each action: counting them on every read would take longer than reading the page.
CREATE TABLE audit_counts (
  book INTEGER NOT NULL,
  action TEXT NOT NULL,
  entries INTEGER NOT NULL,
  PRIMARY KEY (book, action)
) STRICT, WITHOUT ROWID;

-- The words of the entries, found by their place. The text itself is in `audit_entries`.
CREATE VIRTUAL TABLE audit_search USING fts5 (
  action, actor, target, metadata,
  content = '', contentless_delete = 1, prefix = '1 2 3', tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TABLE audit_waiting (
  number INTEGER PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  action TEXT NOT NULL,
  actor TEXT NOT NULL,
  target TEXT NOT NULL,
  metadata TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- Which limits have been reached in which period: written down once each, however often a console tries again.
CREATE TABLE audit_reached_limits (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  metric TEXT NOT NULL,
  quota_limit INTEGER NOT NULL,
  period_start INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, metric, quota_limit, period_start)
) STRICT, WITHOUT ROWID;
