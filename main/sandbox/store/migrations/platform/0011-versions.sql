-- The newest start of a device's console that opened a session. By it a copy of a data folder is noticed.
ALTER TABLE devices ADD COLUMN instance TEXT;

-- Deleted envelopes are answered in restore pages too: they still count as versions.
DROP INDEX envelopes_in_order;
CREATE INDEX envelopes_in_order ON envelopes (workspace_id, sequence);
