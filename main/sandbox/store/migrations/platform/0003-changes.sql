-- The changes feed: one row a document, with its newest body. A document that changes again moves to a new sequence,
-- so a counter that moves a thousand times between two visits is read once.
CREATE TABLE changes (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  topic TEXT NOT NULL,
  id TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  op TEXT NOT NULL CHECK (op IN ('upsert', 'delete')),
  version INTEGER NOT NULL,
  body TEXT,
  PRIMARY KEY (workspace_id, topic, id)
) STRICT;
CREATE UNIQUE INDEX changes_in_order ON changes (workspace_id, sequence);

-- One random value for the life of this file: a cursor of another life starts from the beginning.
CREATE TABLE feed (
  epoch TEXT NOT NULL
) STRICT;
INSERT INTO feed (epoch) VALUES (lower(hex(randomblob(8))));
