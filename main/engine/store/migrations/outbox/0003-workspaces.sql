-- Which accounts this computer knows, who this computer is, and what a person typed for this computer alone.
-- Tokens are not here: they lie in the host's secret store under `token/<id>`.

CREATE TABLE workspaces (
  -- Ours, not the platform's: a platform cannot claim the rows of another one by answering its id.
  id TEXT PRIMARY KEY,
  platform_id TEXT NOT NULL,
  -- Without a trailing slash, credentials, query or fragment.
  url TEXT NOT NULL,
  name TEXT NOT NULL,
  catalog TEXT NOT NULL,
  deployment TEXT NOT NULL CHECK (deployment IN ('platform', 'self-hosted')),
  member_name TEXT NOT NULL,
  role TEXT NOT NULL,
  -- JSON array of words.
  capabilities TEXT NOT NULL,
  max_envelope_bytes INTEGER NOT NULL,
  added_at INTEGER NOT NULL,
  -- A removed workspace keeps its row: its queue still names it, and adding it again must find that queue.
  removed_at INTEGER,
  -- This computer's id at this platform when it is not the one of device_identity: a device that was revoked there comes
  -- back as another one. Null: the one of device_identity.
  device_id TEXT,
  -- When this device was registered at this platform.
  device_registered_at INTEGER,
  -- When the platform last answered who is signed in.
  connected_at INTEGER,
  UNIQUE (platform_id, url)
) STRICT;

CREATE TABLE device_identity (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  id TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- Names of devices never leave this computer, so each computer has its own.
CREATE TABLE device_names (
  device_id TEXT PRIMARY KEY,
  name TEXT NOT NULL
) STRICT;

CREATE TABLE local_settings (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

-- The checkout in flight, one a workspace: a restart goes on waiting for it.
CREATE TABLE checkouts (
  workspace_id TEXT PRIMARY KEY REFERENCES workspaces (id),
  id TEXT NOT NULL,
  plan_id TEXT NOT NULL,
  plan_name TEXT NOT NULL,
  url TEXT NOT NULL,
  amount_cents INTEGER NOT NULL,
  currency TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting_for_payment', 'declined', 'waiting_for_platform', 'done', 'cancelled', 'expired')),
  detail TEXT,
  created_at INTEGER NOT NULL
) STRICT;
