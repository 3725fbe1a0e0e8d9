-- Versions of a memory: who wrote each, what it replaces, when the platform stored it.
-- Ids of 16 bytes each; null: an envelope of format 1, which names none. Known without the key only for what this device wrote or has opened.
ALTER TABLE item ADD COLUMN replaces BLOB;
-- Epoch milliseconds by the platform's clock; null: not known yet.
ALTER TABLE item ADD COLUMN stored_at INTEGER;
-- The device that pushed it ("name"); null: this one, under whatever id it had.
ALTER TABLE item ADD COLUMN device INTEGER;

ALTER TABLE archive ADD COLUMN revision INTEGER;
ALTER TABLE archive ADD COLUMN created_at INTEGER;
ALTER TABLE archive ADD COLUMN replaces BLOB;
ALTER TABLE archive ADD COLUMN stored_at INTEGER;
ALTER TABLE archive ADD COLUMN device INTEGER;

-- 1: which version is read has to be computed from all versions of this memory; "envelope" is one of them. 0: "envelope" is the only head.
ALTER TABLE lane ADD COLUMN forked INTEGER NOT NULL DEFAULT 0;

-- Envelopes of another computer whose front was not opened yet, for lack of the key.
CREATE TABLE unopened (
  sequence INTEGER PRIMARY KEY
) STRICT;

-- One row a start, the newest 1,000: by them the platform tells whether another folder has run as this device.
CREATE TABLE instance (
  no INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL
) STRICT;
