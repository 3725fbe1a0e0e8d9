-- What Polar says comes next, as it was read last: the plan that a scheduled change leads to. It begins with the next period.
ALTER TABLE workspaces ADD COLUMN pending_plan_id TEXT;

-- What a change would cost, from which state, for ten minutes. What is confirmed is a quote, never a page that has stood open.
CREATE TABLE quotes (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  -- JSON: what was asked for.
  request TEXT NOT NULL,
  -- JSON: plan, seats, boosters and pending change when it was made.
  state TEXT NOT NULL,
  due_cents INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX quotes_by_end ON quotes (expires_at);
-- The quote that a checkout stands for, and the order that came of it; null: of before there were quotes, and nothing paid yet.
ALTER TABLE checkouts ADD COLUMN quote_id TEXT;
ALTER TABLE checkouts ADD COLUMN order_id TEXT;

-- Who may be behind what Polar is going to say: it names nobody itself. `expects` null: anything that the customer portal can do.
CREATE TABLE plan_acts (
  id INTEGER PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  member_id TEXT NOT NULL,
  via TEXT NOT NULL CHECK (via IN ('approval', 'portal')),
  expects TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX plan_acts_by_workspace ON plan_acts (workspace_id, expires_at);

-- Which member opened a session of the customer portal: its rights are that member's, whenever something is done in it.
CREATE TABLE portal_sessions (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  member_id TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;

-- What of an order was settled with the customer's balance: below zero what was taken from it, above zero what was kept in it.
ALTER TABLE invoices ADD COLUMN balance_cents INTEGER NOT NULL DEFAULT 0;
