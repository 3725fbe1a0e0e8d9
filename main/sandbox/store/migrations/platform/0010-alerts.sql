-- Alerts: what a workspace wants to be told of, what has fired, and what was sent by which channel.

-- A custom budget, or what a workspace changed of an alert of its catalog (same id).
CREATE TABLE alert_rules (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  id TEXT NOT NULL,
  measure TEXT NOT NULL CHECK (measure IN ('limit', 'meter', 'cost')),
  name TEXT NOT NULL,
  meter TEXT,
  at INTEGER NOT NULL CHECK (at >= 0),
  channels TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  version INTEGER NOT NULL,
  -- 1: deleted. The row stays, so that its version goes on and a late edit is seen as a conflict.
  deleted INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (workspace_id, id)
) STRICT;

-- Each alert fires once for a meter and a period. `subject` is the meter, or empty for the cost.
CREATE TABLE alerts_fired (
  workspace_id TEXT NOT NULL,
  rule TEXT NOT NULL,
  subject TEXT NOT NULL,
  period_start INTEGER NOT NULL,
  fired_at INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, period_start, subject, rule)
) STRICT, WITHOUT ROWID;

CREATE TABLE alert_events (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  fired_at INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX alert_events_by_time ON alert_events (workspace_id, fired_at);

-- Written in the transaction of what it tells of, sent afterwards: a crash in between sends late, never not at all.
CREATE TABLE deliveries (
  number INTEGER PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  event_id TEXT,
  channel TEXT NOT NULL,
  -- Null: the workspace has named none.
  recipient TEXT,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('queued', 'sent', 'failed')),
  attempts INTEGER NOT NULL DEFAULT 0,
  detail TEXT,
  created_at INTEGER NOT NULL,
  next_at INTEGER,
  sent_at INTEGER
) STRICT;
CREATE INDEX deliveries_due ON deliveries (next_at) WHERE status = 'queued';
