-- What each UTC day cost, as the platform reckons it. Days count from 1970. All of it can be fetched again.

CREATE TABLE cost_days (
  workspace_id TEXT NOT NULL,
  day INTEGER NOT NULL,
  currency TEXT NOT NULL,
  -- A JSON list of [service, category, user, meter, quantity, amount in micros, billed micros].
  rows TEXT NOT NULL,
  version INTEGER NOT NULL,
  -- The reading (see cursors.generation) that brought or confirmed this row.
  generation INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, day)
) STRICT, WITHOUT ROWID;
