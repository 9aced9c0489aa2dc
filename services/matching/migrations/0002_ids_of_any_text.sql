-- A form's event may have any text for its id, and so may the story that it began.
ALTER TABLE contest_verdict ADD COLUMN identity uuid;
UPDATE contest_verdict SET identity = event_id;
ALTER TABLE contest_verdict
    ALTER COLUMN identity SET NOT NULL,
    ALTER COLUMN event_id TYPE text,
    ALTER COLUMN correlation_id TYPE text;
COMMENT ON COLUMN contest_verdict.identity IS 'Source and id of the event as a UUID, from which what follows has its ids.';
