-- A hold is asked about again whatever its counter says: retry_at is the next time, probes how many were refused (so that a
-- restart does not begin the back-off anew), probed_at when the last one left. Null in retry_at, of a hold of before: at once.
ALTER TABLE hold ADD COLUMN probes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE hold ADD COLUMN probed_at INTEGER;
-- The item about which the platform said its words. Null: not known.
ALTER TABLE hold ADD COLUMN refused INTEGER;
