-- Metered events as they were sent. Pairs of source and id are remembered as long as the account, so a repeat counts nothing.
CREATE TABLE usage_events (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  source TEXT NOT NULL,
  id TEXT NOT NULL,
  metric TEXT NOT NULL,
  -- As the sender wrote it, epoch ms.
  at INTEGER NOT NULL,
  -- The quantity or the reading; null where the event is a key.
  amount INTEGER,
  unique_key TEXT,
  service TEXT NOT NULL,
  user_id TEXT NOT NULL,
  metadata TEXT,
  received_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX usage_events_by_id ON usage_events (workspace_id, source, id);

-- What was used on a UTC day (days since 1970), by service and user; '' where the event named none. Kept in the transaction
-- that moves the counter. Quantities are summed; of readings the highest counts; keys count on the day on which they came first.
CREATE TABLE usage_daily (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  day INTEGER NOT NULL,
  metric TEXT NOT NULL,
  service TEXT NOT NULL,
  user_id TEXT NOT NULL,
  quantity INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, day, metric, service, user_id)
) STRICT, WITHOUT ROWID;

-- Days whose documents are to be written anew (see meter/day-publishers.ts).
CREATE TABLE usage_dirty_days (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  day INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, day)
) STRICT, WITHOUT ROWID;

-- The keys that a meter of unique keys has seen in a period (0: a meter that goes on for ever).
CREATE TABLE usage_keys (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  metric TEXT NOT NULL,
  period_start INTEGER NOT NULL,
  unique_key TEXT NOT NULL,
  PRIMARY KEY (workspace_id, metric, period_start, unique_key)
) STRICT, WITHOUT ROWID;

-- The instant that a counter stands for: of the latest reading, or the minute of a rate.
CREATE TABLE usage_marks (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  metric TEXT NOT NULL,
  period_start INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, metric, period_start)
) STRICT, WITHOUT ROWID;

-- Periods that are over, with what each meter counted. Late events still move it for 48 hours.
CREATE TABLE usage_periods (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  period_start INTEGER NOT NULL,
  period_end INTEGER NOT NULL,
  plan_id TEXT NOT NULL,
  metric TEXT NOT NULL,
  used INTEGER NOT NULL,
  quota_limit INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, period_start, metric)
) STRICT, WITHOUT ROWID;

-- The counter at the end of each hour of a UTC day, as a JSON list of 24 whole numbers or nulls.
CREATE TABLE usage_snapshots (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  metric TEXT NOT NULL,
  day INTEGER NOT NULL,
  quota_limit INTEGER NOT NULL,
  used_at_end INTEGER NOT NULL,
  peak INTEGER NOT NULL,
  hours TEXT NOT NULL,
  PRIMARY KEY (workspace_id, metric, day)
) STRICT, WITHOUT ROWID;

-- Hours since 1970: up to and without this one, a workspace's snapshots are written.
CREATE TABLE snapshot_marks (
  workspace_id TEXT PRIMARY KEY REFERENCES workspaces (id),
  hour INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How far the demo's past has been made: the pieces of a part are written in their order, each with its count here.
CREATE TABLE history_progress (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  part TEXT NOT NULL,
  -- Where the past ends: the instant of the first try.
  until_ms INTEGER NOT NULL,
  done INTEGER NOT NULL DEFAULT 0,
  complete INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (workspace_id, part)
) STRICT, WITHOUT ROWID;
