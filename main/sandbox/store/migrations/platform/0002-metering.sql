-- `quota_limit` is the limit in force (-1: unlimited), kept beside `used` so that admission is one conditional update.
CREATE TABLE counters (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  metric TEXT NOT NULL,
  used INTEGER NOT NULL DEFAULT 0 CHECK (used >= 0),
  quota_limit INTEGER NOT NULL CHECK (quota_limit >= -1),
  version INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, metric)
) STRICT;

-- What a token saw at its last query of the counters, for `delta`.
CREATE TABLE counter_reads (
  token_hash TEXT NOT NULL REFERENCES tokens (token_hash),
  metric TEXT NOT NULL,
  used INTEGER NOT NULL,
  PRIMARY KEY (token_hash, metric)
) STRICT;

CREATE TABLE devices (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER,
  last_seen_at INTEGER,
  stored_envelopes INTEGER NOT NULL DEFAULT 0,
  stored_bytes INTEGER NOT NULL DEFAULT 0,
  -- Of the current period.
  sync_operations INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (workspace_id, id)
) STRICT;

CREATE TABLE sub_keys (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  id TEXT NOT NULL,
  device_id TEXT,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER,
  stored_envelopes INTEGER NOT NULL DEFAULT 0,
  stored_bytes INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (workspace_id, id)
) STRICT;

-- A lease: open until it is closed or runs out. A device holds one at a time, so a crash cannot count it twice.
CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  device_id TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  closed_at INTEGER
) STRICT;
CREATE UNIQUE INDEX sessions_open_by_device ON sessions (workspace_id, device_id) WHERE closed_at IS NULL;
CREATE INDEX sessions_open_by_expiry ON sessions (expires_at) WHERE closed_at IS NULL;

-- A deleted envelope keeps its row without the ciphertext: ids are remembered as long as the account. An id that was
-- deleted before it ever came has a row with nothing but the id, so that a late push of it stores nothing.
CREATE TABLE envelopes (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  id TEXT NOT NULL,
  device_id TEXT,
  memory_ref TEXT,
  revision INTEGER,
  sub_key_id TEXT,
  created_at TEXT,
  size_bytes INTEGER,
  sha256 TEXT,
  ciphertext BLOB,
  stored_at INTEGER,
  deleted_at INTEGER
) STRICT;
CREATE UNIQUE INDEX envelopes_by_id ON envelopes (workspace_id, id);
CREATE INDEX envelopes_in_order ON envelopes (workspace_id, sequence) WHERE deleted_at IS NULL;
