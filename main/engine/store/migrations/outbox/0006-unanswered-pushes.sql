-- Pushes whose answer never came: the platform may have counted each of them as a sync operation, or not. For the server-blind audit.
CREATE TABLE unanswered_push (
  workspace INTEGER NOT NULL,
  no        INTEGER NOT NULL,
  at        INTEGER NOT NULL,
  PRIMARY KEY (workspace, no)
) STRICT, WITHOUT ROWID;
CREATE INDEX unanswered_push_by_time ON unanswered_push (workspace, at);
