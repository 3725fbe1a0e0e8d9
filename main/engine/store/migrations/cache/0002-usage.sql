-- Usage by meter and UTC day, as the platform's snapshots say it. Days count from 1970. All of it can be fetched again.

CREATE TABLE usage_days (
  workspace_id TEXT NOT NULL,
  metric TEXT NOT NULL,
  day INTEGER NOT NULL,
  -- -1: unlimited.
  quota_limit INTEGER NOT NULL,
  used_at_end INTEGER NOT NULL,
  peak INTEGER NOT NULL,
  -- What the counter stood at when each hour ended: a JSON list of 24 whole numbers or nulls.
  hours TEXT NOT NULL,
  version INTEGER NOT NULL,
  -- The reading (see cursors.generation) that brought or confirmed this row.
  generation INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, metric, day)
) STRICT, WITHOUT ROWID;

-- What was used on a UTC day by meter, service and user: a JSON list of [metric, service, user, quantity].
CREATE TABLE usage_shares (
  workspace_id TEXT NOT NULL,
  day INTEGER NOT NULL,
  rows TEXT NOT NULL,
  version INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, day)
) STRICT, WITHOUT ROWID;
