CREATE TABLE checkouts (
  -- A purchase has the id of Polar's checkout; a change of a running subscription has one of ours.
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  kind TEXT NOT NULL CHECK (kind IN ('purchase', 'change')),
  plan_id TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('open', 'confirmed', 'succeeded', 'failed', 'expired', 'cancelled')),
  amount_cents INTEGER NOT NULL,
  currency TEXT NOT NULL,
  -- Proves that a page was opened from the link that this platform gave; only its hash.
  secret_hash TEXT NOT NULL,
  decline_reason TEXT,
  applied INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX checkouts_by_workspace ON checkouts (workspace_id, applied, expires_at);

-- A webhook may come twice; its id is remembered longer than its signature stays good.
CREATE TABLE webhook_receipts (
  webhook_id TEXT PRIMARY KEY,
  received_at INTEGER NOT NULL
) STRICT;

-- Answers remembered under an Idempotency-Key: successes only, so that a refusal can be tried again.
CREATE TABLE remembered_answers (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  member_id TEXT NOT NULL,
  route TEXT NOT NULL,
  key TEXT NOT NULL,
  request_sha256 TEXT NOT NULL,
  status INTEGER NOT NULL,
  body TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, member_id, route, key)
) STRICT;
