-- The queue of writes that this computer owes to its platforms.
--
-- A million rows must not slow down the next one, so:
-- * Long texts (workspace and sub-key ids, meter names) are stored once, in "name", and referred to by number.
-- * What an item has in common with many others (workspace, kind, state, agent, meter that holds it, waiting behind
--   another item) is its group. A state change writes one small number; holding or releasing everything of a workspace
--   changes a handful of group rows, whatever the number of items; count and bytes of each group are kept up to date
--   in the transaction that moves items, so that nothing is ever counted on reading.
-- * The only index with random order is the lane's own key, and it is written in bulk. All the others are written at their end.

CREATE TABLE name (
  no   INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;

-- kind:  0 envelope, 1 delete, 2 setting
-- state: 0 pending, 1 sending, 2 waiting, 3 held, 4 rejected, 5 delivered, 6 discarded
-- Several groups may describe the same items: a held group that is released becomes one more pending group.
CREATE TABLE item_group (
  no        INTEGER PRIMARY KEY,
  workspace INTEGER NOT NULL REFERENCES name (no),
  kind      INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 2),
  state     INTEGER NOT NULL CHECK (state BETWEEN 0 AND 6),
  behind    INTEGER NOT NULL CHECK (behind IN (0, 1)),
  held_by   INTEGER REFERENCES name (no),
  sub_key   INTEGER REFERENCES name (no),
  count     INTEGER NOT NULL CHECK (count >= 0),
  bytes     INTEGER NOT NULL CHECK (bytes >= 0)
) STRICT;

CREATE TABLE item (
  sequence   INTEGER PRIMARY KEY,
  id         BLOB NOT NULL,
  group_no   INTEGER NOT NULL,
  -- 32 bytes: a memory's reference. Text: a setting's key.
  entity     ANY NOT NULL,
  revision   INTEGER,
  size_bytes INTEGER NOT NULL,
  sha256     BLOB,
  payload    TEXT,
  attempts   INTEGER NOT NULL,
  -- Wall time of the next try of a waiting item; null in every other state.
  next_at    INTEGER,
  -- 1: the platform named the time (Retry-After), so a returning network does not shorten it.
  told       INTEGER NOT NULL,
  reason     TEXT,
  created_at INTEGER NOT NULL,
  settled_at INTEGER,
  -- The item of the same lane before this one, whatever became of it.
  previous   INTEGER,
  -- The nearest earlier item of the same lane that is not settled; null: this item is its lane's head.
  waits_for  INTEGER,
  -- 1: may be at the platform: it was sent, and not refused.
  sent       INTEGER NOT NULL,
  -- 1: its memory was deleted; it is not tried again, and a delete is queued if it may be at the platform. 2: deleted there.
  withdrawn  INTEGER NOT NULL CHECK (withdrawn BETWEEN 0 AND 2),
  -- The push in which it was last tried; what failed together is tried together. Null with a delivered envelope: another
  -- device stored it, and it was fetched back.
  push_no    INTEGER,
  discard_no INTEGER
) STRICT;

CREATE UNIQUE INDEX item_by_id ON item (id);
-- Pages, drains, previews. The size is there so that a preview of 100,000 held items reads this index alone.
CREATE INDEX item_by_group ON item (group_no, sequence, size_bytes);
CREATE INDEX item_by_next_at ON item (group_no, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX item_by_waits_for ON item (waits_for) WHERE waits_for IS NOT NULL;
CREATE INDEX item_by_discard ON item (discard_no, sequence) WHERE discard_no IS NOT NULL;

-- One row an entity, for as long as the workspace is here: a revision number is never given twice. Lanes of items above
-- high_water.lanes_upto may be missing here: their items are their durable form until they are folded in.
CREATE TABLE lane (
  workspace     INTEGER NOT NULL,
  entity        ANY NOT NULL,
  revision      INTEGER NOT NULL,
  last_sequence INTEGER NOT NULL,
  -- Sequence of the newest envelope; null when the memory was deleted, and for settings.
  envelope      INTEGER,
  PRIMARY KEY (workspace, entity)
) STRICT, WITHOUT ROWID;

CREATE TABLE attempt (
  sequence INTEGER NOT NULL,
  number   INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  -- 0 delivered, 1 duplicate, 2 waiting, 3 held, 4 rejected, 5 paused
  outcome  INTEGER NOT NULL CHECK (outcome BETWEEN 0 AND 5),
  status   INTEGER,
  code     TEXT,
  message  TEXT,
  PRIMARY KEY (sequence, number)
) STRICT, WITHOUT ROWID;

-- Ciphertext until the LanceDB store has it on disk for certain.
CREATE TABLE stage (
  sequence   INTEGER PRIMARY KEY,
  ciphertext BLOB NOT NULL
) STRICT;

-- Why the platform refuses what this workspace sends: at most one reason a kind, since nothing more is sent until it is lifted.
CREATE TABLE hold (
  workspace       INTEGER NOT NULL,
  kind            INTEGER NOT NULL,
  -- Null: the refusal named no meter.
  meter           INTEGER REFERENCES name (no),
  code            TEXT,
  reason          TEXT NOT NULL,
  limit_value     INTEGER,
  used            INTEGER,
  since           INTEGER NOT NULL,
  -- The counter as it was known at the refusal; only news about it leads to another try.
  counter_version INTEGER,
  counter_used    INTEGER,
  counter_limit   INTEGER,
  -- For refusals without a known counter: the next try of the slow timer.
  retry_at        INTEGER,
  PRIMARY KEY (workspace, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE discard (
  no        INTEGER PRIMARY KEY,
  token     TEXT NOT NULL UNIQUE,
  workspace INTEGER NOT NULL,
  at        INTEGER NOT NULL
) STRICT;

-- Envelopes that this device delivered and that were not deleted since, by agent (0: none).
CREATE TABLE stored_total (
  workspace INTEGER NOT NULL,
  sub_key   INTEGER NOT NULL,
  count     INTEGER NOT NULL,
  bytes     INTEGER NOT NULL,
  PRIMARY KEY (workspace, sub_key)
) STRICT, WITHOUT ROWID;

-- Pushes that stored at least one envelope, for the server-blind audit.
CREATE TABLE push (
  workspace INTEGER NOT NULL,
  no        INTEGER NOT NULL,
  at        INTEGER NOT NULL,
  PRIMARY KEY (workspace, no)
) STRICT, WITHOUT ROWID;
CREATE INDEX push_by_time ON push (workspace, at);

-- What is left of old delivered envelopes: enough to know them again and to delete them at the platform.
CREATE TABLE archive (
  workspace  INTEGER NOT NULL,
  entity     ANY NOT NULL,
  sequence   INTEGER NOT NULL,
  id         BLOB NOT NULL,
  size_bytes INTEGER NOT NULL,
  sub_key    INTEGER,
  -- 0: stored by another device and fetched back; it is not among our totals.
  own        INTEGER NOT NULL,
  -- As in "item".
  withdrawn  INTEGER NOT NULL CHECK (withdrawn BETWEEN 0 AND 2),
  PRIMARY KEY (workspace, entity, sequence)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX archive_by_id ON archive (id);

-- The highest sequence among pruned rows: a number is never given twice.
CREATE TABLE high_water (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  sequence INTEGER NOT NULL,
  -- The lanes of all items up to here are in "lane".
  lanes_upto INTEGER NOT NULL
) STRICT;
INSERT INTO high_water (only_row, sequence, lanes_upto) VALUES (1, 0, 0);
