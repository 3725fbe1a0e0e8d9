-- Use and costs by day, cut where a period begins: such a day is two rows. What the amounts are reckoned with comes along.

ALTER TABLE cost_days RENAME TO uncut_cost_days;
CREATE TABLE cost_days (
  workspace_id TEXT NOT NULL,
  -- The row's first instant, epoch ms: that of the UTC day, or of the period that begins in it.
  from_ms INTEGER NOT NULL,
  currency TEXT NOT NULL,
  -- Null: the platform does not say.
  period_start INTEGER,
  period_end INTEGER,
  -- JSON: meter → limit (-1: unlimited), or null.
  included TEXT,
  -- A JSON list of [service, category, user, meter, quantity, amount in micros, billed micros].
  rows TEXT NOT NULL,
  version INTEGER NOT NULL,
  -- The reading (see cursors.generation) that brought or confirmed this row.
  generation INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, from_ms)
) STRICT, WITHOUT ROWID;
INSERT INTO cost_days (workspace_id, from_ms, currency, rows, version, generation)
  SELECT workspace_id, day * 86400000, currency, rows, version, generation FROM uncut_cost_days;
DROP TABLE uncut_cost_days;

ALTER TABLE usage_shares RENAME TO uncut_usage_shares;
CREATE TABLE usage_shares (
  workspace_id TEXT NOT NULL,
  from_ms INTEGER NOT NULL,
  rows TEXT NOT NULL,
  version INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, from_ms)
) STRICT, WITHOUT ROWID;
INSERT INTO usage_shares (workspace_id, from_ms, rows, version, generation)
  SELECT workspace_id, day * 86400000, rows, version, generation FROM uncut_usage_shares;
DROP TABLE uncut_usage_shares;
