-- How far the search for superseded envelopes has come: for each item up to here it is known what became of the one before it in its lane.
CREATE TABLE retention (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  upto INTEGER NOT NULL
) STRICT;
INSERT INTO retention (only_row, upto) VALUES (1, 0);

-- Superseded envelopes that had not been delivered when the search came by; looked at again each time. Few: what is held for a month.
CREATE TABLE retention_late (
  sequence INTEGER PRIMARY KEY
) STRICT;
