-- What happened on this computer, in words, for the Overview. Bounded; nothing depends on it.
CREATE TABLE activity (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;

CREATE INDEX activity_of_workspace ON activity (workspace_id, id);
