-- A story is named by the id of the form's event that began it, which may be any text.
ALTER TABLE follow_up ALTER COLUMN correlation_id TYPE text;
ALTER TABLE series ALTER COLUMN correlation_id TYPE text;
