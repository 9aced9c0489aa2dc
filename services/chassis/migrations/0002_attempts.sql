-- How often a process began and did not finish: what it was working on may be what ended it.

ALTER TABLE lane
    ADD COLUMN attempts     integer NOT NULL DEFAULT 0,
    ADD COLUMN suspected_to bigint  NOT NULL DEFAULT 0;

COMMENT ON COLUMN lane.attempts IS
    'Attempts at what begins at next_offset that were started and not finished; every step forward sets it to 0.';
COMMENT ON COLUMN lane.suspected_to IS
    'Records before this offset are taken one at a time: one of them may have ended the process.';

ALTER TABLE held_record ADD COLUMN attempts integer NOT NULL DEFAULT 0;

COMMENT ON COLUMN held_record.attempts IS 'Attempts at this record that were started and not finished.';
