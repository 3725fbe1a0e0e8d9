-- Who may ask: a workspace is an account on this platform, a member has one role in it, a token signs a member in.
CREATE TABLE workspaces (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  catalog TEXT NOT NULL,
  deployment TEXT NOT NULL CHECK (deployment IN ('platform', 'self-hosted')),
  plan_id TEXT NOT NULL,
  -- Where the current plan stands at Polar; null while nothing was bought.
  subscription_id TEXT,
  cancel_at_period_end INTEGER NOT NULL DEFAULT 0,
  payment_method TEXT,
  -- A period is half-open; it starts anew from the anchor, so that a short month does not move the day for ever.
  period_anchor INTEGER NOT NULL,
  period_start INTEGER NOT NULL,
  period_end INTEGER NOT NULL,
  -- Position of the newest row of this workspace in the changes feed.
  change_sequence INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE members (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- Only the hash: whoever reads this file cannot sign in with it.
CREATE TABLE tokens (
  token_hash TEXT PRIMARY KEY,
  member_id TEXT NOT NULL REFERENCES members (id),
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER
) STRICT;

CREATE TABLE settings (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  version INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, key)
) STRICT;
