-- The trace context of the story, where its form or a service began a trace.
ALTER TABLE follow_up ADD COLUMN traceparent text;
ALTER TABLE series ADD COLUMN traceparent text;
