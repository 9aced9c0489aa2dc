-- Which vocabularies were published last: by a digest of what was said, null where it was taken back, and how often.
-- The number tells one publication from the next, so that what is said again after a while is not taken for the first.
CREATE TABLE said_vocabulary (
    name text PRIMARY KEY,
    digest text,
    times integer NOT NULL CHECK (times >= 1)
);
