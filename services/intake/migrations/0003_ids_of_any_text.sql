-- A form's event may have any text for its id.
ALTER TABLE application_version ALTER COLUMN event_id TYPE text;
