-- The highest number that a push was given. Numbers came from the clock, which may be set back and then gives one twice;
-- from now on they are counted, from the highest one that a row still carries.
ALTER TABLE high_water ADD COLUMN push_no INTEGER NOT NULL DEFAULT 0;
UPDATE high_water SET push_no = max(
  ifnull((SELECT max(push_no) FROM item), 0),
  ifnull((SELECT max(no) FROM push), 0),
  ifnull((SELECT max(no) FROM unanswered_push), 0)
);
