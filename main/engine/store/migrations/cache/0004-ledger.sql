-- The ledgers of circles, in a table of their own: a year of one is thousands of lines.
CREATE TABLE ledger_lines (
  workspace_id TEXT NOT NULL,
  circle TEXT NOT NULL,
  number INTEGER NOT NULL,
  -- Whole UTC days since 1970.
  day INTEGER NOT NULL,
  kind TEXT NOT NULL,
  element TEXT,
  -- Micro-AU; below zero: debited.
  amount_micro_au INTEGER NOT NULL,
  balance_micro_au INTEGER NOT NULL,
  body TEXT NOT NULL,
  generation INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, circle, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX ledger_lines_by_day ON ledger_lines (workspace_id, circle, day, number, amount_micro_au, balance_micro_au);
CREATE INDEX ledger_lines_by_element ON ledger_lines (workspace_id, circle, element, number);
CREATE INDEX ledger_lines_by_kind ON ledger_lines (workspace_id, circle, kind, number);
