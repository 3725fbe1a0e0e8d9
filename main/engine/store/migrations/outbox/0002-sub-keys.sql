-- Sub-keys of this computer's agents, and what the vault must remember. No secret is here: salts are not secret, and of
-- an agent's secret only the hash is kept. The master key lies in the host's secret store.

CREATE TABLE sub_keys (
  id TEXT PRIMARY KEY,
  -- Null: restored from a key backup, and its workspace has not been added on this computer yet.
  workspace_id TEXT,
  -- Where it belongs, for those: the platform's own id of the workspace, and the platform's URL.
  platform_id TEXT,
  platform_url TEXT,
  name TEXT NOT NULL,
  salt BLOB NOT NULL CHECK (length(salt) = 32),
  -- SHA-256 of the agent's secret.
  auth_hash BLOB NOT NULL CHECK (length(auth_hash) = 32),
  created_at INTEGER NOT NULL,
  -- When the platform had registered it; before that its secret was shown to nobody.
  confirmed_at INTEGER,
  revoked_at INTEGER,
  -- When the platform was told of the revocation; null although revoked: it still has to be told.
  platform_revoked_at INTEGER,
  last_write_at INTEGER
) STRICT;

CREATE INDEX sub_keys_by_workspace ON sub_keys (workspace_id, created_at);
-- The few rows that a start has to settle with the platform.
CREATE INDEX sub_keys_unsettled ON sub_keys (created_at) WHERE confirmed_at IS NULL OR (revoked_at IS NOT NULL AND platform_revoked_at IS NULL);

-- `import_salt`, `key_fingerprint` (bytes), `backed_up_at`, `swept_through` (integers).
CREATE TABLE vault_records (
  key TEXT PRIMARY KEY,
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;
