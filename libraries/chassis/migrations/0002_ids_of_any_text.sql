COMMENT ON COLUMN inbox.event_id IS
    'The id of the event; of one that is no UUID, a UUID that its source and id give.';
