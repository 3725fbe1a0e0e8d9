-- The role that the feed was read as: what a platform sends depends on it. Null: not known, so everything is read again.
ALTER TABLE cursors ADD COLUMN reader TEXT;
