-- 1: this device deleted it, and the row of that delete was pruned. A platform that is put back may have the envelope again: then it is deleted again.
ALTER TABLE archive ADD COLUMN deleted_here INTEGER NOT NULL DEFAULT 0 CHECK (deleted_here IN (0, 1));
CREATE INDEX archive_by_delete ON archive (workspace, id) WHERE deleted_here = 1;
