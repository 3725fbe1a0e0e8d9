-- One book a workspace; an entry's place is its book's number times 2^36 plus its sequence, so that a workspace's
-- entries lie together and in order in the table and in the full-text index.
CREATE TABLE audit_books (
  number INTEGER PRIMARY KEY,
  -- Null: the workspace was removed, its entries still have to be.
  workspace_id TEXT UNIQUE,
  -- The last entry that retention removed at the platform; what lies up to there here is hidden and removed bit by bit.
  checkpoint_sequence INTEGER NOT NULL DEFAULT 0,
  checkpoint_hash TEXT NOT NULL,
  -- How far the chain of hashes was followed on this computer.
  verified_sequence INTEGER NOT NULL DEFAULT 0,
  verified_hash TEXT NOT NULL,
  checked_at INTEGER,
  -- Where the chain does not hold.
  broken_sequence INTEGER,
  broken_reason TEXT CHECK (broken_reason IN ('changed', 'missing', 'rewritten'))
) STRICT;

CREATE TABLE audit_entries (
  place INTEGER PRIMARY KEY,
  book INTEGER NOT NULL,
  action TEXT NOT NULL,
  actor TEXT NOT NULL,
  target TEXT NOT NULL,
  -- Canonical JSON, so that the hash can be computed from it as it is.
  metadata TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  hash TEXT NOT NULL,
  generation INTEGER NOT NULL
) STRICT;
CREATE INDEX audit_entries_by_time ON audit_entries (book, created_at);
CREATE INDEX audit_entries_by_action ON audit_entries (book, action);

CREATE TABLE audit_counts (
  book INTEGER NOT NULL,
  action TEXT NOT NULL,
  entries INTEGER NOT NULL,
  PRIMARY KEY (book, action)
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE audit_search USING fts5 (
  action, actor, target, metadata,
  content = '', contentless_delete = 1, prefix = '1 2 3', tokenize = 'unicode61 remove_diacritics 2'
);
