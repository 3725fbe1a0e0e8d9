-- What platforms say, each text once: the answer to a call of a hundred items left a hundred copies of its words, and a platform may say
-- the same to a hundred thousand. Old texts are cut as new ones are where they are read.
CREATE TABLE words (
  no   INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;
ALTER TABLE attempt ADD COLUMN words INTEGER;
-- Whether a text is still said by anybody.
CREATE INDEX attempt_by_words ON attempt (words) WHERE words IS NOT NULL;

INSERT INTO words (text) SELECT DISTINCT substr(message, 1, 500) FROM attempt WHERE message IS NOT NULL;
UPDATE attempt SET words = (SELECT no FROM words WHERE text = substr(attempt.message, 1, 500)), message = NULL WHERE message IS NOT NULL;
UPDATE item SET reason = substr(reason, 1, 500) WHERE length(reason) > 500;
