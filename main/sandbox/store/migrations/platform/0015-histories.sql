-- Who this platform is, wherever it is reached: made with the database, kept in its copies.
CREATE TABLE platform_identity (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  id TEXT NOT NULL
) STRICT;
INSERT INTO platform_identity (only_row, id)
SELECT 1, lower(substr(bytes, 1, 8) || '-' || substr(bytes, 9, 4) || '-4' || substr(bytes, 14, 3) || '-8' || substr(bytes, 18, 3) || '-' || substr(bytes, 21, 12))
FROM (SELECT hex(randomblob(16)) AS bytes);

-- The present era; each program that opens this file replaces its name, so that a copy that was put back goes on under another one
-- than the file that it replaces.
CREATE TABLE present_era (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  name TEXT NOT NULL
) STRICT;
INSERT INTO present_era (only_row, name) SELECT 1, epoch FROM feed;

-- Where each era of a workspace begins; a cursor names the era in which its sequence lies. Kept for ever.
CREATE TABLE eras (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  feed TEXT NOT NULL CHECK (feed IN ('changes', 'envelopes')),
  first_sequence INTEGER NOT NULL,
  era TEXT NOT NULL,
  -- When the last change before it was made; null: not known.
  after_at INTEGER,
  PRIMARY KEY (workspace_id, feed, first_sequence)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX eras_by_name ON eras (workspace_id, feed, era);
INSERT INTO eras (workspace_id, feed, first_sequence, era) SELECT workspaces.id, 'changes', 1, feed.epoch FROM workspaces, feed WHERE change_sequence > 0;
INSERT INTO eras (workspace_id, feed, first_sequence, era) SELECT workspace_id, 'envelopes', min(sequence), feed.epoch FROM envelopes, feed GROUP BY workspace_id;
DROP TABLE feed;

-- When the newest row of the changes feed was written.
ALTER TABLE workspaces ADD COLUMN changed_at INTEGER;
-- The highest place that an envelope of this workspace ever had: the newest one may be gone.
ALTER TABLE workspaces ADD COLUMN envelope_sequence INTEGER NOT NULL DEFAULT 0;
UPDATE workspaces SET envelope_sequence = ifnull((SELECT max(sequence) FROM envelopes WHERE workspace_id = workspaces.id), 0);

-- Triggers, because feeds move in more than one place, and an era that is not written down makes every cursor of it unknown.
CREATE TRIGGER era_of_changes AFTER UPDATE OF change_sequence ON workspaces WHEN NEW.change_sequence > OLD.change_sequence BEGIN
  INSERT OR IGNORE INTO eras (workspace_id, feed, first_sequence, era, after_at)
  SELECT NEW.id, 'changes', OLD.change_sequence + 1, name, OLD.changed_at FROM present_era;
END;
CREATE TRIGGER era_of_envelopes AFTER INSERT ON envelopes BEGIN
  INSERT OR IGNORE INTO eras (workspace_id, feed, first_sequence, era) SELECT NEW.workspace_id, 'envelopes', NEW.sequence, name FROM present_era;
  UPDATE workspaces SET envelope_sequence = NEW.sequence WHERE id = NEW.workspace_id AND envelope_sequence < NEW.sequence;
END;
CREATE TRIGGER era_of_moved_envelopes AFTER UPDATE OF sequence ON envelopes BEGIN
  INSERT OR IGNORE INTO eras (workspace_id, feed, first_sequence, era) SELECT NEW.workspace_id, 'envelopes', NEW.sequence, name FROM present_era;
  UPDATE workspaces SET envelope_sequence = NEW.sequence WHERE id = NEW.workspace_id AND envelope_sequence < NEW.sequence;
END;

-- How many ids pushes of a device were told to be stored, and the sum of their hashes (64 hex digits, mod 2^256): what both sides can
-- compare without a list. Deletes do not lower it.
CREATE TABLE device_summaries (
  workspace_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  count INTEGER NOT NULL CHECK (count >= 0),
  sum TEXT NOT NULL,
  PRIMARY KEY (workspace_id, device_id)
) STRICT, WITHOUT ROWID;
INSERT INTO device_summaries (workspace_id, device_id, count, sum)
SELECT workspace_id, device_id, count(*), id_sum(id) FROM envelopes WHERE device_id IS NOT NULL GROUP BY workspace_id, device_id;

-- Ids that a device pushed and another one had stored, or that had been deleted before they came.
CREATE TABLE duplicate_ids (
  workspace_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (workspace_id, device_id, id)
) STRICT, WITHOUT ROWID;
