-- The plan of an account that has no subscription; null: the catalog's default plan. An agreed price needs no checkout.
ALTER TABLE workspaces ADD COLUMN base_plan_id TEXT;
-- Seats bought on top of the plan's own, as the subscription at Polar has them.
ALTER TABLE workspaces ADD COLUMN seats INTEGER NOT NULL DEFAULT 0;

-- A checkout may be for a plan, a booster, seats or a top-up: the table is made anew, because its plan could not be null.
CREATE TABLE checkouts_of_anything (
  -- A purchase has the id of Polar's checkout; a change of a running subscription has one of ours.
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  kind TEXT NOT NULL CHECK (kind IN ('purchase', 'change')),
  product TEXT NOT NULL CHECK (product IN ('plan', 'booster', 'seats', 'top_up')),
  -- The plan or the booster; null for seats and top-ups.
  product_id TEXT,
  -- Seats on top of the plan's own, or whole AU; 1 for anything else.
  quantity INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('open', 'confirmed', 'succeeded', 'failed', 'expired', 'cancelled')),
  amount_cents INTEGER NOT NULL,
  currency TEXT NOT NULL,
  -- Proves that a page was opened from the link that this platform gave; only its hash.
  secret_hash TEXT NOT NULL,
  decline_reason TEXT,
  applied INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  -- Who started it, for the audit log.
  member_id TEXT
) STRICT;
INSERT INTO checkouts_of_anything
  (id, workspace_id, kind, product, product_id, quantity, status, amount_cents, currency, secret_hash, decline_reason, applied, created_at, expires_at)
  SELECT id, workspace_id, kind, 'plan', plan_id, 1, status, amount_cents, currency, secret_hash, decline_reason, applied, created_at, expires_at FROM checkouts;
DROP TABLE checkouts;
ALTER TABLE checkouts_of_anything RENAME TO checkouts;
CREATE INDEX checkouts_by_workspace ON checkouts (workspace_id, applied, expires_at);

CREATE TABLE boosters (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  booster TEXT NOT NULL,
  resource TEXT NOT NULL,
  -- As it was sold: a later catalog may sell another amount.
  amount INTEGER NOT NULL,
  quantity INTEGER NOT NULL,
  purchased_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  -- Set when the limits were lowered again.
  ended_at INTEGER,
  checkout_id TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX boosters_running ON boosters (workspace_id, expires_at) WHERE ended_at IS NULL;

CREATE TABLE plan_requests (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  plan_id TEXT NOT NULL,
  note TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('pending', 'approved', 'declined')),
  requested_by TEXT NOT NULL REFERENCES members (id),
  created_at INTEGER NOT NULL,
  decided_by TEXT REFERENCES members (id),
  decided_at INTEGER,
  answer TEXT
) STRICT;
-- One question at a time: a second one would be answered without the first.
CREATE UNIQUE INDEX plan_requests_pending ON plan_requests (workspace_id) WHERE status = 'pending';
CREATE INDEX plan_requests_by_workspace ON plan_requests (workspace_id, created_at);
