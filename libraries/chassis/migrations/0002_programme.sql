-- Which programmes the service has decided by, and since when.

CREATE TABLE programme (
    number  integer     PRIMARY KEY,
    version text        NOT NULL,
    digest  text        NOT NULL,
    since   timestamptz NOT NULL,
    files   bytea       NOT NULL
);

COMMENT ON TABLE programme IS
    'The programmes that were put into force, one after the other: the one with the highest number is in force. A '
    'process that has another one does not start.';
COMMENT ON COLUMN programme.files IS 'The text of every file by its name, as JSON, compressed (zlib).';
