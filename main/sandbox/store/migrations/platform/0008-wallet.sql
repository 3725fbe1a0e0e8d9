-- A circle has its wallet from the moment it exists. Amounts are whole micro-AU (1 AU = 1,000,000 micro-AU); the
-- program keeps them below 2^53, so that they are exact wherever they are read.
CREATE TABLE circles (
  -- The name in the path: lower-case letters, digits and hyphens.
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX circles_by_workspace ON circles (workspace_id, created_at, id);

CREATE TABLE wallets (
  circle_id TEXT PRIMARY KEY REFERENCES circles (id),
  balance_micro_au INTEGER NOT NULL DEFAULT 0,
  -- What runs that have begun may still cost: a part of the balance that no other run may use.
  held_micro_au INTEGER NOT NULL DEFAULT 0 CHECK (held_micro_au >= 0),
  -- Number of the newest line of the ledger. A movement that was decided on another one is refused.
  last_line INTEGER NOT NULL DEFAULT 0,
  -- UTC days since 1970 up to which daily existence is charged.
  existence_day INTEGER NOT NULL
) STRICT;

CREATE TABLE ledger_lines (
  circle_id TEXT NOT NULL REFERENCES circles (id),
  number INTEGER NOT NULL,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('debit', 'top_up', 'opening')),
  -- Below zero: debited.
  amount_micro_au INTEGER NOT NULL,
  balance_micro_au INTEGER NOT NULL,
  element TEXT,
  operation TEXT,
  dimension TEXT,
  quantity INTEGER,
  rate_micro_au INTEGER,
  per INTEGER,
  scope TEXT CHECK (scope IN ('root', 'category', 'element')),
  -- What the line would have cost beyond the reserve of its run, on a hard wall.
  waived_micro_au INTEGER NOT NULL DEFAULT 0,
  run_id TEXT,
  instance_id TEXT,
  member_id TEXT,
  -- Of a top-up: the payment that it stands for.
  reference TEXT,
  PRIMARY KEY (circle_id, number)
) STRICT, WITHOUT ROWID;
-- A payment that is told of twice is credited once.
CREATE UNIQUE INDEX top_ups_once ON ledger_lines (circle_id, reference) WHERE kind = 'top_up';

-- A ledger that could be changed would prove nothing.
CREATE TRIGGER ledger_is_never_changed BEFORE UPDATE ON ledger_lines BEGIN SELECT RAISE (ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_is_never_cut BEFORE DELETE ON ledger_lines BEGIN SELECT RAISE (ABORT, 'the ledger is append-only'); END;

CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  circle_id TEXT NOT NULL REFERENCES circles (id),
  member_id TEXT NOT NULL,
  element TEXT NOT NULL,
  operation TEXT NOT NULL,
  instance_id TEXT,
  -- JSON: dimension to quantity; of a reserved run its highest.
  quantities TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('reserved', 'settled', 'expired')),
  reserved_micro_au INTEGER NOT NULL,
  -- Null while it is reserved.
  debited_micro_au INTEGER,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  ended_at INTEGER
) STRICT;
CREATE INDEX runs_reserved ON runs (expires_at) WHERE status = 'reserved';

-- A cost above the policy's threshold that somebody was asked to confirm.
CREATE TABLE approvals (
  id TEXT PRIMARY KEY,
  circle_id TEXT NOT NULL REFERENCES circles (id),
  member_id TEXT NOT NULL,
  -- Canonical JSON of what is to run: element, operation, instance, quantities, whether it reserves.
  request TEXT NOT NULL,
  total_micro_au INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER
) STRICT;
CREATE INDEX approvals_by_end ON approvals (expires_at);

CREATE TABLE instances (
  id TEXT PRIMARY KEY,
  circle_id TEXT NOT NULL REFERENCES circles (id),
  element TEXT NOT NULL,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  deleted_at INTEGER,
  -- Its daily existence did not fit on a hard wall.
  suspended_at INTEGER,
  -- The last UTC day since 1970 that was charged; the day of the creation is paid with the creation.
  charged_day INTEGER NOT NULL
) STRICT;
CREATE INDEX instances_of_circle ON instances (circle_id, deleted_at, created_at, id);
