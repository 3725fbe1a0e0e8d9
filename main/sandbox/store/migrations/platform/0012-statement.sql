-- Use by day, cut where a period begins: such a day is two rows, each of its own period.
ALTER TABLE usage_daily RENAME TO usage_daily_uncut;
CREATE TABLE usage_daily (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  -- The row's first instant, epoch ms: that of the UTC day, or of the period that begins in it.
  from_ms INTEGER NOT NULL,
  metric TEXT NOT NULL,
  service TEXT NOT NULL,
  user_id TEXT NOT NULL,
  quantity INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, from_ms, metric, service, user_id)
) STRICT, WITHOUT ROWID;
INSERT INTO usage_daily (workspace_id, from_ms, metric, service, user_id, quantity)
  SELECT workspace_id, day * 86400000, metric, service, user_id, quantity FROM usage_daily_uncut;
DROP TABLE usage_daily_uncut;

-- What lies beyond the plan, as it is handed to the payment provider: each row is one event there, written before it is sent.
CREATE TABLE billable_units (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  metric TEXT NOT NULL,
  -- The period in which the use counts.
  period_start INTEGER NOT NULL,
  period_end INTEGER NOT NULL,
  -- First instant of the row of use that it is of (see usage_daily).
  from_ms INTEGER NOT NULL,
  -- Counts the events of that row, from 1.
  number INTEGER NOT NULL,
  -- What the row has beyond the plan and was not handed over yet; below zero where a larger plan includes it after all.
  units INTEGER NOT NULL,
  -- When the provider is told that it was: within the period until its order is made, afterwards in the next one.
  at INTEGER NOT NULL,
  -- Null: not taken by the provider yet.
  sent_at INTEGER,
  -- The order that bills it; null: none does yet.
  invoice_id TEXT,
  PRIMARY KEY (workspace_id, period_start, metric, from_ms, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX billable_units_unsent ON billable_units (workspace_id) WHERE sent_at IS NULL;
CREATE INDEX billable_units_by_invoice ON billable_units (invoice_id) WHERE invoice_id IS NOT NULL;

-- Budgets have steps, and measure one of two things: what is invoiced and accrued, or use at list price.
ALTER TABLE alert_rules RENAME TO alert_rules_without_steps;
CREATE TABLE alert_rules (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  id TEXT NOT NULL,
  measure TEXT NOT NULL CHECK (measure IN ('limit', 'meter', 'cost', 'invoiced')),
  name TEXT NOT NULL,
  meter TEXT,
  at INTEGER NOT NULL CHECK (at >= 0),
  channels TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  version INTEGER NOT NULL,
  -- 1: deleted. The row stays, so that its version goes on and a late edit is seen as a conflict.
  deleted INTEGER NOT NULL DEFAULT 0,
  -- JSON: the percentages of the amount at which a budget tells of it.
  thresholds TEXT NOT NULL DEFAULT '[100]',
  PRIMARY KEY (workspace_id, id)
) STRICT;
INSERT INTO alert_rules (workspace_id, id, measure, name, meter, at, channels, enabled, version, deleted)
  SELECT workspace_id, id, measure, name, meter, at, channels, enabled, version, deleted FROM alert_rules_without_steps;
DROP TABLE alert_rules_without_steps;
